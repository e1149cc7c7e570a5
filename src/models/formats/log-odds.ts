/** A probability's log-odds are taken no nearer to 0 or 1 than this, as calibration does. */
const FLOOR = 1e-6;

export function logOdds(probability: number): number {
  const p = Math.min(Math.max(probability, FLOOR), 1 - FLOOR);
  return Math.log(p / (1 - p));
}
