import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { call, startApp, type TestApp } from './support/app.ts';

const admin = { 'x-api-key': 'bootstrap' };

/** A raw connection that has sent `text` and reads nothing of what comes. */
async function raw(app: TestApp, text: string): Promise<Socket> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

function follow(app: TestApp, headers: Record<string, string>) {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`, { headers });
  const types: string[] = [];
  socket.on('message', (text) => types.push(JSON.parse(String(text)).type));
  const closed = once(socket, 'close').then(([code]) => code as number);
  return { socket, types, closed, open: once(socket, 'open') };
}

describe('the end of a connection', () => {
  test('live clients go with their key, however they showed it; others stay', async () => {
    const app = await startApp({ API_KEY: 'bootstrap' });
    try {
      const make = async () =>
        (await call(app.url, 'POST', '/api/keys', { name: 'k', scopes: ['read', 'ingest'] }, admin)).body;
      const [key, other] = [await make(), await make()];
      const signedIn = await call(app.url, 'POST', '/api/session', { key: key.secret });
      const cookie = String(signedIn.headers.get('set-cookie')).split(';')[0];
      const byKey = follow(app, { 'x-api-key': key.secret });
      const bySession = follow(app, { cookie, origin: app.url });
      const stays = follow(app, { 'x-api-key': other.secret });
      await Promise.all([byKey.open, bySession.open, stays.open]);

      assert.equal((await call(app.url, 'DELETE', `/api/keys/${key.id}`, undefined, admin)).status, 204);
      await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 1 }, admin);
      assert.deepEqual(await Promise.all([byKey.closed, bySession.closed]), [1008, 1008]);
      for (let i = 0; i < 200 && stays.types.length === 0; i++) await sleep(10);
      assert.deepEqual([byKey.types, bySession.types], [[], []]);
      assert.deepEqual(stays.types, ['transaction.decided']);
      assert.equal(stays.socket.readyState, WebSocket.OPEN);
      stays.socket.close();
    } finally {
      await app.stop();
    }
  });

  test('live clients go with the session that let them in: signed out, replaced or over; others stay', async () => {
    let now = Date.now();
    const app = await startApp({ API_KEY: 'bootstrap' }, { clock: () => now });
    try {
      const signIn = async (headers: Record<string, string> = {}) => {
        const answer = await call(app.url, 'POST', '/api/session', { key: 'bootstrap' }, headers);
        const cookie = String(answer.headers.get('set-cookie')).split(';')[0];
        return { cookie, csrf: { 'x-assay-csrf': String(answer.body.csrfToken) } };
      };
      const [out, again, over] = [await signIn(), await signIn(), await signIn()];
      const watch = (cookie: string) => follow(app, { cookie, origin: app.url });
      const tabs = [watch(out.cookie), watch(out.cookie)];
      const [replaced, late] = [watch(again.cookie), watch(over.cookie)];
      // Who shows a key is let in by that, whatever cookie comes along.
      const byKey = follow(app, { ...admin, cookie: out.cookie, origin: app.url });
      await Promise.all([...tabs, replaced, late, byKey].map(({ open }) => open));

      const left = await call(app.url, 'DELETE', '/api/session', undefined, { cookie: out.cookie, ...out.csrf });
      assert.equal(left.status, 204);
      await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 1 }, admin);
      assert.deepEqual(await Promise.all(tabs.map(({ closed }) => closed)), [1008, 1008]);
      assert.deepEqual(
        tabs.flatMap(({ types }) => types),
        [],
        'nothing is told after signing out',
      );
      await signIn({ cookie: again.cookie });
      assert.equal(await replaced.closed, 1008);
      assert.equal(late.socket.readyState, WebSocket.OPEN);
      now += 12 * 3_600_000;
      assert.equal((await call(app.url, 'GET', '/api/users', undefined, { cookie: over.cookie })).status, 401);
      assert.equal(await late.closed, 1008);
      for (let i = 0; i < 200 && byKey.types.length === 0; i++) await sleep(10);
      assert.equal(byKey.socket.readyState, WebSocket.OPEN);
      byKey.socket.close();
    } finally {
      await app.stop();
    }
  });

  // The bound is far below what it takes without one: a request may take a minute to arrive, a close frame half.
  test('half a request and a client that never answers do not hold up the stop', { timeout: 20_000 }, async () => {
    const app = await startApp();
    const half = await raw(
      app,
      'POST /api/transactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a',
    );
    const mute = await raw(
      app,
      'GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await once(mute, 'readable');
    const polite = follow(app, {});
    await polite.open;
    assert.equal(app.server.websocketServer.clients.size, 2);
    await call(app.url, 'POST', '/api/transactions', { id: 'last', userId: 'u', amount: 1 });
    await app.stop();
    assert.equal(await polite.closed, 1001);
    half.destroy();
    mute.destroy();
  });
});
