import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { RedisProfiles, RedisProfilesOptions } from '../../src/adapters/redis/profiles.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { hotMerchant } from '../support/hot-merchant.ts';
import { naiveContent } from '../support/naive-profile.ts';
import { consume } from '../support/profile-consumer.ts';
import { contentOf, entitiesOf, type LogEntry, only } from '../support/profile-events.ts';
import { openedProfiles, ownNamespace, redisServer } from '../support/redis.ts';

// Nothing on disk but what a test saves: a restart is a loss.
const redis = await redisServer({ appendonly: 'no' });
const { skip, server } = redis;
const limits = { skip, timeout: 120_000 };
const merchant = only(4, 5);

/** Profiles and what they log. */
async function opened(t: TestContext, options: Partial<RedisProfilesOptions> = {}) {
  const said: string[] = [];
  const log = {
    info: (_: object, text: string) => said.push(text),
    warn: (_: object, text: string) => said.push(text),
  };
  return { said, profiles: await openedProfiles(t, redis, { log, ...options }) };
}

function admin(t: TestContext): Redis {
  const client = new Redis(server.url, { enableOfflineQueue: true });
  client.on('error', () => {});
  t.after(() => client.disconnect());
  return client;
}

async function assertShows(profiles: RedisProfiles, log: readonly LogEntry[]): Promise<void> {
  for (const { type, key } of entitiesOf(log.map(({ event }) => event))) {
    const { profiles: view, degraded } = await profiles.fetch(only(type, key));
    assert.equal(degraded, false);
    assert.deepEqual(contentOf(view, type, key), naiveContent(view.layouts[type], type, key, log));
  }
}

const events = (log: readonly LogEntry[]) => log.filter(({ label }) => label === undefined);
async function insertAll(profiles: RedisProfiles, log: readonly LogEntry[]): Promise<void> {
  const left = events(log);
  while (left.length > 0)
    await Promise.all(left.splice(0, 50).map(({ event, position }) => profiles.insert(event, position)));
}
const total = async (profiles: RedisProfiles) => (await profiles.fetch(merchant)).profiles.get(4, 5)?.total;
const unavailable = (error: unknown) => error instanceof AssayError && error.code === 'unavailable';

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(20);
}

const isBack = async (profiles: RedisProfiles) => !(await profiles.fetch(merchant)).degraded;

test('a server that stands still: decisions go on from what is known, within their deadline', limits, async (t) => {
  const { profiles, said } = await opened(t, { deadlineMs: 50 });
  const log = hotMerchant(300);
  const decided = events(log);
  for (const { event, position } of decided.slice(0, 100)) await profiles.insert(event, position);
  assert.equal(await total(profiles), 100);
  process.kill(server.pid!, 'SIGSTOP');
  try {
    const { profiles: view, degraded } = await profiles.fetch(merchant);
    assert.equal(degraded, true);
    assert.equal(view.get(4, 5)?.total, 100, 'as it was last seen');
    assert.equal(view.get(0, 1), undefined);
    for (const { event, position } of decided.slice(100)) {
      await assert.rejects(profiles.insert(event, position), unavailable);
      assert.equal((await profiles.fetch(event.entities)).degraded, true);
    }
    assert.equal(profiles.healthy, false);
    await assert.rejects(profiles.get('t:1'), unavailable);
    assert.equal(said.filter((text) => text.includes('does not take')).length, 1, 'said once');
  } finally {
    process.kill(server.pid!, 'SIGCONT');
  }
  const consumer = consume(t, profiles, log);
  await consumer.caughtUp();
  await consumer.stop();
  await until(() =>
    profiles.insert(decided[0].event, decided[0].position).then(
      () => isBack(profiles),
      () => false,
    ),
  );
  assert.equal(profiles.healthy, true);
  await assertShows(profiles, log);
});

