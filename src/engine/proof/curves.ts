import { type DelayCurve, delayCurve, evenCurve, type Reported } from './delays.ts';
import type { ProofRows } from './rows.ts';

/** How late frauds become known, of payments that a person held and of the others. */
export interface Curves {
  /** That of the others where too few are known. */
  held: DelayCurve;
  other: DelayCurve;
}

/** Frauds that a curve needs. */
export const ENOUGH = 20;

/** What a person says at once tells nothing of how late chargebacks come: with few of these their delays are thought to be even. */
export function curvesOf(rows: ProofRows, now: number, maturityDays: number): Curves {
  const reported: Record<'held' | 'other', Reported[]> = { held: [], other: [] };
  for (let row = 0; row < rows.length; row++) {
    const [at, toldAt] = [rows.at(row), rows.toldAt(row)];
    if (Number.isNaN(toldAt)) continue;
    reported[rows.acted(row) === 'review' ? 'held' : 'other'].push({ delay: Math.max(0, toldAt - at), age: now - at });
  }
  const other = reported.other.length >= ENOUGH ? delayCurve(reported.other, maturityDays) : evenCurve(maturityDays);
  return { other, held: reported.held.length >= ENOUGH ? delayCurve(reported.held, maturityDays) : other };
}
