import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AssayError } from '../../src/domain/errors.ts';
import type { Journal, JournalEntry, JournalRecord } from '../../src/journal/journal.ts';
import { noise } from '../../src/journal/local/test-support.ts';

/** A log of its own for one test. Whatever it opens is closed, and removed, at the test's end. */
export interface JournalPlace {
  /** Opens the log, again on the same records after a close. */
  open(): Promise<Journal>;
  /** Of the records that it writes; 1 where it is not said. */
  version?: number;
}

/** What every journal does, whichever keeps the records. */
export function journalContract(name: string, place: (t: TestContext) => Promise<JournalPlace>, skip?: string): void {
  const contract = (title: string, body: (journal: Journal, at: JournalPlace) => Promise<void>) =>
    test(`${name}: ${title}`, { skip }, async (t) => {
      const at = await place(t);
      await body(await at.open(), at);
    });

  contract(
    'what is durable is found by every name, and has its place in one dense order',
    async (journal, { version = 1 }) => {
      assert.equal(journal.durable, 0);
      const entries = Array.from({ length: 200 }, (_, i) => (i % 7 === 3 ? command(i) : decision(i)));
      const appended = entries.map((entry) => journal.enqueue(entry));
      for (const [i, entry] of entries.entries()) {
        assert.equal(journal.recent(entry.key)?.record.key, entry.key);
        assert.deepEqual({ ...appended[i].record, sequence: 0 }, { ...entry, sequence: 0, version });
      }
      await Promise.all(appended.map(({ durable }) => durable));
      assert.equal(await settled(journal), 200);
      assert.equal(journal.last, 200);
      const records = await all(journal);
      assert.deepEqual(
        records.map(({ sequence }) => sequence),
        numbers(1, 200),
      );
      const byKey = new Map(records.map((record) => [record.key, record]));
      for (const [i, entry] of entries.entries()) {
        const record = byKey.get(entry.key)!;
        assert.deepEqual(bare(record), { ...entry, version });
        assert.equal(appended[i].record.sequence, record.sequence);
        assert.deepEqual(await journal.find(entry.key), record);
        for (const alias of entry.aliases ?? []) assert.deepEqual(await journal.find(alias), record);
        assert.deepEqual(await journal.get(record.sequence), record);
        // What is old is found, and no longer at once.
        assert.deepEqual(journal.recent(entry.key)?.record ?? record, record);
      }
      assert.equal(await journal.find('t:none'), undefined);
      assert.equal(journal.recent('t:none'), undefined);
      for (const odd of [0, -1, 1.5, 201, Number.NaN]) assert.equal(await journal.get(odd), undefined);
    },
  );

  contract('a key is taken at once; the first record of a name wins', async (journal) => {
    const first = journal.enqueue(decision(1));
    assert.throws(() => journal.enqueue(decision(1)), isConflict);
    await first.durable;
    await settled(journal);
    assert.throws(() => journal.enqueue({ ...decision(1), data: { other: true } }), isConflict);
    // An alias that is taken stays with its first record.
    await journal.enqueue({ ...decision(2), aliases: ['k:1', 'k:2'] }).durable;
    await settled(journal);
    assert.equal((await journal.find('k:1'))?.key, 't:1');
    assert.equal((await journal.find('k:2'))?.key, 't:2');
    assert.equal((await all(journal)).length, 2);
  });

  contract('listeners hear each record once, in sequence, from when they listen until they stop', async (journal) => {
    const heard: JournalRecord[] = [];
    const early: number[] = [];
    journal.subscribe((record) => heard.push(record));
    const stop = journal.subscribe(({ sequence }) => {
      early.push(sequence);
      if (sequence === 30) stop();
    });
    await append(journal, numbers(1, 100).map(decision));
    const late: number[] = [];
    journal.subscribe(({ sequence }) => late.push(sequence));
    await append(journal, numbers(101, 150).map(decision));
    assert.deepEqual(heard, await all(journal));
    assert.deepEqual(early, numbers(1, 30));
    assert.deepEqual(late, numbers(101, 150));
  });

  contract('vectors keep every bit, and what is not there stays away', async (journal, { version = 1 }) => {
    const bits = new Float64Array(new BigUint64Array([0x7ff8_0000_dead_beefn, 0xfff0_0000_0000_0001n, 1n]).buffer);
    const vector = Float64Array.of(...bits, -0, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324, 0.1);
    await append(journal, [
      { ...decision(1), vector },
      { type: 'audit', at: 5, key: 'c:bare', data: { text: 'ü "\\\u2028 😀' } },
      { ...decision(3), vector: new Float64Array(0) },
    ]);
    const [full, bareOne, empty] = await Promise.all(['t:1', 'c:bare', 't:3'].map((key) => journal.find(key)));
    assert.deepEqual(Buffer.from(full!.vector!.buffer), Buffer.from(vector.buffer));
    assert.deepEqual(bare(bareOne!), {
      version,
      type: 'audit',
      at: 5,
      key: 'c:bare',
      data: { text: 'ü "\\\u2028 😀' },
    });
    assert.equal(empty!.vector!.length, 0);
  });

  contract('reads go on beside the writer, each to what is durable when it gets there', async (journal) => {
    await append(journal, numbers(1, 50).map(decision));
    const slow = (async () => {
      let next = 1;
      for await (const { sequence } of journal.read(1)) {
        assert.equal(sequence, next++);
        if (next % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      return next - 1;
    })();
    await append(journal, numbers(51, 300).map(decision));
    assert.ok((await slow) >= 50);
    for await (const { sequence } of journal.read(20)) {
      assert.equal(sequence, 20);
      break;
    }
    assert.deepEqual(
      (await all(journal, 299)).map(({ sequence }) => sequence),
      [299, 300],
    );
    assert.deepEqual(await all(journal, 301), []);
  });

  contract('what follows a decision comes after it', async (journal) => {
    for (let i = 1; i <= 40; i++) {
      await journal.enqueue(decision(i)).durable;
      await journal.enqueue(command(i)).durable;
    }
    await settled(journal);
    const sequences = new Map((await all(journal)).map(({ key, sequence }) => [key, sequence]));
    for (let i = 1; i <= 40; i++) assert.ok(sequences.get(`t:${i}`)! < sequences.get(`c:${i}`)!);
  });

  contract('goes on where it was, however often it is opened', async (journal, at) => {
    for (let round = 0; round < 5; round++) {
      await append(journal, numbers(round * 11 + 1, round * 11 + 11).map(decision));
      const before = await all(journal);
      await journal.close();
      journal = await at.open();
      assert.equal(journal.durable, before.length);
      assert.deepEqual(await all(journal), before);
      assert.deepEqual(
        await journal.find('t:1'),
        before.find(({ key }) => key === 't:1'),
      );
    }
    assert.throws(() => journal.enqueue(decision(55)), isConflict);
    await journal.close();
    assert.throws(() => journal.enqueue(decision(56)));
  });
}

/** Waits until all that is durable has its sequence and was handed out. */
export async function settled(journal: Journal): Promise<number> {
  const horizon = (await journal.horizon?.()) ?? journal.durable;
  while (journal.durable < horizon) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setImmediate(resolve));
  return horizon;
}

export async function append(journal: Journal, entries: JournalEntry[]): Promise<void> {
  await Promise.all(entries.map((entry) => journal.enqueue(entry).durable));
  await settled(journal);
}

export async function all(journal: Journal, from = 1): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  for await (const record of journal.read(from)) records.push(record);
  return records;
}

export function decision(i: number): JournalEntry {
  return {
    ...{ type: 'decision', at: 1000 + i, key: `t:${i}`, aliases: [`k:${i}`] },
    data: { i, transaction: { id: `${i}` }, filler: noise(i, (i * 37) % 300) },
    personal: { email: `person${i}@example.com` },
    vector: Float64Array.of(i, Number.NaN, -0),
  };
}

export function command(i: number): JournalEntry {
  return { type: 'label', at: 2000 + i, key: `c:${i}`, data: { transactionId: `${i}`, label: 'fraud' } };
}

/** A record without its place. */
export function bare({ sequence: _, position: __, ...record }: JournalRecord): Omit<JournalRecord, 'sequence'> {
  return record;
}

export const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const isConflict = (error: unknown) => error instanceof AssayError && error.code === 'conflict';
