/**
 * ISO 4217: the active codes are List One as published on 2026-01-01 by SIX, the maintenance agency (its XML, by way of PyPI's
 * iso4217 1.16.20260101), funds codes included. By the digits of their minor unit; `null`: the standard gives none.
 */
const ACTIVE: readonly [digits: number | null, codes: string][] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    `
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN
NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [null, 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'],
];

/** Funds codes of List One: indexed units and shares of a currency, which people owe rather than pay. */
export const FUNDS: readonly string[] = 'BOV CHE CHW CLF COU MXV USN UYI'.split(' ');

/**
 * Codes that were withdrawn (List Three, by way of Debian's iso-codes 4.15, and what List One lost since). The standard gives
 * them no minor unit any more; two digits are kept, which holds every one of them.
 */
const WITHDRAWN = `
ADP AFA ALK ANG AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BEC BEF BEL BGJ BGK BGL BGN BOP BRB BRC BRE BRN BRR BUK BYB
BYR CHC CNX CSD CSK CUC CYP DDM DEM ECS ECV EEK ESA ESB ESP FIM FRF GEK GHC GHP GNE GNS GQE GRD GWE GWP HRD HRK IEP
ILP ILR ISJ ITL LAJ LSM LTL LTT LUC LUF LUL LVL LVR MAF MGF MLF MRO MTL MTP MVQ MXP MZE MZM NIC NLG PEH PEI PES PLZ
PTE RHD ROK ROL RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM TPE TRL UAK UGS UGW USS UYN UYP VEB VEF VNC XEU XFO
XFU XRE YDD YUD YUM YUN ZAL ZMK ZRN ZRZ ZWC ZWD ZWL ZWN ZWR`;

const split = (codes: string) => codes.trim().split(/\s+/);
const active = new Map(ACTIVE.flatMap(([digits, codes]) => split(codes).map((code) => [code, digits] as const)));
const withdrawn = new Set(split(WITHDRAWN));
const SCALE = [1, 10, 100, 1_000, 10_000];

/** Every active code, in the order of the alphabet. */
export const CURRENCIES: readonly string[] = [...active.keys()].sort();
/** Every withdrawn code. */
export const WITHDRAWN_CURRENCIES: readonly string[] = [...withdrawn].sort();

/** Whether the standard has the code, or had it once. Upper case. */
export function isCurrency(code: string): boolean {
  return active.has(code) || withdrawn.has(code);
}

/**
 * The code in upper case, which may come in lower case; undefined where it is none. `GBp` and `ZAc` are pence and cents as markets
 * write them, and no pounds.
 */
export function currencyCode(text: string): string | undefined {
  const code = text.toUpperCase();
  return isCurrency(code) && !/^[A-Z]{2}[a-z]$/.test(text) ? code : undefined;
}

/** What to tell whoever sent an amount in it, undefined where there is nothing to tell. */
export function currencyWarning(code: string): string | undefined {
  if (withdrawn.has(code)) return `currency ${code} is withdrawn from ISO 4217; the amount is taken in it.`;
  if (active.get(code) === null) return `ISO 4217 gives ${code} no minor unit; the amount is rounded to hundredths.`;
  return undefined;
}

/** Nearly all payments are in the currency of the one before. */
let latest = { code: '', digits: 2 };

/** Digits after the point to which an amount is held. */
export function minorDigits(code: string): number {
  if (code !== latest.code) latest = { code, digits: active.get(code) ?? 2 };
  return latest.digits;
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
  // Of 15 digits, so printed with them: what the slow way below would find.
  const near = Math.round(amount * SCALE[digits]);
  if (near < 1e15 && near / SCALE[digits] === amount) return near;
  return Math.round(Number(`${amount}e${digits}`));
}

export function toMajor(minor: number, code: string): number {
  return minor / SCALE[minorDigits(code)];
}
