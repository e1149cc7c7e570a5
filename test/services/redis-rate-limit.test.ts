import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisRateLimiter, type RedisRateLimiter } from '../../src/adapters/redis/rate-limit.ts';
import { ownNamespace, redisServer } from '../support/redis.ts';

const redis = await redisServer();
const { skip, server } = redis;

function opened(t: TestContext, options: { max: number; windowMs: number; namespace?: string; deadlineMs?: number }) {
  const limiter = openRedisRateLimiter({ namespace: ownNamespace(), deadlineMs: 5_000, ...options, url: server.url });
  t.after(limiter.close);
  return limiter;
}

/** Until it is Redis that counts: another limiter of the namespace sees what was taken. */
async function shared(one: RedisRateLimiter, other: RedisRateLimiter): Promise<void> {
  for (let i = 0; ; i++) {
    const { remaining } = await one.take(`warm ${i}`, 1, 0);
    if ((await other.take(`warm ${i}`, 0, 0)).remaining === remaining) return;
    await sleep(10);
  }
}

test('two processes share one limit', { skip, timeout: 60_000 }, async (t) => {
  const options = { url: server.url, namespace: ownNamespace(), max: 500, windowMs: 60_000, deadlineMs: 5_000 };
  const before = opened(t, options);
  await shared(before, opened(t, options));
  await before.take('warm', 1, 0);
  const children = [1, 2].map(() => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'support', 'rate-limit-child.ts')], {
      ...{ env: { ...process.env, OPTIONS: JSON.stringify({ ...options, times: 400 }) } },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of children) assert.equal((await lines.next()).value, 'ready');
  const ended = children.map(({ child }) => once(child, 'exit'));
  for (const { child } of children) child.stdin.write('go\n');
  const allowed = await Promise.all(children.map(async ({ lines }) => Number((await lines.next()).value)));
  assert.equal(allowed[0] + allowed[1], 500);
  await Promise.all(ended);
  const { allowed: more, remaining, resetSeconds } = await before.take('one', 1, 0);
  assert.deepEqual([more, remaining], [false, 0]);
  assert.ok(resetSeconds >= 1 && resetSeconds <= 60);
});

test('a refused request costs nothing, and the window begins anew', { skip }, async (t) => {
  const options = { namespace: ownNamespace(), max: 5, windowMs: 2_000 };
  const [limiter, other] = [opened(t, options), opened(t, options)];
  await shared(limiter, other);
  const { resetSeconds, ...first } = await limiter.take('a', 3, 0);
  assert.deepEqual(first, { allowed: true, limit: 5, remaining: 2 });
  assert.ok(resetSeconds === 1 || resetSeconds === 2);
  const refused = await other.take('a', 3, 0);
  assert.deepEqual([refused.allowed, refused.remaining], [false, 2]);
  assert.equal((await other.take('a', 2, 0)).allowed, true);
  assert.equal((await limiter.take('b', 5, 0)).allowed, true);
  await sleep(2_100);
  assert.equal((await limiter.take('a', 5, 0)).allowed, true);
});

test('while Redis is away each process keeps to the limit by itself', { skip, timeout: 60_000 }, async (t) => {
  const options = { namespace: ownNamespace(), max: 10, windowMs: 60_000, deadlineMs: 200 };
  const [one, other] = [opened(t, options), opened(t, options)];
  await shared(one, other);
  process.kill(server.pid!, 'SIGSTOP');
  try {
    for (const limiter of [one, other]) {
      const answers = [];
      for (let i = 0; i < 15; i++) answers.push(await limiter.take('a', 1, 1000));
      assert.equal(answers.filter(({ allowed }) => allowed).length, 10);
    }
  } finally {
    process.kill(server.pid!, 'SIGCONT');
  }
  await shared(one, other);
});
