import { isCurrency, minorDigits } from '../../domain/currency.ts';

/** Why a text is no value of a type of `tables.generated.ts`; undefined where it is one. */
export type Facet = (text: string) => string | undefined;

const DAY = String.raw`(\d{4})-(\d\d)-(\d\d)`;
const CLOCK = String.raw`([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?`;
const ZONE = String.raw`(Z|[+-](0\d|1[0-4]):[0-5]\d)?`;
const DATE = new RegExp(`^${DAY}${ZONE}$`);
const DATE_TIME = new RegExp(`^${DAY}T${CLOCK}${ZONE}$`);
const TIME = new RegExp(`^${CLOCK}${ZONE}$`);
const DECIMAL = /^[+-]?(\d+(?:\.\d*)?|\.\d+)$/;

const facets = new Map<string, Facet>();

export function facetOf(type: string): Facet {
  let facet = facets.get(type);
  if (!facet) facets.set(type, (facet = made(type)));
  return facet;
}

function made(type: string): Facet {
  const [kind, ...words] = type.replace(/ @.*$/, '').split(' ');
  if (kind === 'text') return text(Number(words[0]), Number(words[1]));
  if (kind === 'like') return like(type.slice('like '.length));
  if (kind === 'decimal') return decimal(Number(words[0]), Number(words[1]), words[2]);
  if (kind === 'one') return oneOf(words.slice(1));
  if (kind === 'date') return (value) => (isDay(DATE.exec(value.trim())) ? undefined : 'must be a day, YYYY-MM-DD');
  if (kind === 'dateTime')
    return (value) => (isDay(DATE_TIME.exec(value.trim())) ? undefined : 'must be a time, YYYY-MM-DDThh:mm:ss');
  if (kind === 'time') return (value) => (TIME.test(value.trim()) ? undefined : 'must be a time of day, hh:mm:ss');
  if (kind === 'year') return (value) => (/^\d{4}$/.test(value.trim()) ? undefined : 'must be a year');
  if (kind === 'boolean')
    return (value) => (/^(true|false|0|1)$/.test(value.trim()) ? undefined : 'must be true or false');
  if (kind === 'base64') return (value) => (/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value) ? undefined : 'must be base64');
  throw new Error(`No such type: ${type}`);
}

function text(least: number, most: number): Facet {
  return (value) => {
    const { length } = [...value];
    return length >= least && length <= most ? undefined : `must have ${least} to ${most} characters`;
  };
}

function like(pattern: string): Facet {
  const shape = new RegExp(`^(?:${pattern})$`);
  return (value) => (shape.test(value) ? undefined : `must be like ${pattern}`);
}

const oneOf =
  (words: string[]): Facet =>
  (value) =>
    words.includes(value) ? undefined : `must be one of ${words.join(', ')}`;

function decimal(most: number, fraction: number, least: string | undefined): Facet {
  return (value) => {
    const digits = DECIMAL.exec(value.trim())?.[1];
    if (digits === undefined) return 'must be a decimal number';
    const [whole, part = ''] = digits.split('.');
    const [before, after] = [whole.replace(/^0+/, ''), part.replace(/0+$/, '')];
    if (after.length > fraction) return `must have at most ${fraction} digits after the point`;
    if (before.length + after.length > most) return `must have at most ${most} digits`;
    return least !== undefined && Number(value) < Number(least) ? `must be at least ${least}` : undefined;
  };
}

function isDay(match: RegExpExecArray | null): boolean {
  if (!match) return false;
  const [, year, month, day] = match.map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** What the schemas let pass: a currency that there is not, and parts of its smallest unit. */
export function amountFault(value: string, currency: string): string | undefined {
  if (!isCurrency(currency)) return `is of a currency that ISO 4217 does not have: ${currency}`;
  const after = value.trim().split('.')[1]?.replace(/0+$/, '') ?? '';
  const digits = minorDigits(currency);
  return after.length > digits ? `has more than the ${digits} digits after the point that ${currency} has` : undefined;
}

/** ISO 13616: the number that the letters and digits make, the first four moved to the end, leaves 1 over of 97. */
export function ibanFault(iban: string): string | undefined {
  let rest = 0;
  for (const letter of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1 ? undefined : 'has wrong check digits';
}
