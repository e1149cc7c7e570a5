import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { arrayJournal } from '../../test/support/array-journal.ts';
import { decision, T0 } from '../../test/support/records.ts';
import { caseLabelKey } from '../domain/case.ts';
import { AssayError } from '../domain/errors.ts';
import { createCaseLabels } from './case-labels.ts';
import { silentLog } from './log.ts';
import type { Projector } from './projector.ts';
import type { QueryStore } from './store.ts';

/** A case of two payments that owes the labels which the journal does not hold yet. */
function stage() {
  const journal = arrayJournal();
  journal.append(decision({ id: 'a', decision: 'review' }), decision({ id: 'b', decision: 'decline' }));
  const state = { away: false };
  const check = () => {
    if (state.away) throw new AssayError('unavailable', 'away', { retryAfterSeconds: 1 });
  };
  const transactions = [
    { id: 'a', sequence: 1 },
    { id: 'b', sequence: 2 },
  ];
  const owed = () => {
    const taken = new Set(journal.records.map(({ key }) => key));
    return transactions.filter(({ sequence }) => !taken.has(caseLabelKey('case_1', sequence)));
  };
  const store = {
    cases: {
      async owing() {
        check();
        return owed().length > 0 ? ['case_1'] : [];
      },
      async owed() {
        check();
        const left = owed();
        return left.length > 0 ? { resolution: 'fraud', by: 'key_1', round: 0, transactions: left } : undefined;
      },
    },
  } as unknown as QueryStore;
  const projector = { settled: async () => check() } as unknown as Projector;
  const labels = createCaseLabels({ journal, store, projector, clock: () => T0, log: silentLog, retryMs: 10 });
  const recorded = () => journal.records.filter(({ type }) => type === 'label');
  return { labels, state, recorded };
}

test('each payment is labelled once, as its own event, by whoever resolved', async () => {
  const { labels, recorded } = stage();
  assert.equal(await labels.record('case_1'), 2);
  assert.equal(await labels.record('case_1'), 0);
  assert.deepEqual(
    recorded().map(({ key, data }) => [key, data.transactionId, data.label, data.source, data.by, data.caseId]),
    [
      ['c:case_1.label.1', 'a', 'fraud', 'analyst', 'key_1', 'case_1'],
      ['c:case_1.label.2', 'b', 'fraud', 'analyst', 'key_1', 'case_1'],
    ],
  );
  assert.equal((recorded()[0].data.event as { time: number }).time, T0);
});

test('two at once record each label once', async () => {
  const { labels, recorded } = stage();
  const counts = await Promise.all([labels.record('case_1'), labels.record('case_1'), labels.record('case_1')]);
  assert.equal(
    counts.reduce((sum, count) => sum + count),
    2,
  );
  assert.equal(recorded().length, 2);
});

test('a resolution stands though the database has just gone away: its labels follow when it is back', async () => {
  const { labels, state, recorded } = stage();
  state.away = true;
  await labels.follow('case_1');
  await sleep(30);
  assert.equal(recorded().length, 0);
  state.away = false;
  for (let i = 0; i < 100 && recorded().length < 2; i++) await sleep(5);
  assert.equal(recorded().length, 2);
  labels.close();
});

test('what a crash left is recorded at the start', async () => {
  const { labels, recorded } = stage();
  labels.repair();
  for (let i = 0; i < 100 && recorded().length < 2; i++) await sleep(5);
  assert.equal(recorded().length, 2);
  labels.close();
});
