import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import type { RedisProfiles } from '../../src/adapters/redis/profiles.ts';
import { followDeleted } from '../../src/app/deleted.ts';
import { onlyWord } from '../../src/domain/event.ts';
import type { Position } from '../../src/domain/position.ts';
import { arrayJournal } from '../support/array-journal.ts';
import { hotMerchant } from '../support/hot-merchant.ts';
import { recordOf } from '../support/profile-deliveries.ts';
import { event, only, T0 } from '../support/profile-events.ts';
import { openedProfiles, ownNamespace, redisServer } from '../support/redis.ts';

const redis = await redisServer();
const { skip, server } = redis;
const DAY = 86_400_000;

/** A record that teaches nothing but its names. */
const named = (profiles: RedisProfiles, keys: string[], position: Position) =>
  profiles.insert(event(1, T0, [0, 0, 0, 0, 0, 0]), position, keys);

function admin(t: TestContext): Redis {
  const client = new Redis(server.url);
  t.after(() => client.disconnect());
  return client;
}

test('a key leads to its first record, whoever set it and in whatever order', { skip }, async (t) => {
  const namespace = ownNamespace();
  const [one, other] = [await openedProfiles(t, redis, { namespace }), await openedProfiles(t, redis, { namespace })];
  const at = (partition: number, offset: number) => ({ partition, offset });
  assert.equal(await one.get('t:1'), undefined);
  await named(one, ['t:1', 'i:key of a client'], at(2, 9_000_000_000));
  assert.deepEqual(await other.get('t:1'), at(2, 9_000_000_000));
  assert.deepEqual(await other.get('i:key of a client'), at(2, 9_000_000_000));
  await named(other, ['t:1'], at(2, 9_000_000_001));
  assert.deepEqual(await one.get('t:1'), at(2, 9_000_000_000), 'the smaller offset stays');
  await named(other, ['t:1'], at(2, 7));
  await named(other, ['t:1'], at(5, 0));
  assert.deepEqual(await one.get('t:1'), at(2, 7), 'within its partition; another partition changes nothing');
  await named(one, ['t:0'], at(0, 0));
  await named(one, ['t:0'], at(0, 1));
  assert.deepEqual(await one.get('t:0'), at(0, 0));
  await Promise.all(
    Array.from({ length: 400 }, (_, i) => named(i % 2 ? one : other, ['t:hot'], at(3, 500 + ((i * 7) % 400)))),
  );
  assert.deepEqual(await one.get('t:hot'), at(3, 500));
});

test("the log's consumer sets the keys of what it repeats, those of labels and commands too", { skip }, async (t) => {
  const profiles = await openedProfiles(t, redis);
  const log = hotMerchant(300).filter(({ position }) => position.partition === 1);
  const records = log.map((entry) => ({ ...recordOf(entry), keys: [`t:${entry.event.id}`, `i:${entry.event.id}`] }));
  records.push({ offset: records.length, keys: ['f:9'], learn: undefined });
  await profiles.repeat(1, records, records.length);
  for (const { event: one, position } of log) {
    assert.deepEqual(await profiles.get(`t:${one.id}`), position);
    assert.deepEqual(await profiles.get(`i:${one.id}`), position);
  }
  assert.deepEqual(await profiles.get('f:9'), { partition: 1, offset: log.length });
});

test('keys say nothing of what they are made from, and live for as long as is set', { skip }, async (t) => {
  const namespace = ownNamespace();
  const profiles = await openedProfiles(t, redis, { namespace, keyTtlDays: 3 });
  await named(profiles, ['t:order of ann@example.com'], { partition: 1, offset: 2 });
  const client = admin(t);
  assert.deepEqual(
    (await client.keys(`${namespace}:*`)).filter((key) => /ann|example|order/.test(key)),
    [],
  );
  const [name, ...more] = await client.keys(`${namespace}:k:*`);
  assert.deepEqual(more, []);
  assert.match(name, new RegExp(`^${namespace}:k:[\\w-]{22}$`));
  const left = await client.pttl(name);
  assert.ok(left > 3 * DAY - 60_000 && left <= 3 * DAY);
});

test('a key lives from when its record was appended, also where the log is repeated much later', {
  skip,
}, async (t) => {
  const namespace = ownNamespace();
  const profiles = await openedProfiles(t, redis, { namespace, keyTtlDays: 3 });
  const appended = (daysAgo: number, offset: number) => ({
    offset,
    keys: [`t:${daysAgo}`],
    at: Date.now() - daysAgo * DAY,
  });
  await profiles.repeat(0, [appended(4, 0), appended(2, 1), appended(0, 2)], 3);
  assert.equal(await profiles.get('t:4'), undefined);
  assert.deepEqual(await profiles.get('t:2'), { partition: 0, offset: 1 });
  const client = admin(t);
  const lives = await Promise.all((await client.keys(`${namespace}:k:*`)).map((name) => client.pttl(name)));
  assert.deepEqual(lives.map((ms) => Math.ceil(ms / DAY)).toSorted(), [1, 3]);
});

