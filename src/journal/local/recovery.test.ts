import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { JournalEntry } from '../journal.ts';
import { type Frame, frameAt } from './frame.ts';
import { openJournal } from './journal.ts';
import { DATA_START, MARK_AT } from './segment.ts';
import { verifyJournal } from './verify.ts';

const SEGMENT_BYTES = 16 * 1024;
/** So that no mark is written unless a test closes the journal. */
const NEVER_MS = 2 ** 31 - 1;
const FIRST = '0000000000000001.journal';

const entry = (i: number): JournalEntry => ({
  type: 'label',
  at: i,
  key: `k${i}`,
  data: { i },
  personal: { name: 'n' },
  vector: Float64Array.of(i),
});

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-recovery-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Opens, appends in batches of the given sizes, and keeps what a kill would leave: files as they are, no last mark. */
async function killedAfter(t: TestContext, batches: number[], before = 0): Promise<string> {
  const directory = temporary(t);
  const kept = temporary(t);
  let next = 1;
  for (const [part, sizes] of [[before], batches].entries()) {
    const journal = await openJournal({ directory, segmentBytes: SEGMENT_BYTES, markAfterMs: NEVER_MS });
    for (const size of sizes) {
      const all = Array.from({ length: size }, () => journal.enqueue(entry(next++)).durable);
      await Promise.all(all);
    }
    if (part === 1) cpSync(directory, kept, { recursive: true });
    await journal.close();
  }
  rmSync(join(kept, 'lock'));
  return kept;
}

/** Opens a journal whose first segment has these bytes. Returns the sequences it holds; with `reopen` it must then take another. */
async function recovered(directory: string, bytes: Buffer, reopen = true): Promise<number[]> {
  // What an earlier round went on with.
  for (const name of readdirSync(directory)) if (/^\d+\./.test(name)) rmSync(join(directory, name));
  writeFileSync(join(directory, FIRST), bytes);
  let journal = await openJournal({ directory, segmentBytes: SEGMENT_BYTES, markAfterMs: NEVER_MS });
  const sequences: number[] = [];
  try {
    for await (const record of journal.read(1)) {
      assert.equal(record.key, `k${record.sequence}`);
      assert.deepEqual(record.vector, Float64Array.of(record.sequence));
      sequences.push(record.sequence);
    }
    if (reopen) await journal.enqueue({ ...entry(0), key: 'after' }).durable;
  } finally {
    await journal.close();
  }
  if (!reopen) return sequences;
  journal = await openJournal({ directory, segmentBytes: SEGMENT_BYTES });
  assert.equal((await journal.find('after'))?.sequence, sequences.length + 1);
  assert.equal(journal.last, sequences.length + 1);
  await journal.close();
  return sequences;
}

function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = DATA_START; ; at += frames.at(-1)!.length) {
    const frame = frameAt(bytes, at, bytes.length);
    if (frame === undefined) return frames;
    frames.push(frame);
  }
}

test('a last record that is torn at any byte is dropped, and nothing else', async (t) => {
  const directory = await killedAfter(t, [1], 4);
  const whole = readFileSync(join(directory, FIRST));
  const last = framesOf(whole)[4];
  for (let at = last.start; at < last.start + last.length; at++) {
    // Cut there, cut and filled with zeroes, and a bit of it turned.
    const zeroed = Buffer.from(whole).fill(0, at);
    const flipped = Buffer.from(whole);
    flipped[at] ^= 1 << (at % 8);
    // The record ends in zeroes, so with some of them gone it is whole.
    const reopen = at % 16 === 0;
    const kept = zeroed.equals(whole) ? [1, 2, 3, 4, 5] : [1, 2, 3, 4];
    assert.deepEqual(await recovered(directory, zeroed, reopen), kept, `zeroes from ${at}`);
    assert.deepEqual(await recovered(directory, whole.subarray(0, at), reopen), [1, 2, 3, 4], `cut at ${at}`);
    assert.deepEqual(await recovered(directory, flipped, reopen), [1, 2, 3, 4], `bit at ${at}`);
  }
});

test('a batch that was never acknowledged may survive in any pieces; it is dropped from the first gap on', async (t) => {
  const directory = await killedAfter(t, [2, 5], 0);
  const whole = readFileSync(join(directory, FIRST));
  const frames = framesOf(whole);
  assert.equal(frames.length, 7);
  for (let gap = 2; gap < 7; gap++) {
    const bytes = Buffer.from(whole).fill(0, frames[gap].start, frames[gap].start + frames[gap].length);
    writeFileSync(join(directory, FIRST), bytes);
    assert.equal((await verifyJournal(directory)).problems.length, 0);
    assert.deepEqual(
      await recovered(directory, bytes),
      Array.from({ length: gap }, (_, i) => i + 1),
    );
  }
});

test('a damaged record that a later batch follows is corruption, with its place', async (t) => {
  const directory = await killedAfter(t, [2, 1, 2]);
  const whole = readFileSync(join(directory, FIRST));
  for (const index of [0, 1, 2]) {
    const { start, length } = framesOf(whole)[index];
    for (const at of [start, start + 9, start + 20, start + length - 9]) {
      const bytes = Buffer.from(whole);
      bytes[at] ^= 0x10;
      writeFileSync(join(directory, FIRST), bytes);
      const place = new RegExp(`${FIRST} is damaged at offset ${start}: record ${index + 1} `);
      await assert.rejects(openJournal({ directory, segmentBytes: SEGMENT_BYTES }), place);
      assert.deepEqual(
        (await verifyJournal(directory)).problems.map((problem) => problem.offset),
        [start],
      );
      // Nothing was changed, and the lock was given back.
      assert.deepEqual(readFileSync(join(directory, FIRST)), bytes);
    }
  }
});

