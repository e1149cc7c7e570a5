import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaJournal } from '../../src/adapters/kafka/journal.ts';
import { type LogConsumer, type LogConsumerOptions, openLogConsumer } from '../../src/adapters/kafka/log-consumer.ts';
import type { JournalRecord } from '../../src/journal/journal.ts';
import { all, append, command, decision, numbers, settled } from '../support/journal-contract.ts';
import { broker, noKafka, opened, ownTopics } from '../support/kafka.ts';

const kafka = await broker();
const skip = noKafka;

/** Keeps what was repeated, and how far, as a store would: a record at or before its position counts once. */
function store() {
  const positions = new Map<number, number>();
  const records = new Map<string, JournalRecord>();
  let twice = 0;
  return {
    positions,
    records,
    get twice() {
      return twice;
    },
    next: async (partition: number) => positions.get(partition) ?? 0,
    async repeat(partition: number, repeated: JournalRecord[], next: number) {
      let last = -1;
      for (const record of repeated) {
        assert.equal(record.position!.partition, partition);
        assert.ok(record.position!.offset > last && record.position!.offset < next);
        last = record.position!.offset;
        if (last < (positions.get(partition) ?? 0)) twice++;
        records.set(`${partition}:${last}`, record);
      }
      positions.set(partition, Math.max(next, positions.get(partition) ?? 0));
    },
  };
}

async function consuming(t: TestContext, options: LogConsumerOptions): Promise<LogConsumer> {
  const consumer = await openLogConsumer(options);
  t.after(() => consumer.close());
  return consumer;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !holds(); await sleep(10)) assert.ok(Date.now() < end, what);
}

/** All of the journal's records, but for keys and models, by place. */
async function wanted(journal: KafkaJournal): Promise<Map<string, string>> {
  await settled(journal);
  const records = (await all(journal)).filter(({ position, type }) => position!.partition <= 4 && type !== 'void');
  return new Map(records.map(({ position, key }) => [`${position!.partition}:${position!.offset}`, key]));
}

const keysOf = (records: Map<string, JournalRecord>) => new Map([...records].map(([place, { key }]) => [place, key]));

test('every record is repeated to the store, under the positions of the journal, and again from where it says', {
  skip,
}, async (t) => {
  const topics = ownTopics(kafka!);
  const journal = await opened(t, topics);
  await append(journal, [...numbers(1, 300).map(decision), ...numbers(1, 40).map(command)]);
  const kept = store();
  const consumer = await consuming(t, { ...topics, ...kept });
  const expected = await wanted(journal);
  await until('all are repeated', () => kept.records.size === 340);
  assert.deepEqual(new Map([...keysOf(kept.records)].toSorted()), new Map([...expected].toSorted()));
  assert.deepEqual(kept.records.get([...kept.records.keys()][0])!.vector?.length ?? 3, 3);
  // The store has lost its newest writes, and says where it stands now.
  for (const [partition, next] of kept.positions) kept.positions.set(partition, Math.max(0, next - 10));
  kept.records.clear();
  consumer.seek();
  await until('what was lost is repeated', () => kept.records.size === 50);
  await append(journal, numbers(301, 400).map(decision));
  await until('and it goes on', () => kept.records.size === 150);
  assert.equal(kept.twice, 0);
  await until('nothing lags', () => [...consumer.stats().lag.values()].every((lag) => lag === 0));
  assert.equal(consumer.stats().lag.size, 5);
});

test('a store that is away is waited for; partitions are shared, and taken over', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const journal = await opened(t, topics);
  const kept = store();
  let away = false;
  const options: LogConsumerOptions = {
    ...topics,
    async next(partition) {
      if (away) throw new Error('away');
      return kept.next(partition);
    },
    async repeat(partition, records, next) {
      if (away) throw new Error('away');
      await kept.repeat(partition, records, next);
    },
  };
  const first = await consuming(t, options);
  await append(journal, numbers(1, 100).map(decision));
  await until('one repeats', () => kept.records.size === 100);
  const second = await consuming(t, options);
  await until(
    'two share',
    () => first.stats().lag.size > 0 && second.stats().lag.size > 0 && first.stats().lag.size < 5,
  );
  away = true;
  await append(journal, numbers(101, 200).map(decision));
  await sleep(200);
  assert.equal(kept.records.size, 100);
  away = false;
  await until('what waited is repeated', () => kept.records.size === 200);
  await second.close();
  await append(journal, [...numbers(201, 300).map(decision), ...numbers(1, 20).map(command)]);
  await until('one has all again', () => kept.records.size === 320);
  assert.equal(kept.twice, 0);
});

test('what is void is not repeated, wherever the store says to begin', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const journals = [await opened(t, topics), await opened(t, topics)];
  const tries = numbers(1, 40).flatMap((i) => journals.map((journal) => journal.enqueue(decision(i)).durable));
  await Promise.all(tries);
  const expected = await wanted(journals[0]);
  assert.ok([...expected.keys()].length === 40 && (await all(journals[0])).length > 60, 'both wrote most of them');
  // One knows from its journal which are void, another finds out by itself.
  for (const voids of [journals[0].voids, undefined]) {
    const kept = store();
    const consumer = await consuming(t, {
      ...topics,
      ...kept,
      groupId: `voids-${!!voids}`,
      ...(voids ? { voids } : {}),
    });
    await until('all are repeated', () => kept.records.size >= 40);
    assert.deepEqual(keysOf(kept.records), new Map([...expected].filter(([place]) => kept.records.has(place))));
    const late = (place: string) =>
      Number(place.split(':')[1]) >= kept.positions.get(Number(place.split(':')[0]))! - 12;
    const again = [...expected].filter(([place]) => late(place));
    for (const [partition, next] of kept.positions) kept.positions.set(partition, Math.max(0, next - 12));
    const before = new Map(kept.positions);
    kept.records.clear();
    consumer.seek();
    await until('the last are repeated', () => [...before].every(([p, from]) => kept.positions.get(p)! >= from + 12));
    assert.deepEqual(new Map([...keysOf(kept.records)].toSorted()), new Map(again.toSorted()));
    await consumer.close();
  }
});

test('several that start at once on topics that are not there yet agree', { skip }, async (t) => {
  const topics = ownTopics(kafka!);
  const journals = await Promise.all(numbers(1, 4).map(() => opened(t, topics)));
  await Promise.all(journals.map((journal, i) => append(journal, numbers(i * 50, i * 50 + 49).map(decision))));
  const views = [];
  for (const journal of journals) {
    await settled(journal);
    views.push(await all(journal));
  }
  assert.equal(views[0].length, 200);
  for (const view of views) assert.deepEqual(view, views[0]);
});
