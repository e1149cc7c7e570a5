import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openRedisAnswers } from '../../src/adapters/redis/answers.ts';
import { createKeptAnswers } from '../../src/api/kept-answers.ts';
import { sha256 } from '../../src/intake/canonical.ts';
import { ownNamespace, redisServer } from '../support/redis.ts';

const { skip, server } = await redisServer();
const answer = { status: 201, headers: { 'content-type': 'application/json' }, body: '{"secret":"ask_1"}' };
const hashOf = (body: string) => sha256(body).slice(0, 32);

function opened(t: TestContext, namespace: string) {
  const store = openRedisAnswers({ url: server.url, namespace });
  t.after(store.close);
  return createKeptAnswers(store, (error) => assert.fail(String(error)));
}

/** Until its connection is ready it refuses. */
async function begun(memory: ReturnType<typeof opened>, ...args: [name: string, bodyHash: string, key: string]) {
  for (let left = 200; ; left--)
    try {
      return await memory.begin(...args);
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
}

test('two servers of a fleet tell one answer, to requests at the same time too', {
  skip,
  timeout: 60_000,
}, async (t) => {
  const namespace = ownNamespace();
  const [one, two] = [opened(t, namespace), opened(t, namespace)];
  const name = sha256('POST /api/keys\nk');
  assert.equal(await begun(one, name, hashOf('a'), 'k'), undefined);
  const other = await begun(two, name, hashOf('b'), 'k');
  assert.equal(other?.bodyHash, hashOf('a'), 'another body is told at once');
  const waiting = two.begin(name, hashOf('a'), 'k');
  await one.settle(name, answer);
  assert.deepEqual(await (await waiting)?.answer, answer);
  // One that came later, after a restart of both.
  const third = await begun(opened(t, namespace), name, hashOf('a'), 'k');
  assert.deepEqual(await third?.answer, answer);

  const failed = sha256('POST /api/keys\nfailed');
  assert.equal(await two.begin(failed, hashOf('a'), 'failed'), undefined);
  await two.settle(failed, undefined);
  assert.equal(await one.begin(failed, hashOf('b'), 'failed'), undefined, 'a failure is no answer');
});

test('without Redis a request with an Idempotency-Key is refused, and may be sent again', async (t) => {
  const store = openRedisAnswers({ url: 'redis://127.0.0.1:1', namespace: 'n' });
  t.after(store.close);
  await assert.rejects(createKeptAnswers(store, () => {}).begin('n', 'h', 'k'), { code: 'unavailable' });
});
