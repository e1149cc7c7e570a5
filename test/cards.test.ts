import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createRandom } from '../src/training/generator/random.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { tamper } from './support/models.ts';

const NAMES = Array.from({ length: 28 }, (_, i) => `V${i + 1}`);
type Vector = Record<string, number>;
const vectorOf = (value: (index: number) => number, amount: number): Vector => ({
  Time: 1000,
  ...Object.fromEntries(NAMES.map((name, i) => [name, value(i)])),
  Amount: amount,
});
const zero = vectorOf(() => 0, 0);
/** As far out as frauds of the public set lie, along the components that the literature names. */
const fraud: Vector = { ...zero, V3: -7, V4: 4.5, V10: -6, V11: 4, V12: -7, V14: -8, V16: -5, V17: -8, Amount: 1 };
const card = join(import.meta.dirname, '..', 'models', 'card');

describe('card payments as vectors', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());
  const post = (path: string, body: unknown, headers?: Record<string, string>) =>
    call(app.url, 'POST', path, body, headers);
  const score = (body: unknown) => post('/v1/fraud-score', body);

  test('what is usual is genuine, what lies where frauds lie is fraud', async () => {
    const usual = await score(zero);
    assert.equal(usual.status, 200, JSON.stringify(usual.body));
    assert.deepEqual(Object.keys(usual.body), ['fraud-score', 'is-fraud', 'model-version', 'ood_warning']);
    assert.ok(usual.body['fraud-score'] < 5);
    assert.equal(usual.body['is-fraud'], false);
    assert.deepEqual(usual.body.ood_warning, []);
    const found = await score(fraud);
    assert.ok(found.body['fraud-score'] >= 50, JSON.stringify(found.body));
    assert.equal(found.body['is-fraud'], true);
    assert.deepEqual(await score(fraud).then(({ body }) => body), found.body, 'the same twice');
  });

  test('a warning names what is unlike training, and how far', async () => {
    const { body } = await score({ ...zero, V5: 60, V2: -40 });
    const features = body.ood_warning.map(({ feature }: { feature: string }) => feature);
    assert.deepEqual(features.sort(), ['V2', 'V5']);
    for (const { feature, z } of body.ood_warning) assert.ok(feature === 'V5' ? z > 3 : z < -3, `${feature} ${z}`);
    const [first, second] = body.ood_warning;
    assert.ok(Math.abs(first.z) >= Math.abs(second.z));
  });

  test('extreme, negative and zero inputs have a score', async () => {
    for (const vector of [
      vectorOf(() => 1e308, 1e308),
      vectorOf(() => -1e308, -1e308),
      vectorOf((i) => (i % 2 ? 1e9 : -1e9), -5),
      vectorOf(() => 5e-324, 0),
      vectorOf(() => -0, -0),
      { ...zero, Time: -1e12 },
      { ...zero, Class: 1, extra: 7 },
    ]) {
      const { status, body } = await score(vector);
      assert.equal(status, 200, JSON.stringify(body));
      assert.ok(Number.isInteger(body['fraud-score']) && body['fraud-score'] >= 0 && body['fraud-score'] <= 100);
      for (const { z } of body.ood_warning) assert.ok(Number.isFinite(z));
    }
  });

  test('NaN, Infinity, missing, of another type: 422, and where', async () => {
    const text = JSON.stringify({ ...fraud, V7: 'here' });
    for (const [token, path] of [
      ['NaN', '/V7'],
      ['Infinity', '/V7'],
      ['-Infinity', '/V7'],
      ['1e999', '/V7'],
      ['null', '/V7'],
      ['"1"', '/V7'],
      ['"NaN"', '/V7'],
      ['true', '/V7'],
      ['[]', '/V7'],
    ]) {
      const { status, body, headers } = await score(text.replace('"here"', token));
      assert.equal(status, 422, `${token}: ${JSON.stringify(body)}`);
      assert.match(headers.get('content-type') ?? '', /application\/problem\+json/);
      assert.equal(body.errors[0].path, path, token);
    }
    for (const name of ['Time', 'V1', 'V28', 'Amount']) {
      const { [name]: _, ...rest } = fraud;
      const { status, body } = await score(rest);
      assert.equal(status, 422);
      assert.deepEqual(body.errors, [{ path: `/${name}`, message: 'is required' }]);
    }
    assert.equal((await score('[]')).status, 422);
    assert.equal((await score('{"V1": NaN')).status, 400, 'what is no JSON for another reason too');
    assert.equal((await score('NaN NaN')).status, 400);
    const inBatch = await post('/v1/fraud-score/batch', `{"transactions":[${text.replace('"here"', 'NaN')}]}`);
    assert.equal(inBatch.status, 422);
    assert.equal(inBatch.body.errors[0].path, '/transactions/0/V7');
    assert.equal((await post('/api/v1/predict', '{"V1": NaN}')).status, 400, 'elsewhere it is no JSON');
  });

  test('a batch is its rows, one by one', async () => {
    const { status, body } = await post('/v1/fraud-score/batch', { transactions: [zero, fraud, zero] });
    assert.equal(status, 200);
    assert.deepEqual(body.data, [(await score(zero)).body, (await score(fraud)).body, (await score(zero)).body]);
    for (const bad of [
      { transactions: [] },
      { transactions: [zero, { ...zero, V3: 'x' }] },
      {},
      { transactions: zero },
    ])
      assert.equal((await post('/v1/fraud-score/batch', bad)).status, 422);
    const many = await post('/v1/fraud-score/batch', { transactions: Array.from({ length: 10_000 }, () => zero) });
    assert.equal(many.body.data.length, 10_000);
    const tooMany = { transactions: Array.from({ length: 10_001 }, () => zero) };
    assert.equal((await post('/v1/fraud-score/batch', tooMany)).status, 422);
  });

  test('20 clients at once get what each would have got alone', async () => {
    const random = createRandom(5);
    const vectors = Array.from({ length: 200 }, () => vectorOf(() => 4 * random.normal(), 100 * random.float()));
    const alone = (await post('/v1/fraud-score/batch', { transactions: vectors })).body.data;
    const answers = new Array(vectors.length);
    await Promise.all(
      Array.from({ length: 20 }, async (_, client) => {
        for (let i = client; i < vectors.length; i += 20) answers[i] = (await score(vectors[i])).body;
      }),
    );
    assert.deepEqual(answers, alone);
    assert.ok(new Set(alone.map((answer: Vector) => answer['fraud-score'])).size > 3, 'they differ');
  });

  test('what the model is', async () => {
    const { status, body } = await call(app.url, 'GET', '/v1/model-info');
    assert.equal(status, 200);
    assert.equal(body.model_version, (await score(zero)).body['model-version']);
    assert.ok(Date.parse(body.training_date) > Date.UTC(2025, 0));
    assert.ok(body.metrics.test.averagePrecision > 0.5);
    assert.equal(body.data_lineage.dataSha256.length, 64);
    const importances = body.feature_importance.map(({ importance }: { importance: number }) => importance);
    assert.ok(Math.abs(importances.reduce((sum: number, each: number) => sum + each, 0) - 1) < 1e-9);
    assert.deepEqual(
      importances,
      importances.toSorted((a: number, b: number) => b - a),
    );
  });

  test('predict: the probability, without a time', async () => {
    const { Time: _, ...vector } = fraud;
    const { status, body } = await post('/api/v1/predict', vector);
    assert.equal(status, 200);
    assert.equal(Math.round(100 * body.fraud_probability), (await score(fraud)).body['fraud-score']);
    assert.equal(body.is_fraud, true);
    const { Time: __, ...usual } = zero;
    assert.equal((await post('/api/v1/predict', usual)).body.is_fraud, false);
    assert.equal((await post('/api/v1/predict', { ...usual, V1: null })).status, 422);
  });

  test('an Idempotency-Key repeats its answer and refuses another body', async () => {
    const headers = { 'idempotency-key': 'card-1' };
    const first = await post('/v1/fraud-score', fraud, headers);
    const again = await post('/v1/fraud-score', fraud, headers);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal((await post('/v1/fraud-score', zero, headers)).status, 409);
  });

  test('nothing of it is recorded', async () => {
    const before = app.services.journal.last;
    await score(fraud);
    assert.equal(app.services.journal.last, before);
  });
});

