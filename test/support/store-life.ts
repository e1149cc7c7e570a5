import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JournalEntry } from '../../src/journal/journal.ts';
import { history, oracle, type Payment, recordedAt, shown, type Told } from './life-oracle.ts';
import { command, decision, T0 } from './records.ts';
import { answerTo, apply, checkOn, openBench } from './store-bench.ts';

const DAY = 86_400_000;

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

const DISPUTED: Told = { what: 'dispute', id: 'x', fraud: true, status: 'open', day: 1 };
/** A dispute is told again after another voice of the same day: profiles and views must agree on who spoke last. */
const TOLD_AGAIN = {
  decided: 'approve' as const,
  tellings: [
    DISPUTED,
    { what: 'label' as const, source: 'chargeback' as const, label: 'legitimate' as const, rank: 3, day: 1 },
    DISPUTED,
  ],
};

/** Payments come, mature and are told of on each day of the year, so that any days show it; `npm run test:long` looks at all. */
const LIFE_STEP_DAYS = Number(process.env.LIFE_STEP_DAYS ?? 4);

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
      { numRuns: 40, examples: [[Array.from({ length: 40 }, () => TOLD_AGAIN)]] },
    );
    const unknown = inTurns([{ payment: { id: 'nobody', decision: 'review', time: T0 }, tellings: EACH }]);
    for (const entry of unknown) assert.equal((await answerTo(bench, entry)).status, 404, entry.type);
  });

  checkOn(url, 'through a year the five states add up to what the oracle counts', async ({ url: server }) => {
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
      for (let today = 1; today <= 365 + 95; today += LIFE_STEP_DAYS) {
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
