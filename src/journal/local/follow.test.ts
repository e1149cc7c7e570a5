import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DamagedRecord } from '../damage.ts';
import { nodeFiles } from './files.ts';
import { followJournal } from './follow.ts';
import { expected, fill, opened, SMALL_SEGMENT, temporary } from './test-support.ts';

const sequences = (from: number, through: number) => Array.from({ length: through - from + 1 }, (_, i) => from + i);

test('whoever follows the files reads what the journal reads, over segments, while it is appended to', async (t) => {
  const directory = temporary(t);
  const journal = await opened(t, { directory, segmentBytes: SMALL_SEGMENT });
  const followed = followJournal(nodeFiles, directory);
  t.after(() => followed.close());
  let read = 0;
  for (let round = 0; round < 40; round++) {
    await fill(journal, journal.last + 1, journal.last + 1 + (round % 7) * 9);
    // At times not all that is there, so that the next one goes on within what was read.
    const through = round % 3 === 0 ? read + Math.ceil((journal.durable - read) / 2) : journal.durable;
    assert.deepEqual(await followed.read(read + 1, through), sequences(read + 1, through).map(expected));
    read = through;
  }
  assert.ok(readdirSync(directory).filter((name) => name.endsWith('.journal')).length > 3);
  // Back, as after an outage, from within each segment and from its start.
  for (let from = 1; from < journal.durable; from += 37)
    assert.deepEqual(
      await followed.read(from, Math.min(from + 40, read)),
      sequences(from, Math.min(from + 40, read)).map(expected),
    );
});

test('an erased record is read as it is left', async (t) => {
  const directory = temporary(t);
  const journal = await opened(t, { directory });
  await fill(journal, 1, 20);
  const followed = followJournal(nodeFiles, directory);
  t.after(() => followed.close());
  await journal.overwrite!(7, (record) => ({ data: record.data, personal: undefined }));
  const read = await followed.read(1, 20);
  assert.deepEqual(read[6], await journal.get(7));
  assert.equal(read[6].personal, undefined);
});

test('damage is told with its place, and what lies before it is read', async (t) => {
  const directory = temporary(t);
  const journal = await opened(t, { directory });
  await fill(journal, 1, 30);
  await journal.close();
  const path = join(directory, readdirSync(directory).find((name) => name.endsWith('.journal'))!);
  const bytes = readFileSync(path);
  const mark = Buffer.from(JSON.stringify(expected(20).key));
  bytes[bytes.indexOf(mark) + 1] ^= 1;
  writeFileSync(path, bytes);
  const followed = followJournal(nodeFiles, directory);
  t.after(() => followed.close());
  await assert.rejects(followed.read(1, 30), (error) => error instanceof DamagedRecord && error.sequence === 20);
  assert.deepEqual(await followed.read(1, 19), sequences(1, 19).map(expected));
});