test('the ids of deleted transactions are known to every process', { skip }, async (t) => {
  const namespace = ownNamespace();
  const [one, other] = [await openedProfiles(t, redis, { namespace }), await openedProfiles(t, redis, { namespace })];
  assert.deepEqual(await one.loadDeleted(), new Set());
  await one.markDeleted([]);
  const ids = Array.from({ length: 5_000 }, (_, i) => (i === 7 ? 'é\u0000🦊' : `t${i}`));
  await one.markDeleted(ids);
  await one.markDeleted(['t1', 't2']);
  assert.deepEqual(await other.loadDeleted(), new Set(ids));
  assert.deepEqual([await other.isDeleted('é\u0000🦊'), await other.isDeleted('t7')], [true, false]);
});

test('what a process knows to be deleted, others know at once, without the log’s consumer, and again after Redis was emptied', {
  skip,
}, async (t) => {
  const namespace = ownNamespace();
  const [one, other] = [await openedProfiles(t, redis, { namespace }), await openedProfiles(t, redis, { namespace })];
  const told: object[] = [];
  const log = { warn: (fields: object) => void told.push(fields) };
  const journal = arrayJournal();
  const deleted = new Set<string>();
  let reconnected = () => {};
  const watched = { ...one, onReconnected: (listener: () => void) => void (reconnected = listener) };
  t.after(followDeleted(journal, watched, deleted, log));
  const follows = async (ids: string[]) => {
    while (!isDeepStrictEqual(await other.loadDeleted(), new Set(ids))) await sleep(5);
  };
  journal.append({ type: 'delete', at: T0, key: 'c:1', data: { transactionId: 'gone' } });
  await follows(['gone']);
  const late = new Set<string>();
  t.after(followDeleted(arrayJournal(), other, late, log));
  while (!late.has('gone')) await sleep(5);
  await admin(t).flushall();
  reconnected();
  await follows(['gone']);
  assert.deepEqual([[...deleted], told], [['gone'], []]);
});

test('an entity that is not seen for as long as is set is forgotten, whole; one that is seen stays', {
  skip,
}, async (t) => {
  const namespace = ownNamespace();
  const client = admin(t);
  let now = Date.now();
  const profiles = await openedProfiles(t, redis, { namespace, ttlDays: 10, clock: () => now });
  const expiries = async () => {
    const names = await client.keys(`${namespace}:3:p:*`);
    const times = await Promise.all(names.map((name) => client.call('EXPIRETIME', name)));
    return { parts: names.length, times: [...new Set(times as number[])] };
  };
  // Every part there is: rows, what fell out of them, labels of both generations.
  const dayOf = () => Math.floor(now / DAY);
  for (let i = 0; i < 700; i++)
    await profiles.insert(event(i + 1, T0 + i * 1000, [1, 0, 0, 0, 0, 0]), { partition: 0, offset: i });
  const label = (offset: number) => ({
    ...{
      offset,
      keys: [],
      label: { event: event(offset + 1000, T0 - offset, [1, 0, 0, 0, 0, 0]), words: [onlyWord(1)] },
    },
  });
  const labels = Array.from({ length: 4_200 }, (_, i) => label(i));
  await profiles.repeat(3, labels, labels.length);
  assert.deepEqual(await expiries(), { parts: 5, times: [((dayOf() + 11) * DAY) / 1000] });

  now += 4 * DAY;
  await profiles.insert(event(9_000, T0 + 1e9, [1, 0, 0, 0, 0, 0]), { partition: 0, offset: 700 });
  assert.deepEqual(await expiries(), { parts: 5, times: [((dayOf() + 11) * DAY) / 1000] });
  assert.equal((await profiles.fetch(only(0, 1))).profiles.get(0, 1)?.total, 701);

  // As if ten days had gone by for the server: the day that is written lies behind it.
  now = Date.now() - 12 * DAY;
  await profiles.insert(event(9_001, T0 + 1e9 + 1, [1, 0, 0, 0, 0, 0]), { partition: 0, offset: 701 });
  assert.deepEqual(await expiries(), { parts: 0, times: [] });
  const { profiles: view, degraded } = await profiles.fetch(only(0, 1));
  assert.deepEqual([view.get(0, 1), degraded], [undefined, false]);
});
