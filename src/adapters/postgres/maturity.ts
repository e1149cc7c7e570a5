import type { Clock } from '../../domain/clock.ts';
import { withLabelState } from '../../projections/life.ts';
import type { TransactionView } from '../../projections/store.ts';

/** When it is, and after how many days what was executed and not disputed is presumed legitimate. */
export interface Maturity {
  clock: Clock;
  days: number;
}

/** A transaction as reads show it. */
export function asShown(view: TransactionView, { clock, days }: Maturity): TransactionView {
  return withLabelState(view, clock(), days);
}
