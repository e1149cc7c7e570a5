import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { assertListenable } from '../src/api/server.ts';
import { SCOPES, type Scope } from '../src/domain/key.ts';
import { call, startApp, type TestApp } from './support/app.ts';

interface Operation {
  method: string;
  path: string;
  /** Any of these; none: open to all. */
  scopes: Scope[];
  /** What a missing or wrong key gets. */
  badKey: 401 | 403;
}

interface Shown {
  /** Of a GET: `read` where it is left out. */
  'x-scope'?: Scope | Scope[] | 'none';
  'x-bad-key'?: 403;
}

/** Every route of the document, tried by everyone who may not use it. */
describe('scopes', () => {
  let app: TestApp;
  let operations: Operation[];
  const secrets = {} as Record<Scope | 'revoked', string>;
  /** `admin` may do all that others may. */
  const others = (scopes: Scope[]) => SCOPES.filter((other) => other !== 'admin' && !scopes.includes(other));
  const scopesOf = ({ 'x-scope': shown = 'read' }: Shown) => (shown === 'none' ? [] : [shown].flat());

  before(async () => {
    app = await startApp({ API_KEY: 'bootstrap-secret' });
    const make = async (name: string, scopes: readonly Scope[]) => {
      const { status, body } = await call(
        app.url,
        'POST',
        '/api/keys',
        { name, scopes },
        { 'x-api-key': 'bootstrap-secret' },
      );
      assert.equal(status, 201, JSON.stringify(body));
      return body as { id: string; secret: string };
    };
    for (const scope of SCOPES) secrets[scope] = (await make(scope, [scope])).secret;
    const revoked = await make('revoked', SCOPES);
    secrets.revoked = revoked.secret;
    const gone = await call(app.url, 'DELETE', `/api/keys/${revoked.id}`, undefined, {
      'x-api-key': 'bootstrap-secret',
    });
    assert.equal(gone.status, 204);

    const { body } = await call(app.url, 'GET', '/openapi.json');
    operations = Object.entries(body.paths as Record<string, Record<string, Shown>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: path.replaceAll(/\{[^}]+\}/g, 'x'),
        scopes: scopesOf(operation),
        badKey: operation['x-bad-key'] ?? 401,
      })),
    );
    assert.ok(operations.length >= 20, 'the document lists the routes');
  });
  after(() => app.stop());

  const ask = ({ method, path }: Operation, headers: Record<string, string> = {}) =>
    call(app.url, method, path, method === 'POST' || method === 'PUT' ? {} : undefined, headers);

  test('403 for a missing key is the card services’ own', () => {
    const paths = operations.filter(({ badKey }) => badKey === 403).map(({ path }) => path);
    assert.deepEqual(paths, ['/v1/fraud-score', '/v1/fraud-score/batch', '/v1/model-info']);
  });

  test('every route declares a scope, and the document shows it as security', async () => {
    const { body } = await call(app.url, 'GET', '/openapi.json');
    for (const [path, methods] of Object.entries(body.paths as Record<string, Record<string, Record<string, unknown>>>))
      for (const [method, operation] of Object.entries(methods)) {
        const scopes = scopesOf(operation as Shown);
        assert.ok(
          scopes.every((scope) => SCOPES.includes(scope)),
          `${method} ${path}: ${scopes}`,
        );
        assert.equal(
          (operation.security as unknown[] | undefined)?.length !== 0,
          scopes.length > 0,
          `${method} ${path}`,
        );
      }
    assert.deepEqual(
      operations.filter(({ scopes }) => scopes.length === 0).map(({ path }) => path),
      // Signing in asks for no scope: each of its routes answers by the key or the cookie that it is shown.
      [...Array(3).fill('/api/session'), '/health', '/api/health', '/api/v1/utils/health-check/', '/ready'],
    );
  });

  test('without a key, and with a revoked or an unknown one: 401, or 403 on the card services', async () => {
    for (const operation of operations) {
      if (operation.scopes.length === 0) continue;
      for (const headers of [{}, { 'x-api-key': secrets.revoked }, { authorization: 'Bearer ak_unknown' }]) {
        const answer = await ask(operation, headers as Record<string, string>);
        assert.equal(answer.status, operation.badKey, `${operation.method} ${operation.path}`);
        assert.equal(answer.body.code, operation.badKey === 401 ? 'unauthenticated' : 'forbidden');
        assert.equal(answer.headers.has('www-authenticate'), operation.badKey === 401);
      }
    }
  });

  test('with each wrong scope: 403; with the right one: neither', async () => {
    for (const operation of operations) {
      if (operation.scopes.length === 0) continue;
      for (const scope of others(operation.scopes)) {
        const answer = await ask(operation, { 'x-api-key': secrets[scope] });
        assert.equal(answer.status, 403, `${operation.method} ${operation.path} with ${scope}`);
        assert.equal(answer.body.code, 'forbidden');
      }
      for (const scope of new Set<Scope>([...operation.scopes, 'admin'])) {
        const answer = await ask(operation, { authorization: `Bearer ${secrets[scope]}` });
        assert.ok(![401, 403].includes(answer.status), `${operation.method} ${operation.path}: ${answer.status}`);
      }
    }
  });

  test('HEAD and a trailing slash ask for the same scope as GET', async () => {
    for (const operation of operations.filter(({ method, scopes }) => method === 'GET' && scopes.length > 0)) {
      assert.equal((await ask({ ...operation, method: 'HEAD' })).status, operation.badKey, operation.path);
      assert.equal((await ask({ ...operation, path: `${operation.path}/` })).status, operation.badKey, operation.path);
    }
  });

  test('an override asks for review as well', async () => {
    const body = { tempId: 'nobody', override: true };
    const refused = await call(app.url, 'POST', '/api/transactions/finalize', body, { 'x-api-key': secrets.ingest });
    assert.equal(refused.status, 403);
    const allowed = await call(app.url, 'POST', '/api/transactions/finalize', body, {
      'x-api-key': 'bootstrap-secret',
    });
    assert.equal(allowed.status, 404);
  });

  test('the live feed asks for read: by header, or by subprotocol where a browser can do no other', async () => {
    const url = `${app.url.replace('http', 'ws')}/ws`;
    const outcome = (protocols: string[], headers: Record<string, string> = {}) =>
      new Promise<number | string>((resolve) => {
        const socket = new WebSocket(url, protocols, { headers });
        socket.once('open', () => {
          resolve(socket.protocol);
          socket.close();
        });
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.once('error', () => {});
      });
    assert.equal(await outcome([]), 401);
    assert.equal(await outcome(['assay', `assay.key.${secrets.ingest}`]), 403);
    assert.equal(await outcome(['assay', `assay.key.${secrets.revoked}`]), 401);
    assert.equal(await outcome(['assay', `assay.key.${secrets.read}`]), 'assay');
    assert.equal(await outcome([], { 'x-api-key': secrets.read }), '');
  });

  test('secrets are shown once and kept nowhere', async () => {
    const { body } = await call(app.url, 'GET', '/api/keys', undefined, { 'x-api-key': secrets.admin });
    const text = JSON.stringify(body);
    for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret));
    assert.ok(!text.includes('secretHash'));
    for await (const record of app.services.journal.read(1))
      for (const secret of Object.values(secrets)) assert.ok(!JSON.stringify(record).includes(secret));
  });
});

