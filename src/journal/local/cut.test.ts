import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RECORD_TYPES } from '../journal.ts';
import { RemovedRecord } from '../removed.ts';
import { type Files, nodeFiles } from './files.ts';
import { openJournal } from './journal.ts';
import { STAYS } from './kept-types.ts';
import { repairJournal } from './repair.ts';
import { surveyJournal } from './survey.ts';
import { all, entry, fill, SMALL_SEGMENT, temporary } from './test-support.ts';
import { verifyJournal } from './verify.ts';

const COUNT = 400;
const KEY = { type: 'key.create' as const, aliases: [], data: { id: 'a' } };
const ofType = (name: string, extension: string) => name.endsWith(extension);
const files = (directory: string, extension: string) =>
  readdirSync(directory)
    .filter((name) => ofType(name, extension))
    .sort();

async function filled(directory: string, over: Files = nodeFiles, count = COUNT) {
  const journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT, files: over });
  await fill(journal, 1, 9);
  await journal.enqueue(entry(10, { ...KEY, key: 'key:a', personal: { name: 'Ada Lovelace' } })).durable;
  await fill(journal, 11, count);
  return journal;
}

test('every type of record is told whether it stays', () => {
  assert.deepEqual(Object.keys(STAYS).sort(), [...RECORD_TYPES].sort());
});

test('what is cut out is gone, its names stay taken, what the state is made of stays, and the rest is as it was', async (t) => {
  const directory = temporary(t);
  let journal = await filled(directory);
  const before = await all(journal);
  const sizeBefore = journal.status().bytes;
  assert.equal(await journal.cut!({ beforeAt: 0, through: COUNT }), 0, 'nothing is that old');
  assert.equal(await journal.cut!({ beforeAt: 1e9, through: 0 }), 0, 'somebody has not read it');
  const half = (await journal.cut!({ beforeAt: 1000 + 200, through: COUNT })) as number;
  assert.ok(half > 1, `${half} segments`);
  const { begins = 0, bytes } = journal.status();
  assert.ok(begins > 100 && begins <= 200, `begins at ${begins}`);
  assert.ok(bytes < 0.7 * sizeBefore);

  const look = async () => {
    const [key, ...rest] = await all(journal);
    assert.deepEqual(key, { ...before[9], follows: 0 });
    assert.deepEqual(rest[0], { ...before[begins - 1], follows: 10 });
    assert.deepEqual(rest.slice(1), before.slice(begins));
    assert.deepEqual(await all(journal, begins), before.slice(begins - 1));
    const [middle] = await all(journal, 50);
    assert.equal(middle.follows, 49);
    for (const i of [1, 9, 11, begins - 1]) {
      for (const name of [`t:${i}`, `k:${i}`]) await assert.rejects(journal.find(name), RemovedRecord, name);
      await assert.rejects(journal.get(i), RemovedRecord);
    }
    assert.equal((await journal.find('key:a'))?.sequence, 10);
    assert.equal((await journal.find(`t:${begins}`))?.sequence, begins);
    assert.equal(await journal.find('t:never'), undefined);
  };
  await look();
  await journal.close();
  assert.deepEqual((await verifyJournal(directory)).problems, []);
  assert.deepEqual((await repairJournal(directory, { dry: true })).found, []);
  const surveyed: number[] = [];
  await surveyJournal(directory, ({ sequence }) => surveyed.push(sequence));
  assert.deepEqual(surveyed, [10, ...before.slice(begins - 1).map(({ sequence }) => sequence)]);

  journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
  await look();
  // What stays can be erased, and what is cut later joins what was.
  assert.equal(await journal.overwrite!(10, ({ data }) => ({ data })), true);
  assert.doesNotMatch(readFileSync(join(directory, files(directory, '.kept')[0]), 'latin1'), /Lovelace/);
  assert.ok((await journal.cut!({ beforeAt: 1e9, through: COUNT })) as number);
  await journal.enqueue(entry(COUNT + 1)).durable;
  await journal.close();
  journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
  assert.equal((await journal.find(`t:${COUNT + 1}`))?.sequence, COUNT + 1);
  assert.ok((journal.status().begins ?? 0) > begins);
  await journal.close();
  assert.deepEqual((await verifyJournal(directory)).problems, []);
});

test('a cut that ends anywhere is ended by the next start, and loses nothing else', async (t) => {
  for (let stop = 0; ; stop++) {
    const directory = temporary(t);
    let left = Number.POSITIVE_INFINITY;
    const step = () => {
      if (--left < 0) throw new Error('killed');
    };
    const dying: Files = {
      ...nodeFiles,
      async rename(from, to) {
        step();
        await nodeFiles.rename(from, to);
      },
      async remove(path) {
        step();
        await nodeFiles.remove(path);
      },
    };
    let journal = await filled(directory, dying, 160);
    left = stop;
    const ended = await journal.cut!({ beforeAt: 1000 + 90, through: 160 }).then(
      () => true,
      () => false,
    );
    left = Number.POSITIVE_INFINITY;
    await journal.close();
    journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
    const { begins = 0 } = journal.status();
    assert.equal((await journal.find('key:a'))?.sequence, 10);
    for (let i = begins; i <= 160; i += 7) assert.equal((await journal.get(i))?.sequence, i);
    for (let i = 1; i < begins; i += 7) if (i !== 10) await assert.rejects(journal.find(`t:${i}`), RemovedRecord);
    await journal.close();
    assert.deepEqual((await verifyJournal(directory)).problems, [], `stopped after ${stop}`);
    if (ended) break;
  }
});

test('damage in what is left is found and named; a copy gives it back', async (t) => {
  const directory = temporary(t);
  let journal = await filled(directory);
  await journal.cut!({ beforeAt: 1000 + 150, through: COUNT });
  await journal.close();
  const [name] = files(directory, '.kept');
  const path = join(directory, name);
  const whole = readFileSync(path);
  const copy = temporary(t);
  for (const one of readdirSync(directory)) writeFileSync(join(copy, one), readFileSync(join(directory, one)));
  for (const at of [20, 4096 + 60, whole.length - 3]) {
    const bytes = Buffer.from(whole);
    bytes[at] ^= 0x41;
    writeFileSync(path, bytes);
    const { problems } = await verifyJournal(directory);
    assert.deepEqual(
      problems.map((problem) => problem.path),
      [path],
      String(at),
    );
    if (at !== 4096 + 60) await assert.rejects(openJournal({ directory }), new RegExp(name));
    const { found } = await repairJournal(directory, { copy });
    assert.deepEqual(
      found.map(({ segment, mended }) => [segment, mended]),
      [[name, 'from the copy']],
    );
    assert.ok(readFileSync(path).equals(whole));
  }
  journal = await openJournal({ directory });
  await journal.close();
});
