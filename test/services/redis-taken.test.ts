import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { hotMerchant } from '../support/hot-merchant.ts';
import { recordOf } from '../support/profile-deliveries.ts';
import { event, type LogEntry, only, T0 } from '../support/profile-events.ts';
import { openedProfiles, ownNamespace, redisServer } from '../support/redis.ts';
import { admin, assertShows, events, insertAll, total, unavailable } from '../support/redis-faults.ts';

const redis = await redisServer();
const { skip } = redis;

/** What one partition holds, as it was decided. */
const partitionOf = (log: readonly LogEntry[], partition: number) =>
  events(log).filter(({ position }) => position.partition === partition);
const offsetsOf = (log: readonly LogEntry[]) => log.map(({ position }) => position.offset);

async function two(t: TestContext) {
  const namespace = ownNamespace();
  return [await openedProfiles(t, redis, { namespace }), await openedProfiles(t, redis, { namespace })] as const;
}

test('what one process inserted, the consumer of another passes; the rest it takes', { skip }, async (t) => {
  const [one, other] = await two(t);
  const log = partitionOf(hotMerchant(200), 1);
  const [inserted, left] = [log.filter((_, i) => i % 3 > 0), log.filter((_, i) => i % 3 === 0)];
  await insertAll(one, inserted);
  assert.deepEqual(await other.untaken(1, offsetsOf(log)), offsetsOf(left));
  const next = log.at(-1)!.position.offset + 1;
  await other.repeat(1, left.map(recordOf), next, offsetsOf(inserted));
  assert.equal(await one.next(1), next);
  await insertAll(one, log);
  await assertShows(one, log);
  await assertShows(other, log);
});

test('the position never moves past a record that nobody has taken', { skip }, async (t) => {
  const [profiles] = await two(t);
  const log = partitionOf(hotMerchant(100), 2);
  const next = log.at(-1)!.position.offset + 1;
  await insertAll(profiles, log.slice(1));
  await assert.rejects(profiles.repeat(2, [], next, offsetsOf(log)), unavailable);
  assert.equal(await profiles.next(2), 0);
  await profiles.repeat(2, [recordOf(log[0])], next, offsetsOf(log.slice(1)));
  await assertShows(profiles, log);
});

test('a server that is emptied after the consumer has looked is given everything again', { skip }, async (t) => {
  const [profiles] = await two(t);
  const log = partitionOf(hotMerchant(100), 0);
  const next = log.at(-1)!.position.offset + 1;
  await insertAll(profiles, log);
  await profiles.next(0);
  assert.deepEqual(await profiles.untaken(0, offsetsOf(log)), []);
  let told = 0;
  profiles.onReconnected(() => told++);
  await admin(t, redis).flushall();
  await assert.rejects(profiles.repeat(0, [], next, offsetsOf(log)), unavailable);
  assert.ok(told > 0, 'the consumer is told to begin anew');
  assert.equal(await profiles.next(0), 0);
  await profiles.repeat(0, log.map(recordOf), next);
  await assertShows(profiles, log);
});

test('marks go once the position has passed them, and what was passed is not taken again', { skip }, async (t) => {
  const namespace = ownNamespace();
  const profiles = await openedProfiles(t, redis, { namespace });
  const client = admin(t, redis);
  const at = (offset: number) => ({ offset, keys: [], learn: event(offset + 1, T0 + offset, [0, 0, 0, 0, 5, 0]) });
  const marks = async () => (await client.keys(`${namespace}:3:taken:*`)).sort();
  const offsets = [3, 65_535, 65_536, 200_000];
  for (const offset of offsets) await profiles.insert(at(offset).learn, { partition: 7, offset });
  assert.deepEqual(
    await marks(),
    ['0', '1', '3'].map((part) => `${namespace}:3:taken:7:${part}`),
  );
  assert.equal(await profiles.next(7), 0);
  await profiles.repeat(7, [], 65_536, offsets.slice(0, 2));
  assert.deepEqual(
    await marks(),
    ['1', '3'].map((part) => `${namespace}:3:taken:7:${part}`),
  );
  await profiles.repeat(7, [at(100_000)], 262_144, offsets.slice(2));
  assert.deepEqual(await marks(), []);
  for (const offset of offsets) await profiles.insert(at(offset).learn, { partition: 7, offset });
  assert.deepEqual(await marks(), []);
  assert.equal(await total(profiles), 5);
  assert.equal((await profiles.fetch(only(4, 5))).degraded, false);
});

test('a process need not read again what it inserted, and sees what others did', { skip }, async (t) => {
  const [one, other] = await two(t);
  const log = events(hotMerchant(900, 3));
  await one.fetch(only(4, 5));
  await insertAll(one, log.slice(0, 1));
  await one.fetch(only(4, 5));
  const before = one.stats();
  await insertAll(one, log.slice(1, 700));
  assert.equal(await total(one), 700);
  const after = one.stats();
  assert.deepEqual([after.newest - before.newest, after.whole - before.whole], [0, 0], 'nothing was read');
  await insertAll(other, log.slice(700, 720));
  await insertAll(one, log.slice(720));
  assert.equal(await total(one), log.length);
  await assertShows(one, log);
  await assertShows(other, log);
});
