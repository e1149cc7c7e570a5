import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrayJournal } from '../../test/support/array-journal.ts';
import { readConfig } from '../config.ts';
import type { Transaction } from '../domain/transaction.ts';
import { createProfiles } from '../profiles/memory.ts';
import type { SharedProfiles } from '../profiles/shared.ts';
import type { Submission } from './engine.ts';
import { createFleetEngine, type FleetEngine } from './fleet.ts';

const naming = readConfig({}, { modelDir: '' });

test('what a worker has decided before the server that sent it there goes on is answered with that decision', async () => {
  const journal = arrayJournal();
  const profiles = createProfiles({ entityTypes: naming.entityTypes });
  const shared = { fetch: async () => ({ profiles, degraded: false }), insert: async () => {} };
  const engine: FleetEngine = createFleetEngine({
    ...{ journal, naming, deleted: new Set(), serving: () => undefined, servingOf: () => undefined },
    ...{ clock: () => 0, stopwatch: () => 0, newId: () => 'x', onError: assert.ifError },
    profiles: { ...shared, entityTypes: naming.entityTypes } as unknown as SharedProfiles,
    send: async (_, submission) => void (await engine.settle(submission)),
  });
  const transaction = { id: 'o1', userId: 'u', amount: 1, currency: 'USD', time: 0 } as Transaction;
  const submission: Submission = { transaction, bodyHash: 'h' };
  const { record } = await engine.accept(submission);
  assert.equal(record.type, 'decision');
  assert.deepEqual(
    journal.records.map(({ key }) => key),
    ['t:o1'],
  );
});
