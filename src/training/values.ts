import { type FieldName, fieldOf } from '../domain/fields.ts';
import type { LabelState } from '../domain/label-state.ts';
import { PLAIN } from './figure.ts';

const FLAGS: Record<string, boolean> = { true: true, '1': true, yes: true, false: false, '0': false, no: false };

/** A file's text as a client would have sent it. What is no value of the field stays text, for the intake to refuse it. */
export function fieldValue(name: FieldName, text: string): unknown {
  switch (fieldOf(name).kind) {
    case 'amount':
    case 'number':
      return PLAIN.test(text) ? Number(text) : text;
    case 'flag':
      return FLAGS[text.toLowerCase()] ?? text;
    default:
      return text;
  }
}

/** A decimal number as text; NaN where blank. Throws an Error that names the field where it is none: hexadecimal is not. */
export function decimal(text: string, field: string): number {
  const given = text.trim();
  if (given === '') return Number.NaN;
  const value = PLAIN.test(given) ? Number(given) : Number.NaN;
  if (!Number.isFinite(value)) throw new Error(`${field} ${text.slice(0, 60)} is not a number`);
  return value;
}

/** What a file says of a payment's truth; `unlabelled` where it says nothing. */
export type FileTruth = LabelState | 'unlabelled';

const WORDS: Readonly<Record<string, FileTruth>> = {
  ...{ true: 'fraud', yes: 'fraud', y: 'fraud', fraud: 'fraud', fraudulent: 'fraud' },
  ...{ false: 'legitimate', no: 'legitimate', n: 'legitimate', legitimate: 'legitimate', legit: 'legitimate' },
  ...{ presumed: 'presumed', immature: 'immature', blocked: 'blocked' },
};
export const TRUTH_WORDS =
  '0 or 1, true or false, yes or no, y or n, fraud or legitimate, presumed, immature or blocked; other words by fraudValue of the map';

/**
 * What a label says, whatever its case: 1 (1.0), true, yes, y, fraud; 0 (0.0), false, no, n, legitimate; presumed, immature, blocked; blank is
 * unlabelled. `fraudValue` names the words that mean fraud instead: then any other word that is not blank, immature or blocked is legitimate.
 * Undefined for a word that is none of these.
 */
export function truth(text: string, fraudValue?: string | readonly string[]): FileTruth | undefined {
  const word = text.trim().toLowerCase();
  if (word === '') return 'unlabelled';
  if (fraudValue !== undefined) {
    if ([fraudValue].flat().some((value) => isSame(word, value.trim().toLowerCase()))) return 'fraud';
    return !Object.hasOwn(WORDS, word) || WORDS[word] === 'fraud' ? 'legitimate' : WORDS[word];
  }
  if (Object.hasOwn(WORDS, word)) return WORDS[word];
  const value = PLAIN.test(word) ? Number(word) : Number.NaN;
  return value === 1 ? 'fraud' : value === 0 ? 'legitimate' : undefined;
}

/** `1` and `1.0` are one value. */
const isSame = (a: string, b: string) => a === b || (PLAIN.test(a) && PLAIN.test(b) && Number(a) === Number(b));
