import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Producer } from '@platformatic/kafka';
import { clientOptions, createLogClient } from '../../src/adapters/kafka/client.ts';
import { type KafkaOptions, MAX_MESSAGE_BYTES } from '../../src/adapters/kafka/options.ts';
import { openRawTopic, type RawTopic } from '../../src/adapters/kafka/raw.ts';
import type { RawConsumer, RawConsumerOptions } from '../../src/adapters/kafka/raw-consumer.ts';
import { type RawMessage, rawMessageOf } from '../../src/adapters/kafka/raw-message.ts';
import { ensureTopics } from '../../src/adapters/kafka/topics.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { numbers } from '../support/journal-contract.ts';
import { broker, noKafka, ownTopics } from '../support/kafka.ts';

const kafka = await broker();
const skip = noKafka;

async function rawTopic(t: TestContext, options: KafkaOptions): Promise<RawTopic> {
  const raw = await openRawTopic(options);
  t.after(() => raw.close());
  return raw;
}

function consuming(t: TestContext, raw: RawTopic, options: RawConsumerOptions): RawConsumer {
  const consumer = raw.consume(options);
  t.after(() => consumer.close());
  return consumer;
}

async function until(what: string, holds: () => boolean, withinMs = 30_000): Promise<void> {
  for (const end = Date.now() + withinMs; !holds(); await sleep(10)) assert.ok(Date.now() < end, what);
}

const sendAll = (raw: RawTopic, ids: number[], users = 20) =>
  Promise.all(ids.map((i) => raw.send({ key: `u${i % users}`, value: `m${i}` })));

test('messages of one key come in order, of several keys at the same time, no more than allowed', {
  skip,
}, async (t) => {
  const raw = await rawTopic(t, ownTopics(kafka!));
  await sendAll(raw, numbers(1, 400));
  const byUser = new Map<string, number[]>();
  const busy = new Set<string>();
  let most = 0;
  const consumer = consuming(t, raw, {
    concurrency: 8,
    async handle({ key, value, headers }) {
      assert.deepEqual(headers, {});
      assert.ok(!busy.has(key!), 'one after the other');
      busy.add(key!);
      most = Math.max(most, busy.size);
      await sleep(1);
      busy.delete(key!);
      byUser.set(key!, [...(byUser.get(key!) ?? []), Number(value.toString().slice(1))]);
    },
  });
  await until('all are handled', () => consumer.stats().handled === 400);
  assert.ok(most > 1 && most <= 8);
  for (const ids of byUser.values())
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
  await until('nothing lags', () => [...consumer.stats().lag.values()].every((lag) => lag === 0));
});

test('members come and go: nothing is lost, and what was done is not done again', { skip }, async (t) => {
  const raw = await rawTopic(t, ownTopics(kafka!));
  const times = new Map<string, number>();
  const assigned = new Map<string, number[]>();
  const member = (name: string) =>
    consuming(t, raw, {
      onAssigned: (partitions) => assigned.set(name, partitions),
      async handle({ value }) {
        await sleep(2);
        times.set(value.toString(), (times.get(value.toString()) ?? 0) + 1);
      },
    });
  const first = member('first');
  let sent = 0;
  let stop = false;
  const sending = (async () => {
    while (!stop) {
      await sendAll(raw, numbers(sent, sent + 49));
      sent += 50;
      await sleep(20);
    }
  })();
  await until('one has all', () => assigned.get('first')?.length === 4);
  const second = member('second');
  await until('two share', () => assigned.get('first')?.length === 2 && assigned.get('second')?.length === 2);
  await until('both work', () => second.stats().handled > 200);
  await second.close();
  await until('one has all again', () => assigned.get('first')?.length === 4);
  const before = first.stats().handled;
  await until('and works', () => first.stats().handled > before + 200);
  stop = true;
  await sending;
  await until('all are handled', () => times.size === sent);
  await sleep(300);
  assert.deepEqual(
    [...times.values()].filter((count) => count !== 1),
    [],
  );
});

test('what could not be done before a partition went to another member is left to that member', { skip }, async (t) => {
  const raw = await rawTopic(t, ownTopics(kafka!));
  await sendAll(raw, numbers(1, 100));
  const assigned = new Map<string, number[]>();
  let tried: number[] = [];
  consuming(t, raw, {
    drainMs: 500,
    onAssigned: (partitions) => assigned.set('first', partitions),
    async handle({ partition }) {
      tried.push(partition);
      throw new AssayError('unavailable', 'What it needs is away.');
    },
  });
  await until('all are tried', () => new Set(tried).size === 4);
  const done = new Set<string>();
  consuming(t, raw, {
    onAssigned: (partitions) => assigned.set('second', partitions),
    handle: async ({ value }) => void done.add(value.toString()),
  });
  await until('two share', () => assigned.get('first')?.length === 2 && assigned.get('second')?.length === 2);
  tried = [];
  // Longer than the longest pause between two tries.
  await sleep(4_500);
  assert.deepEqual([...new Set(tried)].sort(), [...assigned.get('first')!].sort());
  assert.ok(done.size > 0);
});

