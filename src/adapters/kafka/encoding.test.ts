import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JournalEntry, RECORD_TYPES } from '../../journal/journal.ts';
import { decodeRecord, encodeRecord, namesOfRecord, partitionKey, type RawRecord } from './encoding.ts';
import { partitionOf } from './partition.ts';

const json = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.parse(JSON.stringify(value)));
const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const entries: fc.Arbitrary<JournalEntry> = fc.record(
  {
    type: fc.constantFrom(...RECORD_TYPES),
    at: fc.nat(),
    key: fc.string(),
    aliases: fc.array(fc.string(), { minLength: 1 }),
    data: json,
    personal: json,
    vector: fc.array(bits).map((words) => new Float64Array(new BigUint64Array(words).buffer)),
  },
  { requiredKeys: ['type', 'at', 'key', 'data'] },
);

function raw(entry: JournalEntry, nonce = 'n.1'): RawRecord {
  return { source: 2, offset: 7, timestamp: 5, ...encodeRecord(entry, nonce) };
}

test('a record comes back as it was, to the bit', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const { sequence, version, position, ...back } = decodeRecord(raw(entry), 9);
      assert.deepEqual(
        { sequence, version, position },
        { sequence: 9, version: 1, position: { partition: 2, offset: 7 } },
      );
      const { vector, ...rest } = entry;
      const { vector: own, ...others } = back;
      assert.deepEqual(others, rest);
      assert.equal(own === undefined, vector === undefined);
      if (vector) assert.deepEqual(Buffer.from(own!.buffer), Buffer.from(vector.buffer));
      assert.deepEqual(namesOfRecord(raw(entry)), { key: entry.key, aliases: entry.aliases ?? [], nonce: 'n.1' });
    }),
  );
});

test('version 1 is read for ever', () => {
  const kept = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'v1.json'), 'utf8'));
  const buffers = ([name, value]: string[]): [Buffer, Buffer] => [Buffer.from(name), Buffer.from(value)];
  for (const { value, headers, record } of kept) {
    const read = {
      source: 0,
      offset: 3,
      timestamp: 1,
      key: null,
      value: Buffer.from(value),
      headers: headers.map(buffers),
    };
    const { vector, ...rest } = decodeRecord(read, 4);
    assert.deepEqual(rest, record);
    if (vector) assert.deepEqual([...vector].map(String), ['1.5', 'NaN', '0', '-Infinity']);
    assert.deepEqual(namesOfRecord(read)?.key, record.key);
  }
});

test('what is not of the journal is refused', () => {
  const good = raw({ type: 'label', at: 1, key: 'c:1', data: {} });
  const version = (text: string): RawRecord['headers'] => [[Buffer.from('v'), Buffer.from(text)]];
  for (const bad of [
    { ...good, value: null },
    { ...good, value: Buffer.from('{') },
    { ...good, value: Buffer.from('{"type":"other","at":1,"key":"c:1","data":{}}') },
    { ...good, value: Buffer.from('{"type":"label","at":1,"data":{}}') },
    { ...good, value: Buffer.from('{"type":"label","at":1,"key":"c:1","data":{},"vector":"AAAA"}') },
    { ...good, headers: version('2') },
    { ...good, headers: [] },
  ])
    assert.throws(() => decodeRecord(bad, 1));
  assert.equal(namesOfRecord({ ...good, headers: [] }), undefined);
});

test('all records of a transaction share its partition, which is that of Kafka’s own clients', () => {
  const transaction = { id: 'ord_981' };
  const key = (entry: Partial<JournalEntry>) =>
    partitionKey({ type: 'decision', at: 0, key: 'x:1', data: {}, ...entry });
  assert.equal(key({ key: 't:ord_981', data: { transaction } }), 'ord_981');
  assert.equal(key({ key: 'd:ord_981', data: { transaction } }), 'ord_981');
  assert.equal(key({ data: { transactionId: 'ord_981' } }), 'ord_981');
  assert.equal(key({ key: 'c:9' }), 'c:9');
  // Values of org.apache.kafka.clients.producer.internals.BuiltInPartitioner.
  assert.equal(partitionOf(Buffer.from('21'), 1_000), (-973932308 & 0x7fffffff) % 1_000);
  assert.equal(partitionOf(Buffer.from('foobar'), 1_000), (-790332482 & 0x7fffffff) % 1_000);
});
