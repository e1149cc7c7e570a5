import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decision, ENTITY_TYPES, label, sequenced, T0 } from '../../../test/support/records.ts';
import type { JournalEntry, JournalRecord } from '../../journal/journal.ts';
import { eventOfRecord } from '../event.ts';
import { createBuilder } from './builder.ts';
import { openChunk } from './chunk.ts';
import { TEXTS } from './names.ts';

const at = (entry: JournalEntry): JournalEntry => ({ ...entry, data: { ...entry.data, named: {} } });

async function chunkOf(records: JournalRecord[]) {
  const builder = createBuilder(records[0].sequence, ENTITY_TYPES);
  for (const record of records) if (!builder.add(record)) return undefined;
  return openChunk(await builder.finish(async () => {}));
}

test('what a backtest asks of records comes out of their chunk as it stands in them, labels between payments', async () => {
  const degraded = at(decision({ id: 'p2', amount: 3, currency: 'JPY', decision: 'review', score: 40 }));
  (degraded.data.decision as { degraded?: boolean }).degraded = true;
  const ruled = at(decision({ id: 'p3', cardId: 'ä→😀', country: 'DE' }));
  Object.assign(ruled.data, { ruleVector: [1, null, 0.1], ruleSchema: 'abc', ruleApproximate: [2] });
  const entries = [
    label('p0', 'fraud'),
    at(decision({ id: 'p1', deviceId: 'd1', email: 'a@b.co', ip: '10.0.0.1', terminal: 'x' })),
    degraded,
    label('p1', 'legitimate', T0 + 5),
    { ...ruled, vector: Float64Array.of(Number.NaN, -0, 1 / 3) },
    at(decision({ id: 'p4', decision: 'decline', at: T0 + 9 })),
    label('p4', 'fraud'),
  ];
  const records = sequenced(entries, 4097);
  const chunk = (await chunkOf(records))!;
  assert.deepEqual([chunk.first, chunk.count], [4097, 7]);
  let i = 0;
  for (const { record, payment } of chunk.records(4097, { fields: [...TEXTS], readSet: true })) {
    const one = records[i++];
    assert.deepEqual([record.sequence, record.type, record.at], [one.sequence, one.type, one.at]);
    if (one.type !== 'decision') {
      assert.deepEqual(record.data, one.data);
      continue;
    }
    const { details: _, personal: __, ...event } = eventOfRecord(one, ENTITY_TYPES);
    assert.deepEqual({ ...payment!.event, details: undefined }, { ...event, details: undefined, personal: undefined });
    const was = one.data.transaction as Record<string, unknown>;
    for (const name of [...TEXTS, 'amountBase', 'amountMinor'])
      assert.equal((payment!.transaction as unknown as Record<string, unknown>)[name], was[name], name);
    const { decision: made, score, probability, model, degraded: is } = one.data.decision as Record<string, unknown>;
    const out = record.data.decision as Record<string, unknown>;
    assert.deepEqual([out.decision, out.score, out.probability, out.degraded], [made, score, probability, is]);
    assert.deepEqual(out.model, model);
    const vector = one.data.ruleVector as (number | null)[] | undefined;
    assert.deepEqual(record.data.ruleVector, vector && Float64Array.from(vector, (value) => value ?? Number.NaN));
    assert.deepEqual(
      [record.data.ruleSchema, record.data.ruleApproximate],
      [one.data.ruleSchema, one.data.ruleApproximate],
    );
    assert.deepEqual(record.vector, one.vector);
  }
  assert.equal(i, records.length);
  // From within, and with nothing asked for: the one that was made degraded is named all the same.
  const some = [...chunk.records(4099, { fields: [], readSet: false })].map(({ record }) => {
    const { transaction } = record.data as { transaction?: { id?: string } };
    return [record.sequence, transaction?.id];
  });
  assert.deepEqual(some.slice(0, 3), [
    [4099, 'p2'],
    [4100, undefined],
    [4101, undefined],
  ]);
});

test('what columns cannot say is in no chunk: keys that are read by what is personal, half a pair of a character', async () => {
  assert.equal(await chunkOf(sequenced([decision({ id: 'old' })])), undefined);
  assert.equal(await chunkOf(sequenced([at(decision({ id: 'a', cardId: 'half \ud83d' }))])), undefined);
  assert.ok(await chunkOf(sequenced([at(decision({ id: 'a', cardId: 'whole \ud83d\ude00' }))])));
});
