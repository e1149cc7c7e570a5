import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createAnswerMemory } from '../src/api/answers.ts';
import { SCOPES } from '../src/domain/key.ts';
import { sha256 } from '../src/intake/canonical.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { stricterModel, upload } from './support/models.ts';
import { dereferenced } from './support/openapi.ts';
import { byAmount } from './support/serving.ts';

const DAY_MS = 86_400_000;
const KEY = 'bootstrap-secret';

/** What is sent to a POST so that it answers 2xx, and another body where it takes one. */
interface Sent {
  path: string;
  body?: object;
  other?: object;
}

const card = Object.fromEntries([...Array.from({ length: 28 }, (_, i) => [`V${i + 1}`, 0.1]), ['Amount', 9]]);
const stateless = { amount: 5, product_category: 'Books', customer_location: 'Oslo', account_age_days: 9 };

describe('an Idempotency-Key', () => {
  let app: TestApp;
  let now = Date.UTC(2026, 4, 1, 23, 58, 0);
  let directory: string;
  let version: string;
  let rotated: Record<string, string>;
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(app.url, method, path, body, { 'x-api-key': KEY, ...headers });
  const made = async (path: string, body: object) => {
    const answer = await ask('POST', path, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'assay-models-'));
    version = stricterModel(directory);
    app = await startApp({ API_KEY: KEY, WEBHOOK_PRIVATE_ADDRESSES: 'on' }, { serving: byAmount, clock: () => now });
    const { secret } = await made('/api/keys', { name: 'rotated', scopes: SCOPES });
    rotated = { 'x-api-key': secret };
  });
  after(async () => {
    await app.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** In an order in which each may succeed. A route that is not here is sent nothing, and counts if that answers 2xx. */
  const sendings: Record<string, () => Promise<Sent>> = {
    '/api/transactions': async () => {
      const body = { userId: 'u', amount: 3 };
      return { path: '/api/transactions', body, other: { ...body, amount: 4 } };
    },
    '/api/transactions/finalize': async () => {
      const [one, two] = [
        await made('/api/transactions', { userId: 'u', amount: 3 }),
        await made('/api/transactions', { userId: 'u', amount: 3 }),
      ];
      return { path: '/api/transactions/finalize', body: { tempId: one.id }, other: { tempId: two.id } };
    },
    '/api/transactions/{id}/labels': async () => {
      const { id } = await made('/api/transactions', { userId: 'u', amount: 3 });
      const body = { label: 'fraud', source: 'analyst' };
      return { path: `/api/transactions/${id}/labels`, body, other: { ...body, label: 'legitimate' } };
    },
    '/api/users': async () => {
      const body = { name: 'Ida', email: 'ida@example.com' };
      return { path: '/api/users', body, other: { ...body, name: 'Eva' } };
    },
    '/score': async () => ({
      path: '/score',
      body: { userId: 'u', amount: 3 },
      other: { userId: 'u', amount: 4 },
    }),
    '/score/batch': async () => ({
      path: '/score/batch',
      body: { transactions: [{ userId: 'u', amount: 3 }] },
      other: { transactions: [{ userId: 'u', amount: 4 }] },
    }),
    '/v1/fraud-score': async () => {
      const body = { Time: 1, ...card };
      return { path: '/v1/fraud-score', body, other: { ...body, Amount: 10 } };
    },
    '/v1/fraud-score/batch': async () => {
      const body = { transactions: [{ Time: 1, ...card }] };
      return { path: '/v1/fraud-score/batch', body, other: { transactions: [{ Time: 2, ...card }] } };
    },
    '/api/v1/predict': async () => ({ path: '/api/v1/predict', body: card, other: { ...card, Amount: 10 } }),
    '/api/v1/predict_fraud': async () => ({
      path: '/api/v1/predict_fraud',
      body: stateless,
      other: { ...stateless, amount: 6 },
    }),
    '/api/cases/{id}/assign': async () => {
      const { id, version } = await aCase('assign');
      const body = { assignee: 'Ann', version };
      return { path: `/api/cases/${id}/assign`, body, other: { ...body, assignee: 'Bob' } };
    },
    '/api/cases/{id}/comments': async () => {
      const { id } = await aCase('comments');
      return { path: `/api/cases/${id}/comments`, body: { text: 'Hm' }, other: { text: 'Oh' } };
    },
    '/api/cases/{id}/resolve': async () => {
      const { id, version } = await aCase('resolve');
      const body = { resolution: 'fraud', version };
      return { path: `/api/cases/${id}/resolve`, body, other: { ...body, resolution: 'unsure' } };
    },
    '/api/keys': async () => {
      const body = { name: 'one', scopes: ['read'] };
      return { path: '/api/keys', body, other: { ...body, name: 'two' } };
    },
    '/api/webhooks': async () => {
      const body = { url: 'http://127.0.0.1:9/' };
      return { path: '/api/webhooks', body, other: { url: 'http://127.0.0.1:10/' } };
    },
    '/api/webhooks/{id}/resume': async () => ({ path: `/api/webhooks/${await aWebhook()}/resume` }),
    '/api/webhooks/{id}/test': async () => ({ path: `/api/webhooks/${await aWebhook()}/test` }),
    '/api/session': async () => ({ path: '/api/session', body: { key: KEY }, other: { key: 'other' } }),
    '/api/demo': async () => {
      const body = { rate: 0.1, seconds: 1 };
      return { path: '/api/demo', body, other: { ...body, seconds: 2 } };
    },
    '/api/models': async () => {
      const body = upload(directory);
      return { path: '/api/models', body, other: { ...body, body: 'AAAA' } };
    },
    '/api/models/{version}/shadow': async () => ({
      path: `/api/models/${version}/shadow`,
      body: {},
      other: { stop: true },
    }),
    '/api/models/{version}/promote': async () => ({ path: `/api/models/${version}/promote` }),
  };
  const aCase = async (name: string) => {
    await made('/api/transactions', { userId: name, amount: 600, deviceId: `device of ${name}` });
    const { data } = (await ask('GET', `/api/cases?entity=device:device%20of%20${name}`)).body;
    return data[0] as { id: string; version: number };
  };
  const aWebhook = async () => (await made('/api/webhooks', { url: 'http://127.0.0.1:9/' })).id;

  test('is told again on every POST: by another API key, over midnight; and another body is 409', async (t) => {
    const { paths } = dereferenced((await ask('GET', '/openapi.json')).body) as {
      paths: Record<string, Record<string, object>>;
    };
    const posts = Object.keys(paths).filter((path) => 'post' in paths[path]);
    const order = Object.keys(sendings);
    const place = (path: string) => (order.indexOf(path) + order.length + 1) % (order.length + 1);
    const untried: string[] = [];
    for (const path of posts.sort((a, b) => place(a) - place(b))) {
      const { parameters } = paths[path].post as { parameters?: { name: string }[] };
      assert.ok(
        parameters?.some(({ name }) => name === 'idempotency-key'),
        `${path} documents it`,
      );
      const sending = await (sendings[path]?.() ?? { path: path.replaceAll(/\{\w+\}/g, 'x'), body: {} });
      const key = { 'idempotency-key': `key of ${path}` };
      const first = await ask('POST', sending.path, sending.body, key);
      if (first.status >= 300) {
        assert.ok(!(path in sendings), `${path}: ${first.status} ${JSON.stringify(first.body)}`);
        untried.push(path);
        continue;
      }
      assert.equal(first.headers.get('idempotent-replayed'), null, path);
      now += 180_000;
      const again = await ask('POST', sending.path, sending.body, { ...key, ...rotated });
      assert.equal(again.headers.get('idempotent-replayed'), 'true', path);
      assert.deepEqual([again.status, again.body], [first.status, first.body], path);
      assert.equal(again.headers.get('location'), first.headers.get('location'), path);
      if (!sending.other) continue;
      const other = await ask('POST', sending.path, sending.other, { ...key, ...rotated });
      assert.deepEqual([other.status, other.body.code], [409, 'idempotency_conflict'], path);
    }
    assert.ok(posts.length - untried.length >= 20, `tried ${posts.length - untried.length}`);
    if (untried.length > 0) t.diagnostic(`not told how to succeed at: ${untried.join(', ')}`);
  });

  test('of one that failed is free for the next attempt', async () => {
    const key = { 'idempotency-key': 'a failure' };
    assert.equal((await ask('POST', '/score', { userId: 'u', amount: -1 }, key)).status, 422);
    assert.equal((await ask('POST', '/score', { userId: 'u', amount: 1 }, key)).status, 200);
  });

  test('counts once for requests that come at the same time', async () => {
    const key = { 'idempotency-key': 'at once' };
    const body = { name: 'at once', scopes: ['read'] };
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('POST', '/api/keys', body, key)));
    assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 1);
    assert.equal(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true').length, 7);
    const { data } = (await ask('GET', '/api/keys')).body;
    assert.equal(data.filter(({ name }: { name: string }) => name === 'at once').length, 1);
  });

  test('on another route is another thing, and must be printable', async () => {
    const key = { 'idempotency-key': 'two routes' };
    assert.equal((await ask('POST', '/score', { userId: 'u', amount: 1 }, key)).status, 200);
    assert.equal((await ask('POST', '/api/transactions', { userId: 'u', amount: 2 }, key)).status, 201);
    for (const bad of ['x'.repeat(256), ''])
      assert.equal((await ask('POST', '/score', { userId: 'u', amount: 1 }, { 'idempotency-key': bad })).status, 422);
  });

  test('of the rule before, with API key and day in its name, is found for a day after the upgrade', async () => {
    const key = 'kept by the version before';
    const day = Math.floor(now / DAY_MS);
    const id = `txn_${'0'.repeat(31)}7`;
    const body = { userId: 'u_before', amount: 12 };
    const { services } = app;
    const { takeSubmission } = await import('../src/intake/submission.ts');
    await services.engine.decide({
      ...takeSubmission(body, { id, receivedAt: now }, services.rules),
      alias: `i:env:${sha256(`POST /api/transactions\n${key}`)}.${day}`,
    });
    const again = await ask('POST', '/api/transactions', body, { 'idempotency-key': key });
    assert.deepEqual(
      [again.status, again.body.id, again.headers.get('idempotent-replayed')],
      [201, id, 'true'],
      JSON.stringify(again.body),
    );
  });
});

