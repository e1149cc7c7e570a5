import type { Cell, Seen } from './cells.ts';
import type { Curves } from './curves.ts';
import { createDraws, type Draws } from './draws.ts';
import { DRAWS, type FraudDraws, fraudDraws, intervalOf, medianOf } from './frauds.ts';

/** A figure by what is known now. Null where there is nothing to make it of. */
export interface Estimate {
  value: number | null;
  /** 95%. */
  interval: [low: number, high: number] | null;
  /** What it may be at the least and at the most, whatever the payments are that were not executed. */
  low: number | null;
  high: number | null;
}

/** Of one side, over the window. Money in the base currency. */
export interface SideFigures {
  flagged: number;
  precision: Estimate;
  recall: Estimate;
  /** Amount of the frauds among what it flags. */
  moneySaved: Estimate;
  /** Good payments among what it flags. */
  customersHurt: Estimate;
}

export type Measure = Exclude<keyof SideFigures, 'flagged'>;
export const MEASURES: readonly Measure[] = ['precision', 'recall', 'moneySaved', 'customersHurt'];

/** Frauds of a cell in each draw, their amount, and payments whose truth nothing reaches. */
interface DrawnCell {
  cell: Cell;
  frauds: Float64Array;
  amount: Float64Array;
  payments: number;
  beyond: number;
  amountBeyond: number;
}

/** Figures of both sides of the same draws, so that what both have in common cancels in their difference. */
export interface Figures {
  side(of: 'against' | 'challenger'): SideFigures;
  difference(measure: Measure): Estimate;
  /** Frauds that are expected among payments of which nothing is known yet. */
  awaited: number;
}

const SEED = 1;

export function figuresOf(cells: readonly Cell[], curves: Curves): Figures {
  const [held, other] = [fraudDraws(curves.held, SEED), fraudDraws(curves.other, SEED + 2)];
  const draws = createDraws(SEED + 4);
  const drawn = cells.map((cell) => drawCell(cell, held, other, draws));
  const known = drawn.reduce((sum, { cell }) => sum + cell.held.frauds + cell.other.frauds, 0);
  const measured = { against: measuresOf(drawn, 'against'), challenger: measuresOf(drawn, 'challenger') };
  return {
    awaited: Math.max(0, medianOf(sumOf(drawn.map(({ frauds }) => frauds))) - known),
    side: (of) => ({
      flagged: drawn.reduce((sum, { cell, payments, beyond }) => sum + (cell[of] ? payments + beyond : 0), 0),
      ...(Object.fromEntries(MEASURES.map((name) => [name, estimateOf(measured[of][name])])) as Omit<
        SideFigures,
        'flagged'
      >),
    }),
    difference(name) {
      const [a, b] = [measured.against[name], measured.challenger[name]];
      if (!a || !b) return NOTHING;
      const values = b.values.map((value, i) => value - a.values[i]);
      return estimateOf({
        values,
        // What neither or both flag moves both alike; the rest is at worst one's and at best the other's.
        low: values.map((_, i) => b.low[i] - a.high[i]),
        high: values.map((_, i) => b.high[i] - a.low[i]),
      });
    },
  };
}

function drawCell(cell: Cell, held: FraudDraws, other: FraudDraws, draws: Draws): DrawnCell {
  const parts = [
    [cell.held, held.of(cell.held)],
    [cell.other, other.of(cell.other)],
    [cell.control, other.of(cell.control)],
  ] as const;
  const { reached, beyond, amountReached, amountBeyond } = cell.blocked;
  const isReached = cell.control.rows > 0 && reached > 0;
  const frauds = sumOf(parts.map(([, each]) => each));
  const amount = sumOf(parts.map(([part, each]) => each.map((count) => amountOf(part, count))));
  let payments = parts.reduce((sum, [{ rows }]) => sum + rows, 0);
  if (isReached) {
    payments += reached;
    const like = parts[2][1];
    for (let i = 0; i < DRAWS; i++) {
      const found = draws.binomial(reached, shareOf(cell.control, like[i], draws));
      frauds[i] += found;
      amount[i] += found * (amountReached / reached);
    }
  }
  return {
    ...{ cell, frauds, amount, payments },
    beyond: beyond + (isReached ? 0 : reached),
    amountBeyond: amountBeyond + (isReached ? 0 : amountReached),
  };
}

/** Of declines, by those that chance let through: each stands for 1/share (Hájek), as many as they are worth (Kish). */
function shareOf({ rows, frauds, weight, squares, weightOfFrauds }: Cell['control'], drawn: number, draws: Draws) {
  const worth = weight ** 2 / squares;
  const tilt = frauds > 0 ? weightOfFrauds / weight / (frauds / rows) : 1;
  const right = Math.min(worth, ((drawn * tilt) / rows) * worth);
  return draws.beta(right + 0.5, worth - right + 0.5);
}

/** What is known, and the mean of it for each that is not yet. */
function amountOf({ frauds, fraudAmount, amount, rows }: Seen, count: number): number {
  const mean = frauds > 0 ? fraudAmount / frauds : rows > 0 ? amount / rows : 0;
  return fraudAmount + (count - frauds) * mean;
}

interface Drawn {
  values: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

function measuresOf(cells: readonly DrawnCell[], side: 'against' | 'challenger'): Record<Measure, Drawn | undefined> {
  const of = (name: 'frauds' | 'amount', is?: boolean) =>
    sumOf(cells.filter(({ cell }) => is === undefined || cell[side] === is).map((each) => each[name]));
  const count = (name: 'payments' | 'beyond' | 'amountBeyond', is: boolean) =>
    cells.reduce((sum, each) => sum + (each.cell[side] === is ? each[name] : 0), 0);
  const [frauds, all, amount] = [of('frauds', true), of('frauds'), of('amount', true)];
  const [payments, beyond, missed] = [count('payments', true), count('beyond', true), count('beyond', false)];
  const money = count('amountBeyond', true);
  const each = (make: (i: number) => number) => Float64Array.from({ length: DRAWS }, (_, i) => make(i));
  const share = (a: number, b: number) => (b > 0 ? Math.min(1, a / b) : 0);
  return {
    precision:
      payments + beyond === 0
        ? undefined
        : {
            values: each((i) => share(frauds[i], payments)),
            low: each((i) => share(frauds[i], payments + beyond)),
            high: each((i) => share(frauds[i] + beyond, payments + beyond)),
          },
    recall: {
      values: each((i) => share(frauds[i], all[i])),
      low: each((i) => share(frauds[i], all[i] + missed)),
      high: each((i) => share(frauds[i] + beyond, all[i] + beyond)),
    },
    moneySaved: { values: amount, low: amount, high: each((i) => amount[i] + money) },
    customersHurt: {
      values: each((i) => payments - frauds[i]),
      low: each((i) => payments - frauds[i]),
      high: each((i) => payments - frauds[i] + beyond),
    },
  };
}

const NOTHING: Estimate = { value: null, interval: null, low: null, high: null };

function estimateOf(drawn: Drawn | undefined): Estimate {
  if (!drawn) return NOTHING;
  const interval = intervalOf(drawn.values);
  const told = (value: number) => Math.round(value * 1e6) / 1e6 + 0;
  return {
    value: told(medianOf(drawn.values)),
    interval: [told(interval[0]), told(interval[1])],
    low: told(intervalOf(drawn.low)[0]),
    high: told(intervalOf(drawn.high)[1]),
  };
}

function sumOf(all: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(DRAWS);
  for (const one of all) for (let i = 0; i < DRAWS; i++) sum[i] += one[i];
  return sum;
}
