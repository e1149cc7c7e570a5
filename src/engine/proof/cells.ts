import type { Outcome } from '../../domain/decision.ts';
import type { LabelState } from '../../domain/label-state.ts';
import type { Group } from './frauds.ts';
import type { ProofRows } from './rows.ts';

/** Payments on which both sides say the same: whether each would have flagged them. */
export interface Cell {
  against: boolean;
  challenger: boolean;
  /** Executed ones by how their labels come: held for a person, or not. */
  held: Seen;
  other: Seen;
  /** Declines that chance let through, with the sum of 1/share and of its square. */
  control: Seen & { weight: number; squares: number; weightOfFrauds: number };
  /** Not executed: like those that chance let through, and beyond what it may let through. */
  blocked: { reached: number; beyond: number; amountReached: number; amountBeyond: number };
}

export interface Seen extends Group {
  ages: number[];
  rows: number;
  /** Base currency, of known frauds and of all. */
  fraudAmount: number;
  amount: number;
  /** Of all labels: undisputed until they were ripe. */
  presumed: number;
}

export interface Flagged {
  against(row: number): boolean;
  challenger(row: number): boolean;
}

/** What each side would flag, and what of it decline. */
export interface Compared {
  flagged: Flagged;
  declined: Flagged;
}

const seen = (): Seen => ({
  ...{ frauds: 0, legitimate: 0, presumed: 0, ages: [], rows: 0, fraudAmount: 0, amount: 0 },
});

/** `reach`: the most that the control share lets through, in the base currency; 0: it lets nothing through. */
export function cellsOf(
  rows: ProofRows,
  flagged: Flagged,
  stateOf: (row: number) => LabelState,
  now: number,
  reach: number,
): Cell[] {
  const cells = [0, 1, 2, 3].map(
    (code): Cell => ({
      ...{ against: code >= 2, challenger: code % 2 === 1, held: seen(), other: seen() },
      control: { ...seen(), weight: 0, squares: 0, weightOfFrauds: 0 },
      blocked: { reached: 0, beyond: 0, amountReached: 0, amountBeyond: 0 },
    }),
  );
  for (let row = 0; row < rows.length; row++) {
    if (rows.against(row) === undefined) continue;
    const cell = cells[2 * Number(flagged.against(row)) + Number(flagged.challenger(row))];
    const [state, amount, share] = [stateOf(row), rows.amount(row) || 0, rows.share(row)];
    if (state === 'blocked') block(cell, rows.acted(row), amount, reach);
    else if (share > 0) drawn(cell.control, share, state, now - rows.at(row), amount);
    else see(rows.acted(row) === 'review' ? cell.held : cell.other, state, now - rows.at(row), amount);
  }
  return cells;
}

function see(into: Seen, state: LabelState, age: number, amount: number): void {
  into.rows++;
  into.amount += amount;
  if (state === 'fraud') {
    into.frauds++;
    into.fraudAmount += amount;
  } else if (state === 'immature') into.ages.push(age);
  else into.legitimate++;
  if (state === 'presumed') into.presumed++;
}

function drawn(into: Cell['control'], share: number, state: LabelState, age: number, amount: number): void {
  see(into, state, age, amount);
  into.weight += 1 / share;
  into.squares += 1 / share ** 2;
  if (state === 'fraud') into.weightOfFrauds += 1 / share;
}

function block({ blocked }: Cell, acted: Outcome, amount: number, reach: number): void {
  // What is held is not drawn, and what a person cancelled neither.
  if (acted === 'decline' && amount <= reach) {
    blocked.reached++;
    blocked.amountReached += amount;
  } else {
    blocked.beyond++;
    blocked.amountBeyond += amount;
  }
}
