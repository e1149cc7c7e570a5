/** What may be told of a payment, generated, and a slow oracle of what then stands. */
import fc from 'fast-check';
import type { TransactionView } from '../../src/projections/store.ts';

const DAY = 86_400_000;

export interface Payment {
  id: string;
  decision: 'approve' | 'review' | 'decline';
  /** Its event time and when it was decided, milliseconds. */
  time: number;
}

/** One thing that is told of a payment; `day` is when it says it happened, from the payment on. */
export type Told =
  | {
      what: 'label';
      source: 'chargeback' | 'analyst' | 'customer';
      label: 'fraud' | 'legitimate';
      rank?: number;
      day?: number;
    }
  | { what: 'withdraw'; source: 'chargeback' | 'analyst' | 'customer'; rank: number; day?: number }
  | { what: 'dispute'; id: string; fraud: boolean; status: 'open' | 'won' | 'lost' | 'reversed'; day: number }
  | { what: 'event'; type: 'authorized' | 'refused' | 'settled' | 'voided' | 'refunded'; day: number; part?: number }
  | { what: 'review'; action: 'release' | 'cancel' }
  | { what: 'finalize'; override: boolean }
  | { what: 'delete' };

const RANKS = { chargeback: 3, analyst: 2, customer: 1 };
/** One telling is recorded a day after the other. */
export const recordedAt = (payment: Payment, index: number) => payment.time + (index + 1) * DAY;

export interface Expected {
  label: string | undefined;
  state: string;
  events: number;
  disputes: string[];
  review: string | undefined;
}

/**
 * The rules of docs/labels.md, read slowly and as often as it takes: everything told so far is gone through for every question.
 * Undefined where the payment was deleted. `at` is when each telling was recorded.
 */
export function oracle(
  payment: Payment,
  tellings: readonly Told[],
  asOf: number,
  maturityDays: number,
  at = (index: number) => recordedAt(payment, index),
): Expected | undefined {
  const { time: start } = payment;
  const seen: { told: Told; index: number }[] = [];
  let review: { action: string; at: number } | undefined;
  let finalizedAt: number | undefined;
  for (const [index, told] of tellings.entries()) {
    if (told.what === 'delete') return undefined;
    if (told.what === 'review') {
      if (payment.decision === 'review' && !review && finalizedAt === undefined)
        review = { action: told.action, at: at(index) };
    } else if (told.what === 'finalize') {
      if (review?.action === 'cancel' || finalizedAt !== undefined) continue;
      if (payment.decision !== 'decline' || told.override) finalizedAt = at(index);
    } else seen.push({ told, index });
  }

  // Words, each with who says it, how much that counts and when.
  const words: { voice: string; source: string; rank: number; word: string; time: number; index: number }[] = [];
  let unranked: (typeof words)[number] | undefined;
  for (const { told, index } of seen) {
    if (told.what === 'dispute') {
      const word = told.fraud && (told.status === 'open' || told.status === 'lost') ? 'fraud' : 'none';
      const time = start + told.day * DAY;
      words.push({ voice: `d${told.id}`, source: `d${told.id}`, rank: 3, word, time, index });
    } else if (told.what === 'label' || told.what === 'withdraw') {
      const { source, rank, day } = told;
      const time = day === undefined ? at(index) : start + day * DAY;
      const word = told.what === 'label' ? told.label : 'none';
      const said = { voice: source as string, source, rank: rank ?? RANKS[source], word, time, index };
      if (rank === undefined) unranked = { ...said, voice: 'before' };
      else if (rank === 4) words.push({ ...said, voice: `${source}!` });
      else {
        words.push(said);
        if (word === 'none') words.push({ ...said, voice: `${source}!` });
      }
    }
  }
  const isLater = (a: (typeof words)[number], b: (typeof words)[number]) =>
    a.time > b.time || (a.time === b.time && a.index > b.index);
  const standing = words.filter(
    (word) => word.word !== 'none' && !words.some((other) => other.voice === word.voice && isLater(other, word)),
  );
  if (unranked && !words.some((other) => other.voice === unranked.source && isLater(other, unranked)))
    standing.push(unranked);
  standing.sort((a, b) => b.rank - a.rank || (isLater(a, b) ? -1 : 1));
  const label = standing[0]?.word;

  const events: (Told & { what: 'event' })[] = [];
  for (const { told } of seen)
    if (told.what === 'event' && !events.some((one) => JSON.stringify(one) === JSON.stringify(told))) events.push(told);
  const ofType = (type: string) => events.filter((event) => event.type === type);
  const last = (type: string) => Math.max(-1, ...ofType(type).map(({ day }) => day));
  const isSettled = ofType('settled').length > 0;
  const isRefused = !isSettled && ofType('refused').length > 0 && last('refused') > last('authorized');
  const voided = ofType('voided').reduce((sum, { part = 100 }) => sum + part, 0);
  const isExecuted =
    isSettled ||
    (!isRefused &&
      voided < 100 &&
      review?.action !== 'cancel' &&
      (payment.decision === 'approve' ||
        ofType('authorized').length > 0 ||
        review?.action === 'release' ||
        finalizedAt !== undefined));
  const proofs = [...ofType('settled'), ...ofType('authorized')].map(({ day }) => start + day * DAY);
  if (review?.action === 'release') proofs.push(review.at);
  if (finalizedAt !== undefined) proofs.push(finalizedAt);
  const executed = payment.decision === 'approve' ? start : Math.min(...proofs);

  const ids = [...new Set(seen.flatMap(({ told }) => (told.what === 'dispute' ? [told.id] : [])))];
  const current = ids.map((id) => {
    const mine = seen.flatMap(({ told, index }) =>
      told.what === 'dispute' && told.id === id ? [{ ...told, index }] : [],
    );
    return mine.sort((a, b) => a.day - b.day || a.index - b.index).at(-1)!;
  });
  const isDisputed = current.some(({ status }) => status === 'open' || status === 'lost');
  const since = Math.max(executed, ...current.map(({ day }) => start + day * DAY));
  const state =
    label ?? (!isExecuted ? 'blocked' : !isDisputed && asOf - since >= maturityDays * DAY ? 'presumed' : 'immature');
  const disputes = current.map(({ id, status }) => `${id} ${status}`).sort();
  return { label, state, events: events.length, disputes, review: review?.action };
}

