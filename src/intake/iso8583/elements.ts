import { didYouMean } from '../../domain/nearest.ts';
import { Digits } from '../digits.ts';

/** An element of a message: what the sender calls it, and its value without the blanks that fill it up. */
export interface Sent {
  key: string;
  text: string;
}

/** The elements of ISO 8583:1987 that are read here by their meaning: their form, and what they are in words. */
export const ELEMENTS: Readonly<Record<number, readonly [form: RegExp, words: string, width?: number]>> = {
  0: [/^\d{4}$/, '4 digits, such as 0100', 4],
  2: [/^[^\p{Cc}]{1,255}$/u, 'a card number, or your token of it'],
  3: [/^\d{6}$/, '6 digits', 6],
  4: [/^\d{1,12}$/, 'up to 12 digits, whole minor units of the currency'],
  7: [/^\d{10}$/, '10 digits, MMDDhhmmss', 10],
  11: [/^\d{1,6}$/, 'up to 6 digits'],
  12: [/^\d{6}$/, '6 digits, hhmmss', 6],
  13: [/^\d{4}$/, '4 digits, MMDD', 4],
  18: [/^\d{4}$/, '4 digits', 4],
  19: [/^(\d{3}|[A-Za-z]{2})$/, '3 digits of ISO 3166-1, or its two letters', 3],
  20: [/^(\d{3}|[A-Za-z]{2})$/, '3 digits of ISO 3166-1, or its two letters', 3],
  22: [/^\d{2,4}$/, '3 digits', 3],
  25: [/^\d{2}$/, '2 digits', 2],
  32: [/^\d{1,11}$/, 'up to 11 digits'],
  37: [/^[^\p{Cc}]{1,12}$/u, 'up to 12 characters'],
  39: [/^[0-9A-Za-z]{2}$/, '2 characters', 2],
  41: [/^[^\p{Cc}]{1,16}$/u, 'up to 16 characters'],
  42: [/^[^\p{Cc}]{1,15}$/u, 'up to 15 characters'],
  43: [/^[^\p{Cc}]{1,99}$/u, 'a name, a place and a country'],
  49: [/^(\d{3}|[A-Za-z]{3})$/, '3 digits of ISO 4217, or its three letters', 3],
  90: [/^\d{4,42}$/, '42 digits'],
  95: [/^\d{12}.{0,30}$/, 'amounts that begin with 12 digits'],
};

/** What no rule and no person may need: it is not kept, whatever a map says. Track data, PIN and chip data may not be, by the card schemes. */
export const NEVER_KEPT: Readonly<Record<number, string>> = {
  ...{
    14: 'the expiry date',
    35: 'track data',
    36: 'track data',
    45: 'track data',
    52: 'PIN data',
    53: 'security data',
  },
  ...{ 55: 'chip data', 64: 'a message’s code', 96: 'security data', 128: 'a message’s code' },
};

/** Which further elements there are is not said by elements. */
export const isBitmap = (number: number) => number === 1 || number === 65;
export const MAX_ELEMENT = 128;

const WRITTEN = /^(?:de|df|field|bit|f|p|s)?[\s_-]?0{0,2}(\d{1,3})$/i;

/** The number of an element by its name: `4`, `004`, `DE4`, `F4`; undefined where it is none. */
export function numberOf(name: string): number | undefined {
  if (/^(mti|de0|0|00|000)$/i.test(name)) return 0;
  const number = Number(WRITTEN.exec(name)?.[1] ?? Number.NaN);
  return number >= 1 && number <= MAX_ELEMENT ? number : undefined;
}

export interface Elements {
  byNumber: Map<number, Sent>;
  /** Of values that are none, by the sender's name. */
  faults: { path: string; message: string }[];
  warnings: string[];
}

/** The elements of a parsed message, by number. `names`: what the map calls them. */
export function elementsOf(message: Record<string, unknown>, names: ReadonlyMap<string, number>): Elements {
  const byNumber = new Map<number, Sent>();
  const faults: Elements['faults'] = [];
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(message)) {
    if (value === null || value === undefined) continue;
    const number = names.get(key) ?? numberOf(key);
    if (number === undefined) {
      unknown.push(didYouMean(key, names.keys()));
      continue;
    }
    if (isBitmap(number)) continue;
    const path = `/${key}`;
    if (byNumber.has(number)) {
      faults.push({ path, message: `is element ${number}, which stands as ${byNumber.get(number)!.key} already` });
      continue;
    }
    const text = textOf(value, ELEMENTS[number]?.[2]);
    if (text === '') continue;
    // What is never kept is not looked at either.
    const form = ELEMENTS[number];
    if (number in NEVER_KEPT) byNumber.set(number, { key, text: '' });
    else if (text === undefined) faults.push({ path, message: 'must be a text or a whole number' });
    else if (form && !form[0].test(text)) faults.push({ path, message: `must be ${form[1]}` });
    else byNumber.set(number, { key, text });
  }
  const warnings =
    unknown.length === 0 ? [] : [`${listed(unknown)}: not an element by number or by the map; left out.`];
  return { byNumber, faults, warnings };
}

/** A gateway's number has lost the zeros that stand before it. */
function textOf(value: unknown, width = 0): string | undefined {
  if (typeof value === 'string') return value.trim();
  if (value instanceof Digits) return /^\d+$/.test(value.source) ? value.source : undefined;
  return Number.isSafeInteger(value) && (value as number) >= 0 ? String(value).padStart(width, '0') : undefined;
}

const MAX_LISTED = 12;

export function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return `${names.slice(0, MAX_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export const text = (byNumber: Elements['byNumber'], number: number): string | undefined => byNumber.get(number)?.text;
export const pathOf = (byNumber: Elements['byNumber'], number: number) => `/${byNumber.get(number)?.key ?? number}`;
