import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogClient } from '../../src/adapters/kafka/client.ts';
import type { KafkaOptions } from '../../src/adapters/kafka/options.ts';
import { openRawTopic } from '../../src/adapters/kafka/raw.ts';
import type { RawConsumer } from '../../src/adapters/kafka/raw-consumer.ts';
import { ensureTopics } from '../../src/adapters/kafka/topics.ts';
import { confluent, noConfluent } from '../support/confluent.ts';
import { broker, noKafka, ownTopics } from '../support/kafka.ts';

const skip = noKafka ?? noConfluent;
const kafka = skip ? undefined : await broker();
const { ask } = skip ? { ask: async () => ({}) } : confluent('produce.py');

let made = 0;

/** A producer of its own; transactional unless told otherwise. */
async function producer(config: object = {}, transactional = true) {
  const name = `p${++made}`;
  const quiet = { log_level: 0 };
  const own = transactional ? { 'transactional.id': name, 'transaction.timeout.ms': 60_000 } : {};
  await ask({ producer: name, config: { 'bootstrap.servers': kafka!.brokers.join(), ...quiet, ...own, ...config } });
  const told = (what: string) => () => ask({ producer: name, do: what });
  return {
    ...{ begin: told('begin'), commit: told('commit'), abort: told('abort') },
    send: (topic: string, partition: number, values: string[]) =>
      ask({ ...{ producer: name, do: 'send', topic, partition }, values: values.map((text) => btoa(text)) }),
  };
}

interface Trial {
  topics: KafkaOptions;
  topic: string;
  got: string[];
  consumer: RawConsumer;
  /** Until so many came; then a moment more for what should not come. */
  settled(count: number): Promise<string[]>;
}

async function consuming(t: TestContext): Promise<Trial> {
  const topics = ownTopics(kafka!);
  const raw = await openRawTopic(topics);
  const got: string[] = [];
  const consumer = raw.consume({ handle: async ({ value }) => void got.push(value.toString().slice(0, 12)) });
  t.after(async () => {
    await consumer.close();
    await raw.close();
  });
  const { names } = await ensureTopics(topics);
  const settled = async (count: number) => {
    for (const end = Date.now() + 20_000; got.length < count && Date.now() < end; ) await sleep(10);
    await sleep(700);
    return got.toSorted();
  };
  return { topics, topic: names.raw, got, consumer, settled };
}

const lagOf = ({ consumer }: Trial) => [...consumer.stats().lag.values()].reduce((sum, one) => sum + one, 0);
const padded = (name: string) => name.padEnd(100_000, '.');
const named = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

test('two aborted transactions of one producer in one fetch, committed ones around them', { skip }, async (t) => {
  const trial = await consuming(t);
  const one = await producer();
  for (const [name, end] of [
    ['before', 'commit'],
    ['lost1', 'abort'],
    ['between', 'commit'],
    ['lost2', 'abort'],
    ['lost3', 'abort'],
    ['after', 'commit'],
  ] as const) {
    await one.begin();
    await one.send(trial.topic, 0, [name]);
    await one[end]();
  }
  assert.deepEqual(await trial.settled(3), ['after', 'before', 'between']);
  assert.equal(lagOf(trial), 0);
});

test('an aborted transaction larger than a fetch, its marker in a later one, others interleaved', {
  skip,
}, async (t) => {
  const trial = await consuming(t);
  const [large, other, plain] = [await producer(), await producer(), await producer({}, false)];
  await large.begin();
  await other.begin();
  for (let i = 0; i < 6; i++) {
    await large.send(trial.topic, 1, named(`large${i}`, 5).map(padded));
    await other.send(trial.topic, 1, [`kept${i}`]);
    await plain.send(trial.topic, 1, [padded(`plain${i}`)]);
  }
  await other.commit();
  await large.abort();
  const got = (await trial.settled(12)).map((text) => text.replaceAll('.', ''));
  assert.deepEqual(got, [...named('kept', 6), ...named('plain', 6)]);
});

test('an open transaction waits, what is behind it in its partition too, and nothing else does', {
  skip,
}, async (t) => {
  const trial = await consuming(t);
  const [one, plain] = [await producer(), await producer({}, false)];
  await one.begin();
  await one.send(trial.topic, 2, ['open']);
  await plain.send(trial.topic, 2, ['behind']);
  await plain.send(trial.topic, 3, ['beside']);
  assert.deepEqual(await trial.settled(1), ['beside']);
  // What may not be read yet is not behind.
  assert.equal(lagOf(trial), 0);
  await plain.send(trial.topic, 3, ['beside too']);
  assert.deepEqual(await trial.settled(2), ['beside', 'beside too']);
  await one.commit();
  assert.deepEqual(await trial.settled(4), ['behind', 'beside', 'beside too', 'open']);
  await one.begin();
  await one.send(trial.topic, 2, ['never']);
  await one.abort();
  assert.deepEqual(await trial.settled(4), ['behind', 'beside', 'beside too', 'open']);
});

test('from whatever offset and however little at a time: only what is committed', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const { names, raw } = await ensureTopics(topics);
  const producers = await Promise.all([producer(), producer(), producer()]);
  const kept: string[] = [];
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const open = new Map<number, string[]>();
  for (let i = 0; i < 60; i++) {
    const which = random(producers.length);
    const own = open.get(which);
    if (!own) {
      await producers[which].begin();
      open.set(which, []);
    } else if (random(3) > 0) {
      own.push(`m${i}`);
      await producers[which].send(names.raw, 0, [`m${i}`]);
    } else {
      const commits = random(2) === 0;
      await (commits ? producers[which].commit() : producers[which].abort());
      if (commits) kept.push(...own);
      open.delete(which);
    }
  }
  for (const which of open.keys()) await producers[which].abort();
  const client = createLogClient(topics, raw, 'trial', { committed: true });
  t.after(() => client.close());
  const node = (await client.leaders([0])).get(0)!;
  const end = (await client.latest([0])).get(0)!;
  const offsets = new Map<string, number>();
  for (let from = 0; from < end; from++) {
    const got: string[] = [];
    for (let next = from; next < end; ) {
      const [fetched] = await client.fetch(node, new Map([[0, next]]), 100, 100);
      for (const { value, offset } of fetched.records) {
        got.push(value!.toString());
        if (from === 0) offsets.set(value!.toString(), offset);
      }
      assert.equal(fetched.end, end);
      next = fetched.next;
    }
    assert.deepEqual(got.toSorted(), kept.filter((name) => offsets.get(name)! >= from || from === 0).toSorted());
  }
});

test('every codec of a real producer is read', { skip }, async (t) => {
  const trial = await consuming(t);
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    const one = await producer({ 'compression.type': codec, 'linger.ms': 50 });
    await one.begin();
    await one.send(trial.topic, 0, named(`${codec}-`, 3).map(padded));
    await one.commit();
  }
  const got = (await trial.settled(15)).map((text) => text.replaceAll('.', ''));
  assert.deepEqual(got, ['none', 'gzip', 'snappy', 'lz4', 'zstd'].flatMap((codec) => named(`${codec}-`, 3)).sort());
});
