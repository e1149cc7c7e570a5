import type { SeriesReport } from './compare.ts';
import { BLOCK_MS, type History } from './history.ts';

/** Decisions an hour. */
export const VOLUME = '#volume';
/** Of the hours that are over, in the least of the weeks before. */
const ENOUGH = 200;
/** A sale is no drift, and a weekend none: only what no week was near to. */
const FAR = 4;

/**
 * How many came in the hours of the window that are over, beside the same hours of each of the weeks before: fewer than a quarter of the
 * least of them, or more than four times the most. Undefined where no hour of it is over, or fewer than four weeks are known.
 */
export function volumeOf(
  history: History,
  [running, ...over]: number[],
  weeks: number[][] | undefined,
): SeriesReport | undefined {
  if (over.length === 0 || running === undefined || !weeks) return undefined;
  const rows = (blocks: number[]) => blocks.reduce((sum, block) => sum + history.rows(block), 0);
  const now = rows(over);
  const before = weeks.map(([, ...week]) => rows(week));
  const [least, most] = [Math.min(...before), Math.max(...before)];
  const isFar = now * FAR < least || now > FAR * Math.max(most, ENOUGH);
  const mean = before.reduce((sum, count) => sum + count, 0) / before.length;
  const state = least < ENOUGH && now < ENOUGH ? 'few' : isFar ? 'drifted' : 'stable';
  const none = { now: null, then: null };
  return {
    ...{ name: VOLUME, psi: null, distance: null, missing: none, groups: [], state },
    mean: { now: now / over.length, then: mean / over.length },
    ...(state === 'drifted' ? { since: Math.min(...over) * BLOCK_MS } : {}),
  };
}
