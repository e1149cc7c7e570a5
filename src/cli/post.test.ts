import assert from 'node:assert/strict';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { generate } from '../training/generator/generate.ts';
import { tellingsOf, told as toldBody } from '../training/generator/telling.ts';
import type { GeneratedTransaction } from '../training/generator/transaction.ts';
import { baseOf, post, retryAfterMs } from './post.ts';
import { createLatencies, describe as inWords } from './post-summary.ts';

interface Seen {
  path: string;
  key: string | undefined;
  body: Record<string, unknown>;
  socket: unknown;
}
type Reply = (seen: Seen, count: number) => { status: number; headers?: Record<string, string>; body?: unknown };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A server that keeps what it was sent and answers as told. */
async function listen(reply: Reply): Promise<{ url: string; seen: Seen[]; most: () => number }> {
  const seen: Seen[] = [];
  let underWay = 0;
  let most = 0;
  server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    most = Math.max(most, ++underWay);
    let text = '';
    for await (const chunk of request) text += chunk;
    const key = request.headers['x-api-key'] as string | undefined;
    const entry = { path: request.url ?? '', key, body: JSON.parse(text), socket: request.socket };
    seen.push(entry);
    const { status, headers, body } = reply(entry, seen.length);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, most: () => most };
}

const approve: Reply = ({ body }) => ({ status: 201, body: { id: body.id, decision: 'approve' } });
const few = (transactions: number, seed = 1): GeneratedTransaction[] => [...generate({ transactions, seed })];
const quick = { rate: 1e6, concurrency: 8 };

