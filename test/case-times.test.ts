import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../src/config.ts';
import { call, startApp } from './support/app.ts';

const config = (env: Record<string, string>) => readConfig(env, { modelDir: 'm' }).cases;

test('times of cases are read, and what makes no sense is told by its name', () => {
  assert.deepEqual(config({}), { windowMs: 21 * 86_400_000, hub: 50 });
  assert.deepEqual(config({ CASE_SLA: 'score>=90: 1h, amount >= 1000:4h, 1d', CASE_WINDOW: '12h', CASE_HUB: '9' }), {
    ...{ windowMs: 12 * 3_600_000, hub: 9 },
    sla: [
      { field: 'score', from: 90, withinMs: 3_600_000 },
      { field: 'amount', from: 1000, withinMs: 4 * 3_600_000 },
      { from: 0, withinMs: 86_400_000 },
    ],
  });
  assert.equal(
    config({ CASE_SLA: '1h', CASE_HOURS: 'Mon-Fri 09:00-17:00', CASE_TIME_ZONE: 'Europe/Paris' }).hours?.zone,
    'Europe/Paris',
  );
  const table: [Record<string, string>, RegExp][] = [
    [{ CASE_SLA: 'risk>=9:1h' }, /CASE_SLA: risk>=9:1h is not/],
    [{ CASE_SLA: '0h' }, /CASE_SLA/],
    [{ CASE_SLA: '1h', CASE_HOURS: 'nine to five' }, /CASE_HOURS: nine to five is not/],
    [{ CASE_HOURS: 'Mon-Fri 09:00-17:00' }, /nothing is due without CASE_SLA/],
    [{ CASE_TIME_ZONE: 'Mars/Base' }, /CASE_TIME_ZONE/],
    [{ CASE_HUB: '900' }, /CASE_HUB/],
    [{ CASE_WINDOW: 'soon' }, /CASE_WINDOW/],
  ];
  for (const [env, says] of table) assert.throws(() => config(env), says);
});

test('by the API: an alert is due, waits with the customer, is told once as overdue, and cases become one', async () => {
  let ahead = 0;
  const app = await startApp({ CASE_SLA: 'amount>=100: 1m, 2h' }, { clock: () => Date.now() + ahead });
  try {
    const ask = (method: string, path: string, body?: object) => call(app.url, method, path, body);
    assert.equal((await ask('PUT', '/api/policy/thresholds', { review: 0, decline: 1 })).status, 200);
    const pay = async (id: string, more: object) => {
      const { body } = await ask('POST', '/api/transactions', {
        id,
        userId: `u_${id}`,
        amount: 10,
        ip: '203.0.113.9',
        ...more,
      });
      assert.equal(body.decision, 'review');
      return Date.parse(body.createdAt);
    };
    await pay('a', { deviceId: 'd1' });
    const at = await pay('b', { cardId: 'c2', amount: 100 });
    const { body: open } = await ask('GET', '/api/cases?sort=due');
    assert.deepEqual(
      open.data.map(({ entity }: { entity: { id: string } }) => entity.id),
      ['c2', 'd1'],
    );
    assert.equal(Date.parse(open.data[0].dueAt), at + 60_000);
    await pay('c', { deviceId: 'd1', cardId: 'c2' });
    const { data } = (await ask('GET', '/api/cases?status=open')).body;
    assert.deepEqual(
      data.map(({ transactionCount, dueAt }: { transactionCount: number; dueAt: string }) => [
        transactionCount,
        Date.parse(dueAt),
      ]),
      [[3, at + 60_000]],
    );
    const { body: whole } = await ask('GET', `/api/cases/${data[0].id}`);
    assert.deepEqual(whole.proposedMerges, []);
    assert.deepEqual(
      whole.history.map(({ type, by }: { type: string; by: string | null }) => [type, by]),
      [
        ['opened', null],
        ['merged', null],
      ],
    );
    const waits = await ask('POST', `/api/cases/${whole.id}/comments`, { text: 'Asked by mail.', awaits: true });
    assert.ok(waits.body.awaitingSince);
    ahead = 600_000;
    const answered = await ask('POST', `/api/cases/${whole.id}/comments`, { text: 'It was not her.', awaits: false });
    const due = Date.parse(answered.body.dueAt);
    assert.ok(due > at + 600_000 && due <= at + 661_000 && answered.body.awaitingSince === null, answered.body.dueAt);
    ahead += 3_600_000;
    const history = async () =>
      (await ask('GET', `/api/cases/${whole.id}`)).body.history.map(({ type }: { type: string }) => type);
    for (let tries = 0; tries < 100 && !(await history()).includes('escalated'); tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await history()).filter((type: string) => type === 'escalated').length, 1);
  } finally {
    await app.stop();
  }
});
