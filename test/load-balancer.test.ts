import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../src/config.ts';
import { call, startApp } from './support/app.ts';

const KEY = { 'x-api-key': 'bootstrap' };
const limited = { API_KEY: 'bootstrap', RATE_LIMIT_MAX: '3', RATE_LIMIT_WINDOW: '1h' };

describe('behind a load balancer', () => {
  test('a trusted proxy says whose address a guess costs, and what scheme was used; what the client adds before counts for nothing', async () => {
    const app = await startApp({ ...limited, TRUST_PROXY: 'loopback' });
    try {
      const guess = async (forwarded: string) =>
        (await call(app.url, 'GET', '/api/keys', undefined, { 'x-api-key': 'wrong', 'x-forwarded-for': forwarded }))
          .status;
      for (let i = 0; i < 3; i++) assert.equal(await guess('203.0.113.5'), 401);
      assert.equal(await guess('203.0.113.5'), 429);
      assert.equal(await guess('198.51.100.7'), 401, 'another client has its own allowance');
      assert.equal(await guess('10.9.9.9, 203.0.113.5'), 429, 'an address made up by the client is not the client');

      const kept = (await call(app.url, 'GET', '/health', undefined, KEY)).headers.get('keep-alive');
      assert.equal(kept, 'timeout=75', 'longer than load balancers keep an idle connection');

      const signIn = (headers: Record<string, string>) =>
        call(app.url, 'POST', '/api/session', { key: 'bootstrap' }, headers);
      const over = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.8' };
      assert.match(String((await signIn(over)).headers.get('set-cookie')), /; Secure$/);
      assert.doesNotMatch(String((await signIn({})).headers.get('set-cookie')), /Secure/);
    } finally {
      await app.stop();
    }
  });

  test('nobody else is believed', async () => {
    assert.equal(readConfig({}, { modelDir: '' }).trustProxy, false);
    const app = await startApp({ ...limited, TRUST_PROXY: '10.0.0.0/8', KEEP_ALIVE_MS: '620000' });
    try {
      const guess = (forwarded: string) =>
        call(app.url, 'GET', '/api/keys', undefined, { 'x-api-key': 'wrong', 'x-forwarded-for': forwarded });
      for (let i = 0; i < 3; i++) assert.equal((await guess(`203.0.113.${i}`)).status, 401);
      const refused = await guess('203.0.113.9');
      assert.equal(refused.status, 429);
      assert.equal(refused.headers.get('keep-alive'), 'timeout=620');
    } finally {
      await app.stop();
    }
  });
});