describe('posting', () => {
  test('sends every transaction in order, with the key, over a few kept connections', async () => {
    const { url, seen, most } = await listen(approve);
    const rows = few(200);
    const summary = await post(rows, { ...quick, concurrency: 1, url: `${url}/`, key: 'secret', idPrefix: 'run_' });
    assert.equal(summary.posted, 200);
    assert.deepEqual(summary.decisions, { approve: 200 });
    assert.deepEqual(summary.errors, {});
    assert.deepEqual(
      seen.map(({ body }) => body.id),
      rows.map((row) => `run_${row.id}`),
    );
    assert.ok(seen.every(({ path, key }) => path === '/api/transactions' && key === 'secret'));
    assert.ok(seen.every(({ body }) => body.transactionDate === undefined && body.isFraud === undefined));
    assert.ok(new Set(seen.map(({ socket }) => socket)).size <= 3);
    assert.equal(most(), 1);
    assert.ok(summary.latencyMs.p50 > 0 && summary.latencyMs.p50 <= summary.latencyMs.p99);
  });

  test('has at most as many requests under way as allowed', async () => {
    const { url, most } = await listen(approve);
    await post(few(200), { ...quick, url, concurrency: 4 });
    assert.ok(most() <= 4 && most() > 1, `${most()}`);
  });

  test('keeps the rate: n posts take n / rate', async () => {
    const { url } = await listen(approve);
    const summary = await post(few(60), { url, rate: 200, concurrency: 8 });
    // The first goes at once, so 59 intervals of 5 ms: never quicker than the schedule.
    assert.ok(summary.seconds >= 59 / 200 - 0.01, `${summary.seconds}`);
  });

  test('sends dates where asked to', async () => {
    const { url, seen } = await listen(approve);
    const rows = few(5);
    await post(rows, { ...quick, url, dated: true, concurrency: 1 });
    assert.deepEqual(
      seen.map(({ body }) => Date.parse(String(body.transactionDate))),
      rows.map((row) => row.time),
    );
  });

  test('tries again when the server is busy, and waits as long as it says', async () => {
    const refusals = [429, 503];
    const { url, seen } = await listen((entry, count) =>
      count <= 2 ? { status: refusals[count - 1], headers: { 'retry-after': '0.06' } } : approve(entry, count),
    );
    const summary = await post(few(1), { ...quick, url });
    assert.equal(seen.length, 3);
    assert.equal(new Set(seen.map(({ body }) => body.id)).size, 1);
    assert.equal(summary.posted, 1);
    assert.equal(summary.retries, 2);
    assert.deepEqual(summary.errors, {});
    assert.ok(summary.seconds >= 0.11, `${summary.seconds}`);
  });

  test('does not repeat what is wrong, counts it and goes on', async () => {
    const { url, seen } = await listen((entry, count) =>
      count === 1 ? { status: 422, body: { code: 'invalid', detail: 'amount is missing' } } : approve(entry, count),
    );
    const summary = await post(few(3), { ...quick, url, concurrency: 1 });
    assert.equal(seen.length, 3);
    assert.deepEqual(summary.errors, { '422 invalid': 1 });
    assert.equal(summary.firstError, 'amount is missing');
    assert.equal(summary.posted, 2);
  });

  test('stops at once when the key is refused', async () => {
    const { url, seen } = await listen(() => ({ status: 401, body: { detail: 'no such key' } }));
    const summary = await post(few(500), { ...quick, url, concurrency: 2 });
    assert.ok(seen.length < 20, `${seen.length}`);
    assert.match(String(summary.stopped), /401: no such key/);
  });

  test('says so when it is interrupted', async () => {
    const stop = new AbortController();
    const { url } = await listen((entry, count) => {
      if (count === 10) stop.abort();
      return approve(entry, count);
    });
    const summary = await post(few(500), { ...quick, url, concurrency: 2, signal: stop.signal });
    assert.ok(summary.posted >= 9 && summary.posted < 30, `${summary.posted}`);
    assert.equal(summary.stopped, 'interrupted');
  });

  test('counts what was caught by kind, and what was flagged wrongly', async () => {
    const rows = few(10_000).filter((row, i) => row.isFraud || i < 50);
    const { url } = await listen(({ body }) => ({
      status: 201,
      body: { id: body.id, decision: Number(body.amount) > 100 ? 'decline' : 'approve' },
    }));
    const summary = await post(rows, { ...quick, url });
    for (const [kind, { frauds, caught }] of Object.entries(summary.caughtByKind)) {
      const of = rows.filter((row) => row.fraudKind === kind);
      assert.equal(frauds, of.length);
      assert.equal(caught, of.filter((row) => Number(row.amount) > 100).length);
    }
    const honest = rows.filter((row) => !row.isFraud);
    assert.deepEqual(summary.legitimate, {
      count: honest.length,
      flagged: honest.filter((row) => Number(row.amount) > 100).length,
    });
    assert.match(inWords(summary), /card_testing/);
  });

  test('tells what became of payments after the decision, each to the id that the server gave', async () => {
    const rows = [...generate({ transactions: 2000, seed: 3, fraudRate: 0.06 })];
    const { url, seen } = await listen((entry) =>
      entry.path === '/api/transactions'
        ? {
            status: 201,
            body: { id: `x|${entry.body.id}`, decision: Number(entry.body.amount) > 400 ? 'decline' : 'approve' },
          }
        : { status: 201 },
    );
    const summary = await post(rows, { ...quick, url, labelDayMs: 0.01, dated: true });
    assert.equal(summary.tellErrors + summary.tellingsDropped, 0);
    const told = Map.groupBy(
      seen.filter(({ path }) => path !== '/api/transactions'),
      ({ path }) => path.slice(0, path.lastIndexOf('/')),
    );
    let count = 0;
    for (const row of rows) {
      const blocked = Number(row.amount) > 400;
      const wanted = tellingsOf(row).filter(({ path }) => !blocked || path === 'labels');
      const found = told.get(`/api/transactions/${encodeURIComponent(`x|${row.id}`)}`) ?? [];
      assert.deepEqual(
        found.map(({ path, body }) => [path.slice(path.lastIndexOf('/') + 1), JSON.stringify(body)]).sort(),
        wanted.map((telling) => [telling.path, JSON.stringify(toldBody(telling, undefined))]).sort(),
      );
      count += found.length;
    }
    const { labels, disputes, events } = summary.told;
    assert.equal(labels + disputes + events, count);
    assert.ok(labels > 10 && disputes > 10 && events > 1000, JSON.stringify(summary.told));
    assert.match(inWords(summary), /told afterwards: labels/);
  });
});

test('an address may be given with or without the path', () => {
  for (const url of ['http://h:1', 'http://h:1/', 'http://h:1/api/transactions', 'http://h:1/api/transactions/'])
    assert.equal(baseOf(url), 'http://h:1');
  assert.equal(baseOf('https://h/assay/'), 'https://h/assay');
  assert.throws(() => baseOf('ftp://h'), TypeError);
  assert.throws(() => baseOf('nonsense'), TypeError);
});

test('Retry-After is seconds or a date', () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(retryAfterMs('2', now), 2000);
  assert.equal(retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', now), 5000);
  assert.equal(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now), 0);
  for (const nothing of [null, '', 'soon']) assert.equal(retryAfterMs(nothing, now), undefined);
});

test('percentiles are right to 2%', () => {
  const latencies = createLatencies();
  assert.equal(latencies.quantile(0.5), 0);
  for (let i = 1; i <= 1000; i++) latencies.add(i);
  for (const q of [0.5, 0.95, 0.99, 1]) {
    const exact = q * 1000;
    assert.ok(Math.abs(latencies.quantile(q) / exact - 1) <= 0.021, `${q}: ${latencies.quantile(q)}`);
  }
});