test('answers are kept for a day, the oldest go beyond the bound, and a failure is none', async () => {
  let now = 0;
  const memory = createAnswerMemory(() => now, 2_000);
  const answer = (body: string) => ({ status: 200, headers: {}, body });
  assert.equal(await memory.begin('a', 'x', 'key'), undefined);
  const waiting = await memory.begin('a', 'y', 'key');
  assert.equal(waiting?.bodyHash, 'x');
  await memory.settle('a', answer('1'));
  assert.deepEqual(await waiting?.answer, answer('1'));
  now = DAY_MS - 1;
  assert.ok(await memory.begin('a', 'x', 'key'));
  now = DAY_MS;
  assert.equal(await memory.begin('a', 'x', 'key'), undefined, 'a day later it is new');
  await memory.settle('a', undefined);
  assert.equal(await memory.begin('a', 'x', 'key'), undefined, 'a failure is no answer');
  await memory.settle('a', answer('2'));
  for (const name of ['b', 'c']) {
    assert.equal(await memory.begin(name, 'x', 'key'), undefined);
    await memory.settle(name, answer('3'.repeat(400)));
  }
  assert.equal(await memory.begin('a', 'x', 'key'), undefined, 'the oldest went');
  assert.ok(await memory.begin('c', 'x', 'key'));
});
