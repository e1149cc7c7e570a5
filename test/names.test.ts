import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';
import { dereferenced } from './support/openapi.ts';

interface Shown {
  parameters?: { in: string; name: string }[];
}

/** Names that a request may get wrong, on every route of the document. */
describe('names that do not exist', () => {
  let app: TestApp;
  let operations: { method: string; path: string; query: string[] }[];
  before(async () => {
    app = await startApp();
    const { body } = await call(app.url, 'GET', '/openapi.json');
    operations = Object.entries(dereferenced(body).paths as Record<string, Record<string, Shown>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, { parameters = [] }]) => ({
          method: method.toUpperCase(),
          path: path.replaceAll(/\{[^}]+\}/g, 'x'),
          query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
        })),
    );
  });
  after(() => app.stop());

  test('a mistyped parameter is refused on every GET, with the nearest right name', async () => {
    let tried = 0;
    for (const { method, path, query } of operations) {
      if (method !== 'GET') continue;
      for (const right of query) {
        const wrong = right[0] + right;
        const answer = await call(app.url, method, `${path}?${wrong}=1`);
        const what = `${path}?${wrong}: ${answer.status} ${JSON.stringify(answer.body)}`;
        assert.equal(answer.status, 422, what);
        const error = answer.body.errors.find((one: { path: string }) => one.path === `/${wrong}`);
        assert.ok(error?.message.includes(right), what);
        tried++;
      }
      const answer = await call(app.url, method, `${path}?Q%C3%BCz%20x=1`);
      assert.equal(answer.status, 422, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    assert.ok(tried > 30, `${tried} names`);
  });

  test('any other method refuses a parameter that it does not have', async () => {
    const bodies: Record<string, object> = {
      '/score': { userId: 'u', amount: 1 },
      '/api/transactions': { userId: 'u', amount: 1 },
      '/api/users': { name: 'Ida', email: 'ida@example.com' },
    };
    let refused = 0;
    for (const { method, path, query } of operations) {
      if (method === 'GET' || query.length > 0) continue;
      const body = method === 'DELETE' ? undefined : (bodies[path] ?? {});
      const answer = await call(app.url, method, `${path}?dryrun=true`, body);
      assert.equal(answer.status, 422, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      // A body that lacks what it needs is refused for that first.
      const told = answer.body.errors.some((error: { path: string }) => error.path === '/dryrun');
      assert.ok(told || (body && !(path in bodies)), `${method} ${path}: ${JSON.stringify(answer.body)}`);
      if (told) refused++;
    }
    assert.ok(refused >= 8, `${refused}`);
  });

  test('all faults of a query are told at once', async () => {
    const { status, body } = await call(
      app.url,
      'GET',
      '/api/transactions?user_id=x&limit=999&from=soon&to=2026-02-30',
    );
    assert.equal(status, 422);
    const messages = Object.fromEntries(body.errors.map((e: { path: string; message: string }) => [e.path, e.message]));
    assert.deepEqual(Object.keys(messages).sort(), ['/from', '/limit', '/to', '/user_id']);
    assert.match(messages['/user_id'], /did you mean userId\?/);
    const alone = await call(app.url, 'GET', '/api/transactions?from=soon&to=2026-02-30');
    const [from, to] = ['/from', '/to'].map((path) => ({ path, message: 'must be an RFC 3339 time from 1970 on' }));
    assert.deepEqual(alone.body.errors, [from, to], 'each once');
  });

  test('a field of a body that does not exist is told in the answer’s warnings', async () => {
    const ask = (method: string, path: string, body: object) => call(app.url, method, path, body);
    const user = await ask('POST', '/api/users', { name: 'Ida', email: 'ida@example.com', e_mail: 'x' });
    assert.equal(user.status, 201);
    assert.deepEqual(user.body.warnings, ['Not a field of this body, and left out: "e_mail" (did you mean email?).']);
    const decided = await ask('POST', '/api/transactions', { id: 'w1', userId: 'u', amount: 1, device_id: 'd' });
    assert.equal(decided.body.warnings.length, 1);
    const label = { label: 'fraud', source: 'analyst', ocurredAt: '2026-01-01T00:00:00Z' };
    const labelled = await ask('POST', '/api/transactions/w1/labels', label);
    assert.match(labelled.body.warnings[0], /did you mean occurredAt\?/);
    const key = { 'idempotency-key': 'warned' };
    for (const replayed of [null, 'true']) {
      const answer = await call(
        app.url,
        'POST',
        '/score/batch',
        { transactions: [{ userId: 'u', amount: 1 }], row: 1 },
        key,
      );
      assert.equal(answer.headers.get('idempotent-replayed'), replayed);
      assert.match(answer.body.warnings[0], /"row"/);
    }
    const amended = await ask('PUT', '/api/transactions/w1', { amount: 2, merchant: 'm' });
    assert.match(amended.body.warnings.at(-1), /did you mean merchantId\?/);
    assert.equal((await ask('POST', '/api/users', { name: 'Eva', email: 'eva@example.com' })).body.warnings, undefined);
  });

  test('and of a body that is refused it is told with the refusal: the field that is missing may stand there misspelt', async () => {
    const cases: [string, object, string, RegExp][] = [
      ['/api/transactions', { id: 'm1', usreId: 'u', amount: 1 }, '/userId', /"usreId" \(did you mean userId\?\)/],
      ['/score', { usreId: 'u', amount: 1 }, '/userId', /"usreId" \(did you mean userId\?\)/],
      ['/api/users', { name: 'Ida', emial: 'ida@example.com' }, '/email', /"emial" \(did you mean email\?\)/],
      [
        '/api/transactions/w1/labels',
        { lable: 'fraud', source: 'analyst' },
        '/label',
        /"lable" \(did you mean label\?\)/,
      ],
    ];
    for (const [path, sent, missing, told] of cases) {
      const { status, body } = await call(app.url, 'POST', path, sent);
      assert.equal(status, 422);
      assert.deepEqual(
        body.errors.map((error: { path: string }) => error.path),
        [missing],
      );
      assert.match(body.detail, told);
    }
  });

  test('null in an optional field is the same as its absence', async () => {
    const ask = (path: string, body: object) => call(app.url, 'POST', path, body);
    const bare = await ask('/api/transactions', { id: 'n1', userId: 'u', amount: 1 });
    const nulls = { id: 'n1', userId: 'u', amount: 1, ip: null, email: null, metadata: null, transactionDate: null };
    const again = await ask('/api/transactions', { ...nulls, country: null, currency: null });
    assert.deepEqual(
      [again.status, again.headers.get('idempotent-replayed')],
      [201, 'true'],
      JSON.stringify(again.body),
    );
    assert.deepEqual(again.body, bare.body);
    assert.equal((await ask('/score', { userId: 'u', amount: 1, deviceId: null })).status, 200);
    assert.equal((await ask('/score/batch', { transactions: [{ userId: 'u', amount: 1, cardId: null }] })).status, 200);
    assert.equal((await ask('/api/users', { id: null, name: 'No', email: 'no@example.com' })).status, 201);
    const label = { label: 'fraud', source: 'analyst', note: null, occurredAt: null };
    assert.equal((await ask('/api/transactions/n1/labels', label)).status, 201);
    const required = await ask('/api/transactions', { userId: null, amount: 1 });
    assert.deepEqual([required.status, required.body.errors[0].path], [422, '/userId']);
  });

  test('a refusal tells schema faults and misread texts together', async () => {
    const bad = {
      ...{ userId: 7, amount: 'x', ip: '999.1.1.1', email: 'nobody', country: 'Germany', currency: 'QQQ' },
      ...{ transactionDate: '2026-02-30T00:00:00Z', latitude: 91, accountAgeDays: -1 },
    };
    const one = await call(app.url, 'POST', '/api/transactions', bad);
    assert.equal(one.status, 422);
    const paths = one.body.errors.map(({ path }: { path: string }) => path.slice(1));
    assert.deepEqual([...new Set(paths)].sort(), Object.keys(bad).sort(), JSON.stringify(one.body.errors));
    const rows = await call(app.url, 'POST', '/score/batch', {
      transactions: [{ userId: 'u', amount: 1, ip: 'x' }, {}],
    });
    const told = rows.body.errors.map(({ path }: { path: string }) => path);
    assert.deepEqual(told.sort(), ['/transactions/0/ip', '/transactions/1/amount', '/transactions/1/userId']);
    const user = await call(app.url, 'POST', '/api/users', { email: 'nobody' });
    assert.deepEqual(user.body.errors.map(({ path }: { path: string }) => path).sort(), ['/email', '/name']);
  });
});
