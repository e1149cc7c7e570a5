import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { arrayJournal } from '../../test/support/array-journal.ts';
import { command, decision } from '../../test/support/records.ts';
import { AssayError } from '../domain/errors.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { CommandAnswer } from './command-answer.ts';
import { createCommands } from './commands.ts';
import { silentLog } from './log.ts';
import { createProjector, type ProjectionThread, type Projector, type ProjectorOptions } from './projector.ts';
import type { QueryStore } from './store.ts';

/** A store that only remembers what was applied, and is away when told so. */
function memoryStore() {
  const applied: JournalRecord[] = [];
  const state = { away: false, batches: [] as number[], gate: undefined as Promise<void> | undefined };
  const check = () => {
    if (state.away) throw new AssayError('unavailable', 'away', { retryAfterSeconds: 2 });
  };
  const store = {
    async position() {
      check();
      return { sequence: applied.length, key: applied.at(-1)?.key };
    },
    async apply(records: JournalRecord[]) {
      await state.gate;
      check();
      for (const record of records) {
        assert.equal(record.sequence, applied.length + 1, 'out of order');
        applied.push(record);
      }
      state.batches.push(records.length);
      return applied.length;
    },
    async answer(sequence: number): Promise<CommandAnswer | undefined> {
      const record = applied[sequence - 1];
      return record?.type === 'finalize'
        ? { status: 200, body: { transactionId: record.data.transactionId } }
        : undefined;
    },
  };
  return { store: store as unknown as QueryStore, applied, state };
}

/** As another thread has it: it is told sequences, and looks up what lies there. */
function threadOf(journal: ReturnType<typeof arrayJournal>, store: QueryStore): ProjectionThread {
  return {
    async apply(from, through, durable) {
      assert.ok(from <= through && through <= durable, 'only what is durable');
      return store.apply(journal.records.slice(from - 1, through));
    },
  };
}

const open: Projector[] = [];
afterEach(async () => {
  for (const projector of open.splice(0)) await projector.close();
});

type Followed = Partial<ProjectorOptions> & {
  journal: ReturnType<typeof arrayJournal>;
  store: QueryStore;
  isApart?: boolean;
};

async function follow({ isApart, ...options }: Followed) {
  const thread = isApart ? threadOf(options.journal, options.store) : undefined;
  const projector = await createProjector({ log: silentLog, readWaitMs: 2_000, thread, ...options });
  open.push(projector);
  return projector;
}

function payments(count: number, prefix = 'p') {
  return Array.from({ length: count }, (_, index) => decision({ id: `${prefix}${index}` }));
}

const unavailable = (error: unknown) =>
  error instanceof AssayError && error.code === 'unavailable' && (error.retryAfterSeconds ?? 0) > 0;

for (const [where, isApart] of [
  ['in this thread', false],
  ['in another', true],
] as const) {
  test(`${where}: catches up with what lies there, then follows`, async () => {
    const journal = arrayJournal();
    journal.append(...payments(1_000));
    const { store, applied, state } = memoryStore();
    const projector = await follow({ isApart, journal, store, batchSize: 100 });
    await projector.settled();
    assert.equal(applied.length, 1_000);
    assert.ok(state.batches.every((size) => size <= 100));
    journal.append(...payments(5, 'q'));
    await projector.settled();
    assert.deepEqual([projector.applied, applied.length, projector.healthy], [1_005, 1_005, true]);
  });

  test(`${where}: while it catches up it says how far it is behind`, async () => {
    const journal = arrayJournal();
    journal.append(...payments(3_000));
    const { store, applied } = memoryStore();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let calls = 0;
    const gated = {
      ...store,
      async apply(records: JournalRecord[]) {
        if (++calls > 1) await gate;
        return store.apply(records);
      },
    };
    const projector = await follow({ isApart, journal, store: gated, batchSize: 100 });
    assert.deepEqual(projector.behind, { records: 3_000, seconds: undefined });
    while (calls < 2) await sleep(1);
    assert.equal(projector.behind?.records, 2_900);
    assert.ok(projector.behind.seconds! >= 1);
    open();
    await projector.settled();
    assert.equal(projector.behind, undefined);
    assert.deepEqual(
      applied.map(({ sequence }) => sequence),
      journal.records.map(({ sequence }) => sequence),
    );
  });

  test(`${where}: a store that fails with a batch in hand gets each record once, in order`, async () => {
    const journal = arrayJournal();
    journal.append(...payments(1_000));
    const { store, applied } = memoryStore();
    let calls = 0;
    const failing = {
      ...store,
      async apply(records: JournalRecord[]) {
        if (++calls % 3 === 0) throw new AssayError('unavailable', 'away', { retryAfterSeconds: 2 });
        return store.apply(records);
      },
    };
    const projector = await follow({ isApart, journal, store: failing, batchSize: 100 });
    while (projector.applied < 1_000) await sleep(5);
    assert.deepEqual(
      applied.map(({ sequence }) => sequence),
      journal.records.map(({ sequence }) => sequence),
    );
  });

  test(`${where}: goes on where the store stands`, async () => {
    const journal = arrayJournal();
    journal.append(...payments(10));
    const { store, applied } = memoryStore();
    applied.push(...journal.records.slice(0, 4));
    const projector = await follow({ isApart, journal, store });
    await projector.settled(10);
    assert.equal(applied.length, 10);
  });

  test(`${where}: reads from the journal what did not fit its buffer`, async () => {
    const journal = arrayJournal();
    const { store, applied, state } = memoryStore();
    const projector = await follow({ isApart, journal, store, bufferSize: 8, batchSize: 4, lingerMs: 0 });
    let open = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    for (let round = 0; round < 20; round++) {
      journal.append(...payments(5, `r${round}.`));
      await new Promise(setImmediate);
    }
    assert.equal(applied.length, 0);
    open();
    await projector.settled();
    assert.deepEqual(
      applied.map(({ sequence }) => sequence),
      journal.records.map(({ sequence }) => sequence),
    );
  });

  test(`${where}: an outage: readers are told at once, nothing is lost, and it goes on by itself`, async () => {
    const journal = arrayJournal();
    const { store, applied, state } = memoryStore();
    const projector = await follow({ isApart, journal, store, lingerMs: 0 });
    journal.append(...payments(3));
    await projector.settled();
    state.away = true;
    journal.append(...payments(3, 'q'));
    await assert.rejects(projector.settled(), unavailable);
    assert.equal(projector.healthy, false);
    await assert.rejects(projector.settled(1), unavailable);
    journal.append(...payments(3, 'r'));
    state.away = false;
    while (!projector.healthy) await sleep(5);
    await projector.settled();
    assert.equal(applied.length, 9);
  });

  test(`${where}: a store that is away at the start is waited for`, async () => {
    const journal = arrayJournal();
    journal.append(...payments(3));
    const { store, applied, state } = memoryStore();
    state.away = true;
    const projector = await follow({ isApart, journal, store });
    await assert.rejects(projector.settled(), unavailable);
    state.away = false;
    while (!projector.healthy) await sleep(5);
    await projector.settled();
    assert.equal(applied.length, 3);
  });

  test(`${where}: settled gives up after its bound`, async () => {
    const journal = arrayJournal();
    const { store, state } = memoryStore();
    const projector = await follow({ isApart, journal, store, readWaitMs: 20 });
    await sleep(1);
    let open = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    journal.append(...payments(1));
    await assert.rejects(projector.settled(), unavailable);
    assert.equal(projector.healthy, true);
    open();
  });
}

