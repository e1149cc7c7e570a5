import type { Outcome } from './decision.ts';
import { type DisputeStatus, stands } from './dispute.ts';
import { effective, type Statement, voicesFrom } from './label.ts';
import {
  isVoided,
  OUTCOME_AUTHORIZED,
  OUTCOME_REFUSED,
  outcomeCode,
  outcomeOf,
  type PaymentEvent,
} from './payment-event.ts';

/**
 * What is known of a transaction's truth.
 *
 * | state      |                                                                                        |
 * | ---------- | -------------------------------------------------------------------------------------- |
 * | fraud      | a label in force says so: confirmed                                                    |
 * | legitimate | a label in force says so: confirmed                                                    |
 * | presumed   | executed and undisputed for LABEL_MATURITY_DAYS: legitimate, as far as anybody knows    |
 * | immature   | executed, and not for so long yet, or disputed: unknown                                |
 * | blocked    | not executed (declined, held, refused, voided, cancelled): its truth is never learnt   |
 */
export const LABEL_STATES = ['fraud', 'legitimate', 'presumed', 'immature', 'blocked'] as const;
export type LabelState = (typeof LABEL_STATES)[number];

/** Days that a cardholder commonly has to dispute; LABEL_MATURITY_DAYS sets others. */
export const LABEL_MATURITY_DAYS = 90;

/** The part of a state that no clock changes. `open`: executed, and undisputed since a moment. */
export type Truth =
  | { kind: 'fraud' | 'legitimate' | 'blocked' | 'disputed' }
  /** Milliseconds. */
  | { kind: 'open'; since: number };

/** What was told of a dispute, one at a time. */
export interface DisputeTold {
  id: string;
  status: DisputeStatus;
  /** `reportedAt`, milliseconds. */
  at: number;
  sequence: number;
}

export interface ReviewTold {
  action: 'release' | 'cancel';
  /** Milliseconds. */
  at: number;
}

/** All that is known of a transaction, in any order. */
export interface Life {
  /** Undefined while it is not decided. */
  decision: Outcome | undefined;
  /** The event time T, milliseconds. */
  time: number;
  amountMinor: number;
  statements: readonly Statement[];
  events: readonly PaymentEvent[];
  disputes: readonly DisputeTold[];
  /** When it was finalized. */
  finalizedAt?: number;
  review?: ReviewTold;
}

export function truthOf(life: Life): Truth {
  const label = effective(voicesFrom(life.statements))?.label;
  if (label === 'fraud' || label === 'legitimate') return { kind: label };
  const executed = executedAt(life);
  if (executed === undefined) return { kind: 'blocked' };
  let since = executed;
  for (const { status, at } of currentDisputes(life.disputes)) {
    if (stands(status)) return { kind: 'disputed' };
    since = Math.max(since, at);
  }
  return { kind: 'open', since };
}

/** As of a moment, milliseconds: what was not known yet has to be left out of the life. */
export function labelStateOf(truth: Truth, at: number, maturityDays: number): LabelState {
  if (truth.kind === 'disputed') return 'immature';
  if (truth.kind !== 'open') return truth.kind;
  return truth.since + maturityDays * 86_400_000 <= at ? 'presumed' : 'immature';
}

/**
 * When it was executed, as far as is known; undefined where it was not. Money that moved says so whatever came before;
 * else a refusal, a void or a cancelled review says that it was not. An approved payment counts as executed without
 * further word; one that was held or declined needs one: a release, finalizing, an authorization.
 */
export function executedAt(life: Life): number | undefined {
  const { events, decision, review, finalizedAt } = life;
  const proofs = events.filter(({ type }) => outcomeCode(type) === OUTCOME_AUTHORIZED).map(({ at }) => at);
  if (finalizedAt !== undefined) proofs.push(finalizedAt);
  if (review?.action === 'release') proofs.push(review.at);
  if (decision === 'approve') proofs.push(life.time);
  if (decision === undefined || proofs.length === 0) return undefined;
  const isSettled = events.some(({ type }) => type === 'settled');
  const isStopped =
    review?.action === 'cancel' || outcomeOf(events) === OUTCOME_REFUSED || isVoided(life.amountMinor, events);
  if (isStopped && !isSettled) return undefined;
  return decision === 'approve' ? life.time : Math.min(...proofs);
}

/** The newest word of each dispute, by the date that it tells, then by log order. */
export function currentDisputes<T extends DisputeTold>(told: Iterable<T>): T[] {
  const newest = new Map<string, T>();
  for (const one of told) {
    const known = newest.get(one.id);
    if (!known || one.at > known.at || (one.at === known.at && one.sequence > known.sequence)) newest.set(one.id, one);
  }
  return [...newest.values()];
}