describe('without keys', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const inject = (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
    app.server.inject({ method: 'GET', url: '/api/features', headers, remoteAddress });

  test('a foreign Host, Origin or address is refused', async () => {
    assert.equal((await inject({ host: 'localhost:3000' })).statusCode, 200);
    assert.equal((await inject({ host: '127.0.0.1:3000', origin: 'http://localhost:3000' })).statusCode, 200);
    assert.equal((await inject({ host: '[::1]:3000' })).statusCode, 200);
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1:3000'])
      assert.equal((await inject({ host })).statusCode, 403, host);
    for (const origin of ['http://evil.example', 'null', 'http://localhost:3001', 'file://'])
      assert.equal((await inject({ host: 'localhost:3000', origin })).statusCode, 403, origin);
    assert.equal((await inject({ host: 'localhost:3000' }, '10.1.2.3')).statusCode, 403);
  });

  test('a WebSocket from a foreign page is refused', async () => {
    const status = await new Promise((resolve) => {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`, { origin: 'http://evil.example' });
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.once('open', () => resolve('open'));
      socket.once('error', () => {});
    });
    assert.equal(status, 403);
  });

  test('only loopback may be listened on, and the refusal says the way out', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1'])
      assert.doesNotThrow(() => assertListenable({ host }, { configured: false }));
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'example.com', '']) {
      assert.throws(() => assertListenable({ host }, { configured: false }), /assay keys create .*API_KEY/);
      assert.doesNotThrow(() => assertListenable({ host }, { configured: true }));
    }
  });
});
