import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hotMerchant } from '../support/hot-merchant.ts';
import { consume } from '../support/profile-consumer.ts';
import type { LogEntry } from '../support/profile-events.ts';
import { redisServer } from '../support/redis.ts';
import {
  admin,
  assertShows,
  events,
  insertAll,
  isBack,
  merchant,
  opened,
  total,
  unavailable,
  until,
} from '../support/redis-faults.ts';

// Nothing on disk but what a test saves: a restart is a loss.
const redis = await redisServer({ appendonly: 'no' });
const { skip, server } = redis;
const limits = { skip, timeout: 120_000 };

test('a server that stands still: decisions go on from what is known, within their deadline', limits, async (t) => {
  const { profiles, said } = await opened(t, redis, { deadlineMs: 500 });
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
  const { profiles } = await opened(t, redis);
  const log = hotMerchant(1200);
  const follows: LogEntry[] = log.slice(0, 600);
  const consumer = consume(t, profiles, follows);
  await insertAll(profiles, follows);
  await consumer.caughtUp();
  await admin(t, redis).save();
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
  const { profiles } = await opened(t, redis);
  const log = hotMerchant(2000, 9);
  const follows: LogEntry[] = [];
  const consumer = consume(t, profiles, follows);
  const client = admin(t, redis);
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
  const { profiles } = await opened(t, redis);
  const client = admin(t, redis);
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
  const { profiles, said } = await opened(t, redis, { behindRecords: 100 });
  const client = admin(t, redis);
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

test(
  'the first decision after a server was emptied is marked, and all until the log has given everything back',
  limits,
  async (t) => {
    const { profiles, said } = await opened(t, redis, { ttlDays: 10_000 });
    const client = admin(t, redis);
    const log = hotMerchant(400, 8);
    const before = log.slice(0, 300);
    let consumer = consume(t, profiles, before);
    await insertAll(profiles, before);
    await consumer.caughtUp();
    await assertShows(profiles, before);
    await consumer.stop();
    assert.equal(profiles.stats().degraded, 0, 'nothing was lost so far');
    said.length = 0;
    await client.flushall();
    assert.equal(await isBack(profiles), false);
    for (const { event, position } of events(log.slice(300))) {
      await profiles.insert(event, position);
      assert.equal((await profiles.fetch(event.entities)).degraded, true);
    }
    consumer = consume(t, profiles, log);
    await consumer.caughtUp();
    await consumer.stop();
    await profiles.insert(before[0].event, before[0].position);
    await assertShows(profiles, log);
    assert.deepEqual(
      said.filter((text) => text.includes('profiles are')).map((text) => text.split(':')[0]),
      ['profiles are being rebuilt from the log', 'profiles are rebuilt'],
    );
  },
);

test(
  'a primary that became a replica is left, for its address may lead to another server by now',
  limits,
  async (t) => {
    const { profiles } = await opened(t, redis);
    const client = admin(t, redis);
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
    const { profiles } = await opened(t, redis);
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