test('a member that is killed: its messages are done by another', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const raw = await rawTopic(t, topics);
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'support', 'kafka-worker.ts')], {
    env: { ...process.env, OPTIONS: JSON.stringify({ ...topics, sessionMs: 6_000 }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const done = new Set<string>();
  createInterface({ input: child.stdout! }).on('line', (line) => done.add(line));
  await sendAll(raw, numbers(1, 500));
  await until('the other works', () => done.size > 100);
  const consumer = consuming(t, raw, {
    async handle({ value }) {
      done.add(value.toString());
    },
  });
  await sendAll(raw, numbers(501, 1_000));
  await killed(child);
  await sendAll(raw, numbers(1_001, 1_200));
  await until('all are handled', () => done.size === 1_200);
  assert.ok(consumer.stats().handled >= 200);
});

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

test('what cannot be read goes to the dead with the reason, and stops nothing', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const raw = await rawTopic(t, topics);
  const buried: RawMessage[] = [];
  let faults = 0;
  let outages = 0;
  const consumer = consuming(t, raw, {
    onDead: (message) => buried.push(message),
    async handle({ value }) {
      const text = value.toString();
      if (text === 'poison')
        throw new AssayError('invalid_request', 'It is wrong', {
          errors: [{ path: '/amount', message: 'is missing' }],
        });
      if (text === 'fault') {
        faults++;
        throw new TypeError('a bug');
      }
      if (text === 'outage' && ++outages < 4) throw new AssayError('unavailable', 'Away');
    },
  });
  const users = numbers(1, 8).map((i) => `u${i}`);
  for (const key of users) {
    await raw.send({ key, value: 'poison', headers: { trace: `of ${key}` } });
    await raw.send({ key, value: 'fine' });
  }
  await raw.send({ key: 'u1', value: 'fault' });
  await raw.send({ key: 'u1', value: 'outage' });
  await raw.send({ key: 'u1', value: Buffer.of(0xff, 0xfe) });
  await until('all are done', () => consumer.stats().handled === 10 && consumer.stats().dead === 9);
  assert.equal(faults, 3);
  assert.equal(outages, 4);
  const dead = await readDead(topics, 9);
  const poisoned = dead.filter(({ value }) => value.toString() === 'poison');
  assert.deepEqual(poisoned.map(({ key }) => key).toSorted(), users);
  for (const { key, headers } of poisoned) {
    const source = buried.find((message) => message.key === key && message.value.toString() === 'poison')!;
    assert.deepEqual(headers, {
      trace: `of ${key}`,
      'assay-reason': 'It is wrong',
      'assay-code': 'invalid_request',
      'assay-errors': '[{"path":"/amount","message":"is missing"}]',
      'assay-topic': `${topics.namespace}.transactions.raw`,
      'assay-partition': String(source.partition),
      'assay-offset': String(source.offset),
      'assay-timestamp': String(source.timestamp),
    });
  }
  assert.equal(dead.find(({ value }) => value.toString() === 'fault')?.headers['assay-code'], 'internal');
});

test('a message that is too large to be copied goes to the dead without its value', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const raw = await rawTopic(t, topics);
  const { names } = await ensureTopics(topics);
  const consumer = consuming(t, raw, {
    async handle({ value }) {
      if (value.length > 10) throw new AssayError('invalid_request', 'It is wrong');
    },
  });
  // As large as the topic takes from a producer that is not Assay's.
  const producer = new Producer({ ...clientOptions(topics, 'outside'), autocreateTopics: false });
  t.after(() => producer.close());
  const value = Buffer.alloc(MAX_MESSAGE_BYTES - 2_000, 'x');
  await producer.send({ messages: [{ topic: names.raw, partition: 2, key: Buffer.from('u1'), value }] });
  await raw.send({ key: 'u1', value: 'fine' });
  await until('both are done', () => consumer.stats().dead === 1 && consumer.stats().handled === 1);
  await until('nothing lags', () => [...consumer.stats().lag.values()].every((lag) => lag === 0));
  const [dead] = await readDead(topics, 1);
  assert.deepEqual([dead.key, dead.value.length, dead.headers['assay-value-bytes']], ['u1', 0, String(value.length)]);
  assert.deepEqual([dead.headers['assay-partition'], dead.headers['assay-reason']], ['2', 'It is wrong']);
});

async function readDead(topics: KafkaOptions, count: number): Promise<RawMessage[]> {
  const { names } = await ensureTopics(topics);
  const space = { at: [{ topic: names.dead, partition: 0 }], numberOf: () => 0 };
  const client = createLogClient(topics, space, 'dead');
  const leaders = await client.leaders([0]);
  const messages: RawMessage[] = [];
  for (let next = 0; messages.length < count; ) {
    const [fetched] = await client.fetch(leaders.get(0)!, new Map([[0, next]]), 100, 1_000_000);
    next = fetched?.next ?? next;
    messages.push(...(fetched?.records ?? []).map(rawMessageOf));
  }
  await client.close();
  return messages;
}

test('a broker that restarts: sends go on, and all that was taken is handled', { skip }, async (t) => {
  const raw = await rawTopic(t, ownTopics(kafka!));
  const handled = new Set<string>();
  const consumer = consuming(t, raw, {
    async handle({ value }) {
      handled.add(value.toString());
    },
  });
  const taken = new Set<string>();
  let stop = false;
  const sending = numbers(0, 7).map(async (sender) => {
    for (let i = 0; !stop; i++) {
      const value = `m${sender}_${i}`;
      const sent = raw.send({ key: `u${sender}`, value });
      await sent.then(() => taken.add(value)).catch((error) => assert.equal(error.code, 'unavailable'));
    }
  });
  await until('it works', () => handled.size > 200);
  await kafka!.restart();
  const before = handled.size;
  await until('it works again', () => handled.size > before + 200);
  stop = true;
  await Promise.all(sending);
  await until('all are handled', () => [...taken].every((value) => handled.has(value)));
  assert.ok(consumer.stats().healthy && raw.stats().healthy);
});
