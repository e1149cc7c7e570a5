/** Numbers of JSON whose digits a double does not hold, kept as they were sent. */

/** Such a number in a parsed body. */
export class Digits {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
  /** The nearest number there is. */
  valueOf(): number {
    return Number(this.source);
  }
  toJSON(): number {
    return Number(this.source);
  }
}

/** A double holds any 15 digits, so only what has more is looked at number by number. */
const LONG = /\d[\d.]{15}/;

/** As `JSON.parse`, but a number that would be rounded comes as `Digits`. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, exact as (key: string, value: unknown) => unknown);
  } catch (error) {
    throw error instanceof RangeError ? new SyntaxError('it is nested too deep') : error;
  }
}

function exact(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number' || !Number.isFinite(value)) return value;
  const { source } = context;
  return source === undefined || source.length < 16 || plain(source) === plain(String(value))
    ? value
    : new Digits(source);
}

/** A decimal without what does not count, such as `15e-1` for `1.50`. Linear: the text is a stranger's. */
function plain(source: string): string {
  const negative = source.startsWith('-');
  const [mantissa, exponent = '0'] = source.slice(negative ? 1 : 0).split(/e/i);
  const [whole, fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  let [start, end] = [0, digits.length];
  while (start < end && digits[start] === '0') start++;
  while (end > start && digits[end - 1] === '0') end--;
  if (start === end) return '0';
  return `${negative ? '-' : ''}${digits.slice(start, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}