test('a server that is killed and comes back without its newest writes: the log repeats them', limits, async (t) => {
  const { profiles } = await opened(t);
  const log = hotMerchant(1200);
  const follows: LogEntry[] = log.slice(0, 600);
  const consumer = consume(t, profiles, follows);
  await insertAll(profiles, follows);
  await consumer.caughtUp();
  await admin(t).save();
  follows.push(...log.slice(600));
  await insertAll(profiles, follows);
  await consumer.caughtUp();
  await assertShows(profiles, log);
  const { seeks } = consumer.stats;

  await server.kill();
  assert.equal((await profiles.fetch(merchant)).degraded, true);
  await assert.rejects(profiles.insert(log[0].event, log[0].position), unavailable);
  await server.restart();
  await until(() =>
    profiles.insert(log[0].event, log[0].position).then(
      () => isBack(profiles),
      () => false,
    ),
  );
  await until(async () => consumer.stats.seeks > seeks);
  await consumer.caughtUp();
  await assertShows(profiles, log);
  await consumer.stop();
});

test('a server that is killed again and again while all go on', limits, async (t) => {
  const { profiles } = await opened(t);
  const log = hotMerchant(2000, 9);
  const follows: LogEntry[] = [];
  const consumer = consume(t, profiles, follows);
  const client = admin(t);
  let going = true;
  const killing = (async () => {
    for (let i = 0; i < 4; i++) {
      await sleep(150);
      if (i % 2) await client.save().catch(() => {});
      await server.kill();
      await server.restart();
    }
    going = false;
  })();
  for (let i = 0; i < log.length; i += 50) {
    follows.push(...log.slice(i, i + 50));
    await insertAll(profiles, log.slice(i, i + 50)).catch((error) => assert.ok(unavailable(error)));
    if (going) await sleep(30);
  }
  await killing;
  await until(() =>
    profiles.insert(log[0].event, log[0].position).then(
      () => isBack(profiles),
      () => false,
    ),
  );
  await until(async () => (await profiles.next(0).catch(() => -1)) >= 0);
  await consumer.caughtUp();
  await assertShows(profiles, log);
  await consumer.stop();
});

test('a server that is emptied, also in the middle of a repeat: rebuilt from the log', limits, async (t) => {
  const { profiles } = await opened(t);
  const client = admin(t);
  const log = hotMerchant(1500, 4);
  const consumer = consume(t, profiles, log, { batch: 100 });
  const inserting = insertAll(profiles, log);
  for (let i = 0; i < 12; i++) {
    await sleep(7 * (i % 5));
    await client.flushall();
  }
  await inserting;
  await until(async () =>
    (await Promise.all([0, 1, 2, 3].map(profiles.next))).every((next, p) => next === ends(log)[p]),
  );
  await assertShows(profiles, log);
  await consumer.stop();
  assert.ok(consumer.stats.seeks > 4, 'the consumer began anew');
});

const ends = (log: readonly LogEntry[]) =>
  [0, 1, 2, 3].map((partition) => log.filter(({ position }) => position.partition === partition).length);

test('decisions are marked while an emptied server is rebuilt', limits, async (t) => {
  const { profiles, said } = await opened(t, { behindRecords: 100 });
  const client = admin(t);
  const log = hotMerchant(1200, 8);
  const before = log.slice(0, 1000);
  let consumer = consume(t, profiles, before);
  await insertAll(profiles, before);
  await consumer.caughtUp();
  await consumer.stop();
  await profiles.insert(before[0].event, before[0].position);
  assert.equal((await profiles.fetch(merchant)).degraded, false);
  said.length = 0;
  await client.flushall();
  const [next, later] = events(log.slice(1000));
  await profiles.insert(next.event, next.position);
  const { profiles: view, degraded } = await profiles.fetch(merchant);
  assert.deepEqual([degraded, view.get(4, 5)?.total, profiles.healthy], [true, 1, true]);
  consumer = consume(t, profiles, log);
  await consumer.caughtUp();
  await consumer.stop();
  await profiles.insert(later.event, later.position);
  await assertShows(profiles, log);
  assert.deepEqual(
    said.filter((text) => text.includes('profiles are')).map((text) => text.split(':')[0]),
    ['profiles are being rebuilt from the log', 'profiles are rebuilt'],
  );
});

