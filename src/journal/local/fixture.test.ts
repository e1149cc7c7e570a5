import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type JournalRecord, RECORD_TYPES } from '../journal.ts';
import { openJournal } from './journal.ts';
import { verifyJournal } from './verify.ts';

/** Format version 1 is read for ever: this file is never written again, and this test never changed. */
const fixture = join(import.meta.dirname, '..', 'fixtures', 'v1.journal');

/** 1, -0, +Infinity, -Infinity, a quiet NaN, a NaN with a payload, the smallest subnormal. */
const vectorBits = [
  0x3ff0000000000000n,
  0x8000000000000000n,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0x7ff80000deadbeefn,
  1n,
];

function expected(): JournalRecord[] {
  const records: JournalRecord[] = RECORD_TYPES.slice(0, 15).map((type, i) => ({
    sequence: i + 1,
    version: 1,
    type,
    at: 1_700_000_000_000.5 + i,
    key: `${type}:${i}`,
    data: { i, nested: { list: [1, null, 'é', '🦊'], no: false } },
    personal: { email: `person${i}@example.com` },
  }));
  records[0].vector = new Float64Array(BigUint64Array.from(vectorBits).buffer);
  records[1].vector = new Float64Array(0);
  records[2].aliases = ['k:🦊', 'k:\ud800', ''];
  // Record 4 never had a personal block; that of record 5 was erased.
  delete records[3].personal;
  delete records[4].personal;
  return records;
}

test('a journal of format version 1 is read', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-fixture-'));
  t.after(() => rmSync(directory, { recursive: true }));
  copyFileSync(fixture, join(directory, '0000000000000001.journal'));
  assert.deepEqual((await verifyJournal(directory)).problems, []);
  const journal = await openJournal({ directory });
  const records: JournalRecord[] = [];
  for await (const record of journal.read(1)) records.push(record);
  assert.deepEqual(records, expected());
  assert.deepEqual([...new BigUint64Array(records[0].vector!.slice().buffer)], vectorBits);
  assert.equal((await journal.find('k:\ud800'))?.sequence, 3);
  await journal.close();
});