describe('the card model is chosen, and may be missing', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-cards-'));
    cpSync(card, join(folder, 'models', 'v1'), { recursive: true });
    cpSync(card, join(folder, 'damaged'), { recursive: true });
    tamper(join(folder, 'damaged', 'model.bin'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const withApp = async (env: Record<string, string>, use: (app: TestApp) => Promise<void>) => {
    const app = await startApp(env);
    try {
      await use(app);
    } finally {
      await app.stop();
    }
  };

  test('one of several by name; the threshold and keys of the environment', async () => {
    const env = { MODEL_PATH: join(folder, 'models'), MODEL_VERSION: 'v1', FRAUD_THRESHOLD: '0', API_KEY: 'secret' };
    await withApp(env, async (app) => {
      const ask = (key?: string, authorization?: string) =>
        call(app.url, 'POST', '/v1/fraud-score', zero, {
          ...(key === undefined ? {} : { 'x-api-key': key }),
          ...(authorization === undefined ? {} : { authorization }),
        });
      assert.equal((await ask('secret')).body['is-fraud'], true, 'every score reaches 0');
      assert.equal((await ask(undefined, 'Bearer secret')).status, 200);
      for (const refused of [await ask(), await ask('wrong'), await ask('')]) {
        assert.equal(refused.status, 403);
        assert.equal(refused.body.code, 'forbidden');
      }
      assert.equal((await call(app.url, 'GET', '/v1/model-info')).status, 403);
      assert.equal((await call(app.url, 'POST', '/v1/fraud-score/batch', { transactions: [zero] })).status, 403);
      assert.equal((await call(app.url, 'POST', '/api/v1/predict', zero)).status, 401);
    });
  });

  test('fraud is from the threshold on, and a version may be named by its hash', async () => {
    const known = await startApp();
    const answer = (await call(known.url, 'POST', '/v1/fraud-score', fraud)).body;
    await known.stop();
    const found: number = answer['fraud-score'];
    const version: string = answer['model-version'];
    assert.ok(found > 0 && found < 100, 'the edge can be tried from both sides');
    for (const [threshold, says] of [
      [found, true],
      [found + 1, false],
    ] as const) {
      const env = { MODEL_PATH: join(folder, 'models'), MODEL_VERSION: version, FRAUD_THRESHOLD: String(threshold) };
      await withApp(env, async (app) => {
        const { body } = await call(app.url, 'POST', '/v1/fraud-score', fraud);
        assert.deepEqual([body['fraud-score'], body['is-fraud'], body['model-version']], [found, says, version]);
        const { Time: _, ...vector } = fraud;
        assert.equal((await call(app.url, 'POST', '/api/v1/predict', vector)).body.is_fraud, says);
      });
    }
    await withApp({ MODEL_PATH: card, MODEL_VERSION: 'another' }, async (app) => {
      assert.equal(
        (await call(app.url, 'POST', '/v1/fraud-score', fraud)).status,
        503,
        'another version is not served',
      );
    });
  });

  test('without it the services answer 503 and everything else lives on', async () => {
    for (const env of [
      { MODEL_PATH: join(folder, 'damaged') },
      { MODEL_PATH: join(import.meta.dirname, '..', 'models', 'transactions') },
    ] as Record<string, string>[])
      await withApp(env, async (app) => {
        const { status, body, headers } = await call(app.url, 'POST', '/v1/fraud-score', zero);
        assert.equal(status, 503);
        assert.equal(body.code, 'unavailable');
        assert.ok(headers.get('retry-after'));
        assert.ok(!body.detail.includes(folder), body.detail);
        assert.equal((await call(app.url, 'GET', '/v1/model-info')).status, 503);
        assert.equal((await call(app.url, 'POST', '/v1/fraud-score/batch', { transactions: [zero] })).status, 503);
        assert.equal((await call(app.url, 'POST', '/api/v1/predict', zero)).status, 503);
        const health = await call(app.url, 'GET', '/health');
        assert.deepEqual([health.status, health.body.status, health.body.model_loaded], [200, 'degraded', true]);
        assert.equal(health.body.card_model_loaded, false);
        const decided = await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 5 });
        assert.equal(decided.status, 201);
      });
  });
});
