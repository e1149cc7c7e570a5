import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, startApp } from './support/app.ts';

test('the stream of made-up payments fills what there is to see, and stops', async () => {
  const app = await startApp();
  const { status, body } = await call(app.url, 'POST', '/api/demo', { rate: 200, seconds: 60 });
  assert.deepEqual([status, body.running], [202, true]);
  let alerts = 0;
  for (let i = 0; i < 300 && alerts === 0; i++) {
    await sleep(50);
    alerts = (await call(app.url, 'GET', '/api/cases')).body.data.length;
  }
  assert.ok(alerts > 0, 'a case was opened');
  const ended = await call(app.url, 'DELETE', '/api/demo');
  assert.deepEqual([ended.status, ended.body.running, ended.body.failed], [200, false, 0]);
  const { body: stats } = await call(app.url, 'GET', '/api/transactions/stats?window=1h');
  assert.equal(stats.count, ended.body.posted);
  assert.deepEqual((await call(app.url, 'GET', '/api/demo')).body, ended.body);
  for (const wrong of [{}, { rate: 201, seconds: 1 }, { rate: 0, seconds: 1 }, { rate: 1, seconds: 601 }])
    assert.equal((await call(app.url, 'POST', '/api/demo', wrong)).status, 422);
  await call(app.url, 'POST', '/api/demo', { rate: 50, seconds: 600 });
  await app.stop();
});

test('it is off where strangers might reach it, unless it is allowed', async () => {
  const key = { 'x-api-key': 'k' };
  const off = await startApp({ API_KEY: 'k', HOST: '0.0.0.0' });
  const url = off.url.replace('0.0.0.0', '127.0.0.1');
  assert.equal((await call(url, 'GET', '/api/demo', undefined, key)).body.enabled, false);
  assert.equal((await call(url, 'POST', '/api/demo', { rate: 1, seconds: 1 }, key)).status, 409);
  assert.equal((await call(url, 'DELETE', '/api/demo', undefined, key)).status, 409);
  await off.stop();
  const on = await startApp({ API_KEY: 'k', HOST: '0.0.0.0', ASSAY_DEMO: 'on' });
  const allowed = on.url.replace('0.0.0.0', '127.0.0.1');
  assert.equal((await call(allowed, 'POST', '/api/demo', { rate: 1, seconds: 1 })).status, 401);
  assert.equal((await call(allowed, 'POST', '/api/demo', { rate: 1, seconds: 1 }, key)).status, 202);
  await on.stop();
});