test('a full memory: decisions go on, marked, and the log repeats what was refused', limits, async (t) => {
  const { profiles, said } = await opened(t);
  const client = admin(t);
  const log = hotMerchant(3000, 2);
  const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))![1]);
  await client.config('SET', 'maxmemory', used + 600_000);
  const consumer = consume(t, profiles, log);
  const seen: (number | undefined)[] = [];
  try {
    let refused = 0;
    for (const { event, position } of events(log)) {
      const error = await profiles.insert(event, position).then(
        () => undefined,
        (reason) => reason,
      );
      if (error === undefined) continue;
      assert.ok(unavailable(error));
      assert.match(error.message, /OOM/);
      if (++refused === 200) break;
      const { profiles: view, degraded } = await profiles.fetch(event.entities);
      assert.equal(degraded, true);
      seen.push(view.get(4, 5)?.total);
    }
    assert.equal(refused, 200);
    assert.equal(profiles.healthy, false);
    assert.ok(
      seen.every((count) => count! > 100),
      'what Redis has is read',
    );
    const begun = said.filter((text) => text.includes('does not take')).length;
    assert.equal(begun - said.filter((text) => text.includes('takes')).length, 1, `said when it began: ${said}`);
    await assert.rejects(profiles.set(['t:1'], { partition: 0, offset: 1 }), /OOM/);
  } finally {
    await client.config('SET', 'maxmemory', 0);
  }
  await insertAll(profiles, log);
  await consumer.caughtUp();
  await consumer.stop();
  assert.equal(profiles.healthy, true);
  await assertShows(profiles, log);
  const [{ event, position }] = log;
  await until(() => profiles.insert(event, position).then(() => said.at(-1)!.includes('takes what is learnt again')));
});

test(
  'a primary that became a replica is left, for its address may lead to another server by now',
  limits,
  async (t) => {
    const { profiles } = await opened(t);
    const client = admin(t);
    const log = hotMerchant(60);
    await insertAll(profiles, log.slice(0, 30));
    const newest = async () => {
      const clients = String(await client.call('CLIENT', 'LIST')).split('\n');
      return Math.max(
        ...clients.filter((one) => /name=assay-profiles /.test(one)).map((one) => Number(/id=(\d+)/.exec(one)![1])),
      );
    };
    const before = await newest();
    await client.call('REPLICAOF', '127.0.0.1', '1');
    try {
      const [{ event, position }] = log.slice(30);
      await assert.rejects(profiles.insert(event, position), unavailable);
      assert.equal((await profiles.fetch(merchant)).degraded, true);
      await until(async () => (await newest()) > before);
    } finally {
      await client.call('REPLICAOF', 'NO', 'ONE');
    }
    const consumer = consume(t, profiles, log);
    await consumer.caughtUp();
    await consumer.stop();
    await until(() =>
      profiles.insert(log[0].event, log[0].position).then(
        () => isBack(profiles),
        () => false,
      ),
    );
    await assertShows(profiles, log);
  },
);

test('a start without Redis is degraded until it comes', limits, async (t) => {
  await server.kill();
  try {
    const { profiles } = await opened(t);
    const { profiles: view, degraded } = await profiles.fetch(merchant);
    assert.deepEqual([degraded, view.get(4, 5), profiles.healthy], [true, undefined, false]);
    await server.restart();
    const log = hotMerchant(50);
    const consumer = consume(t, profiles, log);
    await consumer.caughtUp();
    await consumer.stop();
    await until(() => isBack(profiles));
    await assertShows(profiles, log);
  } finally {
    if (server.pid === undefined) await server.restart();
  }
});

test('a server that drops keys when it is full is refused, and later told of', limits, async (t) => {
  const client = admin(t);
  const namespace = ownNamespace();
  await client.config('SET', 'maxmemory-policy', 'volatile-lru');
  try {
    await assert.rejects(opened(t, { namespace }), /volatile-lru.*noeviction/);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    const { said } = await opened(t, { namespace });
    assert.ok(said.some((text) => text.includes('no maxmemory')));
    assert.ok(!said.some((text) => text.includes('drops')));
    await client.config('SET', 'maxmemory-policy', 'allkeys-lfu');
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await until(async () => said.some((text) => text.includes('allkeys-lfu')));
  } finally {
    await client.config('SET', 'maxmemory-policy', 'noeviction');
  }
});
