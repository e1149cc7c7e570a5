import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { caseLabelKey } from '../src/domain/case.ts';
import { entityKey } from '../src/domain/entity.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { byAmount } from './support/serving.ts';

describe('cases over HTTP', () => {
  let app: TestApp;
  const keys: Record<string, string> = {};
  const as =
    (name: string) =>
    (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      call(app.url, method, path, body, { 'x-api-key': keys[name], ...headers });
  const admin = as('admin');
  const ann = as('ann');
  const bob = as('bob');

  before(async () => {
    keys.admin = 'bootstrap';
    app = await startApp({ API_KEY: keys.admin }, { serving: byAmount });
    for (const name of ['ann', 'bob'])
      keys[name] = (await admin('POST', '/api/keys', { name, scopes: ['read', 'review'] })).body.secret;
  });
  after(() => app.stop());

  const pay = async (id: string, amount: number, more: object = {}) => {
    const { status, body } = await admin('POST', '/api/transactions', { id, userId: `user of ${id}`, amount, ...more });
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  };
  const caseOf = async (transactionId: string) => {
    const { body } = await ann('GET', `/api/transactions/${transactionId}/history`);
    const { detail } = body.data.find(({ type }: { type: string }) => type === 'alerted');
    return (await ann('GET', `/api/cases/${detail.caseId}`)).body;
  };

  test('an attack is one case in the queue, the most at risk first', async () => {
    assert.equal((await pay('r1', 600, { deviceId: 'd1' })).decision, 'review');
    assert.equal((await pay('r2', 900, { deviceId: 'd1' })).decision, 'decline');
    await pay('r3', 550, { cardId: 'c3' });
    await pay('r4', 20, { deviceId: 'd1' });
    const { status, body } = await ann('GET', '/api/cases?status=open');
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      body.data.map((row: { entity: object; transactionCount: number }) => [row.entity, row.transactionCount]),
      [
        [{ type: 'device', id: 'd1' }, 2],
        [{ type: 'card', id: 'c3' }, 1],
      ],
    );
    const whole = await caseOf('r1');
    assert.deepEqual(
      whole.transactions.map(({ id }: { id: string }) => id),
      ['r2', 'r1'],
    );
    assert.deepEqual(
      whole.history.map(({ type }: { type: string }) => type),
      ['opened'],
    );
    for (const [query, found] of [
      ['entity=device:d1', 1],
      ['entity=user:user%20of%20r3', 1],
      ['entity=device:d9', 0],
      ['minScore=80', 1],
      ['assigned=no&sort=newest', 2],
      ['assignee=ann', 0],
      ['status=resolved', 0],
    ] as const)
      assert.equal((await ann('GET', `/api/cases?${query}`)).body.data.length, found, query);
    for (const query of ['entity=d1', 'entity=merchant:m', 'sort=oldest', 'status=closed', 'cursor=x'])
      assert.equal((await ann('GET', `/api/cases?${query}`)).status, 422, query);
    const first = await ann('GET', '/api/cases?limit=1');
    const second = await ann('GET', `/api/cases?limit=1&cursor=${first.body.nextCursor}`);
    assert.deepEqual([first.body.hasMore, second.body.hasMore], [true, false]);
    assert.notEqual(first.body.data[0].id, second.body.data[0].id);
    const csv = await ann('GET', '/api/cases', undefined, { accept: 'text/csv' });
    assert.equal(csv.body.trim().split('\r\n').length, 3);
    assert.equal((await ann('GET', '/api/cases/case_0')).status, 404);
    assert.equal((await ann('GET', '/api/cases/case_0/transactions')).status, 404);
  });

  test('two people at once: the second is told, and nothing of the first is lost', async () => {
    const { id, version } = await caseOf('r1');
    const [one, two] = await Promise.all([
      ann('POST', `/api/cases/${id}/assign`, { assignee: 'ann', version }),
      bob('POST', `/api/cases/${id}/assign`, { assignee: 'bob', version }),
    ]);
    assert.deepEqual([one.status, two.status].sort(), [200, 409]);
    const refused = one.status === 409 ? one : two;
    assert.equal(refused.body.code, 'conflict');
    const winner = one.status === 200 ? 'ann' : 'bob';
    const now = (await ann('GET', `/api/cases/${id}`)).body;
    assert.deepEqual([now.assignee, now.version], [winner, version + 1]);
    const said = await bob('POST', `/api/cases/${id}/comments`, { text: 'It is "a ring".\nSee r2.' });
    assert.equal(said.status, 201, JSON.stringify(said.body));
    assert.equal(said.body.version, version + 2);
    const stale = await ann('POST', `/api/cases/${id}/resolve`, { resolution: 'fraud', version: version + 1 });
    assert.equal(stale.status, 409, 'the comment came in between');
    for (const [path, body] of [
      ['assign', { assignee: '', version }],
      ['assign', { assignee: 'x' }],
      ['comments', { text: '' }],
      ['comments', { text: '\ud800' }],
      ['resolve', { resolution: 'perhaps', version }],
      ['resolve', { resolution: 'fraud', version, note: 'a\u0000b' }],
    ] as const)
      assert.equal((await ann('POST', `/api/cases/${id}/${path}`, body)).status, 422, JSON.stringify(body));
    assert.equal((await ann('POST', '/api/cases/case_0/assign', { assignee: null, version: 1 })).status, 404);
  });

  test('resolved as fraud: its payments are labelled, profiles learn it, and the feed says so', async () => {
    const seen: { type: string; data: Record<string, unknown> }[] = [];
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`, { headers: { 'x-api-key': keys.ann } });
    socket.on('message', (text) => seen.push(JSON.parse(String(text))));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));

    const { id, version } = await caseOf('r1');
    const body = { resolution: 'fraud', note: 'cards of a leak', version, transactions: 2 };
    const resolved = await ann('POST', `/api/cases/${id}/resolve`, body, { 'idempotency-key': 'once' });
    assert.equal(resolved.status, 200, JSON.stringify(resolved.body));
    assert.deepEqual(
      [resolved.body.status, resolved.body.resolution, resolved.body.resolvedByName],
      ['resolved', 'fraud', 'ann'],
    );
    const before = app.services.journal.last;
    const again = await ann('POST', `/api/cases/${id}/resolve`, body, { 'idempotency-key': 'once' });
    assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [200, 'true']);
    assert.equal(app.services.journal.last, before, 'nothing is labelled twice');
    for (const transactionId of ['r1', 'r2']) {
      const { label, labels } = (await ann('GET', `/api/transactions/${transactionId}`)).body;
      assert.deepEqual([label, labels.length, labels[0].source, labels[0].caseId], ['fraud', 1, 'analyst', id]);
    }
    const { profiles } = app.state;
    const device = profiles.get(profiles.entityTypes.indexOf('device'), entityKey('device', 'd1'));
    assert.deepEqual([device?.count, device?.frauds], [3, 2]);
    const late = await bob('POST', `/api/cases/${id}/resolve`, { resolution: 'legitimate', version: version + 1 });
    assert.equal(late.status, 409);
    for (let i = 0; i < 100 && !seen.some(({ type }) => type === 'label.recorded'); i++) await sleep(10);
    socket.close();
    const changes = seen.filter(({ type }) => type === 'case.changed');
    assert.deepEqual(
      changes.map(({ data }) => [data.caseId, data.action, data.status]),
      [[id, 'resolve', 'resolved']],
    );
  });

  test('alerts that come later open a new case, which shows the one of the past', async () => {
    await pay('r5', 800, { deviceId: 'd1' });
    const fresh = await caseOf('r5');
    assert.deepEqual([fresh.status, fresh.transactionCount], ['open', 1]);
    assert.equal(fresh.similar.length, 1);
    assert.deepEqual(
      [fresh.similar[0].resolution, fresh.similar[0].shared, fresh.similar[0].resolvedByName],
      ['fraud', [{ type: 'device', id: 'd1' }], 'ann'],
    );
  });

  test('labels that a crash left out are recorded when asked again', async () => {
    await pay('crash1', 700, { deviceId: 'crash' });
    await pay('crash2', 700, { deviceId: 'crash' });
    const { id, version } = await caseOf('crash1');
    // The resolution alone, as where the process ended right after it.
    const { answer } = await app.services.commands.submit({
      type: 'case',
      at: Date.now(),
      key: 'c:by-hand',
      data: { action: 'resolve', caseId: id, version, resolution: 'legitimate', by: 'env' },
    });
    assert.equal(answer.status, 200);
    assert.equal((await ann('GET', '/api/transactions/crash1')).body.label, undefined);
    const records = await Promise.all([app.services.caseLabels.record(id), app.services.caseLabels.record(id)]);
    assert.equal(records[0] + records[1], 2);
    assert.equal((await ann('GET', '/api/transactions/crash2')).body.label, 'legitimate');
    assert.equal(await app.services.caseLabels.record(id), 0);
    const label = await app.services.journal.find(
      caseLabelKey(id, (await app.services.journal.find('t:crash2'))!.sequence),
    );
    assert.equal(label?.data.by, 'env');
  });

  test('a transaction tells its history, and an override its reason', async () => {
    await pay('o1', 950, { deviceId: 'o' });
    await ann('PUT', '/api/transactions/o1', { productCategory: 'Books', email: 'a@b.co' });
    await ann('POST', '/api/transactions/o1/labels', { label: 'legitimate', source: 'customer', note: 'She rang.' });
    const override = { tempId: 'o1', override: true, reason: 'A known customer' };
    assert.equal((await ann('POST', '/api/transactions/finalize', override)).status, 403, 'it takes ingest too');
    const done = await admin('POST', '/api/transactions/finalize', override);
    assert.deepEqual([done.status, done.body.overridden, done.body.overrideReason], [200, true, 'A known customer']);
    await admin('POST', '/api/transactions/finalize', override);
    const { body } = await ann('GET', '/api/transactions/o1/history');
    assert.deepEqual(
      body.data.map(({ type, byName }: { type: string; byName: string | null }) => [type, byName]),
      [
        ['decided', 'API_KEY of the environment'],
        ['alerted', null],
        ['amended', 'ann'],
        ['labelled', 'ann'],
        ['overridden', 'API_KEY of the environment'],
      ],
    );
    assert.equal(body.data[0].detail.decision, 'decline');
    assert.deepEqual(body.data[2].detail.fields, ['productCategory', 'email']);
    assert.equal(body.data[4].detail.reason, 'A known customer');
    assert.ok(!JSON.stringify(body).includes('a@b.co'));
    assert.equal((await ann('GET', '/api/transactions/nobody/history')).status, 404);
    await ann('DELETE', '/api/transactions/o1');
    assert.equal((await ann('GET', '/api/transactions/o1/history')).status, 404);
  });

  test('the audit tells who did what, refusals too, to admins', async () => {
    assert.equal((await ann('GET', '/api/audit')).status, 403);
    const { body } = await admin('GET', '/api/audit?type=case.assign');
    assert.deepEqual(body.data.map(({ status }: { status: number }) => status).sort(), [200, 404, 409]);
    const { body: keysMade } = await admin('GET', '/api/audit?type=key.create');
    assert.equal(keysMade.data.length, 2);
    assert.equal(keysMade.data[0].byName, 'API_KEY of the environment');
    assert.ok(!JSON.stringify(keysMade).includes('secret'));
    const first = await admin('GET', '/api/audit?limit=3');
    const second = await admin('GET', `/api/audit?limit=3&cursor=${first.body.nextCursor}`);
    const all = await admin('GET', '/api/audit?limit=6');
    assert.deepEqual([...first.body.data, ...second.body.data], all.body.data);
    assert.equal((await admin('GET', '/api/audit?from=never')).status, 422);
    const slip = await admin('GET', '/api/audit?type=case.asign');
    assert.deepEqual(
      [slip.status, /did you mean case\.assign\?/.test(slip.body.detail)],
      [422, true],
      slip.body.detail,
    );
    assert.equal((await admin('GET', `/api/audit?to=${new Date(0).toISOString()}`)).body.data.length, 0);
  });

  test('figures: how many, how much, how long', async () => {
    const { status, body } = await ann('GET', '/api/cases/stats?window=7d');
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      [body.opened, body.open, body.resolved, body.resolutions],
      [4, 2, 2, { fraud: 1, legitimate: 1, unsure: 0 }],
    );
    assert.ok(body.resolvedMs.p50 >= 0 && body.resolvedMs.p95 >= body.resolvedMs.p50);
    assert.ok(body.firstActionMs.p50 <= body.resolvedMs.p50);
    assert.equal((await ann('GET', '/api/cases/stats?window=x')).status, 422);
  });
});

test('a restart finds the cases as they were and records the labels that are owed', async () => {
  const first = await startApp({}, { serving: byAmount });
  const { dataDir } = first;
  await call(first.url, 'POST', '/api/transactions', { id: 'p', userId: 'u', amount: 800, deviceId: 'd' });
  const { body } = await call(first.url, 'GET', '/api/cases');
  await first.services.commands.submit({
    type: 'case',
    at: Date.now(),
    key: 'c:by-hand',
    data: { action: 'resolve', caseId: body.data[0].id, version: 1, resolution: 'fraud' },
  });
  await first.stop({ keep: true });
  const second = await startApp({ ASSAY_DATA_DIR: dataDir }, { serving: byAmount });
  let label: string | undefined;
  for (let i = 0; i < 200 && label === undefined; i++) {
    await sleep(10);
    label = (await call(second.url, 'GET', '/api/transactions/p')).body.label;
  }
  assert.equal(label, 'fraud');
  const { data } = (await call(second.url, 'GET', '/api/cases')).body;
  assert.deepEqual([data.length, data[0].status, data[0].resolvedBy], [1, 'resolved', null]);
  await second.stop();
});
