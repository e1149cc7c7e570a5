import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AssayError } from '../../domain/errors.ts';
import { nodeFiles } from './files.ts';
import { type LocalJournalOptions, openJournal } from './journal.ts';
import { all, entry, expected, fill, opened, SMALL_SEGMENT, temporary } from './test-support.ts';
import { verifyJournal } from './verify.ts';

test('sequences are settled at once and durable later, in order', async (t) => {
  const journal = await opened(t);
  assert.equal(journal.durable, 0);
  const heard: number[] = [];
  journal.subscribe((record) => heard.push(record.sequence));
  const acknowledged: number[] = [];
  const waiting = [];
  for (let i = 1; i <= 300; i++) {
    const { record, durable } = journal.enqueue(entry(i));
    assert.equal(record.sequence, i);
    assert.equal(journal.last, i);
    waiting.push(
      durable.then(() => {
        assert.ok(journal.durable >= i);
        acknowledged.push(i);
      }),
    );
    if (i % 40 === 0) await durable;
  }
  assert.ok(journal.durable < 300);
  await Promise.all(waiting);
  await new Promise((resolve) => setImmediate(resolve));
  const inOrder = Array.from({ length: 300 }, (_, i) => i + 1);
  assert.deepEqual(acknowledged, inOrder);
  assert.deepEqual(heard, inOrder);
  assert.deepEqual(await all(journal), inOrder.map(expected));
  assert.deepEqual((await all(journal, 150)).length, 151);
  assert.deepEqual(await all(journal, 301), []);
});

test('records of one turn share one sync', async (t) => {
  let syncs = 0;
  const files: LocalJournalOptions['files'] = {
    ...nodeFiles,
    async open(path, mode) {
      const file = await nodeFiles.open(path, mode);
      const sync = () => {
        syncs++;
        return file.sync();
      };
      return { ...file, sync };
    },
  };
  const journal = await opened(t, { files, segmentBytes: 1024 * 1024 });
  // Leaves the preparation of the first file behind.
  await fill(journal, 1, 1);
  const before = syncs;
  await fill(journal, 2, 100);
  assert.equal(syncs - before, 1);
});

test('a listener that throws or leaves disturbs no other', async (t) => {
  const warnings: unknown[] = [];
  const journal = await opened(t, { onWarning: (error) => warnings.push(error) });
  const heard: number[] = [];
  journal.subscribe(() => {
    throw new Error('mine');
  });
  const stop = journal.subscribe((record) => {
    if (record.sequence === 3) stop();
    assert.ok(record.sequence <= 3);
  });
  journal.subscribe((record) => heard.push(record.sequence));
  await fill(journal, 1, 5);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(heard, [1, 2, 3, 4, 5]);
  assert.equal(warnings.length, 5);
  // From now on, not what was durable before.
  const late: number[] = [];
  journal.subscribe((record) => late.push(record.sequence));
  await fill(journal, 6, 6);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(late, [6]);
});

test('a key is taken at once; the first record of a name wins', async (t) => {
  const journal = await opened(t);
  const first = journal.enqueue(entry(1));
  assert.throws(
    () => journal.enqueue(entry(1)),
    (error) => error instanceof AssayError && error.code === 'conflict',
  );
  assert.equal(journal.last, 1);
  assert.equal(journal.recent('t:1'), first);
  assert.equal(journal.recent('k:1'), first);
  assert.equal(journal.recent('k:2'), undefined);
  // An alias that is taken stays with its first record, and so does a key taken as an alias.
  const second = journal.enqueue(entry(2, { aliases: ['k:1', 'k:2'] }));
  assert.throws(() => journal.enqueue(entry(3, { key: 'k:2' })), AssayError);
  const found = journal.find('k:2');
  assert.equal(journal.durable, 0);
  assert.equal((await found)?.sequence, 2);
  assert.equal(journal.durable, 2);
  await second.durable;
  assert.equal((await journal.find('k:1'))?.sequence, 1);
  assert.deepEqual(journal.recent('t:1')?.record, expected(1));
  await journal.recent('t:1')?.durable;
});

