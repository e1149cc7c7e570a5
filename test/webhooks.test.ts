import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLog } from '../src/app/log.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { until } from './support/load.ts';
import { startServer } from './support/process.ts';
import { byAmount } from './support/serving.ts';
import { distinct, type Receiver, startReceiver } from './support/webhook-receiver.ts';

const FAST = { WEBHOOK_RETRY_MS: '40', WEBHOOK_TIMEOUT_MS: '500' };
const DECIDED = ['transaction.decided'];

describe('webhooks', () => {
  let app: TestApp;
  let receiver: Receiver;
  let now = 0;
  let lines = '';
  before(async () => {
    const log = createLog('debug', { write: (line) => void (lines += line) });
    app = await startApp(FAST, { serving: byAmount, clock: () => Date.now() + now, log });
    receiver = await startReceiver();
  });
  after(async () => {
    await app.stop();
    await receiver.close();
  });
  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    call(app.url, method, path, body, headers);
  const register = async (body: object) => {
    const made = await ask('POST', '/api/webhooks', { url: receiver.url, ...body });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    receiver.verify(made.body);
    return made.body;
  };
  const decide = async (id: string, amount = 20) =>
    assert.equal((await ask('POST', '/api/transactions', { id, userId: 'u', amount })).status, 201);
  const shown = async (id: string) => (await ask('GET', `/api/webhooks/${id}`)).body;
  const remove = async (id: string) => assert.equal((await ask('DELETE', `/api/webhooks/${id}`)).status, 204);
  const takenBy = ({ id }: { id: string }) => receiver.taken.filter((one) => one.id.startsWith(`${id}_`));
  /** As a receiver sees it that knows what it has by the message's id: an answer may be lost on its way. */
  const idsOf = (webhook: { id: string }) => distinct(takenBy(webhook)).map(({ event }) => event.data.id);

  test('is registered, listed, read, changed and deleted; the secret is shown once', async () => {
    const asked = { url: 'https://example.com/hook?a=1', types: ['alert', 'alert'], description: 'on call' };
    const key = { 'idempotency-key': 'once' };
    const made = await ask('POST', '/api/webhooks', asked, key);
    assert.equal(made.status, 201);
    const { secret, ...rest } = made.body;
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(
      [rest.url, rest.types, rest.description, rest.delivery.state, rest.delivery.lastSuccessAt],
      [asked.url, ['alert'], 'on call', 'delivering', null],
    );
    const again = await ask('POST', '/api/webhooks', asked, key);
    assert.deepEqual([again.body.id, again.body.secret], [rest.id, secret]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal((await ask('POST', '/api/webhooks', { ...asked, types: ['case.changed'] }, key)).status, 409);

    const listed = (await ask('GET', '/api/webhooks')).body.data;
    assert.deepEqual(
      listed.map(({ id }: { id: string }) => id),
      [rest.id],
    );
    const changed = await ask('PUT', `/api/webhooks/${rest.id}`, { types: DECIDED });
    assert.deepEqual([changed.status, changed.body.types, changed.body.url], [200, DECIDED, asked.url]);
    assert.deepEqual((await shown(rest.id)).types, DECIDED);

    const audit = (await ask('GET', '/api/audit')).body.data;
    assert.deepEqual(
      audit.map(({ type, target }: { type: string; target: string }) => [type, target]),
      [
        ['webhook.update', rest.id],
        ['webhook.create', rest.id],
      ],
    );
    for (const text of [JSON.stringify([listed, changed.body, audit]), lines]) assert.ok(!text.includes(secret));
    for await (const { data, key: name } of app.services.journal.read(1))
      assert.ok(!JSON.stringify([data, name]).includes(secret), 'the secret is in no public block');

    await remove(rest.id);
    for (const [method, path, body] of [
      ['GET', ''],
      ['PUT', '', { types: DECIDED }],
      ['DELETE', ''],
      ['POST', '/test'],
      ['POST', '/resume'],
    ] as const)
      assert.equal((await ask(method, `/api/webhooks/${rest.id}${path}`, body)).status, 404, method + path);
  });

  test('what makes no sense is refused, and says where', async () => {
    for (const [body, path] of [
      [{}, '/url'],
      [{ url: 'ftp://example.com/' }, '/url'],
      [{ url: 'example.com' }, '/url'],
      [{ url: 'https://me:pass@example.com/' }, '/url'],
      [{ url: 'https://example.com/', types: [] }, '/types'],
      [{ url: 'https://example.com/', types: ['stats'] }, '/types/0'],
      [{ url: 'https://example.com/', description: 'a\0b' }, '/description'],
    ] as const) {
      const answer = await ask('POST', '/api/webhooks', body);
      assert.equal(answer.status, 422, JSON.stringify(body));
      assert.equal(answer.body.errors[0].path, path);
    }
    assert.equal((await ask('PUT', '/api/webhooks/wh_x', {})).status, 422);
  });

  test('tells events as the feed does, in order, signed, and only of the types asked for', async (context) => {
    const all = await register({});
    const second = await startReceiver();
    context.after(() => second.close());
    const alerts = await register({ url: second.url, types: ['alert'] });
    await decide('w-1', 20);
    await decide('w-2', 650);
    assert.equal((await ask('POST', '/api/transactions/finalize', { tempId: 'w-1' })).status, 200);
    const label = { label: 'fraud', source: 'analyst' };
    assert.equal((await ask('POST', '/api/transactions/w-2/labels', label)).status, 201);
    // Refused, so no event.
    assert.equal((await ask('POST', '/api/transactions/w-0/labels', label)).status, 404);
    await decide('w-3', 30);
    await until('all is told', () => takenBy(all).some(({ event }) => event.data.id === 'w-3'));
    const told = takenBy(all);
    assert.deepEqual(
      told.map(({ event }) => event.type),
      [
        ...['transaction.decided', 'transaction.decided', 'alert', 'transaction.finalized', 'label.recorded'],
        'transaction.decided',
      ],
    );
    assert.deepEqual(receiver.refused, []);
    for (const { id, event } of told) assert.equal(id, `${all.id}_${event.seq}`);
    const decided = (await ask('GET', '/api/transactions/w-1')).body;
    const [first] = told;
    assert.deepEqual(Object.keys(first.event), ['seq', 'type', 'at', 'data']);
    assert.deepEqual([first.event.at, first.event.data.probability], [decided.createdAt, decided.probability]);
    await until('the alert is told', () => second.taken.length > 0);
    assert.deepEqual(
      second.taken.map(({ event }) => [event.type, event.data.transactionId]),
      [['alert', 'w-2']],
    );
    await until('that is kept', async () => (await shown(all.id)).delivery.lagRecords === 0);
    const { delivery } = await shown(all.id);
    assert.deepEqual([delivery.state, delivery.failures, delivery.lastError], ['delivering', 0, null]);
    assert.ok(delivery.lastSuccessAt);
    await until('the log knows too', async () => {
      for await (const { type, data } of app.services.journal.read(1))
        if (type === 'webhook.told' && data.webhookId === all.id) return true;
      return false;
    });
    await Promise.all([alerts, all].map(({ id }) => remove(id)));
  });

  test('tries again after a failure, keeps the order, and loses nothing while the receiver is away', async () => {
    const webhook = await register({ types: DECIDED });
    const answers = [500, 302, 429];
    receiver.answerBy((response) => response.writeHead(answers.shift() ?? 204, { location: receiver.url }).end());
    for (let i = 0; i < 5; i++) await decide(`r-${i}`);
    await until('it is taken', () => idsOf(webhook).length === 5);
    await receiver.goAway();
    for (let i = 5; i < 10; i++) await decide(`r-${i}`);
    await until('it fails', async () => (await shown(webhook.id)).delivery.lastError === 'ECONNREFUSED');
    const { delivery } = await shown(webhook.id);
    assert.equal(delivery.state, 'failing');
    assert.ok(delivery.lagRecords >= 5 && delivery.nextAttemptAt && delivery.failingSince);
    await receiver.comeBack();
    await until('the rest is taken', () => idsOf(webhook).length === 10);
    assert.deepEqual(
      idsOf(webhook),
      Array.from({ length: 10 }, (_, i) => `r-${i}`),
    );
    assert.deepEqual(receiver.refused, []);
    receiver.answerBy();
    await remove(webhook.id);
  });

  test('one that does not answer, or answers without end, ends at the deadline and holds up nobody else', async (context) => {
    const slow = await startReceiver();
    context.after(() => slow.close());
    slow.answerBy(() => {});
    const stuck = await register({ url: slow.url });
    const other = await register({ types: DECIDED });
    for (let i = 0; i < 5; i++) await decide(`s-${i}`);
    await until('the other is told', () => idsOf(other).length === 5);
    await until('the deadline passed', async () => (await shown(stuck.id)).delivery.failures > 0);
    assert.match((await shown(stuck.id)).delivery.lastError, /no answer within 500 ms/);
    slow.answerBy((response) => {
      response.writeHead(200);
      const timer = setInterval(() => (response.closed ? clearInterval(timer) : response.write('x'.repeat(10_000))), 1);
    });
    await until('it is taken for its status', async () => (await shown(stuck.id)).delivery.failures === 0);
    await Promise.all([stuck, other].map(({ id }) => remove(id)));
  });

  test('a test event tells what came back', async () => {
    const webhook = await register({});
    const passed = await ask('POST', `/api/webhooks/${webhook.id}/test`);
    assert.deepEqual([passed.status, passed.body.delivered, passed.body.status], [200, true, 204]);
    assert.deepEqual(takenBy(webhook).at(-1)?.event.type, 'webhook.test');
    receiver.answerBy((response) => response.writeHead(400).end('no such tenant'));
    const failed = await ask('POST', `/api/webhooks/${webhook.id}/test`);
    assert.deepEqual([failed.body.delivered, failed.body.status, failed.body.body], [false, 400, 'no such tenant']);
    receiver.answerBy();
    await receiver.goAway();
    const away = await ask('POST', `/api/webhooks/${webhook.id}/test`);
    assert.deepEqual([away.body.delivered, away.body.error], [false, 'ECONNREFUSED']);
    await receiver.comeBack();
    assert.deepEqual(receiver.refused, []);
    await remove(webhook.id);
  });

  test('is paused where the receiver is gone, or after days of failures, and goes on where it stopped once resumed', async () => {
    const webhook = await register({ types: DECIDED });
    for (const [id, status] of [
      ['g-1', 410],
      ['g-2', 503],
    ] as const) {
      receiver.answerBy((response) => response.writeHead(status).end());
      await decide(id);
      await until('it failed', async () => (await shown(webhook.id)).delivery.failures > 0);
      if (status === 503) now += 3 * 24 * 3_600_000;
      await until('it is paused', async () => (await shown(webhook.id)).delivery.state === 'paused');
      const { requests } = receiver;
      const { pausedAt, lastError } = (await shown(webhook.id)).delivery;
      assert.ok(pausedAt);
      assert.equal(lastError, `answered ${status}`);
      receiver.answerBy();
      await decide(`${id}-later`);
      assert.equal(receiver.requests, requests);
      const resumed = await ask('POST', `/api/webhooks/${webhook.id}/resume`);
      assert.deepEqual([resumed.status, resumed.body.delivery.state], [200, 'delivering']);
      await until('both are told', () => idsOf(webhook).includes(`${id}-later`));
    }
    assert.deepEqual(idsOf(webhook), ['g-1', 'g-1-later', 'g-2', 'g-2-later']);
    await remove(webhook.id);
  });
});

test('killed with -9 in between: what was not delivered comes, in order', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-webhooks-'));
  const receiver = await startReceiver();
  let server = await startServer(dataDir, FAST);
  try {
    const made = await call(server.url, 'POST', '/api/webhooks', { url: receiver.url, types: DECIDED });
    receiver.verify(made.body);
    let sent = 0;
    const decide = async (count: number) => {
      for (const end = sent + count; sent < end; sent++) {
        const body = { id: `k-${sent}`, userId: 'u', amount: 5 };
        assert.equal((await call(server.url, 'POST', '/api/transactions', body)).status, 201);
      }
    };
    await decide(20);
    await until('some are taken', () => receiver.taken.length >= 5);
    await receiver.goAway();
    await decide(20);
    await server.kill();
    server = await startServer(dataDir, FAST);
    await decide(5);
    await receiver.comeBack();
    await until('the last is taken', () => receiver.taken.some(({ event }) => event.data.id === `k-${sent - 1}`));
    assert.deepEqual(
      distinct(receiver.taken).map(({ event }) => event.data.id),
      Array.from({ length: sent }, (_, i) => `k-${i}`),
    );
    assert.deepEqual(receiver.refused, []);
  } finally {
    await server.stop();
    await receiver.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
