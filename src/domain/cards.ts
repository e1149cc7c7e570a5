import { CARD_RANGES } from './card-ranges.ts';

/** A card number within a text: where it stands, blanks and hyphens included, and its digits. */
export interface CardNumber {
  start: number;
  end: number;
  digits: string;
}

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
/** Between two digits of one number: at most so many blanks and hyphens, of any kind, or signs that nobody sees, as a page may hold. */
const MAX_BETWEEN = 3;

/** Whether this many digits may be in a text at all; most texts that pass here are short, and this is on the path. */
const MAYBE = /\p{Nd}(?:[\s\p{Pd}\p{Cf}\p{DI}\u2212\u2800]{0,3}\p{Nd}){12}/u;
const DIGITS = /\p{Nd}+/gu;
const BETWEEN = /^[\s\p{Pd}\p{Cf}\p{DI}\u2212\u2800]+$/u;

/**
 * The card numbers in a text: 13 to 19 digits, grouped by blanks or hyphens or not, whose issued range, length and check digit
 * (Luhn) fit. Digits of any script count. A number is made of whole groups, so a longer run of digits holds none.
 */
export function findCardNumbers(text: string): CardNumber[] {
  if (text.length < MIN_DIGITS || !MAYBE.test(text)) return [];
  const found: CardNumber[] = [];
  for (const run of runsOf(text)) {
    for (let first = 0; first < run.length; first++) {
      const number = longestFrom(run, first);
      if (number === undefined) continue;
      found.push(number.card);
      first = number.last;
    }
  }
  return found;
}

/** Whether a text or a number holds a card number. */
export function holdsCardNumber(value: string | number): boolean {
  if (typeof value === 'string') return findCardNumbers(value).length > 0;
  return Number.isInteger(value) && value >= 1e12 && value < 1e20 && isCardNumber(BigInt(value).toString());
}

/** The text with what `put` says in place of each card number; the same text where there is none. */
export function replaceCardNumbers(text: string, put: (digits: string) => string): string {
  let [written, from] = ['', 0];
  for (const { start, end, digits } of findCardNumbers(text)) {
    written += text.slice(from, start) + put(digits);
    from = end;
  }
  return from === 0 ? text : written + text.slice(from);
}

/** For what people read, and what is kept of what was refused. */
export function maskCardNumbers(text: string): string {
  return replaceCardNumbers(text, () => '[card number]');
}

/** Whether 13 to 19 ASCII digits are a card number. */
export function isCardNumber(digits: string): boolean {
  if (digits.length < MIN_DIGITS || digits.length > MAX_DIGITS || !luhn(digits)) return false;
  if (!ranges.some(([low, high, width, lengths]) => inRange(digits, low, high, width, lengths))) return false;
  // Visa's numbers of 13 digits are long out of use, and Germany's article numbers begin with 4 as well.
  return digits.length > 13 || digits[0] !== '4' || !isArticleNumber(digits);
}

interface Group {
  start: number;
  end: number;
  digits: string;
}

/** Groups of digits that only blanks and hyphens part from one another. */
function runsOf(text: string): Group[][] {
  const runs: Group[][] = [];
  let previousEnd = Number.NEGATIVE_INFINITY;
  for (const match of text.matchAll(DIGITS)) {
    const start = match.index;
    const group = { start, end: start + match[0].length, digits: asciiDigits(match[0]) };
    const near = start - previousEnd <= MAX_BETWEEN && BETWEEN.test(text.slice(previousEnd, start));
    if (near) runs[runs.length - 1].push(group);
    else runs.push([group]);
    previousEnd = group.end;
  }
  return runs;
}

function longestFrom(run: Group[], first: number): { card: CardNumber; last: number } | undefined {
  let digits = '';
  let longest: { card: CardNumber; last: number } | undefined;
  for (let last = first; last < run.length; last++) {
    digits += run[last].digits;
    if (digits.length > MAX_DIGITS) break;
    if (isCardNumber(digits)) longest = { card: { start: run[first].start, end: run[last].end, digits }, last };
  }
  return longest;
}

/** Digits of other scripts stand in runs of ten from their zero on, so a digit's value is its distance from that. */
function asciiDigits(text: string): string {
  if (/^[0-9]+$/.test(text)) return text;
  return Array.from(text, (digit) => {
    const code = digit.codePointAt(0)!;
    let zero = code;
    while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    return String((code - zero) % 10);
  }).join('');
}

type Range = [low: number, high: number, width: number, lengths: readonly number[]];

const ranges: Range[] = CARD_RANGES.flatMap(([, lengths, prefixes]) =>
  prefixes.split(' ').map((prefix): Range => {
    const [low, high = low] = prefix.split('-');
    return [Number(low), Number(high), low.length, lengths];
  }),
);

function inRange(digits: string, low: number, high: number, width: number, lengths: readonly number[]): boolean {
  const prefix = Number(digits.slice(0, width));
  return prefix >= low && prefix <= high && lengths.includes(digits.length);
}

/** The check digit of ISO/IEC 7812-1, annex B. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The check digit of EAN-13, the number of an article. */
function isArticleNumber(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < 13; i++) sum += (digits.charCodeAt(i) - 48) * (i % 2 === 0 ? 1 : 3);
  return sum % 10 === 0;
}
