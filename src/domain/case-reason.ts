import { RESOLUTIONS, type Resolution } from './case.ts';
import { nearest } from './nearest.ts';

/** A word for why a case was resolved so, of a short set that statistics count by. */
export interface CaseReason {
  /** Absent: of any resolution. */
  resolution?: Resolution;
  word: string;
}

export const DEFAULT_CASE_REASONS = [
  ...['fraud:stolen_card', 'fraud:account_takeover', 'fraud:card_testing', 'fraud:synthetic_identity', 'fraud:mule'],
  ...['fraud:refund_abuse', 'legitimate:customer_confirmed', 'legitimate:known_customer', 'legitimate:rule_too_broad'],
  ...['unsure:no_answer', 'unsure:too_little_known'],
].join(', ');

const MOST_REASONS = 50;
const REASON = /^(?:(\w+)\s*:\s*)?([a-z0-9][a-z0-9_-]{0,39})$/;

/** Reads `fraud:stolen_card, legitimate:known_customer, other`. Throws an Error that says what does not fit. */
export function parseCaseReasons(text: string): CaseReason[] {
  const reasons = text.split(',').map((part): CaseReason => {
    const [, resolution, word] = REASON.exec(part.trim()) ?? [];
    if (word === undefined)
      throw new Error(`${part.trim()} is not of the form fraud:stolen_card or other: lower case, digits, _ and -`);
    if (resolution !== undefined && !(RESOLUTIONS as readonly string[]).includes(resolution))
      throw new Error(`${resolution} is none of ${RESOLUTIONS.join(', ')}`);
    return resolution === undefined ? { word } : { resolution: resolution as Resolution, word };
  });
  if (reasons.length > MOST_REASONS) throw new Error(`${reasons.length} words are more than ${MOST_REASONS}`);
  const names = reasons.map(({ resolution, word }) => `${resolution ?? ''}:${word}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`${twice} stands twice`);
  return reasons;
}

/** Why a word is no reason of a resolution, or undefined. */
export function unfitReason(reasons: readonly CaseReason[], resolution: Resolution, word: string): string | undefined {
  const fitting = reasons.filter((one) => one.resolution === undefined || one.resolution === resolution);
  if (fitting.some((one) => one.word === word)) return undefined;
  const words = fitting.map((one) => one.word);
  if (words.length === 0) return `is none: CASE_REASONS has no word for ${resolution}`;
  const near = nearest(word, words);
  return `is no reason of ${resolution}${near ? `; did you mean ${near}?` : `: ${words.join(', ')}`}`;
}
