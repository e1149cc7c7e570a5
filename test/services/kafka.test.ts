import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaJournal } from '../../src/adapters/kafka/journal.ts';
import { AssayError } from '../../src/domain/errors.ts';
import type { JournalEntry, JournalRecord } from '../../src/journal/journal.ts';
import { all, append, command, decision, journalContract, numbers, settled } from '../support/journal-contract.ts';
import { broker, noKafka, opened, ownTopics } from '../support/kafka.ts';

const kafka = await broker();
const skip = noKafka;

journalContract(
  'Kafka',
  async (t) => {
    const topics = ownTopics(kafka!);
    return { open: () => opened(t, topics) };
  },
  skip,
);

/** Appends until it is answered, as a client retries; whether the record is this caller's, or the key was taken. */
async function insistently(journal: KafkaJournal, entry: JournalEntry): Promise<'own' | 'taken'> {
  while (true) {
    try {
      const { record, durable } = journal.enqueue(entry);
      await durable;
      const first = (await journal.find(entry.key))!;
      return first.position!.offset === record.position!.offset ? 'own' : 'taken';
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      if (error.code === 'conflict') return 'taken';
      assert.equal(error.code, 'unavailable');
      await sleep(20);
    }
  }
}

/** All of them see the same records in the same order, whoever looks, and each key once. */
async function agree(journals: KafkaJournal[]): Promise<JournalRecord[]> {
  const views: JournalRecord[][] = [];
  for (const journal of journals) {
    await settled(journal);
    views.push(await all(journal));
  }
  for (const view of views) assert.deepEqual(view, views[0]);
  assert.deepEqual(
    views[0].map(({ sequence }) => sequence),
    numbers(1, views[0].length),
  );
  const effective = views[0].filter(({ type }) => type !== 'void');
  assert.equal(new Set(effective.map(({ key }) => key)).size, effective.length);
  return effective;
}

test('two that append the same ids: one of each wins, and both say which', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const [a, b] = [await opened(t, topics), await opened(t, topics)];
  const heard: JournalRecord[][] = [[], []];
  a.subscribe((record) => heard[0].push(record));
  b.subscribe((record) => heard[1].push(record));
  const from = (by: string) => (i: number) => {
    const entry = i % 5 === 0 ? command(i) : decision(i);
    return { ...entry, data: { ...entry.data, by } };
  };
  const outcomes = await Promise.all([
    ...numbers(1, 300).map((i) => insistently(a, from('a')(i))),
    ...numbers(1, 300).map((i) => insistently(b, from('b')(i))),
  ]);
  for (let i = 0; i < 300; i++) assert.deepEqual([outcomes[i], outcomes[300 + i]].sort(), ['own', 'taken']);
  const c = await opened(t, topics);
  const records = await agree([a, b, c]);
  assert.equal(records.length, 300);
  assert.deepEqual(heard[0], await all(a));
  assert.deepEqual(heard[1], heard[0]);
  const winners = new Map(records.map(({ key, data }) => [key, data.by]));
  for (const [i, outcome] of outcomes.entries()) {
    const { key } = from('')((i % 300) + 1);
    assert.equal(winners.get(key) === (i < 300 ? 'a' : 'b'), outcome === 'own');
    for (const journal of [a, b, c]) assert.equal((await journal.find(key))?.data.by, winners.get(key));
  }
  const [vector] = records.filter(({ vector }) => vector).map(({ vector }) => vector!);
  assert.ok(Number.isNaN(vector[1]) && Object.is(vector[2], -0));
});

test('a horizon covers what any process had made durable, and what it covers can be read', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const [a, b] = [await opened(t, topics), await opened(t, topics)];
  for (let i = 1; i <= 30; i++) {
    const writer = i % 2 ? a : b;
    const reader = i % 2 ? b : a;
    const { record, durable } = writer.enqueue(i % 3 ? decision(i) : command(i));
    await durable;
    const horizon = await reader.horizon();
    while (reader.durable < horizon) await sleep(1);
    const found = (await reader.find(record.key))!;
    assert.ok(found.sequence >= 1 && found.sequence <= horizon);
    assert.deepEqual(await reader.get(found.sequence), found);
  }
  const many = await Promise.all(numbers(1, 50).map(() => b.horizon()));
  assert.ok(many.every((sequence) => sequence === 30));
});

test('when the process that orders the log dies, another goes on', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'support', 'kafka-child.ts')], {
    env: { ...process.env, OPTIONS: JSON.stringify(topics) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const acknowledged = await untilLines(child, 200);
  const journal = await opened(t, topics);
  assert.equal(journal.stats().sequencer, false);
  const more = numbers(10_001, 10_100).map((i) => insistently(journal, decision(i)));
  child.kill('SIGKILL');
  await once(child, 'exit');
  await Promise.all(more);
  // A command has its sequence when it is acknowledged: nobody but this process can have given it.
  const { record, durable } = journal.enqueue(command(1));
  await durable;
  assert.ok(record.sequence > 0);
  assert.equal(journal.stats().sequencer, true);
  const records = await agree([journal, await opened(t, topics)]);
  const keys = new Set(records.map(({ key }) => key));
  for (const key of acknowledged) assert.ok(keys.has(key), `${key} was acknowledged`);
  for (const i of numbers(10_001, 10_100)) assert.ok(keys.has(`t:${i}`));
});

async function untilLines(child: ChildProcess, count: number): Promise<string[]> {
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line);
    if (lines.length === count) resolve();
  });
  await promise;
  return lines;
}

