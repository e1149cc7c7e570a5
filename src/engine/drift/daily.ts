import { BLOCKS_A_DAY, blockOf, type History } from './history.ts';
import { meanOf } from './series.ts';

const DAYS = 30;
const FEWEST_DAYS = 7;
/** The operator's rule. */
export const NOTICE_SIGMAS = 2;

/** Of days that are over: read once. */
const means = new WeakMap<History, Map<number, number | null>>();

/** Today's mean against those of the 30 days before (UTC) that are known. */
export function dailyScore(history: History, name: string, now: number) {
  const today = Math.floor(blockOf(now) / BLOCKS_A_DAY);
  const known = means.get(history) ?? new Map<number, number | null>();
  means.set(history, known);
  const meanOfDay = (day: number) => {
    const told = known.get(day);
    if (told !== undefined) return told;
    const blocks = Array.from({ length: BLOCKS_A_DAY }, (_, i) => day * BLOCKS_A_DAY + i);
    const mean = meanOf(history.sum(name, blocks));
    // What is told late of yesterday still comes.
    if (day < today - 1) known.set(day, mean);
    return mean;
  };
  for (const day of known.keys()) if (day < today - DAYS) known.delete(day);
  const before = Array.from({ length: DAYS }, (_, i) => meanOfDay(today - 1 - i)).filter((mean) => mean !== null);
  const current = meanOfDay(today);
  const mean = before.length > 0 ? before.reduce((sum, one) => sum + one, 0) / before.length : null;
  const spread = before.reduce((sum, one) => sum + (one - mean!) ** 2, 0);
  const deviation = before.length >= FEWEST_DAYS ? Math.sqrt(spread / (before.length - 1)) : null;
  const meanShiftSigmas = current === null || mean === null || !deviation ? null : (current - mean) / deviation;
  return { meanShiftSigmas, today: current, mean, deviation, days: before.length };
}
