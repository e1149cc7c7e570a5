import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, startApp } from './support/app.ts';
import { byAmount } from './support/serving.ts';

test('a model that gives no number, or throws, fails no payment: rules alone decide it, and that is marked', async () => {
  for (const broken of [() => Number.NaN, (): number => assert.fail('a broken model')]) {
    const app = await startApp({}, { serving: { ...byAmount, model: { ...byAmount.model, calibrate: broken } } });
    try {
      const rule = { id: 'r', name: 'r', when: 'tx.amount > 100.0', outcome: 'decline', mode: 'live' };
      assert.equal((await call(app.url, 'POST', '/api/rules', rule)).status, 201);
      const { status, body } = await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 20 });
      assert.equal(status, 201, JSON.stringify(body));
      assert.deepEqual([body.decision, body.degraded, body.score, body.model], ['approve', true, 0, undefined]);
      const more = await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 200 });
      assert.deepEqual([more.body.decision, more.body.decidedBy], ['decline', 'rule:r']);
    } finally {
      await app.stop();
    }
  }
});
