import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { readRows } from '../src/training/history-file.ts';
import { type Answer, call, startApp, type TestApp } from './support/app.ts';

/** The public contract as a client sees it: request by request, over a real socket. */
describe('the contract', () => {
  let app: TestApp;
  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    call(app.url, method, path, body, headers);
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const full = {
    id: 'ord_981',
    userId: 'auth0|12345',
    amount: 100.5,
    currency: 'USD',
    productCategory: 'Electronics',
    customerLocation: 'New York',
    accountAgeDays: 365,
    transactionDate: '2023-09-15T12:00:00Z',
    merchantId: 'm_7',
    cardId: 'c_9',
    deviceId: 'd_3',
    ip: '203.0.113.9',
    email: 'a@b.co',
    country: 'US',
    latitude: 40.71,
    longitude: -74.0,
    channel: 'web',
    metadata: { basketSize: 3 },
  };

  function problem(answer: Answer, status: number, code?: string) {
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.match(answer.headers.get('content-type') ?? '', /application\/problem\+json/);
    for (const name of ['type', 'title', 'status', 'code', 'detail', 'requestId']) assert.ok(name in answer.body, name);
    assert.equal(answer.body.status, status);
    if (code) assert.equal(answer.body.code, code);
  }

  test('a transaction is decided, durable and answered as written', async () => {
    const { status, body, headers } = await ask('POST', '/api/transactions', full, { 'x-request-id': 'my-request' });
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(headers.get('x-request-id'), 'my-request');
    assert.match(headers.get('x-response-time-ms') ?? '', /^\d+(\.\d+)?$/);
    assert.equal(body.id, 'ord_981');
    assert.equal(body.tempId, 'ord_981');
    assert.equal(body.status, 'pending');
    assert.equal(body.decision, 'approve');
    assert.equal(body.isFraudulent, false);
    assert.equal(body.score, Math.round(100 * body.probability));
    assert.ok(body.fraudExplanation.length > 10);
    assert.ok(body.reasons.length > 0);
    for (const reason of body.reasons) {
      assert.equal(typeof reason.code, 'string');
      assert.equal(typeof reason.contribution, 'number');
      assert.ok(reason.message.length > 5);
    }
    assert.ok(Array.isArray(body.rules) && Array.isArray(body.oodWarning));
    assert.ok(body.model.name && body.model.version);
    assert.equal(typeof body.latencyMs, 'number');
    assert.match(body.createdAt, /^\d{4}-\d\d-\d\dT.*Z$/);
    for (const [name, value] of Object.entries(full))
      if (name === 'transactionDate') assert.equal(Date.parse(body[name]), Date.parse(full[name]));
      else assert.deepEqual(body[name], value, name);
    assert.equal(app.services.journal.durable, app.services.journal.last);
  });

  test('a chosen id is idempotent: same body, same answer; another body, 409', async () => {
    const again = await ask('POST', '/api/transactions', full);
    assert.equal(again.status, 201);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    problem(await ask('POST', '/api/transactions', { ...full, amount: 101 }), 409, 'conflict');
  });

  test('two at once with one id: one record, one answer', async () => {
    const body = { id: 'twice', userId: 'u_twice', amount: 5 };
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('POST', '/api/transactions', body)));
    assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([201]));
    assert.equal(new Set(answers.map((answer) => answer.body.createdAt + answer.body.latencyMs)).size, 1);
    const list = await ask('GET', '/api/transactions?userId=u_twice');
    assert.equal(list.body.data.length, 1);
  });

  test('an Idempotency-Key gives the stored answer, and 409 to another body', async () => {
    const body = { userId: 'u_key', amount: 7.25 };
    const first = await ask('POST', '/api/transactions', body, { 'idempotency-key': 'k-1' });
    const second = await ask('POST', '/api/transactions', body, { 'idempotency-key': 'k-1' });
    assert.equal(first.status, 201);
    assert.equal(second.status, 201);
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(second.body, first.body);
    problem(await ask('POST', '/api/transactions', { ...body, amount: 8 }, { 'idempotency-key': 'k-1' }), 409);
  });

  test('only userId and amount are required; the amount is rounded to its minor unit', async () => {
    const { status, body } = await ask('POST', '/api/transactions', { userId: 'u_min', amount: 10.006 });
    assert.equal(status, 201);
    assert.equal(body.amount, 10.01);
    assert.equal(body.currency, 'USD');
    const yen = await ask('POST', '/api/transactions', { userId: 'u_min', amount: 1000.4, currency: 'JPY' });
    assert.equal(yen.body.amount, 1000);
    assert.match(yen.body.warnings[0], /1000.4 is rounded to 1000/);
    assert.equal(yen.body.amountBase, 1000 * yen.body.baseRate);
    const dirhams = await ask('POST', '/api/transactions', { userId: 'u_min', amount: 1000, currency: 'AED' });
    assert.deepEqual([dirhams.body.amount, dirhams.body.amountBase, dirhams.body.baseRate], [1000, null, null]);
    assert.match(dirhams.body.warnings[0], /no rate from AED to USD/);
    const { body: health } = await ask('GET', '/health');
    assert.equal(health.rates.missing.AED, 1);
  });

  test('a date more than five minutes ahead is taken as the receipt, with a warning', async () => {
    const { body } = await ask('POST', '/api/transactions', {
      userId: 'u_ahead',
      amount: 1,
      transactionDate: new Date(Date.now() + 3_600_000).toISOString(),
    });
    assert.ok(Date.parse(body.transactionDate) <= Date.now());
    assert.ok(body.warnings.length > 0);
  });

  test('bad input gets a clear problem', async () => {
    problem(await ask('POST', '/api/transactions', '{"userId": "u", "amount": NaN}'), 400, 'malformed_json');
    problem(await ask('POST', '/api/transactions', '{"userId": '), 400, 'malformed_json');
    for (const body of [
      { amount: 1 },
      { userId: 'u' },
      { userId: 'u', amount: '1' },
      { userId: 'u', amount: -1 },
      { userId: 'u', amount: 2e12 },
      { userId: 'u', amount: 1, currency: 'XYZ' },
      { userId: 'u', amount: 1, latitude: 91 },
      { userId: 'u', amount: 1, transactionDate: 'yesterday' },
      { userId: '', amount: 1 },
    ]) {
      const answer = await ask('POST', '/api/transactions', body);
      problem(answer, 422, 'invalid_request');
      assert.ok(answer.body.errors.length > 0, JSON.stringify(body));
    }
    problem(await ask('POST', '/api/transactions', '{"userId":"u","amount":1e999}'), 422);
    problem(await ask('POST', '/api/transactions', 'a=1', { 'content-type': 'text/plain' }), 415);
    problem(
      await ask('POST', '/api/transactions', { userId: 'u', amount: 1, metadata: { big: 'x'.repeat(1_100_000) } }),
      413,
    );
    problem(await ask('GET', '/api/transactions/unknown'), 404, 'not_found');
    problem(await ask('GET', '/api/nothing'), 404);
    problem(await ask('GET', '/api/transactions?limit=0'), 422);
    problem(await ask('GET', '/api/transactions?limit=1000'), 422);
  });

  test('asynchronous: 202, then the decision', async () => {
    const accepted = await ask(
      'POST',
      '/api/transactions',
      { id: 'async_1', userId: 'u_async', amount: 3 },
      { prefer: 'respond-async' },
    );
    assert.equal(accepted.status, 202);
    assert.equal(accepted.body.tempId, 'async_1');
    assert.equal(accepted.body.status, 'processing');
    assert.ok(accepted.body.message);
    let read = await ask('GET', '/api/transactions/async_1');
    for (let i = 0; i < 50 && read.body.status === 'processing'; i++) {
      await sleep(20);
      read = await ask('GET', '/api/transactions/async_1');
    }
    assert.equal(read.body.status, 'pending');
    assert.equal(read.body.decision, 'approve');
    problem(await ask('POST', '/api/transactions/async_1/retry'), 409);
    problem(await ask('POST', '/api/transactions/nobody/retry'), 404);
  });

  test('finalize: once, again, unknown', async () => {
    await ask('POST', '/api/transactions', { id: 'fin_1', userId: 'u_fin', amount: 12 });
    const first = await ask('POST', '/api/transactions/finalize', { tempId: 'fin_1' });
    assert.equal(first.status, 200, JSON.stringify(first.body));
    assert.equal(first.body.transactionId, 'fin_1');
    const again = await ask('POST', '/api/transactions/finalize', { tempId: 'fin_1' });
    assert.deepEqual(again.body, first.body);
    assert.equal((await ask('GET', '/api/transactions/fin_1')).body.status, 'finalized');
    problem(await ask('POST', '/api/transactions/finalize', { tempId: 'nobody' }), 404);
    problem(await ask('POST', '/api/transactions/finalize', {}), 422);
  });

  test('lists page newest first without gap or repetition', async () => {
    for (let i = 0; i < 7; i++)
      await ask('POST', '/api/transactions', { id: `page_${i}`, userId: 'u|page/é', amount: i + 1 });
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages++) {
      const { body } = await ask('GET', `/api/transactions/user/${encodeURIComponent('u|page/é')}?limit=3${cursor}`);
      seen.push(...body.data.map((row: { id: string }) => row.id));
      if (!body.hasMore) {
        assert.equal(body.nextCursor, null);
        break;
      }
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
    }
    assert.deepEqual(seen, ['page_6', 'page_5', 'page_4', 'page_3', 'page_2', 'page_1', 'page_0']);
    const csv = await call(app.url, 'GET', '/api/transactions?limit=2', undefined, { accept: 'text/csv' });
    assert.match(csv.headers.get('content-type') ?? '', /text\/csv/);
    assert.equal(csv.body.trim().split('\n').length, 3);
    assert.equal((await ask('GET', '/api/transactions/')).status, 200);
    problem(await ask('GET', '/api/transactions?cursor=nonsense'), 422);
  });

  test('what was exported as CSV is read again as it was, whatever a spreadsheet would have made of it', async () => {
    const ids = ['=1+1', "'=1+1", '+a;=b', '-c', '@d', "'plain", 'e'];
    const userId = '=user;-of the export';
    for (const id of ids) assert.equal((await ask('POST', '/api/transactions', { id, userId, amount: 1 })).status, 201);
    const path = `/api/transactions/user/${encodeURIComponent(userId)}?limit=100`;
    const { body } = await call(app.url, 'GET', path, undefined, { accept: 'text/csv' });
    const file = join(app.dataDir, 'export.csv');
    writeFileSync(file, body);
    const read: [string, string][] = [];
    await readRows(
      file,
      { columns: {} },
      {},
      ({ transaction }) => void read.push([transaction.id, transaction.userId]),
    );
    assert.deepEqual(new Map(read), new Map(ids.map((id) => [id, userId])));
  });

  test('each list that comes as CSV has one header, whatever a page holds, and a column for all that a row says', async () => {
    const metadata = { order: 7 };
    for (const more of [{}, { metadata, email: 'a@b.co' }, { type: 'login', amount: undefined }])
      await ask('POST', '/api/transactions', { userId: 'csv', amount: 3, ...more });
    await ask('POST', '/api/users', { name: 'C', email: 'c@csv.co' });
    const { paths } = (await ask('GET', '/openapi.json')).body;
    const lists = Object.keys(paths).filter((path) =>
      ['Bom', 'Limit'].every((name) => JSON.stringify(paths[path].get ?? {}).includes(`parameters/${name}"`)),
    );
    assert.ok(lists.length >= 10, `${lists}`);
    for (const path of lists.filter((path) => !path.includes('{'))) {
      const csv = (query: string) => call(app.url, 'GET', path + query, undefined, { accept: 'text/csv' });
      const header = ({ body }: Answer) => body.split('\r\n')[0];
      const columns = header(await csv('')).split(',');
      for (const query of ['?limit=1', '?limit=2'])
        assert.equal(header(await csv(query)), columns.join(','), `${path}${query}`);
      const { data } = (await ask('GET', path)).body;
      // A model's name and version have columns of their own.
      const named = new Set([...columns, ...(path.startsWith('/api/transactions') ? ['model'] : [])]);
      const unnamed = data.flatMap((row: object) => Object.keys(row)).filter((name: string) => !named.has(name));
      assert.deepEqual(unnamed, [], path);
    }
  });

  test('amendments change what is read, deletion hides it, the id stays taken', async () => {
    const body = { id: 'del_1', userId: 'u_del', amount: 20 };
    const decided = await ask('POST', '/api/transactions', body);
    const amended = await ask('PUT', '/api/transactions/del_1', { productCategory: 'Books' });
    assert.equal(amended.status, 200, JSON.stringify(amended.body));
    const read = await ask('GET', '/api/transactions/del_1');
    assert.equal(read.body.productCategory, 'Books');
    assert.equal(read.body.probability, decided.body.probability);
    assert.equal((await ask('DELETE', '/api/transactions/del_1')).status, 204);
    problem(await ask('GET', '/api/transactions/del_1'), 404);
    problem(await ask('GET', '/api/transactions/del_1/explanation'), 404);
    problem(await ask('DELETE', '/api/transactions/del_1'), 404);
    problem(await ask('DELETE', '/api/transactions/del_2'), 404);
    const made = await ask('POST', '/api/transactions', { ...body, id: 'del_2' });
    const again = await ask('POST', '/api/transactions', { ...body, id: 'del_2' });
    assert.deepEqual([again.status, again.body.createdAt], [201, made.body.createdAt], 'nothing was deleted');
    problem(await ask('POST', '/api/transactions', { ...body, amount: 21 }), 409);
    problem(await ask('POST', '/api/transactions', body), 409);
    problem(await ask('POST', '/api/transactions/del_1/retry'), 404);
    problem(await ask('POST', '/score', { transactionId: 'del_1' }), 404);
  });

  test('labels are recorded and read', async () => {
    await ask('POST', '/api/transactions', { id: 'lab_1', userId: 'u_lab', amount: 30 });
    const labelled = await ask('POST', '/api/transactions/lab_1/labels', {
      label: 'fraud',
      source: 'chargeback',
      note: 'Visa 10.4',
    });
    assert.equal(labelled.status, 201, JSON.stringify(labelled.body));
    assert.equal(labelled.body.label, 'fraud');
    problem(await ask('POST', '/api/transactions/lab_1/labels', { label: 'maybe', source: 'analyst' }), 422);
    problem(await ask('POST', '/api/transactions/nobody/labels', { label: 'fraud', source: 'analyst' }), 404);
  });

  test('the explanation adds up to the score', async () => {
    const { status, body } = await ask('GET', '/api/transactions/ord_981/explanation');
    assert.equal(status, 200, JSON.stringify(body));
    const sum = body.contributions.reduce(
      (total: number, part: { contribution: number }) => total + part.contribution,
      body.baseValue,
    );
    assert.ok(Math.abs(sum - body.rawScore) <= 1e-6);
    const stored = await ask('GET', '/api/transactions/ord_981');
    assert.equal(body.probability, stored.body.probability);
  });

  test('statistics count what was decided', async () => {
    const { status, body } = await ask('GET', '/api/transactions/stats?window=24h');
    assert.equal(status, 200);
    const { data } = (await ask('GET', '/api/transactions?limit=200')).body;
    assert.equal(body.count, data.length);
    assert.ok('p99' in body.latencyMs);
    problem(await ask('GET', '/api/transactions/stats?window=never'), 422);
    assert.equal((await ask('GET', '/api/transactions/alerts')).status, 200);
  });

  test('users: created, found again by e-mail, changed, deleted', async () => {
    const created = await ask('POST', '/api/users', { id: 'auth0|9/x', name: 'Ada', email: 'ada@example.com' });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    assert.equal(created.body.userId, 'auth0|9/x');
    const again = await ask('POST', '/api/users', { name: 'Ada L', email: 'ADA@example.com' });
    assert.equal(again.status, 200);
    assert.equal(again.body.userId, 'auth0|9/x');
    for (const email of ['eva@bücher.example', 'Eva@XN--bcher-kva.example', 'eva@BÜCHER.example.'])
      assert.equal((await ask('POST', '/api/users', { id: 'eva', name: 'Eva', email })).body.userId, 'eva', email);
    const path = `/api/users/${encodeURIComponent('auth0|9/x')}`;
    for (const each of [path, '/api/users/auth0|9/x', '/api/users/auth0|9/x/', '/api/users/auth0%7C9/x?'])
      assert.equal((await ask('GET', each)).body.name, 'Ada', each);
    for (const each of ['/api/transactions/user/auth0|9/x', '/api/entities/user/auth0|9/x?limit=5'])
      assert.equal((await ask('GET', each)).status, 200, each);
    assert.equal((await ask('PUT', path, { name: 'Ada Lovelace' })).body.name, 'Ada Lovelace');
    assert.equal((await ask('GET', '/api/users?q=lovelace')).body.data.length, 1);
    assert.equal((await ask('DELETE', path)).status, 204);
    problem(await ask('GET', path), 404);
    problem(await ask('POST', '/api/users', { name: 'x', email: 'not an address' }), 422);
    await ask('POST', '/api/users', { id: 'plain|pipe', name: 'P', email: 'p@example.com' });
    assert.equal((await ask('GET', '/api/users/plain|pipe')).status, 200);
  });

  test('scoring records nothing', async () => {
    const before = app.services.journal.last;
    const scored = await ask('POST', '/score', { userId: 'u_score', amount: 9 });
    assert.equal(scored.status, 200, JSON.stringify(scored.body));
    assert.equal(scored.body.decision, 'approve');
    const stored = await ask('POST', '/score', { transactionId: 'ord_981' });
    assert.equal(stored.status, 200, JSON.stringify(stored.body));
    const read = await ask('GET', '/api/transactions/ord_981');
    assert.equal(stored.body.probability, read.body.probability, 'it does not meet itself');
    const batch = await ask('POST', '/score/batch', { transactions: [full, { userId: 'a', amount: 2 }] });
    assert.equal(batch.status, 200);
    problem(await ask('POST', '/score', { transactionId: 'nobody' }), 404);
    assert.equal(app.services.journal.last, before);
  });

  test('HEAD and OPTIONS answer with Allow', async () => {
    for (const path of ['/api/transactions', '/api/users'])
      for (const method of ['HEAD', 'OPTIONS']) {
        const answer = await ask(method, path);
        assert.ok(answer.status < 300, `${method} ${path} ${answer.status}`);
        assert.match(answer.headers.get('allow') ?? '', /GET.*POST|POST.*GET/);
      }
  });

  test('health, readiness, documents', async () => {
    const health = await ask('GET', '/health');
    assert.equal(health.body.status, 'healthy', JSON.stringify(health.body));
    assert.equal(health.body.model_loaded, true);
    assert.equal((await call(app.url, 'GET', '/health', undefined, { accept: 'text/plain' })).body, 'OK');
    assert.equal((await ask('GET', '/api/v1/utils/health-check/')).body, true);
    for (const path of [
      '/ready',
      '/openapi.json',
      '/docs',
      '/api/v1/docs',
      '/metrics',
      '/api/health',
      '/api/features',
      '/',
    ])
      assert.equal((await ask('GET', path)).status, 200, path);
  });

  test('the feed resumes without a gap', async () => {
    const seen: { seq: number; type: string }[] = [];
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws?since=0`);
    socket.on('message', (text) => seen.push(JSON.parse(String(text))));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    await ask('POST', '/api/transactions', { id: 'feed_1', userId: 'u_feed', amount: 4 });
    for (let i = 0; i < 100 && !seen.some((event) => JSON.stringify(event).includes('feed_1')); i++) await sleep(20);
    socket.close();
    const decided = seen.filter((event) => event.type === 'transaction.decided');
    const { body } = await ask('GET', '/api/transactions?limit=200');
    assert.equal(decided.length, body.data.length);
    for (let i = 1; i < seen.length; i++)
      if (seen[i].type !== 'stats') assert.ok(seen[i].seq > seen[i - 1].seq || seen[i - 1].type === 'stats');
    assert.ok(seen.some((event) => event.type === 'transaction.finalized'));
    assert.ok(seen.some((event) => event.type === 'label.recorded'));
    assert.ok(!JSON.stringify(seen).includes('del_1'), 'a deleted transaction is gone from the feed too');
  });
});
