import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AssayError } from '../../domain/errors.ts';
import { nodeFiles } from './files.ts';
import { type LocalJournalOptions, openJournal } from './journal.ts';
import { all, entry, expected, fill, noise, opened, SMALL_SEGMENT, temporary } from './test-support.ts';

test('refuses more than it may hold in flight, and a record larger than a segment', async (t) => {
  const journal = await opened(t, { maxInFlightBytes: 5000 });
  const taken: Promise<void>[] = [];
  assert.throws(
    () => {
      for (let i = 1; ; i++) taken.push(journal.enqueue(entry(i)).durable);
    },
    (error) => error instanceof AssayError && error.code === 'unavailable' && error.retryAfterSeconds === 1,
  );
  assert.equal(journal.last, taken.length);
  await Promise.all(taken);
  await fill(journal, taken.length + 1, taken.length + 1);
  assert.throws(
    () => journal.enqueue(entry(999, { data: { long: noise(1, SMALL_SEGMENT) } })),
    (error) => error instanceof AssayError && error.code === 'too_large',
  );
  assert.throws(() => journal.enqueue(entry(999, { data: { a: 1n } })), TypeError);
  await fill(journal, taken.length + 2, taken.length + 2);
  assert.equal(journal.durable, taken.length + 2);
});

test('a failed sync is fatal: nothing is acknowledged after it, and it is not tried again', async (t) => {
  let broken = false;
  let tries = 0;
  const files: LocalJournalOptions['files'] = {
    ...nodeFiles,
    async open(path, mode) {
      const file = await nodeFiles.open(path, mode);
      const sync = async () => {
        if (!broken) return file.sync();
        tries++;
        throw new Error('EIO');
      };
      return { ...file, sync };
    },
  };
  const fatal: Error[] = [];
  const journal = await opened(t, { files, segmentBytes: 1024 * 1024, onFatal: (error) => fatal.push(error) });
  await fill(journal, 1, 10);
  broken = true;
  const lost = journal.enqueue(entry(11)).durable;
  await new Promise((resolve) => setImmediate(resolve));
  const behind = journal.enqueue(entry(12)).durable;
  await assert.rejects(lost, AssayError);
  await assert.rejects(behind, AssayError);
  assert.equal(fatal.length, 1);
  assert.equal(tries, 1);
  assert.equal(journal.durable, 10);
  assert.equal(journal.status().ok, false);
  assert.throws(() => journal.enqueue(entry(13)), AssayError);
  await assert.rejects(journal.find('t:11'), AssayError);
});

test('one opener at a time; the lock of a dead process is taken over', async (t) => {
  const directory = temporary(t);
  const journal = await openJournal({ directory });
  await assert.rejects(openJournal({ directory }), new RegExp(`pid ${process.pid}`));
  await journal.close();
  assert.ok(!readdirSync(directory).some((name) => name.startsWith('lock')));
  // A pid beyond the kernel's limit, our pid with another start, and a lock cut short by an older crash.
  for (const stale of ['4194999 123', `${process.pid} 1`, '']) {
    writeFileSync(join(directory, 'lock'), stale);
    await (await openJournal({ directory })).close();
  }
  const both = await Promise.allSettled([openJournal({ directory }), openJournal({ directory })]);
  assert.deepEqual(both.map((one) => one.status).sort(), ['fulfilled', 'rejected']);
  for (const one of both) if (one.status === 'fulfilled') await one.value.close();
});

test('close writes what was handed in, and refuses what comes after', async (t) => {
  const directory = temporary(t);
  const journal = await openJournal({ directory });
  const { durable } = journal.enqueue(entry(1));
  await Promise.all([journal.close(), journal.close()]);
  await durable;
  assert.throws(() => journal.enqueue(entry(2)), AssayError);
  const again = await openJournal({ directory });
  assert.deepEqual(await all(again), [expected(1)]);
  await again.close();
});

test('a vector may be used again by the caller', async (t) => {
  const journal = await opened(t);
  const vector = Float64Array.of(1, 2, 3);
  const { record, durable } = journal.enqueue(entry(1, { vector }));
  vector.fill(9);
  await durable;
  assert.deepEqual(record.vector, Float64Array.of(1, 2, 3));
  assert.deepEqual((await journal.get(1))?.vector, Float64Array.of(1, 2, 3));
});
