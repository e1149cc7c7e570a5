import type { Outcome } from '../../domain/decision.ts';
import { bytes, doubles } from '../backtest/rows.ts';

/** Decisions as both sides would have made them, row by row; some 60 bytes each. */
export interface ProofRows {
  readonly length: number;
  add(row: ProofRow): number;
  at(row: number): number;
  /** Base currency; NaN where it is not known. */
  amount(row: number): number;
  acted(row: number): Outcome;
  /** The share with which it was let through; NaN where chance had no part. */
  share(row: number): number;
  /** Undefined: decided before the window, for its delay alone. */
  against(row: number): Outcome | undefined;
  challenger(row: number): Outcome;
  probability(row: number): number;
  /** A rule made the challenger's outcome what it is. */
  forced(row: number): boolean;
  /** When it was first said to be fraud; NaN: not yet. */
  toldAt(row: number): number;
  tell(row: number, at: number): void;
}

export interface ProofRow {
  /** Milliseconds, of the record. */
  at: number;
  amount: number;
  /** What was decided, before the control share was drawn. */
  acted: Outcome;
  share: number;
  against?: Outcome;
  challenger?: Outcome;
  probability?: number;
  forced?: boolean;
}

const OUTCOMES: readonly (Outcome | undefined)[] = ['approve', 'review', 'decline', undefined];
const codeOf = (outcome: Outcome | undefined) => OUTCOMES.indexOf(outcome);

export function createProofRows(): ProofRows {
  const [at, amount, share, probability] = [doubles(), doubles(), doubles(), doubles()];
  const [acted, against, challenger, forced] = [bytes(), bytes(), bytes(), bytes()];
  const told = new Map<number, number>();
  return {
    get length() {
      return at.length;
    },
    add(row) {
      at.push(row.at);
      amount.push(row.amount);
      share.push(row.share);
      probability.push(row.probability ?? Number.NaN);
      acted.push(codeOf(row.acted));
      against.push(codeOf(row.against));
      challenger.push(codeOf(row.challenger));
      forced.push(Number(row.forced ?? false));
      return at.length - 1;
    },
    at: (row) => at.at(row),
    amount: (row) => amount.at(row),
    acted: (row) => OUTCOMES[acted.at(row)]!,
    share: (row) => share.at(row),
    against: (row) => OUTCOMES[against.at(row)],
    challenger: (row) => OUTCOMES[challenger.at(row)] ?? 'approve',
    probability: (row) => probability.at(row),
    forced: (row) => forced.at(row) === 1,
    toldAt: (row) => told.get(row) ?? Number.NaN,
    tell(row, when) {
      if (!told.has(row)) told.set(row, when);
    },
  };
}
