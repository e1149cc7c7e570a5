import { hash53 } from '../../domain/hash.ts';
import type { LabelState } from '../../domain/label-state.ts';
import type { Flagged } from './cells.ts';
import type { ProofRows } from './rows.ts';
import type { Look } from './sequential.ts';

const DAY = 86_400_000;

export interface Declined {
  against(row: number): boolean;
  challenger(row: number): boolean;
}

/**
 * What labels said by the end of each day (UTC). What one side alone declines has labels only where chance let it through: so of frauds
 * that one side alone declines as many are left out on both sides, by a hash where chance has no part. Else whoever decided would
 * be counted out of what it stopped.
 */
export function looksOf(
  rows: ProofRows,
  flagged: Flagged,
  declined: Declined,
  stateOf: (row: number) => LabelState,
  share: number,
): { looks: Look[]; days: number[] } {
  const told: [day: number, side: 'both' | 'challengerOnly' | 'championOnly'][] = [];
  for (let row = 0; row < rows.length; row++) {
    if (rows.against(row) === undefined || stateOf(row) !== 'fraud') continue;
    const [a, b] = [flagged.against(row), flagged.challenger(row)];
    const isStopped = a !== b && (a ? declined.against(row) : declined.challenger(row));
    const isDrawn = rows.share(row) > 0 || hash53(`proof ${row}`) / 2 ** 53 < share;
    if (isStopped && !isDrawn) continue;
    const day = Math.floor(rows.toldAt(row) / DAY);
    told.push([day, a === b ? 'both' : a ? 'championOnly' : 'challengerOnly']);
  }
  told.sort(([a], [b]) => a - b);
  const so: Look = { frauds: 0, challengerOnly: 0, championOnly: 0 };
  const looks: Look[] = [];
  const days: number[] = [];
  for (const [i, [day, side]] of told.entries()) {
    so.frauds++;
    if (side !== 'both') so[side]++;
    if (told[i + 1]?.[0] === day) continue;
    looks.push({ ...so });
    days.push((day + 1) * DAY);
  }
  return { looks, days };
}