test('a store that was filled from another journal is refused', async () => {
  const journal = arrayJournal();
  journal.append(...payments(5));
  const ahead = memoryStore();
  ahead.applied.push(...journal.records, { ...journal.records[0], sequence: 6, key: 't:more' });
  await assert.rejects(follow({ journal, store: ahead.store }), /another journal: it stands at record 6.*ends at 5/);
  const other = memoryStore();
  other.applied.push({ ...journal.records[0], key: 't:other' });
  await assert.rejects(follow({ journal, store: other.store }), /another journal: it stands at record 1 \(t:other\)/);
});

test('one that turns out foreign after an outage is never written to', async () => {
  const journal = arrayJournal();
  journal.append(...payments(5));
  const { store, applied, state } = memoryStore();
  applied.push({ ...journal.records[0], key: 't:other' });
  state.away = true;
  const projector = await follow({ journal, store });
  state.away = false;
  await sleep(150);
  await assert.rejects(
    projector.settled(),
    (error: Error) => unavailable(error) && /another journal/.test(error.message),
  );
  assert.equal(applied.length, 1);
});

test('a command is answered once applied, and its repetition by the same record', async () => {
  const journal = arrayJournal();
  const { store, applied } = memoryStore();
  const projector = await follow({ journal, store });
  const commands = createCommands({ journal, projector, store });
  const entry = command('finalize', { transactionId: 'a', override: false });
  const both = await Promise.all([commands.submit(entry), commands.submit(entry)]);
  assert.deepEqual(both.map(({ replayed }) => replayed).sort(), [false, true]);
  assert.deepEqual(both[0].answer, { status: 200, body: { transactionId: 'a' } });
  const again = await commands.submit(entry);
  assert.deepEqual([again.replayed, again.record.sequence, again.answer], [true, 1, both[0].answer]);
  assert.equal(applied.length, 1);
});

test('a command outlives the outage it met, and an answer that is gone says so', async () => {
  const journal = arrayJournal();
  const { store, state } = memoryStore();
  const projector = await follow({ journal, store });
  const commands = createCommands({ journal, projector, store });
  state.away = true;
  const entry = command('finalize', { transactionId: 'a', override: false });
  const behind = { code: 'unavailable', message: /is recorded and will take effect.*same Idempotency-Key/ };
  await assert.rejects(commands.submit(entry), behind);
  assert.equal(projector.healthy, false);
  await assert.rejects(commands.submit(entry), behind, 'it is recorded, however often it is sent');
  const other = command('finalize', { transactionId: 'b', override: false });
  await assert.rejects(commands.submit(other), { code: 'unavailable', message: /nothing was recorded/ });
  assert.equal(journal.durable, 1);
  state.away = false;
  while (!projector.healthy) await sleep(5);
  const { replayed, answer } = await commands.submit(entry);
  assert.deepEqual([replayed, answer.status], [true, 200]);
  assert.equal((await commands.submit(other)).replayed, false);
  const forgotten = command('delete', { transactionId: 'a' });
  journal.append(forgotten);
  await assert.rejects(commands.submit(forgotten), { code: 'idempotency_conflict' });
});