test('finds and gets over sealed segments, with the index, without it, and with a damaged one', async (t) => {
  const directory = temporary(t);
  let journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
  await fill(journal, 1, 500);
  assert.ok(journal.status().segments > 5);
  const check = async () => {
    assert.equal(journal.durable, 500);
    for (const i of [1, 2, 30, 77, 250, 499, 500]) {
      assert.deepEqual(await journal.find(`t:${i}`), expected(i));
      assert.deepEqual(await journal.find(`k:${i}`), expected(i));
      assert.deepEqual(await journal.get(i), expected(i));
      assert.deepEqual((await all(journal, i))[0], expected(i));
    }
    assert.equal(await journal.find('t:501'), undefined);
    for (const i of [0, -1, 1.5, 501, Number.NaN]) assert.equal(await journal.get(i), undefined);
  };
  await check();
  await journal.close();
  journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
  await check();
  // The key lies in an old segment, so it is not seen to be taken; yet the first record goes on to be found.
  assert.equal(journal.recent('t:1'), undefined);
  await journal.enqueue(entry(1)).durable;
  assert.equal((await journal.find('t:1'))?.sequence, 1);
  await journal.close();
  const indexes = readdirSync(directory).filter((name) => name.endsWith('.index'));
  assert.ok(indexes.length > 5);
  unlinkSync(join(directory, indexes[0]));
  for (const name of indexes.slice(1, 4)) {
    const wrong = readFileSync(join(directory, name));
    // Beyond the filter, so that only a look-up sees it.
    wrong[wrong.length - 3] ^= 1;
    writeFileSync(join(directory, name), wrong);
  }
  assert.equal((await verifyJournal(directory)).problems.length, 3);
  journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
  for (let i = 2; i <= 500; i++) assert.equal((await journal.find(`t:${i}`))?.sequence, i);
  await journal.close();
  assert.deepEqual((await verifyJournal(directory)).problems, []);
});

test('what is left of the last segment may be as long as a footer', async (t) => {
  const directory = temporary(t);
  const journal = await openJournal({ directory });
  await fill(journal, 1, 20);
  await journal.close();
  const path = join(directory, readdirSync(directory).find((name) => name.endsWith('.journal'))!);
  const { bytes } = await verifyJournal(directory);
  truncateSync(path, bytes + 40);
  assert.deepEqual((await verifyJournal(directory)).problems, []);
  const file = readFileSync(path);
  file[bytes + 9] = 1;
  writeFileSync(path, file);
  assert.deepEqual(
    (await verifyJournal(directory)).problems.map(({ why }) => why),
    ['the footer is damaged'],
  );
});

test('goes on where it was, however often it is opened', async (t) => {
  const directory = temporary(t);
  for (let round = 0; round < 25; round++) {
    const journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
    assert.equal(journal.last, round * 11);
    assert.equal(journal.durable, round * 11);
    await fill(journal, round * 11 + 1, round * 11 + 11);
    await journal.close();
  }
  const journal = await openJournal({ directory });
  t.after(() => journal.close());
  assert.deepEqual(
    await all(journal),
    Array.from({ length: 275 }, (_, i) => expected(i + 1)),
  );
});

test('readers run beside the writer, each to what is durable when it gets there', async (t) => {
  const journal = await opened(t);
  await fill(journal, 1, 50);
  const slow = (async () => {
    let next = 1;
    for await (const record of journal.read(1)) {
      assert.equal(record.sequence, next++);
      if (next % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return next - 1;
  })();
  const some = (async () => {
    for await (const record of journal.read(20)) return record.sequence;
    return undefined;
  })();
  await fill(journal, 51, 400);
  assert.equal(await some, 20);
  assert.ok((await slow) >= 50);
  assert.deepEqual((await all(journal, 399)).length, 2);
});
