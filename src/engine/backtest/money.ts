import type { Outcome } from '../../domain/decision.ts';
import type { LabelState } from '../../domain/label-state.ts';

/** What money is reckoned by where nobody said otherwise: the profit of a sale, and a person's look at a payment. */
export const COSTS = Object.freeze({ marginRate: 0.1, review: 3 });

/**
 * What a figure rests on: `labelled` on confirmed labels alone, `presumed` also on payments that nobody disputed in time, `control`
 * on what the control share let through, `estimated` on stated costs or on what is not known.
 */
export type Basis = 'labelled' | 'presumed' | 'control' | 'estimated';

export interface Figure {
  /** Base currency. */
  amount: number;
  basis: Basis;
}

/** What a change of sides is worth, in the base currency. A payment is stopped where it is declined. */
export interface Money {
  /** Fraud that would have been declined and was not. */
  fraudStopped: Figure;
  /** Fraud that was declined and would not have been. */
  fraudReleased: Figure;
  /** Good payments that would have been declined and were not, less those that would be let through. */
  goodStopped: Figure;
  /** The profit that goes with them. */
  marginLost: Figure;
  /** Of the reviews that are more; negative where they are fewer. */
  reviewCost: Figure;
  /** Moved to or from a decline, and nobody knows whether it is fraud. */
  unknown: Figure;
  /** What all of it comes to, at the worst and at the best that the unknown may be. */
  low: Figure;
  high: Figure;
}

export interface MoneyTally {
  add(from: Outcome, to: Outcome, amount: number, state: LabelState, isControl: boolean): void;
  result(): Money;
}

/** A sum and what it rests on: the weakest of it. */
interface Sum {
  amount: number;
  basis: Basis;
}

export function createMoney(): MoneyTally {
  const sum = (): Sum => ({ amount: 0, basis: 'labelled' });
  const [stopped, released, good] = [sum(), sum(), sum()];
  let reviews = 0;
  let unknownStopped = 0;
  let unknownReleased = 0;

  function add(to: Sum, amount: number, state: LabelState, isControl: boolean): void {
    to.amount += amount;
    if (state === 'presumed') to.basis = 'presumed';
    else if (isControl && to.basis === 'labelled') to.basis = 'control';
  }

  return {
    add(from, to, amount, state, isControl) {
      reviews += Number(to === 'review') - Number(from === 'review');
      const isStopped = to === 'decline';
      if (!isStopped && from !== 'decline') return;
      if (state === 'fraud') add(isStopped ? stopped : released, amount, state, isControl);
      else if (state === 'legitimate' || state === 'presumed')
        add(good, isStopped ? amount : -amount, state, isControl);
      else if (isStopped) unknownStopped += amount;
      else unknownReleased += amount;
    },
    result() {
      const margin = good.amount * COSTS.marginRate;
      const review = reviews * COSTS.review;
      const certain = stopped.amount - released.amount - margin - review;
      // At the worst what is stopped was good and what is let through is fraud; at the best the other way round.
      const low = certain - unknownStopped * COSTS.marginRate - unknownReleased;
      const high = certain + unknownStopped + unknownReleased * COSTS.marginRate;
      const figure = ({ amount, basis }: Sum): Figure => ({ amount: cents(amount), basis });
      const estimated = (amount: number): Figure => ({ amount: cents(amount), basis: 'estimated' });
      return {
        ...{ fraudStopped: figure(stopped), fraudReleased: figure(released), goodStopped: figure(good) },
        ...{ marginLost: estimated(margin), reviewCost: estimated(review) },
        unknown: estimated(unknownStopped + unknownReleased),
        ...{ low: estimated(low), high: estimated(high) },
      };
    },
  };
}

const cents = (amount: number) => Math.round(amount * 100) / 100 + 0;
