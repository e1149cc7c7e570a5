import { hash53 } from '../../domain/hash.ts';
import type { LabelState } from '../../domain/label-state.ts';
import type { Compared } from './cells.ts';
import type { Curves } from './curves.ts';
import { ageAt } from './delays.ts';
import type { ProofRows } from './rows.ts';
import type { Look } from './sequential.ts';

const DAY = 86_400_000;

export interface Looked {
  stateOf(row: number): LabelState;
  /** Of the control. */
  share: number;
  curves: Curves;
  /** Milliseconds. */
  now: number;
}

/**
 * What labels said by the end of each day (UTC). Two things would count out whoever decided, or count it in, and are made even:
 * - What one side alone declines has labels only where chance let it through: of such payments as many are left out on both sides, by a
 *   hash where chance has no part.
 * - What it held a person looked at, long before a chargeback would have come: a fraud counts once it would be known held and not held, at
 *   the later of its own time and one drawn from the delays of the other kind.
 */
export function looksOf(rows: ProofRows, { flagged, declined }: Compared, { stateOf, share, curves, now }: Looked) {
  // By what a window that is asked for tomorrow has of it too: else each day would draw anew.
  const chance = (row: number, of: string) => hash53(`${of} ${rows.at(row)} ${rows.amount(row)}`) / 2 ** 53;
  const isOneCurve = curves.held === curves.other;
  const knownAt = (row: number): number => {
    const isHeld = rows.acted(row) === 'review';
    if (!isHeld && isOneCurve) return rows.toldAt(row);
    const { knownBy } = isHeld ? curves.other : curves.held;
    return Math.max(rows.toldAt(row), rows.at(row) + ageAt(knownBy, chance(row, 'delay')));
  };
  const byDay = new Map<number, { flagged: [number, number]; frauds: [number, number]; both: number }>();
  const on = (at: number) => {
    const day = Math.floor(at / DAY);
    if (!byDay.has(day)) byDay.set(day, { flagged: [0, 0], frauds: [0, 0], both: 0 });
    return byDay.get(day)!;
  };
  let more = 0;
  for (let row = 0; row < rows.length; row++) {
    if (rows.against(row) === undefined) continue;
    const [a, b] = [flagged.against(row), flagged.challenger(row)];
    more += Number(b) - Number(a);
    const isStopped = a !== b && (a ? declined.against(row) : declined.challenger(row));
    if (isStopped && !(rows.share(row) > 0 || chance(row, 'proof') < share)) continue;
    if (a !== b) on(rows.at(row)).flagged[Number(a)]++;
    if (stateOf(row) !== 'fraud' || knownAt(row) > now) continue;
    const day = on(knownAt(row));
    if (a === b) day.both++;
    else day.frauds[Number(a)]++;
  }
  const looks: Look[] = [];
  const days: number[] = [];
  const so: Look = { frauds: 0, challengerOnly: 0, championOnly: 0 };
  const alone = { challenger: 0, champion: 0 };
  for (const [day, { flagged, frauds, both }] of [...byDay].sort(([a], [b]) => a - b)) {
    alone.challenger += flagged[0];
    alone.champion += flagged[1];
    so.challengerOnly += frauds[0];
    so.championOnly += frauds[1];
    const told = both + frauds[0] + frauds[1];
    so.frauds += told;
    if (told === 0) continue;
    looks.push({ ...so, ...(more === 0 ? { alone: { ...alone } } : {}) });
    days.push((day + 1) * DAY);
  }
  return { looks, days };
}
