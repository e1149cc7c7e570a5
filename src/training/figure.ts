import { currenciesOf } from '../domain/currency-signs.ts';
import { shortDecimal } from '../intake/decimal.ts';

export type Point = '.' | ',';

/** How a file writes its numbers; what is not said its first rows tell, see `number-style.ts`. */
export interface NumberStyle {
  /** What parts the digits of a whole from those of its fraction: `,` for 1.234,56. */
  decimal?: Point;
  /** What stands between the thousands of a whole: one of these alone, nothing for `''`, and where it is not said any but the decimal sign. */
  thousands?: Thousands;
  /** What stands before each amount, such as `$`; it says nothing of the currency. */
  amountPrefix?: string;
}

export const THOUSANDS = ['', ',', '.', ' ', "'"] as const;
export type Thousands = (typeof THOUSANDS)[number];

/** A sign between thousands says that the other one parts the fraction. */
export const pointSaid = ({ decimal, thousands }: NumberStyle): Point | undefined =>
  decimal ?? (thousands === ',' ? '.' : thousands === '.' ? ',' : undefined);

/** What a cell says. */
export interface Figure {
  /** As `Number` reads it. */
  plain: string;
  /** Of which currencies it may be, where it says one. */
  currencies?: readonly string[];
}

/** The parts of a cell before it is known how its digits are written. */
export interface Parts {
  negative: boolean;
  /** Digits and what parts them, an exponent with them; blanks and apostrophes in one spelling. */
  digits: string;
  currencies?: readonly string[];
}

export const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SIGN = /[+\-\u2212]/g;
/** `12K` are thousands to whoever writes so. */
const MAGNITUDE = /^\p{L}$/u;

/**
 * A number with at most one sign (`-`, behind it too, or parentheses around all of it) and a currency before or behind it, in any order: `-$5`,
 * `$(5)`, `5 EUR`. Undefined for anything else, as for a currency that there is not.
 */
export function partsOf(text: string, prefix = ''): Parts | undefined {
  const given = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const first = given.search(/\d/);
  if (first < 0) return undefined;
  let last = given.length;
  while (!isDigit(given.charCodeAt(last - 1))) last--;
  // `.5` and `5.`, but not the dot of `Rs.5`.
  const from = /(?:^|[^\p{L}])[.,]$/u.test(given.slice(0, first)) ? first - 1 : first;
  const to = /^[.,]/.test(given.slice(last)) ? last + 1 : last;
  const [before, behind] = [given.slice(0, from), given.slice(to)];
  // `12,-` is a price without cents.
  if (to > last && /[-\u2212]/.test(behind)) return undefined;
  const signs = [...(before.match(SIGN) ?? []), ...(behind.match(SIGN) ?? [])];
  const isHeld = count(before, '(') === 1 && count(behind, ')') === 1;
  if (!isHeld && /[()]/.test(before + behind)) return undefined;
  if (signs.length + Number(isHeld) > 1 || behind.includes('+')) return undefined;
  const word = (side: string) => side.replace(/[()+\-\u2212]/g, '').trim();
  const named = [word(before), word(behind)];
  if (MAGNITUDE.test(named[1])) return undefined;
  const found = named.filter((one) => one !== '' && one !== prefix.trim()).map(currenciesOf);
  if (found.includes(undefined)) return undefined;
  const currencies = (found as string[][]).reduce<string[] | undefined>(
    (all, some) => all?.filter((code) => some.includes(code)) ?? some,
    undefined,
  );
  if (currencies?.length === 0) return undefined;
  const digits = given
    .slice(from, to)
    .replace(/[\u00a0\u2009\u202f]/g, ' ')
    .replaceAll('\u2019', "'");
  return { negative: isHeld || (signs.length > 0 && signs[0] !== '+'), digits, ...(currencies ? { currencies } : {}) };
}

const isDigit = (code: number) => code >= 48 && code <= 57;
const count = (text: string, one: string) => text.split(one).length - 1;

/** Groups of three, or as India writes them: 12,34,567. None begins with 0. */
const grouped = (by: string) => `[1-9]\\d{0,2}(?:${by}\\d{3})+|[1-9]\\d?(?:${by}\\d{2})+${by}\\d{3}`;
const escaped = (sign: string) => (sign === '.' ? '\\.' : sign);
const forms = new Map<string, RegExp>();

