import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AssayError } from '../../domain/errors.ts';
import type { Journal } from '../journal.ts';
import { type Files, nodeFiles } from './files.ts';
import { openJournal } from './journal.ts';
import { type SimulatedDisk, simulatedDisk } from './simulated-disk.ts';
import { entry, fill, SMALL_SEGMENT, seeded, temporary } from './test-support.ts';
import { verifyJournal } from './verify.ts';

/** A lock that was lost: two may open the directory. */
const withoutLock: Files = { ...nodeFiles, lock: async () => async () => {} };

const open = (directory: string, files: Files, segmentBytes = SMALL_SEGMENT) =>
  openJournal({ directory, files, segmentBytes, markAfterMs: 2 ** 31 - 1, onFatal: () => {}, onWarning: () => {} });

const keysOf = async (journal: Journal) => {
  const keys: string[] = [];
  for await (const record of journal.read(1)) keys.push(record.key);
  return keys;
};

test('who was replaced acknowledges nothing more, whatever it still writes', async (t) => {
  const directory = temporary(t);
  const old = await open(directory, withoutLock);
  for (let i = 1; i <= 5; i++) await old.enqueue(entry(i)).durable;
  const successor = await open(directory, withoutLock);
  await assert.rejects(
    old.enqueue(entry(99)).durable,
    (error) => error instanceof AssayError && /taken over/.test(error.message),
  );
  assert.throws(() => old.enqueue(entry(100)), AssayError);
  await successor.enqueue(entry(6)).durable;
  await old.close();
  await successor.close();
  const last = await open(directory, nodeFiles);
  assert.deepEqual(
    await keysOf(last),
    [1, 2, 3, 4, 5, 6].map((i) => entry(i).key),
  );
  await last.close();
  assert.deepEqual((await verifyJournal(directory)).problems, []);
});

test('who was replaced and reads what its successor cut out says that it was replaced, and not that the log is damaged', async (t) => {
  const directory = temporary(t);
  const old = await open(directory, withoutLock);
  await fill(old, 1, 400);
  const successor = await open(directory, withoutLock);
  assert.ok((await successor.cut!({ beforeAt: 1000 + 200, through: 400 }))! > 1);
  await assert.rejects(old.get(5), (error) => error instanceof AssayError && /taken over/.test(error.message));
  await old.close();
  await successor.close();
});

test('a successor after a clean close goes on in the same segment; after a kill it seals what it found', async (t) => {
  const directory = temporary(t);
  const segments = () => readdirSync(directory).filter((name) => name.endsWith('.journal')).length;
  for (let i = 1; i <= 3; i++) {
    const journal = await open(directory, nodeFiles);
    await journal.enqueue(entry(i)).durable;
    await journal.close();
  }
  assert.equal(segments(), 1);
  const killed = await open(directory, withoutLock);
  await killed.enqueue(entry(4)).durable;
  const next = await open(directory, withoutLock);
  await next.enqueue(entry(5)).durable;
  assert.equal(segments(), 2);
  await next.close();
  await killed.close();
});

/** The owner's own view of the disk, which can be held for a while: a process that is frozen between any two operations. */
function freezable(files: Files): { files: Files; freeze(): void; thaw(): void } {
  let gate: Promise<void> | undefined;
  let release = () => {};
  const waiting = async () => {
    while (gate) await gate;
  };
  const held: Files = {
    ...files,
    async open(path, mode) {
      await waiting();
      const file = await files.open(path, mode);
      const gated =
        <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
        async (...args: A) => {
          await waiting();
          const result = await run(...args);
          await waiting();
          return result;
        };
      return { ...file, write: gated(file.write), sync: gated(file.sync), truncate: gated(file.truncate) };
    },
    async link(from, to) {
      await waiting();
      await files.link(from, to);
    },
    async rename(from, to) {
      await waiting();
      await files.rename(from, to);
    },
  };
  return {
    files: held,
    freeze() {
      if (gate) return;
      gate = new Promise((resolve) => {
        release = resolve;
      });
    },
    thaw() {
      gate = undefined;
      release();
    },
  };
}

test('owners that freeze, wake and lose power lose and double nothing that any of them acknowledged', async () => {
  let acknowledgedInAll = 0;
  let taken = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = seeded(seed);
    let disk: SimulatedDisk = simulatedDisk(random);
    const acknowledged = new Map<number, string>();
    let id = 0;
    try {
      for (let round = 0; round < 3; round++) {
        const owners: { journal: Journal; thaw(): void }[] = [];
        for (let turn = 0; turn < 1 + Math.floor(random() * 3); turn++) {
          const side = freezable(disk.files);
          const journal = await open('/disk/journal', side.files, 16 * 1024);
          owners.push({ journal, thaw: side.thaw });
          let running = true;
          const client = async () => {
            while (running) {
              const { record, durable } = journal.enqueue({ ...entry(++id), key: `k${id}` });
              await durable;
              assert.ok(!acknowledged.has(record.sequence), `sequence ${record.sequence} acknowledged twice`);
              acknowledged.set(record.sequence, record.key);
            }
          };
          const clients = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
            client().catch((error) => {
              if (error instanceof assert.AssertionError) throw error;
            }),
          );
          for (let turns = Math.floor(random() * 150); turns > 0; turns--) await nextTurn();
          // Frozen at whatever it was doing; some wake while their successor works.
          side.freeze();
          const wakes = random() < 0.7;
          if (wakes) for (const owner of owners) if (random() < 0.6) setImmediate(owner.thaw);
          void Promise.allSettled(clients).then(() => {
            running = false;
          });
          if (turn > 0) taken++;
        }
        for (let turns = Math.floor(random() * 100); turns > 0; turns--) await nextTurn();
        disk = disk.cut();
        for (const owner of owners) owner.thaw();
        await Promise.all(owners.map(({ journal }) => journal.close().catch(() => {})));
        const journal = await open('/disk/journal', disk.files, 16 * 1024);
        const keys = await keysOf(journal);
        for (const [sequence, key] of acknowledged) assert.equal(keys[sequence - 1], key, `record ${sequence}`);
        assert.equal(new Set(keys).size, keys.length);
        await journal.close();
        assert.deepEqual((await verifyJournal('/disk/journal', disk.files)).problems, []);
      }
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    acknowledgedInAll += acknowledged.size;
  }
  assert.ok(acknowledgedInAll > 2000 && taken > 40, `${acknowledgedInAll} acknowledged, ${taken} taken over`);
});
