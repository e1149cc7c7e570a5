import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { call, startApp, type TestApp } from './support/app.ts';

const HOUR = 3_600_000;

describe('signing in', () => {
  let app: TestApp;
  let now = Date.now();
  const admin = { 'x-api-key': 'bootstrap' };
  before(async () => {
    app = await startApp({ API_KEY: 'bootstrap' }, { clock: () => now });
  });
  after(() => app.stop());

  const make = async (name: string, scopes: string[]) =>
    (await call(app.url, 'POST', '/api/keys', { name, scopes }, admin)).body as { id: string; secret: string };
  /** Signs in; the headers that a browser would send from then on. */
  async function signIn(key: string) {
    const { status, body, headers } = await call(app.url, 'POST', '/api/session', { key });
    assert.equal(status, 200, JSON.stringify(body));
    const setCookie = headers.get('set-cookie') ?? '';
    return { body, setCookie, cookie: setCookie.split(';')[0], csrf: { 'x-assay-csrf': body.csrfToken as string } };
  }
  const ask = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    call(app.url, method, path, body, headers);

  test('with a key: an HttpOnly cookie of this site alone, and what the key may do', async () => {
    const { secret } = await make('ann', ['read', 'review']);
    const { body, setCookie, cookie } = await signIn(secret);
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=43200'])
      assert.ok(setCookie.split('; ').includes(part), part);
    assert.ok(!setCookie.includes('Secure'), 'not over plain HTTP, where no browser would keep it');
    assert.ok(!setCookie.includes(secret) && !JSON.stringify(body).includes(secret));
    assert.deepEqual([body.keyless, body.keyName, body.scopes], [false, 'ann', ['read', 'review']]);
    assert.equal(body.baseCurrency, 'USD');
    const { body: session } = await ask('GET', '/api/session', { cookie: `theme=dark; ${cookie}; x=y` });
    assert.deepEqual(session, body);
    assert.equal((await ask('GET', '/api/transactions', { cookie })).status, 200);
    assert.equal((await ask('GET', '/api/keys', { cookie })).status, 403, 'a scope that it lacks');
    const proxied = await ask('POST', '/api/session', { 'x-forwarded-proto': 'https' }, { key: secret });
    assert.match(proxied.headers.get('set-cookie') ?? '', /; Secure$/);
  });

  test('without one there is no session, and nobody is told more than that', async () => {
    const none = { keyless: false, keyName: null, scopes: [], csrfToken: null, expiresAt: null };
    assert.deepEqual((await ask('GET', '/api/session', {})).body, none);
    assert.deepEqual((await ask('GET', '/api/session', { cookie: 'assay_session=guess' })).body, none);
    assert.equal((await ask('GET', '/api/transactions', { cookie: 'assay_session=guess' })).status, 401);
    const refused = await ask('POST', '/api/session', {}, { key: 'ak_guess' });
    assert.deepEqual([refused.status, refused.body.code], [401, 'unauthenticated']);
    assert.equal(refused.headers.get('set-cookie'), null);
    assert.equal((await ask('POST', '/api/session', {}, { key: '' })).status, 422);
    assert.equal((await ask('GET', '/api/session', admin)).body.keyName, 'API_KEY of the environment');
  });

  test('whatever changes something carries the CSRF token; a key in the header needs none', async () => {
    const { secret } = await make('all', ['ingest', 'read', 'review']);
    const { cookie, csrf } = await signIn(secret);
    const other = await signIn(secret);
    const payment = { userId: 'u', amount: 3 };
    for (const headers of [{}, { 'x-assay-csrf': '' }, { 'x-assay-csrf': 'x' }, other.csrf]) {
      const refused = await ask('POST', '/api/transactions', { cookie, ...headers }, payment);
      assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden'], JSON.stringify(headers));
    }
    const decided = await ask('POST', '/api/transactions', { cookie, ...csrf }, payment);
    assert.equal(decided.status, 201);
    const record = await app.services.journal.find(`t:${decided.body.id}`);
    assert.match(String(record?.data.by), /^key_/, 'it was the key that did it');
    assert.equal((await ask('DELETE', `/api/transactions/${decided.body.id}`, { cookie })).status, 403);
    assert.equal((await ask('POST', '/api/transactions', { cookie, 'x-api-key': secret }, payment)).status, 201);
  });

  test('it ends: by signing out, after twelve hours, and with its key', async () => {
    const key = await make('ends', ['read']);
    const first = await signIn(key.secret);
    assert.equal((await ask('DELETE', '/api/session', { cookie: first.cookie })).status, 403);
    const out = await ask('DELETE', '/api/session', { cookie: first.cookie, ...first.csrf });
    assert.equal(out.status, 204);
    assert.match(out.headers.get('set-cookie') ?? '', /^assay_session=; .*Max-Age=0/);
    assert.equal((await ask('GET', '/api/transactions', { cookie: first.cookie })).status, 401);
    assert.equal((await ask('DELETE', '/api/session', {})).status, 204, 'nothing to sign out of');

    const second = await signIn(key.secret);
    now += 12 * HOUR - 1;
    assert.equal((await ask('GET', '/api/transactions', { cookie: second.cookie })).status, 200);
    now += 1;
    assert.equal((await ask('GET', '/api/transactions', { cookie: second.cookie })).status, 401);

    const third = await signIn(key.secret);
    await ask('DELETE', `/api/keys/${key.id}`, admin);
    assert.equal((await ask('GET', '/api/transactions', { cookie: third.cookie })).status, 401);
    assert.deepEqual((await ask('GET', '/api/session', { cookie: third.cookie })).body.scopes, []);
    assert.equal((await ask('POST', '/api/session', {}, { key: key.secret })).status, 401);
  });

  test('signing in again ends the session before', async () => {
    const { secret } = await make('again', ['read']);
    const first = await signIn(secret);
    await ask('POST', '/api/session', { cookie: first.cookie }, { key: secret });
    assert.equal((await ask('GET', '/api/transactions', { cookie: first.cookie })).status, 401);
  });

  test('the live feed takes the cookie from this server’s own pages only', async () => {
    const { secret } = await make('live', ['read']);
    const { cookie } = await signIn(secret);
    const outcome = (headers: Record<string, string>) =>
      new Promise<number | string>((resolve) => {
        const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`, { headers });
        socket.once('open', () => {
          resolve('open');
          socket.close();
        });
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.once('error', () => {});
      });
    assert.equal(await outcome({ cookie, origin: app.url }), 'open');
    assert.equal(await outcome({ cookie, origin: 'http://127.0.0.1:1' }), 403);
    assert.equal(await outcome({ cookie, origin: 'https://evil.example' }), 403);
    assert.equal(await outcome({ cookie }), 403);
    assert.equal(await outcome({ cookie: 'assay_session=x', origin: app.url }), 401);
  });
});

test('behind a trusted proxy the live feed takes the origin that the browser knew', async () => {
  for (const trusted of [true, false]) {
    const app = await startApp({ API_KEY: 'k', ...(trusted ? { TRUST_PROXY: '127.0.0.1' } : {}) });
    const headers = { 'x-forwarded-host': 'assay.example', 'x-forwarded-proto': 'https' };
    const signedIn = await call(app.url, 'POST', '/api/session', { key: 'k' }, headers);
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0];
    const outcome = (origin: string) =>
      new Promise<number | string>((resolve) => {
        const more = { ...headers, cookie, origin };
        const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`, { headers: more });
        socket.once('open', () => {
          resolve('open');
          socket.close();
        });
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.once('error', () => {});
      });
    assert.equal(await outcome('https://assay.example'), trusted ? 'open' : 403);
    assert.equal(await outcome('https://assay.example:443'), trusted ? 'open' : 403);
    assert.equal(await outcome('https://evil.example'), 403);
    assert.equal(await outcome(app.url), trusted ? 403 : 'open');
    await app.stop();
  }
});

test('without keys there is nothing to sign in to, and everything is allowed', async () => {
  const app = await startApp();
  const { body } = await call(app.url, 'GET', '/api/session');
  assert.deepEqual([body.keyless, body.scopes], [true, ['ingest', 'read', 'review', 'policy', 'admin']]);
  const signedIn = await call(app.url, 'POST', '/api/session', { key: 'any' });
  assert.deepEqual([signedIn.status, signedIn.headers.get('set-cookie')], [200, null]);
  assert.equal((await call(app.url, 'GET', '/api/session', undefined, { origin: 'http://evil.example' })).status, 403);
  await app.stop();
});
