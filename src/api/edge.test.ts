import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { call, startApp, type TestApp } from '../../test/support/app.ts';
import { RESERVED_IDS } from '../domain/fields.ts';

const DAY = 86_400_000;
const KEY = 'edge-secret';

/** What the edge promises besides its routes: limits, idempotency over time, CORS, formats, headers. */
describe('the edge', () => {
  let app: TestApp;
  let now = Date.UTC(2026, 4, 1, 23, 59, 0);
  before(async () => {
    app = await startApp(
      { API_KEY: KEY, RATE_LIMIT_MAX: '200', RATE_LIMIT_WINDOW: '1m', CORS_ORIGINS: 'https://shop.example' },
      { clock: () => now },
    );
  });
  after(() => app.stop());
  /** Each call in a window of its own, unless it stays. */
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, stay = false) => {
    if (!stay) now += 60_000;
    return call(app.url, method, path, body, { 'x-api-key': KEY, ...headers });
  };

  test('a batch counts its rows; beyond the limit 429 says when to come back', async () => {
    const rows = (n: number) => ({ transactions: Array.from({ length: n }, () => ({ userId: 'u', amount: 1 })) });
    const first = await ask('POST', '/score/batch', rows(150));
    assert.equal(first.status, 200);
    assert.equal(first.body.data.length, 150);
    assert.equal(first.headers.get('ratelimit-limit'), '200');
    assert.equal(first.headers.get('ratelimit-remaining'), '50');
    const second = await ask('POST', '/score/batch', rows(60), {}, true);
    assert.equal(second.status, 429);
    assert.equal(second.body.code, 'rate_limited');
    assert.ok(Number(second.headers.get('retry-after')) >= 1);
    assert.ok(Number(second.headers.get('ratelimit-reset')) <= 60);
    assert.equal((await ask('POST', '/score/batch', rows(40), {}, true)).status, 200, 'what fits still goes');
    assert.equal((await ask('GET', '/health', undefined, {}, true)).status, 200);
  });

  test('one row that does not fit refuses the batch and is named', async () => {
    const good = { userId: 'u', amount: 1 };
    const answer = await ask('POST', '/score/batch', { transactions: [good, { ...good, currency: 'QQQ' }] });
    assert.equal(answer.status, 422);
    assert.deepEqual(answer.body.errors, [{ path: '/transactions/1/currency', message: 'must be an ISO 4217 code' }]);
    assert.equal((await ask('POST', '/score/batch', { transactions: [] })).status, 422);
  });

  test('an Idempotency-Key is of no day: whatever the clock does, it is decided once', async () => {
    now = Date.UTC(2026, 5, 1, 23, 58, 0);
    const body = { userId: 'u_day', amount: 3 };
    const post = (sent: object = body) => ask('POST', '/api/transactions', sent, { 'idempotency-key': 'day' });
    const first = await post();
    for (const step of [120_000, DAY, 5 * DAY, -4 * DAY]) {
      now += step;
      const again = await post();
      assert.equal(again.headers.get('idempotent-replayed'), 'true', `${step}`);
      assert.deepEqual(again.body, first.body);
      const other = await post({ ...body, amount: 4 });
      assert.deepEqual([other.status, other.body.code], [409, 'idempotency_conflict']);
    }
  });

  test('commands repeat their first answer too, and never another body’s', async () => {
    const user = { name: 'Ida', email: 'ida@example.com' };
    const first = await ask('POST', '/api/users', user, { 'idempotency-key': 'ida' });
    const again = await ask('POST', '/api/users', user, { 'idempotency-key': 'ida' });
    assert.deepEqual([first.status, again.status], [201, 201]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(again.body, first.body);
    const other = await ask('POST', '/api/users', { ...user, name: 'Eva' }, { 'idempotency-key': 'ida' });
    assert.deepEqual([other.status, other.body.code], [409, 'idempotency_conflict']);
    const scored = () => ask('POST', '/score', { userId: 'u', amount: 2 }, { 'idempotency-key': 's' });
    assert.deepEqual((await scored()).body, (await scored()).body);
    assert.equal((await ask('POST', '/score', {}, { 'idempotency-key': 'x'.repeat(256) })).status, 422);
  });

  test('CORS: the listed origin may ask and read why it was refused, others may not', async () => {
    const preflight = await fetch(`${app.url}/api/transactions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://shop.example');
    const refused = await call(app.url, 'GET', '/api/users', undefined, { origin: 'https://shop.example' });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('access-control-allow-origin'), 'https://shop.example');
    assert.equal(refused.headers.get('vary'), 'Origin, Authorization');
    const exposed = (refused.headers.get('access-control-expose-headers') ?? '').toLowerCase().split(/, */);
    for (const name of ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after', 'location'])
      assert.ok(exposed.includes(name), name);
    for (const name of ['x-request-id', 'x-response-time-ms', 'idempotent-replayed'])
      assert.ok(exposed.includes(name), name);
    const foreign = await ask('GET', '/api/users', undefined, { origin: 'https://evil.example' });
    assert.notEqual(foreign.headers.get('access-control-allow-origin'), 'https://evil.example');
    for (const path of ['/api/transactions', '/health', '/nope'])
      assert.match((await ask('GET', path)).headers.get('vary') ?? '', /^Origin/, path);
  });

  test('one who looks for an answer only after sending everything is told too that it was too much', async () => {
    const body = 'x'.repeat(20_000_000);
    const { hostname, port } = new URL(app.url);
    const head = `POST /score HTTP/1.1\r\nHost: ${hostname}:${port}\r\nX-API-Key: ${KEY}\r\nContent-Type: application/json\r\n`;
    const socket = connect(Number(port), hostname).pause();
    const said = await new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, () =>
        socket.once('data', (part) => resolve(`${part}`)).resume(),
      );
    });
    socket.destroy();
    assert.match(said, /^HTTP\/1\.1 413 /);
  });

  test('refusals by size, type and method', async () => {
    const big = { transactions: [{ userId: 'u', amount: 1, metadata: { a: 'x'.repeat(1_100_000) } }] };
    assert.equal((await ask('POST', '/score', big.transactions[0])).status, 413);
    assert.equal((await ask('POST', '/score/batch', big)).status, 422, 'batches may be larger');
    assert.equal(
      (await ask('POST', '/score', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' })).status,
      415,
    );
    assert.equal(
      (await ask('POST', '/score', '{"userId":"u","amount":1}', { 'content-type': 'application/vnd.x+json' })).status,
      200,
    );
    const patch = await ask('PATCH', '/api/users/x', {});
    assert.deepEqual([patch.status, patch.headers.get('allow')], [405, 'GET, HEAD, PUT, DELETE, OPTIONS']);
    assert.equal((await ask('QUERY', '/api/users/x', {})).status, 405);
  });

  test('a body that is compressed, or empty, is refused for what it is', async () => {
    const zipped = await fetch(`${app.url}/api/transactions`, {
      method: 'POST',
      headers: { 'x-api-key': KEY, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync('{"userId":"u","amount":1}'),
    });
    const problem = (await zipped.json()) as { code: string; detail: string };
    assert.deepEqual([zipped.status, problem.code], [415, 'unsupported_media_type']);
    assert.match(problem.detail, /Content-Encoding/);
    const plain = await ask('POST', '/score', { userId: 'u', amount: 1 }, { 'content-encoding': 'identity' });
    assert.equal(plain.status, 200);
    for (const path of ['/api/transactions', '/score', '/v1/fraud-score', '/api/users']) {
      const empty = await ask('POST', path, '', { 'content-type': 'application/json' });
      assert.deepEqual([empty.status, empty.body.code], [400, 'malformed_json'], path);
      assert.equal((await ask('POST', path, 'null')).status, 422, path);
    }
    const bodiless = await ask('DELETE', '/api/users/nobody', '', { 'content-type': 'application/json' });
    assert.equal(bodiless.status, 404, 'nothing is needed here');
  });

  test('a name that is given twice is refused: readers differ in which of them they take', async () => {
    for (const [path, body, at] of [
      ['/api/transactions', '{"userId":"u","amount":1,"amount":100}', '/amount'],
      [
        '/score/batch',
        `{"transactions":[{"userId":"u","amount":1},{"userId":"u","amount":1,"userId":"v"}]}`,
        '/transactions/1/userId',
      ],
      ['/api/users', '{"name":"A","email":"a@b.co","email":"c@d.co"}', '/email'],
    ] as const) {
      const { status, body: told } = await ask('POST', path, body);
      assert.deepEqual([status, told.errors], [422, [{ path: at, message: 'is given twice' }]], path);
    }
    // In a long body, which is read a part at a time, too.
    const row = { userId: 'u', amount: 1, metadata: { note: 'x'.repeat(1_000) } };
    const rows = Array.from({ length: 600 }, () => JSON.stringify(row));
    rows[500] = rows[500].replace('"amount":1', '"amount":1,"amount":2');
    const { body: told } = await ask('POST', '/score/batch', `{"transactions":[${rows}]}`);
    assert.deepEqual(told.errors, [{ path: '/transactions/500/amount', message: 'is given twice' }]);
  });

  test('ids of any kind find their way through addresses', async () => {
    for (const id of ['a|b', 'a/b', '100%', 'a%2Fb', '😀 é', 'a?b#c', '..', "o'b;--"]) {
      const posted = await ask('POST', '/api/transactions', { id, userId: `u ${id}`, amount: 1 });
      assert.equal(posted.status, 201, id);
      const read = await ask('GET', String(posted.headers.get('location')));
      if (id === '..') continue; // An URL parser takes dots for a way up before they are sent.
      assert.equal(read.body.id, id);
      const listed = await ask('GET', `/api/transactions/user/${encodeURIComponent(`u ${id}`)}`);
      assert.deepEqual(
        listed.body.data.map((row: { id: string }) => row.id),
        [id],
      );
    }
    assert.equal((await ask('GET', '/api/users/100%')).status, 404);
  });

  test('ids that are addresses of their own are refused, and these are all of them', async () => {
    const urls = app.server.declaredRoutes.map(({ url }) => /^\/api\/transactions\/([^:/]+)/.exec(url)?.[1]);
    assert.deepEqual([...new Set(urls.filter((name) => name !== undefined))].sort(), RESERVED_IDS);
    for (const id of RESERVED_IDS) {
      const refused = await ask('POST', '/api/transactions', { id, userId: 'u', amount: 1 });
      assert.deepEqual([refused.status, refused.body.errors[0].path], [422, '/id'], id);
      assert.equal((await ask('POST', '/score', { id, userId: 'u', amount: 1 })).status, 422, 'one intake');
    }
  });

  test('a stored transaction and one in the body are not scored together', async () => {
    await ask('POST', '/api/transactions', { id: 'stored', userId: 'u', amount: 1 });
    assert.equal((await ask('POST', '/score', { transactionId: 'stored' })).status, 200);
    for (const more of [{ userId: 'u', amount: 2 }, { amount: 2 }, { channel: 'web' }]) {
      const both = await ask('POST', '/score', { transactionId: 'stored', ...more });
      assert.deepEqual([both.status, both.body.errors?.[0].path], [422, '/transactionId'], JSON.stringify(both.body));
    }
    assert.equal((await ask('POST', '/score', { transactionId: 7, userId: 'u', amount: 1 })).status, 422);
  });

  test('the same list as CSV, with its cursor in a header', async () => {
    const csv = await ask('GET', '/api/transactions?limit=2', undefined, {
      accept: 'text/csv, application/json;q=0.5',
    });
    assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/);
    assert.equal(csv.body.trim().split('\r\n').length, 3);
    const cursor = csv.headers.get('x-next-cursor');
    assert.ok(cursor);
    const json = await ask('GET', `/api/transactions?limit=2&cursor=${encodeURIComponent(cursor)}`, undefined, {
      accept: 'application/json, text/csv;q=0.5',
    });
    assert.equal(json.body.data.length, 2);
    for (const [accept, type] of [
      ['application/json, text/csv', /json/],
      ['text/csv, application/json', /csv/],
      ['application/json;q=0.5, text/csv', /csv/],
      ['text/csv;q=0', /json/],
      ['*/*', /json/],
    ] as const)
      assert.match(
        (await ask('GET', '/api/users', undefined, { accept })).headers.get('content-type') ?? '',
        type,
        accept,
      );
  });

  test('every answer is signed and safe to show', async () => {
    for (const path of ['/health', '/nope', '/api/users', '/', '/api/transactions/%zz']) {
      const { headers } = await ask('GET', path, undefined, { 'x-request-id': 'r-1' });
      assert.equal(headers.get('x-request-id'), 'r-1', path);
      assert.match(headers.get('x-response-time-ms') ?? '', /^\d+(\.\d+)?$/, path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
      assert.ok(headers.get('content-security-policy'), path);
    }
  });

  test('metrics count what was decided and asked', async () => {
    const { body } = await ask('GET', '/metrics');
    assert.match(body, /assay_decisions_total\{decision="approve"\} [1-9]/);
    assert.match(
      body,
      /assay_http_request_duration_seconds_count\{method="POST",route="\/api\/transactions",status="201"\} [1-9]/,
    );
    assert.match(body, /assay_projection_lag_records \d+/);
    assert.doesNotMatch(body, /route="\/nope"/, 'unknown paths share one label');
  });
});