for (const how of ['restart', 'kill'] as const) {
  test(`a broker's ${how} in the middle: nothing acknowledged is lost, nothing doubled`, { skip }, async (t) => {
    const topics = ownTopics(kafka!);
    const [a, b] = [await opened(t, topics), await opened(t, topics)];
    let stop = false;
    const acknowledged: string[] = [];
    const writers = numbers(0, 15).map(async (writer) => {
      for (let i = 0; !stop; i++) {
        const entry = i % 4 ? decision(writer * 100_000 + i) : command(writer * 100_000 + i);
        await insistently(writer % 2 ? a : b, entry);
        acknowledged.push(entry.key);
      }
    });
    await sleep(500);
    if (how === 'kill') await kafka!.kill();
    await kafka!.restart();
    const before = acknowledged.length;
    for (const until = Date.now() + 30_000; acknowledged.length < before + 500; await sleep(20))
      assert.ok(Date.now() < until, 'appends go on after the broker is back');
    stop = true;
    await Promise.all(writers);
    const records = await agree([a, b, await opened(t, topics)]);
    assert.deepEqual(new Set(records.map(({ key }) => key)), new Set(acknowledged));
    assert.equal(records.length, acknowledged.length);
    assert.ok(a.status().ok && b.status().ok);
  });
}

test('the past is read as it was by whoever comes late, also from the middle', { skip }, async (t) => {
  const topics = { ...ownTopics(kafka!), window: 50, maxHeldBytes: 50_000 };
  const [a, b] = [await opened(t, topics), await opened(t, topics)];
  for (let i = 0; i < 900; i += 3) {
    const pair = [a, b].map((journal, by) =>
      insistently(journal, { ...decision(i), data: { ...decision(i).data, by } }),
    );
    await Promise.all([...pair, insistently(a, command(i)), insistently(b, decision(i + 1))]);
  }
  await settled(a);
  const records = await all(a);
  assert.ok(records.some(({ type }) => type === 'void'));
  const late = await opened(t, topics);
  assert.deepEqual(await all(late), records);
  for (const from of [2, 333, 640, records.length - 5])
    assert.deepEqual(await all(late, from), records.slice(from - 1));
  for (let sequence = 1; sequence <= records.length; sequence += 41)
    assert.deepEqual(await late.get(sequence), records[sequence - 1]);
  assert.deepEqual(await all(b), records);
});

test('what is older than the window is found by the index', { skip }, async (t) => {
  const topics = { ...ownTopics(kafka!), window: 20 };
  const places = new Map<string, { partition: number; offset: number }>();
  const index = { get: async (key: string) => places.get(key) };
  const a = await opened(t, { ...topics, index });
  a.subscribe(({ key, aliases = [], position }) => {
    for (const name of [key, ...aliases]) if (!places.has(name)) places.set(name, position!);
  });
  await append(a, numbers(1, 300).map(decision));
  const b = await opened(t, { ...topics, index });
  const records = await all(b);
  for (const i of [1, 50, 299]) {
    const record = records.find(({ key }) => key === `t:${i}`);
    assert.deepEqual(await b.find(`t:${i}`), record);
    assert.deepEqual(await b.find(`k:${i}`), record);
  }
  assert.equal(await b.find('t:301'), undefined);
  // An index that is wrong finds nothing rather than something else.
  places.set('t:301', { partition: 0, offset: 0 });
  assert.equal(await b.find('t:301'), undefined);
});

test('keys and models are read whole at the start, with their sequences', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const a = await opened(t, topics);
  await append(a, numbers(1, 20).map(decision));
  const control = (i: number): JournalEntry => ({
    type: 'key.create',
    at: i,
    key: `k:key_${i}`,
    data: { id: `key_${i}` },
  });
  for (const i of [1, 2, 3]) await a.enqueue(control(i)).durable;
  await append(a, numbers(21, 30).map(decision));
  const b = await opened(t, topics);
  const records: JournalRecord[] = [];
  for await (const record of b.control()) records.push(record);
  assert.deepEqual(
    records,
    (await all(a)).filter(({ type }) => type === 'key.create'),
  );
  assert.equal(records.length, 3);
});

test('what is no record of ours is void, and stops nothing', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const warnings: unknown[] = [];
  const a = await opened(t, { ...topics, onWarning: (warning) => warnings.push(warning) });
  await a.enqueue(decision(1)).durable;
  await produceForeign(topics.brokers, `${topics.namespace}.transactions.scored`);
  await append(a, numbers(2, 40).map(decision));
  const records = await all(a);
  assert.equal(records.length, 44);
  assert.equal(records.filter(({ type }) => type === 'void').length, 4);
  assert.ok(warnings.length >= 4);
});

/** One unreadable message into each of four partitions: other bytes, no value, a version to come, not of the journal. */
async function produceForeign(brokers: readonly string[], topic: string): Promise<void> {
  const { Producer } = await import('@platformatic/kafka');
  const producer = new Producer({ clientId: 'foreign', bootstrapBrokers: [...brokers] });
  const bytes = (text: string) => Buffer.from(text);
  const headers = (version: string, key: string) =>
    new Map([
      [bytes('v'), bytes(version)],
      [bytes('k'), bytes(key)],
    ]);
  await producer.send({
    messages: [
      { topic, partition: 0, value: bytes('\x00garbage') },
      { topic, partition: 1, value: bytes('{"type":"decision"}'), headers: headers('1', 't:f1') },
      { topic, partition: 2, value: bytes('{}'), headers: headers('99', 't:f2') },
      { topic, partition: 3, value: bytes('not JSON'), headers: headers('1', 't:f3') },
    ],
  });
  await producer.close();
}
