import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JournalEntry } from '../../src/journal/journal.ts';
import type { TransactionView } from '../../src/projections/store.ts';
import { command, decision, T0 } from './records.ts';
import { answerTo, apply, checkOn, openBench } from './store-bench.ts';

const DAY = 86_400_000;

interface Payment {
  id: string;
  decision: 'approve' | 'review' | 'decline';
  /** Its event time and when it was decided, milliseconds. */
  time: number;
}

/** One thing that is told of a payment; `day` is when it says it happened, from the payment on. */
type Told =
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
const recordedAt = (payment: Payment, index: number) => payment.time + (index + 1) * DAY;

function entryOf(told: Told, payment: Payment, index: number): JournalEntry {
  const { id: transactionId, time } = payment;
  const moment = (day: number | undefined) => (day === undefined ? {} : { occurredAt: time + day * DAY });
  const more = { at: recordedAt(payment, index) };
  const event = { id: 1, time, entities: [], amount: 100 };
  switch (told.what) {
    case 'label':
    case 'withdraw': {
      const { source, rank, day } = told;
      const label = told.what === 'label' ? told.label : 'none';
      const data = {
        labelId: `l${index}`,
        transactionId,
        label,
        source,
        ...(rank ? { rank } : {}),
        ...moment(day),
        event,
      };
      return command(told.what === 'label' ? 'label' : 'label.withdraw', data, more);
    }
    case 'dispute': {
      const { id, fraud, status, day } = told;
      const facts = { kind: 'dispute', scheme: 'visa', reasonCode: fraud ? '10.4' : '13.1', status, rank: 3, event };
      const label = fraud && (status === 'open' || status === 'lost') ? 'fraud' : 'none';
      return command('dispute', { transactionId, disputeId: id, ...facts, label, reportedAt: time + day * DAY }, more);
    }
    case 'event': {
      const part = told.part === undefined ? {} : { amount: told.part, amountMinor: told.part * 100 };
      const data = { transactionId, eventId: `e${index}`, type: told.type, at: time + told.day * DAY, ...part, event };
      return command('event', data, more);
    }
    case 'review':
      return command('review', { transactionId, action: told.action, event }, { ...more, personal: { reason: 'r' } });
    case 'finalize':
      return command('finalize', { transactionId, override: told.override }, more);
    case 'delete':
      return command('delete', { transactionId }, more);
  }
}

interface Expected {
  label: string | undefined;
  state: string;
  events: number;
  disputes: string[];
  review: string | undefined;
}

/**
 * The rules of docs/labels.md, read slowly and as often as it takes: everything told so far is gone through for every question.
 * Undefined where the payment was deleted.
 */
function oracle(payment: Payment, tellings: Told[], asOf: number, maturityDays: number): Expected | undefined {
  const { time: start } = payment;
  const at = (index: number) => recordedAt(payment, index);
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

const shown = (view: TransactionView | undefined): Expected | undefined =>
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
const history = fc
  .tuple(outcome, fc.array(told, { maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 2 }))
  .map(([decided, tellings, again]) => ({
    decided,
    tellings: [...tellings, ...again.filter((index) => index < tellings.length).map((index) => tellings[index])].slice(
      0,
      6,
    ),
  }));

/** What is told of payments, against a slow oracle: state, label in force, timeline and statistics. */
export function lifeContract(url: () => string): void {
  const name = 'whatever is told of a payment, six times over and in any order, it stands as a slow oracle says';
  checkOn(url, name, async (bench) => {
    let payments = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: 40, maxLength: 40 }), async (histories) => {
        const all = histories.map(({ decided, tellings }) => ({
          payment: { id: `p${++payments}`, decision: decided, time: T0 },
          tellings,
        }));
        await apply(
          bench,
          all.map(({ payment }) => decided(payment)),
        );
        await apply(bench, inTurns(all));
        for (const { payment, tellings } of all)
          assert.deepEqual(
            shown(await bench.store.transactions.get(payment.id)),
            oracle(payment, tellings, Date.now(), 90),
            JSON.stringify({ payment, tellings }),
          );
      }),
      { numRuns: 40 },
    );
    const unknown = inTurns([{ payment: { id: 'nobody', decision: 'review', time: T0 }, tellings: EACH }]);
    for (const entry of unknown) assert.equal((await answerTo(bench, entry)).status, 404, entry.type);
  });

  checkOn(url, 'on every day of a year the five states add up to what the oracle counts', async ({ url: server }) => {
    let now = T0;
    const bench = await openBench(server, { clock: () => now });
    try {
      const histories = fc.sample(history, { numRuns: 730, seed: 7 });
      const all = histories.map(({ decided, tellings }, index) => ({
        payment: { id: `p${index}`, decision: decided, time: T0 + Math.floor(index / 2) * DAY + index * 1_000 },
        tellings,
      }));
      const log = [...all.map(({ payment }) => decided(payment)), ...inTurns(all)].sort((a, b) => a.at - b.at);
      let applied = 0;
      const met = new Set<string>();
      for (let today = 1; today <= 365 + 95; today++) {
        now = T0 + today * DAY;
        const due = log.filter(({ at }) => at < now).length;
        await apply(bench, log.slice(applied, due));
        applied = due;
        const { labelStates, count } = await bench.store.transactions.stats(T0 - DAY, now);
        const { at, ...states } = labelStates;
        const expected = { fraud: 0, legitimate: 0, presumed: 0, immature: 0, blocked: 0 };
        for (const { payment, tellings } of all) {
          if (payment.time >= now) continue;
          const told = tellings.filter((_, index) => recordedAt(payment, index) < now);
          const found = oracle(payment, told, now, 90);
          if (found) expected[found.state as keyof typeof expected]++;
        }
        assert.deepEqual([states, at], [expected, new Date(now).toISOString()], `day ${today}`);
        assert.equal(
          Object.values(states).reduce((sum, each) => sum + each, 0),
          count,
        );
        for (const [state, number] of Object.entries(states)) if (number > 0) met.add(state);
      }
      assert.equal(met.size, 5);
    } finally {
      await bench.close();
    }
  });
}

const EACH: Told[] = [
  { what: 'label', source: 'analyst', label: 'fraud', rank: 2 },
  { what: 'withdraw', source: 'analyst', rank: 2 },
  { what: 'dispute', id: 'x', fraud: true, status: 'open', day: 1 },
  { what: 'event', type: 'refused', day: 0 },
  { what: 'review', action: 'release' },
  { what: 'finalize', override: true },
];

function decided({ id, decision: outcome, time }: Payment): JournalEntry {
  return decision({ id, decision: outcome, at: time, amount: 100, score: 50 });
}

/** One telling of each payment after the other, as a log would have them. */
function inTurns(all: { payment: Payment; tellings: Told[] }[]): JournalEntry[] {
  return EACH.flatMap((_, index) =>
    all.flatMap(({ payment, tellings }) => (tellings[index] ? [entryOf(tellings[index], payment, index)] : [])),
  );
}
