import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decision, label, sequenced } from '../../../test/support/records.ts';
import type { JournalEntry, JournalRecord } from '../../journal/journal.ts';
import { createColumnFollower } from './follower.ts';
import { CHUNK_RECORDS } from './layout.ts';

const ENTRIES = Array.from({ length: 2 * CHUNK_RECORDS + 5 }, (_, i): JournalEntry => {
  if (i % 50 > 0) return label(`p${i}`, i % 3 ? 'fraud' : 'legitimate');
  const entry = decision({ id: `p${i}`, cardId: `c${i % 7}` });
  return { ...entry, data: { ...entry.data, named: {} } };
});
const RECORDS = sequenced(ENTRIES, 1);

/** What was written of records that came so, by first sequence. */
async function writtenOf(coming: Iterable<JournalRecord>) {
  const chunks = new Map<number, string>();
  const follower = createColumnFollower({
    files: {
      read: async () => undefined,
      write: async (first, bytes) => void chunks.set(first, Buffer.from(bytes).toString('base64')),
    },
    entityTypes: ['user', 'card'],
    breathe: async () => {},
    onError: (error) => assert.fail(String(error)),
  });
  for (const record of coming) follower.take(record);
  await follower.close();
  return chunks;
}

test('records that come again, as after an outage of the database, change no column', async () => {
  const once = await writtenOf(RECORDS);
  assert.deepEqual([...once.keys()], [1, CHUNK_RECORDS + 1]);
  const cuts = [3, CHUNK_RECORDS - 1, CHUNK_RECORDS, CHUNK_RECORDS + 200, RECORDS.length];
  const again = cuts.flatMap((cut, i) => RECORDS.slice(Math.max(0, (cuts[i - 1] ?? 0) - 150), cut));
  assert.deepEqual(await writtenOf(again), once);
});

test('a chunk of which a record did not come is none, and the next one is', async () => {
  assert.deepEqual(
    [...(await writtenOf(RECORDS.filter(({ sequence }) => sequence !== 77))).keys()],
    [CHUNK_RECORDS + 1],
  );
  assert.deepEqual([...(await writtenOf(RECORDS.slice(1))).keys()], [CHUNK_RECORDS + 1]);
});
