import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Journal } from '../journal.ts';
import type { Format } from './contents.ts';
import { openJournal } from './journal.ts';
import { repairJournal } from './repair.ts';
import { segmentPath } from './segment.ts';
import { all, entry, fill, SMALL_SEGMENT, temporary } from './test-support.ts';
import { verifyJournal } from './verify.ts';

/** Each round opens the directory as told, and adds 100 records. */
async function rounds(directory: string, ...formats: (Format | undefined)[]): Promise<void> {
  for (const [i, format] of formats.entries()) {
    const journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT, format });
    await fill(journal, 100 * i + 1, 100 * i + 100);
    await journal.close();
  }
}

const versionsOf = async (journal: Journal) => (await all(journal)).map(({ version }) => version);
const hundreds = (...versions: number[]) => versions.flatMap((version) => Array<number>(100).fill(version));

test('a directory goes on in the version of its newest record until it is told, and a new one begins with 2', async (t) => {
  const directory = temporary(t);
  await rounds(directory, 1, undefined, 2, undefined, 1, undefined);
  const journal = await openJournal({ directory });
  assert.deepEqual(await versionsOf(journal), hundreds(1, 1, 2, 2, 1, 1));
  await journal.close();
  const other = temporary(t);
  await rounds(other, undefined);
  const fresh = await openJournal({ directory: other });
  assert.deepEqual(await versionsOf(fresh), hundreds(2));
  await fresh.close();
});

test('records of both versions beside each other are found, overwritten, verified, mended and cut', async (t) => {
  const directory = temporary(t);
  await rounds(directory, 1, 2, 1, 2);
  assert.deepEqual((await verifyJournal(directory)).problems, []);
  let journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
  for (const i of [50, 150, 250, 350]) {
    const { version, sequence, ...rest } = (await journal.find(`k:${i}`))!;
    assert.deepEqual([rest, sequence], [entry(i), i]);
    assert.equal(await journal.overwrite!(i, ({ data }) => ({ data: { i: data.i } })), true);
    const { personal: _, ...left } = entry(i);
    assert.deepEqual(await journal.get(i), { ...left, data: { i }, version, sequence: i });
  }
  await journal.close();
  assert.deepEqual((await verifyJournal(directory)).problems, []);

  // One wrong byte in the first record.
  const hurt = segmentPath(directory, 1);
  const whole = readFileSync(hurt);
  const bytes = Buffer.from(whole);
  bytes[4096 + 70] ^= 0x10;
  writeFileSync(hurt, bytes);
  assert.deepEqual(
    (await repairJournal(directory)).found.map(({ mended }) => mended),
    ['by its checksum'],
  );
  assert.deepEqual(readFileSync(hurt), whole);

  journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
  assert.ok((await journal.cut!({ beforeAt: 2_000, through: 200 })) > 0);
  const names = await Promise.all([350, 399].map((i) => journal.find(`t:${i}`)));
  assert.deepEqual(
    names.map((record) => record?.version),
    [2, 2],
  );
  await journal.close();
  assert.deepEqual((await verifyJournal(directory)).problems, []);
});

test('a release that knows only version 1 sees where a record of version 2 begins and ends', async (t) => {
  const directory = temporary(t);
  await rounds(directory, 2);
  const source = readFileSync(segmentPath(directory, 1));
  // The numbers by which that release finds the parts of a frame: no vector lies by itself.
  assert.deepEqual([source[4096 + 12], source.readUInt32LE(4096 + 40)], [2, 0]);
  assert.equal(source.readUInt32LE(4096 + source.readUInt32LE(4096 + 8)), source.readUInt32LE(4096));
});

/** Format version 2 is read for ever: this file is never written again, and this test never changed. */
test('a journal of format version 2 is read', async (t) => {
  const directory = temporary(t);
  const fixtures = join(import.meta.dirname, '..', 'fixtures');
  copyFileSync(join(fixtures, 'v2.journal'), segmentPath(directory, 1));
  assert.deepEqual((await verifyJournal(directory)).problems, []);
  const journal = await openJournal({ directory });
  const records = (await all(journal)).map(({ vector, ...rest }) => ({
    ...rest,
    ...(vector ? { vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('hex') } : {}),
  }));
  await journal.close();
  assert.deepEqual(records, JSON.parse(readFileSync(join(fixtures, 'v2.json'), 'utf8')));
});