/** Digits by these separators as `Number` reads them; undefined where they are not so written. */
export function plainDigits(digits: string, decimal: Point, thousands: Thousands): string | undefined {
  const key = decimal + thousands;
  const whole = thousands === '' ? '\\d*' : `(?:\\d*|${grouped(escaped(thousands))})`;
  const form = forms.get(key) ?? new RegExp(`^${whole}(?:${escaped(decimal)}\\d*)?(?:[eE][+-]?\\d+)?$`);
  forms.set(key, form);
  if (!form.test(digits)) return undefined;
  const bare = thousands === '' ? digits : digits.replaceAll(thousands, '');
  return decimal === ',' ? bare.replace(',', '.') : bare;
}

/** Reads the numbers of a file that writes them so. */
export interface FigureReader {
  /** Undefined for what is no number so written. */
  read(text: string): Figure | undefined;
  /** The value of digits, their separators and a sign; NaN for anything else, which is not to say that it is no number. */
  usual(text: string): number;
  /** What else there is to say of a text that it does not read; undefined where nothing is, and of one that it reads. */
  hint(text: string): string | undefined;
}

export function figureReader(style: NumberStyle): FigureReader {
  const { thousands, amountPrefix = '' } = style;
  const isSaid = pointSaid(style) !== undefined;
  const point = pointSaid(style) ?? '.';
  const groups = thousands === undefined ? THOUSANDS.filter((one) => one !== point) : [thousands];
  /** Where nobody says which is the decimal sign, a single comma may be it. */
  const isOpen = (digits: string) => !isSaid && /^[^.,]*,\d{3}$/.test(digits);

  function read(text: string): Figure | undefined {
    const parts = partsOf(text, amountPrefix);
    if (parts === undefined || isOpen(parts.digits)) return undefined;
    for (const one of groups) {
      const plain = plainDigits(parts.digits, point, one);
      if (plain === undefined) continue;
      const { negative, currencies } = parts;
      return { plain: negative ? `-${plain}` : plain, ...(currencies ? { currencies } : {}) };
    }
    return undefined;
  }

  const reader: FigureReader = {
    read: (text) => (point === '.' && PLAIN.test(text) ? { plain: text } : read(text)),
    usual(text) {
      const quick = point === '.' ? shortDecimal(text) : Number.NaN;
      if (!Number.isNaN(quick)) return quick;
      const found = read(text);
      return found === undefined || found.currencies !== undefined ? Number.NaN : shortDecimal(found.plain);
    },
    hint(text) {
      const values = reader.read(text) === undefined ? writingsOfNumber(text, amountPrefix) : [];
      if (values.length === 0) return undefined;
      const said = '"decimal" and "thousands" in the map say how numbers are written';
      if (values.length > 1 && !isSaid) return `it could be ${values.join(' or ')}: ${said}`;
      const between = thousands === undefined ? '' : ` and ${NAMES[thousands]} between thousands`;
      return `numbers are read with a decimal ${point === '.' ? 'point' : 'comma'}${between}: ${said}`;
    },
  };
  return reader;
}

/** Of columns whose cells are numbers in the file itself: nothing stands between their thousands. */
export const EXACT = figureReader({ decimal: '.', thousands: '' });

const NAMES: Readonly<Record<Thousands, string>> = {
  ...{ '': 'nothing', ',': 'commas', '.': 'points', ' ': 'blanks', "'": 'apostrophes' },
};
export const nameOfThousands = (thousands: Thousands) => NAMES[thousands];

/** What a text may be by any separators, as `Number` reads it; nothing where it is no number. */
export function writingsOfNumber(text: string, prefix?: string): string[] {
  const parts = partsOf(text, prefix);
  if (parts === undefined) return [];
  const values = readingsOf(parts.digits).map(({ plain }) => (parts.negative ? `-${plain}` : plain));
  return [...new Set(values)];
}

export interface Reading {
  decimal: Point;
  /** What stands between its thousands; nothing in a whole without any. */
  thousands: Thousands;
  plain: string;
}

/** Every number that digits may be, by all separators or by those thousands that are said. */
export function readingsOf(digits: string, thousands?: Thousands): Reading[] {
  const kinds = THOUSANDS.filter((one) => one === '' || (digits.includes(one) && one === (thousands ?? one)));
  return (['.', ','] as const).flatMap((decimal) =>
    kinds.flatMap((one): Reading[] => {
      const plain = one === decimal ? undefined : plainDigits(digits, decimal, one);
      return plain === undefined ? [] : [{ decimal, thousands: one, plain }];
    }),
  );
}