test('the mark tells a last batch that was acknowledged from a torn one', async (t) => {
  const directory = await killedAfter(t, [], 3);
  const whole = readFileSync(join(directory, FIRST));
  const last = framesOf(whole)[2];
  const flipped = Buffer.from(whole);
  flipped[last.start + 60] ^= 1;
  writeFileSync(join(directory, FIRST), flipped);
  await assert.rejects(openJournal({ directory }), new RegExp(`offset ${last.start}: .*acknowledged`));
  // Without the mark, or with a torn one, nobody can know.
  flipped[MARK_AT] ^= 1;
  assert.deepEqual(await recovered(directory, flipped), [1, 2]);
});

test('the mark is renewed when there is a pause', async (t) => {
  const directory = temporary(t);
  const journal = await openJournal({ directory, segmentBytes: SEGMENT_BYTES, markAfterMs: 1 });
  t.after(() => journal.close());
  await journal.enqueue(entry(1)).durable;
  for (let i = 0; readFileSync(join(directory, FIRST)).readDoubleLE(MARK_AT) !== 1; i++) {
    assert.ok(i < 1000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

test('damage to a header, a footer or a whole sealed segment is seen', async (t) => {
  const directory = await killedAfter(
    t,
    Array.from({ length: 40 }, () => 10),
  );
  const names = readdirSync(directory).filter((name) => name.endsWith('.journal'));
  assert.ok(names.length > 3);
  const attempt = async (name: string, change: (bytes: Buffer) => Buffer, message: RegExp) => {
    const path = join(directory, name);
    const whole = readFileSync(path);
    writeFileSync(path, change(Buffer.from(whole)));
    await assert.rejects(openJournal({ directory, segmentBytes: SEGMENT_BYTES }), message);
    assert.ok((await verifyJournal(directory)).problems.length > 0);
    writeFileSync(path, whole);
  };
  const flip = (at: number) => (bytes: Buffer) => {
    bytes[at] ^= 1;
    return bytes;
  };
  await attempt(names.at(-1)!, flip(20), /offset 0: its header/);
  await attempt(names.at(-2)!, flip(DATA_START + 30), new RegExp(`${names.at(-2)} is damaged at offset ${DATA_START}`));
  await attempt(names[1], (bytes) => bytes.subarray(0, bytes.length - 2000), new RegExp(`${names[1]} is damaged at`));
  const gone = readFileSync(join(directory, names[1]));
  rmSync(join(directory, names[1]));
  await assert.rejects(openJournal({ directory }), /record \d+ is missing/);
  assert.ok((await verifyJournal(directory)).problems.length > 0);
  // A footer that is damaged while all records hold is written anew.
  const resealed = Buffer.from(gone);
  resealed[resealed.length - 6] ^= 1;
  writeFileSync(join(directory, names[1]), resealed);
  const journal = await openJournal({ directory, segmentBytes: SEGMENT_BYTES });
  assert.equal(journal.durable, 400);
  // Old segments are trusted by their footer; a damaged record is seen when it is read.
  const path = join(directory, names[1]);
  const damaged = readFileSync(path);
  assert.deepEqual(damaged, gone);
  writeFileSync(path, flip(DATA_START + 30)(damaged));
  const sequence = Number(names[1].slice(0, 16));
  await assert.rejects(journal.get(sequence), /is damaged on disk/);
  await assert.rejects(async () => {
    for await (const record of journal.read(1)) assert.ok(record.sequence < sequence);
  }, /is damaged on disk/);
  await journal.close();
});

test('overwriting that stopped anywhere is finished from its note, whoever noted it; a note that is not whole is none', async (t) => {
  const directory = await killedAfter(t, [3, 3]);
  const path = join(directory, FIRST);
  const killed = readFileSync(path);
  const journal = await openJournal({ directory, segmentBytes: SEGMENT_BYTES });
  await journal.overwrite!(2, ({ data }) => ({ data }));
  await journal.close();
  const { start, length } = framesOf(readFileSync(path))[1];
  const frame = Buffer.from(readFileSync(path).subarray(start, start + length));
  const note = JSON.stringify({ segment: FIRST, at: start, frame: frame.toString('base64') });
  for (const name of ['erasing', 'erasing.1', 'erasing.7']) {
    for (let done = 0; done <= length; done += 5) {
      const torn = Buffer.from(killed);
      frame.copy(torn, start, 0, done);
      writeFileSync(path, torn);
      writeFileSync(join(directory, name), note);
      writeFileSync(join(directory, 'erasing.9'), note.slice(0, done));
      writeFileSync(join(directory, 'erasing.9.tmp'), note);
      const reopened = await openJournal({ directory, segmentBytes: SEGMENT_BYTES });
      assert.equal((await reopened.get(2))?.personal, undefined);
      assert.deepEqual((await reopened.get(3))?.personal, { name: 'n' });
      await reopened.close();
      assert.ok(!readdirSync(directory).some((one) => one.startsWith('erasing')));
    }
  }
});
