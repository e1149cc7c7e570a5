/** The codes that this Node's ICU knows: ISO 4217 as it circulates, without funds and accounting units. */
const CODES = new Set(Intl.supportedValuesOf('currency'));

/** ISO 4217 exponents that are not two. ICU's own digits follow everyday cash, not the standard, so they do not serve. */
const EXPONENTS = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
};
const DECIMALS = new Map(
  Object.entries(EXPONENTS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)] as const),
  ),
);
const SCALE = [1, 10, 100, 1_000];

export function isCurrency(code: string): boolean {
  return CODES.has(code);
}

export function minorDigits(code: string): number {
  return DECIMALS.get(code) ?? 2;
}

/**
 * Major units rounded, half up, to whole minor units of the currency. Decimal, not binary: 1.005 USD is 101 cents.
 * May exceed the safe integers; the caller looks.
 */
export function toMinor(amount: number, code: string): number {
  const digits = minorDigits(code);
  if (Number.isInteger(amount)) return amount * SCALE[digits];
  // Below 1e-6 a number prints as 1e-7, and is nothing in any currency.
  if (amount < 1e-6) return 0;
  return Math.round(Number(`${amount}e${digits}`));
}

export function toMajor(minor: number, code: string): number {
  return minor / SCALE[minorDigits(code)];
}
