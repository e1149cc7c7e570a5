import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Answer, call, startApp, type TestApp } from './support/app.ts';
import { until } from './support/load.ts';

/** What follows from a decision by rule: alerts and cases, lists of payments, figures, events; and the control share. */
describe('what rules do', () => {
  let app: TestApp;
  let made = 0;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const ask = (method: string, path: string, body?: unknown) => call(app.url, method, path, body);
  const pay = async (more: object): Promise<Answer['body']> =>
    (await ask('POST', '/api/transactions', { userId: `u${++made}`, amount: 12, ...more })).body;
  const rule = async (id: string, when: string, more: object = {}) => {
    const answer = await ask('POST', '/api/rules', { id, name: id, when, outcome: 'decline', mode: 'live', ...more });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  };

  test('suppress: one case for an entity and time; later hits join it while it is open, else are only recorded', async () => {
    await rule('once', 'tx.merchantId == "m-once"', { suppress: { entity: 'device', seconds: 3600 } });
    const hit = (deviceId: string) => pay({ merchantId: 'm-once', deviceId });
    const first = await hit('d-a');
    const second = await hit('d-a');
    const other = await hit('d-b');
    assert.deepEqual([first.suppressed, second.suppressed, other.suppressed], [undefined, true, undefined]);
    assert.deepEqual([second.decision, second.decidedBy], ['decline', 'rule:once']);
    const cases = async () => (await ask('GET', '/api/cases?limit=100')).body.data as Answer['body'][];
    const before = await cases();
    const of = before.find(({ transactions, entity }) => transactions === 2 || entity?.id === 'd-a');
    assert.ok(of, JSON.stringify(before));
    await ask('POST', `/api/cases/${of.id}/resolve`, { version: of.version, resolution: 'legitimate' });
    const third = await hit('d-a');
    assert.equal(third.suppressed, true);
    assert.equal((await cases()).length, before.length, 'no second case');
    assert.equal((await ask('GET', `/api/transactions/${third.id}`)).body.decision, 'decline');
  });

  test('payments are found by the rule that hit them, with other filters and pages', async () => {
    await rule('found', 'tx.merchantId == "m-found"', { mode: 'shadow' });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await pay({ merchantId: 'm-found', userId: i < 2 ? 'found' : `f${i}` })).id);
    await pay({ merchantId: 'other' });
    const list = async (query: string) => (await ask('GET', `/api/transactions?rule=found${query}`)).body;
    const idsOf = ({ data }: Answer['body']) => data.map(({ id }: { id: string }) => id);
    assert.deepEqual(idsOf(await list('')), ids.toReversed());
    assert.deepEqual(idsOf(await list('&userId=found')), [ids[1], ids[0]]);
    const page = await list('&limit=2');
    assert.deepEqual(idsOf(await list(`&limit=2&cursor=${page.nextCursor}`)), [ids[2], ids[1]]);
    await ask('PUT', `/api/transactions/${ids[0]}`, { amount: 13 });
    assert.equal((await list('')).data.length, 5);
  });

  test('a rule that fails is no hit, is counted and shown', async () => {
    await rule('fails', 'tx.metadata.basket.size > 3.0');
    const decided = await pay({ metadata: { basket: 'none' } });
    assert.ok(!decided.rules.some(({ id }: { id: string }) => id === 'fails'));
    const { body } = await ask('GET', '/metrics');
    assert.match(body, /assay_rule_errors_total\{rule="fails"\} 1/);
    const { body: figures } = await ask('GET', '/api/rules/fails/stats');
    assert.deepEqual([figures.failures, figures.broken], [1, false]);
    assert.match(figures.lastFailure, /needs a number|metadata/);
    assert.match(body, /assay_rule_hits_total\{rule="found",mode="shadow"\} 5/);
    assert.match(body, /assay_policy_version [1-9]/);
  });

  test('policy.changed is told of what was applied, and not of what was refused', async () => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws?since=0`);
    const told: Answer['body'][] = [];
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(String(data));
      if (event.type === 'policy.changed') told.push(event.data);
    };
    try {
      assert.equal(
        (await ask('POST', '/api/rules', { id: 'found', name: 'x', when: 'true', outcome: 'review' })).status,
        409,
      );
      await rule('told', 'false');
      await until('it is told', async () => told.some(({ ruleId }) => ruleId === 'told'));
      const { version } = (await ask('GET', '/api/policy')).body;
      const last = told.at(-1);
      assert.deepEqual(last, { kind: 'rule', action: 'create', ruleId: 'told', by: null, version });
      assert.equal(told.filter(({ ruleId }) => ruleId === 'found').length, 1);
    } finally {
      socket.close();
    }
  });

  test('the control share lets some declines through, never hard ones, marks them and opens no case', async () => {
    await rule('much', 'tx.merchantId == "m-control"');
    await rule('never', 'tx.merchantId == "m-hard"', { hard: true });
    const set = await ask('PUT', '/api/policy/control', { share: 0.5, maxAmount: 100 });
    assert.equal(set.status, 200);
    assert.ok(!JSON.stringify(set.body).includes('secret'));
    const through: Answer['body'][] = [];
    for (let i = 0; i < 60; i++) {
      const decided = await pay({ merchantId: 'm-control', cardId: `control-${i}` });
      if (decided.control) through.push(decided);
      else assert.equal(decided.decision, 'decline');
      const hard = await pay({ merchantId: 'm-hard', cardId: `control-${i}` });
      assert.deepEqual([hard.decision, hard.control], ['decline', undefined]);
    }
    assert.ok(through.length > 15 && through.length < 45, `${through.length} of 60`);
    for (const { decision, decidedBy, control, isFraudulent } of through)
      assert.deepEqual(
        [decision, decidedBy, control, isFraudulent],
        ['approve', 'control', { share: 0.5, would: 'decline' }, false],
      );
    const dear = await Promise.all(
      Array.from({ length: 12 }, (_, i) => pay({ merchantId: 'm-control', cardId: `dear-${i}`, amount: 101 })),
    );
    assert.ok(dear.every(({ decision }) => decision === 'decline'));
    const again = await pay({ merchantId: 'm-control', cardId: through[0].cardId });
    assert.equal(again.decision, 'decline', 'one of a card a day');
    const { body } = await ask('GET', '/api/transactions/alerts?limit=200');
    const alerted = new Set(body.data.map(({ id }: { id: string }) => id));
    assert.ok(through.every(({ id }) => !alerted.has(id)));
  });
});
