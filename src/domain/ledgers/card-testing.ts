import { OUTCOME_REFUSED, outcomeOf } from '../payment-event.ts';
import { CARD_TESTING } from './limits.ts';
import type { LedgerPayment } from './payment.ts';

/** Payments between two sweeps of what is over. */
const SWEEP = 50_000;

/** Whether it went to the issuer, as far as was told: something became of it, or it was let through and nobody told of anything. */
export const wasAuthorized = ({ events, executedAt }: Pick<LedgerPayment, 'events' | 'executedAt'>): boolean =>
  events.length > 0 || executedAt !== undefined;

interface Attempt {
  payment: LedgerPayment;
  hasFailed: boolean;
  isCounted: boolean;
}

/** Of one device or address, within the last hour. */
class Attempts {
  readonly list: Attempt[] = [];
  /** How many attempts each card has. */
  readonly cards = new Map<string, number>();
  failed = 0;
  /** From there on none is counted. */
  fresh = 0;

  add(attempt: Attempt, card: string, withinMs: number): void {
    while (this.list.length > 0 && this.list[0].payment.time <= attempt.payment.time - withinMs) this.#drop();
    this.list.push(attempt);
    this.cards.set(card, (this.cards.get(card) ?? 0) + 1);
    if (attempt.hasFailed) this.failed++;
  }

  #drop(): void {
    const { payment, hasFailed } = this.list.shift()!;
    const left = this.cards.get(payment.cardId!)! - 1;
    if (left === 0) this.cards.delete(payment.cardId!);
    else this.cards.set(payment.cardId!, left);
    if (hasFailed) this.failed--;
    this.fresh = Math.max(0, this.fresh - 1);
  }
}

/**
 * Tells card testing by the attempts of a device or an address, at whichever merchants. Takes payments in the order of their decisions, and keeps an
 * hour of each source.
 */
export function createCardTesting({
  withinMs,
  cards,
  failed,
}: Readonly<Record<keyof typeof CARD_TESTING, number>> = CARD_TESTING) {
  const sources = new Map<string, Attempts>();
  let untilSweep = SWEEP;

  return {
    /** Those that are part of card testing, and were not before: of this payment's last hour, itself included. */
    take(payment: LedgerPayment): LedgerPayment[] {
      const { cardId, deviceId, address, time } = payment;
      if (cardId === null) return [];
      if (--untilSweep === 0) sweep(time);
      const hasFailed = !wasAuthorized(payment) || outcomeOf(payment.events) === OUTCOME_REFUSED;
      const attempt: Attempt = { payment, hasFailed, isCounted: false };
      const found: LedgerPayment[] = [];
      for (const key of [deviceId && `device ${deviceId}`, address && `address ${address}`]) {
        if (!key) continue;
        let attempts = sources.get(key);
        if (!attempts) sources.set(key, (attempts = new Attempts()));
        attempts.add(attempt, cardId, withinMs);
        const { list } = attempts;
        if (attempts.cards.size < cards || attempts.failed < failed * list.length) continue;
        for (const each of list.slice(attempts.fresh))
          if (!each.isCounted) {
            each.isCounted = true;
            found.push(each.payment);
          }
        attempts.fresh = list.length;
      }
      return found;
    },
  };

  function sweep(now: number): void {
    untilSweep = SWEEP;
    for (const [key, { list }] of sources)
      if (Math.abs(now - list.at(-1)!.payment.time) > withinMs) sources.delete(key);
  }
}
