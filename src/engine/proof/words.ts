import type { Estimate } from './figures.ts';
import type { Look, Verdict } from './sequential.ts';

export interface Said {
  test: Verdict;
  last: Look | undefined;
  recall: Estimate;
  /** The challenger's flagged payments over the other's, less 1; null where both flag as many by making. */
  more: number | null;
  /** Frauds that become known in a day. */
  perDay: number;
  isProof: boolean;
  /** Decisions of the window that cannot be compared, where none can; else 0. */
  lost: number;
}

/** Frauds that one alone catches below which nothing is said of how long it takes. */
const FEW = 8;
/** Deviations that the boundary asks for when a plan ends, about. */
const ASKED = 2.1;

/** The verdict, for people. */
export function verdictOf({ test, last, recall, more, perDay, isProof, lost }: Said): string {
  if (lost > 0) return `Nothing can be compared: of ${lost} decisions none holds what both read.`;
  if (!last || last.frauds === 0) return 'Nothing is known yet: no fraud among these payments has been reported.';
  const at = more === null || Math.abs(more) < 0.02 ? 'at the same reviews' : `at ${percent(more)} reviews`;
  const [low, high] = recall.interval ?? [0, 0];
  if (test.decided !== 'open') {
    const sign = test.decided === 'better' ? 1 : -1;
    const [near, far] = [low * sign, high * sign].sort((a, b) => a - b);
    return `${test.decided === 'better' ? 'Better' : 'Worse'} by ${points(Math.max(0, near))} to ${points(far)} points of recall ${at}${caution(isProof)}.`;
  }
  const range = `between ${points(low)} and ${points(high)} points of recall ${at}`;
  // An interval is of one look; the test allows for all of them, and counts only frauds that both could have let through.
  const open = low > 0 || high < 0 ? 'Not sure yet' : 'No difference yet that chance would not make';
  return `${open}: ${range}${caution(isProof)}; ${waiting(last, perDay)}.`;
}

function caution(isProof: boolean): string {
  return isProof
    ? ''
    : ', of payments that were executed alone: what was declined has no labels, and no control share lets some through';
}

function waiting({ frauds, challengerOnly, championOnly, alone }: Look, perDay: number): string {
  const caught = challengerOnly + championOnly;
  if (caught < FEW)
    return `${caught} of ${frauds} reported frauds were caught by one of them alone, which is too few to say how long it takes`;
  // Those that are drawn from few spread less.
  const others = alone ? 1 - caught / (alone.challenger + alone.champion) : 1;
  const z = Math.abs(challengerOnly - championOnly) / Math.sqrt(caught * others);
  const needed = frauds * (ASKED / z) ** 2;
  const days = Math.max(1, Math.ceil((needed - frauds) / perDay));
  if (!(days <= 365)) return 'at this pace it would take more than a year to tell them apart';
  return `${days === 1 ? 'about a day' : `about ${days} days`} to be sure if it stays so`;
}

const points = (share: number) => `${Math.round(share * 100) + 0}`.replace('-', '−');
const percent = (more: number) => `${Math.round(Math.abs(more) * 100)}% ${more > 0 ? 'more' : 'fewer'}`;
