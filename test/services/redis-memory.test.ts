import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hotMerchant } from '../support/hot-merchant.ts';
import { consume } from '../support/profile-consumer.ts';
import { ownNamespace, redisServer } from '../support/redis.ts';
import { admin, assertShows, events, insertAll, opened, unavailable, until } from '../support/redis-faults.ts';

const redis = await redisServer();
const limits = { skip: redis.skip, timeout: 120_000 };

test('a full memory: decisions go on, marked, and the log repeats what was refused', limits, async (t) => {
  const { profiles, said } = await opened(t, redis);
  const client = admin(t, redis);
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
    await client.config('SET', 'maxmemory', 1);
    await assert.rejects(profiles.repeat(4, [{ offset: 0, keys: ['t:1'] }], 1), /OOM/);
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

test('a server that drops keys when it is full is refused, and later told of', limits, async (t) => {
  const client = admin(t, redis);
  const namespace = ownNamespace();
  await client.config('SET', 'maxmemory-policy', 'volatile-lru');
  try {
    await assert.rejects(opened(t, redis, { namespace }), /volatile-lru.*noeviction/);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    const { said } = await opened(t, redis, { namespace });
    assert.ok(said.some((text) => text.includes('no maxmemory')));
    assert.ok(!said.some((text) => text.includes('drops')));
    await client.config('SET', 'maxmemory-policy', 'allkeys-lfu');
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await until(async () => said.some((text) => text.includes('allkeys-lfu')));
  } finally {
    await client.config('SET', 'maxmemory-policy', 'noeviction');
  }
});
