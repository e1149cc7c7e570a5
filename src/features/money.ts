interface Written {
  format: Intl.NumberFormat;
  /** What stands before and behind the digits. */
  before: string;
  after: string;
  decimals: number;
}

const known = new Map<string, Written>();
/** Above it thousands of millions, and the noise of binary fractions, are the formatter's. */
const PLAIN_BELOW = 1e9;

/** "$1,250.00"; major units. What is plain is written by hand, the same text: a formatter costs a hundred times as much. */
export function money(value: number, currency: string): string {
  let written = known.get(currency);
  if (written === undefined) known.set(currency, (written = writtenIn(currency)));
  const { format, before, after, decimals } = written;
  const minor = value * 10 ** decimals;
  const whole = Math.round(minor);
  // Not where it lies between two: the formatter rounds the decimal that is shown, this one its binary neighbour.
  if (!(value > 0 && value < PLAIN_BELOW) || Math.abs(minor - whole) > 0.499) return format.format(value);
  const digits = String(whole).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  let units = digits.slice(0, point);
  for (let at = units.length - 3; at > 0; at -= 3) units = `${units.slice(0, at)},${units.slice(at)}`;
  return decimals === 0 ? before + units + after : `${before}${units}.${digits.slice(point)}${after}`;
}

function writtenIn(currency: string): Written {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  const parts = format.formatToParts(1);
  const at = parts.findIndex(({ type }) => type === 'integer');
  const end = parts.findLastIndex(({ type }) => type === 'integer' || type === 'fraction');
  const text = (some: Intl.NumberFormatPart[]) => some.map(({ value }) => value).join('');
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  return { format, before: text(parts.slice(0, at)), after: text(parts.slice(end + 1)), decimals };
}