/** What a profile's label cell of the payment must hold: the label in force, and each kind of event that was told. */
export function cellOf(
  payment: Payment,
  tellings: readonly Told[],
  at = (index: number) => recordedAt(payment, index),
): number {
  const gone = tellings.findIndex(({ what }) => what === 'delete');
  const told = gone < 0 ? tellings : tellings.slice(0, gone);
  const label = { fraud: 1, legitimate: 2, none: 0 }[oracle(payment, told, 0, 0, at)!.label ?? 'none']!;
  return told.reduce((cell, one) => (one.what === 'event' ? cell | EVENT_BITS[one.type] : cell), label);
}

const EVENT_BITS = { authorized: 4, refused: 8, settled: 16, voided: 32, refunded: 64 };

export const shown = (view: TransactionView | undefined): Expected | undefined =>
  view && {
    label: view.label as string | undefined,
    state: view.labelState as string,
    events: ((view.events as unknown[]) ?? []).length,
    disputes: ((view.disputes as { id: string; status: string }[]) ?? [])
      .map(({ id, status }) => `${id} ${status}`)
      .sort(),
    review: (view.review as { action: string } | undefined)?.action,
  };

const source = fc.constantFrom('chargeback' as const, 'analyst' as const, 'customer' as const);
const day = fc.integer({ min: 0, max: 3 });
const ranked = fc.tuple(source, fc.boolean(), fc.option(day, { nil: undefined })).map(([from, isPinned, when]) => ({
  ...{ source: from, rank: isPinned ? 4 : RANKS[from] },
  ...(when === undefined ? {} : { day: when }),
}));
const told: fc.Arbitrary<Told> = fc.oneof(
  fc
    .tuple(ranked, fc.constantFrom('fraud' as const, 'legitimate' as const))
    .map(([how, label]) => ({ what: 'label' as const, ...how, label })),
  fc
    .tuple(source, fc.constantFrom('fraud' as const, 'legitimate' as const))
    .map(([from, label]) => ({ what: 'label' as const, source: from, label })),
  ranked.map((how) => ({ what: 'withdraw' as const, ...how })),
  fc.record({
    what: fc.constant('dispute' as const),
    id: fc.constantFrom('x', 'y'),
    fraud: fc.boolean(),
    status: fc.constantFrom('open' as const, 'won' as const, 'lost' as const, 'reversed' as const),
    day,
  }),
  fc
    .tuple(
      fc.constantFrom('authorized', 'refused', 'settled', 'voided', 'refunded'),
      day,
      fc.constantFrom(undefined, 40, 60),
    )
    .map(([type, when, part]) => ({
      what: 'event' as const,
      type: type as 'settled',
      day: when,
      ...(part ? { part } : {}),
    })),
  fc.constantFrom('release' as const, 'cancel' as const).map((action) => ({ what: 'review' as const, action })),
  fc.boolean().map((override) => ({ what: 'finalize' as const, override })),
  fc.constant({ what: 'delete' as const }),
);
const outcome = fc.constantFrom('approve' as const, 'review' as const, 'decline' as const);
/** A payment and up to six tellings, some of them told again later. */
export const history = fc
  .tuple(outcome, fc.array(told, { maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 2 }))
  .map(([decided, tellings, again]) => ({
    decided,
    tellings: [...tellings, ...again.filter((index) => index < tellings.length).map((index) => tellings[index])].slice(
      0,
      6,
    ),
  }));
