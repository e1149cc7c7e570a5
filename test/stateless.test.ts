import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';

const risky = { amount: 10_000, product_category: 'jewelry', customer_location: 'New York', account_age_days: 5 };
const usual = { amount: 50, product_category: 'groceries', customer_location: 'New York', account_age_days: 1000 };
const between = { amount: 400, product_category: 'electronics', customer_location: 'Chicago', account_age_days: 120 };

describe('payments of strangers', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({}, { clock: () => Date.UTC(2026, 4, 6, 14, 30) });
  });
  after(() => app.stop());
  const predict = (body: unknown, headers?: Record<string, string>) =>
    call(app.url, 'POST', '/api/v1/predict_fraud', body, headers);
  const mean = (body: { models: Record<string, { probability: number }> }) =>
    Object.values(body.models).reduce((sum, { probability }) => sum + probability / 3, 0);

  test('much for jewelry on a new account is fraud; groceries on an old one are not; others lie between', async () => {
    const [high, low, middle] = await Promise.all([risky, usual, between].map((body) => predict(body)));
    assert.equal(high.status, 200, JSON.stringify(high.body));
    assert.equal(high.body.is_fraudulent, true);
    assert.match(high.body.fraud_explanation, /^Potential fraud detected\. \S/);
    assert.equal(low.body.is_fraudulent, false);
    assert.match(low.body.fraud_explanation, /^No fraudulent activity detected\. \S/);
    assert.ok(mean(high.body) > 2 * mean(middle.body) && mean(middle.body) > 2 * mean(low.body));
    for (const { body } of [high, low, middle]) {
      assert.equal(body.id, -1);
      assert.deepEqual(Object.keys(body.models), ['logistic', 'network', 'trees']);
    }
    const verdicts = ({ models }: { models: Record<string, { is_fraudulent: boolean }> }) =>
      Object.values(models).map(({ is_fraudulent }) => is_fraudulent);
    assert.deepEqual(verdicts(high.body), [true, true, true], 'each says so on its own');
    assert.deepEqual(verdicts(low.body), [false, false, false]);
  });

  test('20 clients at once get what each would have got alone, and nothing of it is recorded', async () => {
    const before = app.services.journal.last;
    const bodies = Array.from({ length: 60 }, (_, i) => ({
      ...between,
      amount: 3 ** (1 + (i % 9)),
      account_age_days: 40 * i,
    }));
    const alone = [];
    for (const body of bodies) alone.push((await predict(body)).body);
    const answers = new Array(bodies.length);
    await Promise.all(
      Array.from({ length: 20 }, async (_, client) => {
        for (let i = client; i < bodies.length; i += 20) answers[i] = (await predict(bodies[i])).body;
      }),
    );
    assert.deepEqual(answers, alone);
    assert.ok(new Set(alone.map(mean)).size > 30, 'they differ');
    assert.equal(app.services.journal.last, before);
  });

  test('the least and the most that fits has an answer', async () => {
    for (const change of [
      { amount: 0.01, account_age_days: 0 },
      { amount: 1e12, account_age_days: 1e6 },
      { product_category: 'x'.repeat(64), customer_location: 'y'.repeat(64) },
    ]) {
      const { status, body } = await predict({ ...usual, ...change });
      assert.equal(status, 200, JSON.stringify(body));
      for (const { probability } of Object.values(body.models) as { probability: number }[])
        assert.ok(probability > 0 && probability < 1);
    }
  });

  test('it echoes what was asked, and when it counted', async () => {
    const { body } = await predict({ ...usual, transaction_date: '2026-05-06T23:30:00-05:00' });
    for (const [name, value] of Object.entries(usual)) assert.equal(body[name], value);
    assert.equal(body.transaction_date, '2026-05-06T14:30:00.000Z', 'ahead of the receipt');
    const dated = await predict({ ...usual, transaction_date: '2026-05-05T03:00:00+02:00' });
    assert.equal(dated.body.transaction_date, '2026-05-05T01:00:00.000Z');
  });

  test('at every hour and weekday the two are told apart', async () => {
    for (let hours = 0; hours < 7 * 24; hours += 5) {
      const transaction_date = new Date(Date.UTC(2026, 3, 6) + hours * 3_600_000).toISOString();
      assert.equal((await predict({ ...risky, transaction_date })).body.is_fraudulent, true, transaction_date);
      assert.equal((await predict({ ...usual, transaction_date })).body.is_fraudulent, false, transaction_date);
    }
  });

  test('no amount is a limit of its own: the verdict moves with the account and the goods', async () => {
    const ages = await Promise.all(
      [1, 30, 365, 3000].map((account_age_days) => predict({ ...risky, account_age_days })),
    );
    const probabilities = ages.map(({ body }) => mean(body));
    assert.deepEqual(
      probabilities,
      probabilities.toSorted((a, b) => b - a),
    );
    assert.ok(probabilities[0] > 1.5 * probabilities[3], probabilities.join());
    const goods = await Promise.all(
      ['groceries', 'electronics'].map((product_category) => predict({ ...between, product_category })),
    );
    assert.ok(mean(goods[0].body) < mean(goods[1].body));
  });

  test('what does not fit is refused under its own name', async () => {
    for (const [change, path] of [
      [{ amount: 0 }, '/amount'],
      [{ amount: -5 }, '/amount'],
      [{ amount: '10' }, '/amount'],
      [{ account_age_days: -1 }, '/account_age_days'],
      [{ account_age_days: undefined }, '/account_age_days'],
      [{ product_category: undefined }, '/product_category'],
      [{ product_category: '' }, '/product_category'],
      [{ product_category: 'a\u0000b' }, '/product_category'],
      [{ customer_location: 7 }, '/customer_location'],
      [{ transaction_date: 'yesterday' }, '/transaction_date'],
    ] as const) {
      const { status, body } = await predict({ ...usual, ...change });
      assert.equal(status, 422, JSON.stringify(change));
      assert.equal(body.errors[0].path, path);
      assert.ok(body.detail.includes(path), body.detail);
    }
    const words = { product_category: '🛍️ things', customer_location: 'Nowhere in particular' };
    assert.equal((await predict({ ...usual, ...words })).status, 200);
  });
});

test('without its models it answers 503 and the rest lives on', async () => {
  const app = await startApp({ ASSAY_STATELESS_MODELS: '/nowhere/at/all' });
  const { status, body } = await call(app.url, 'POST', '/api/v1/predict_fraud', usual);
  assert.equal(status, 503);
  assert.ok(!body.detail.includes('/nowhere'), body.detail);
  assert.equal((await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 5 })).status, 201);
  assert.equal((await call(app.url, 'GET', '/health')).body.status, 'degraded');
  await app.stop();
});
