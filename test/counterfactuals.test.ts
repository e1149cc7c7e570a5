import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';

const KEY = { 'x-api-key': 'bootstrap-secret' };
const STRICT = { approve: 0, review: 1, decline: 2 } as Record<string, number>;
const CAN_BE_TOLD = new Set([
  ...['amount', 'deviceId', 'ip', 'country', 'customerLocation', 'latitude', 'longitude', 'channel', 'transactionDate'],
]);

describe('what would have changed a decision', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ API_KEY: 'bootstrap-secret' });
    for (const [id, when, outcome] of [
      ['much', 'tx.amount > 500.0', 'decline'],
      ['some', 'tx.amount > 200.0', 'review'],
      ['new-device', 'tx.deviceId == "d-new" && tx.channel == "web"', 'decline'],
      ['two', 'tx.country == "BR" || tx.channel == "phone"', 'decline'],
      ['card', 'tx.cardId == "stolen"', 'decline'],
    ])
      await ask('POST', '/api/rules', { id, name: id, when, outcome, mode: 'live', priority: 9 }, 201);
    // By rules alone: nobody's score says anything else.
    await ask('PUT', '/api/policy/thresholds', { review: 0.9998, decline: 0.9999 }, 200);
    for (let i = 0; i < 3; i++) await pay({ userId: 'known', amount: 40 });
  });
  after(() => app.stop());

  async function ask(method: string, path: string, body: unknown, status: number, headers = KEY) {
    const answer = await call(app.url, method, path, body, headers);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    return answer.body;
  }
  const usual = { deviceId: 'd-old', country: 'US', customerLocation: 'New York', channel: 'app', ip: '203.0.113.9' };
  const pay = (more: object) =>
    ask('POST', '/api/transactions', { ...usual, transactionDate: '2026-01-05T15:00:00+02:00', ...more }, 201);
  const explained = (id: string) =>
    ask('GET', `/api/transactions/${id}/explanation?counterfactuals=true`, undefined, 200);

  /** Each is milder as promised when it is decided again, and of nothing that a person cannot change. */
  async function hold(body: Record<string, unknown>) {
    const paid = await pay(body);
    const { counterfactuals, none } = await explained(paid.id);
    for (const { changes, decision } of counterfactuals) {
      const changed = { ...usual, transactionDate: '2026-01-05T15:00:00+02:00', ...body };
      for (const { field, from, to, message } of changes) {
        assert.ok(CAN_BE_TOLD.has(field), field);
        assert.notDeepEqual(from, to);
        assert.ok(message.length > 5);
        Object.assign(changed, { [field]: to });
      }
      const again = await ask('POST', '/score', changed, 200);
      assert.equal(again.decision, decision);
      assert.ok(STRICT[decision] < STRICT[paid.decision]);
    }
    return { paid, counterfactuals, none };
  }

  test('the largest amount that is milder', async () => {
    const { paid, counterfactuals } = await hold({ userId: 'a', amount: 800 });
    assert.equal(paid.decision, 'decline');
    const [{ changes, decision }] = counterfactuals;
    assert.deepEqual([changes.length, changes[0].field, changes[0].from, decision], [1, 'amount', 800, 'review']);
    assert.ok(changes[0].to <= 500 && changes[0].to > 480, `${changes[0].to}`);
  });

  test('a device and a channel of earlier payments, one change each', async () => {
    const { counterfactuals } = await hold({ userId: 'known', amount: 40, deviceId: 'd-new', channel: 'web' });
    const fields = counterfactuals.map(({ changes }: { changes: { field: string }[] }) =>
      changes.map(({ field }) => field).join(),
    );
    assert.deepEqual(fields, ['deviceId', 'channel']);
  });

  test('two changes where one is not enough, and all fields of a place together', async () => {
    const place = { country: 'BR', customerLocation: 'Recife', channel: 'phone' };
    const { counterfactuals } = await hold({ userId: 'known', amount: 40, ...place });
    const fields = counterfactuals[0].changes.map(({ field }: { field: string }) => field);
    assert.deepEqual(fields, ['country', 'customerLocation', 'channel']);
  });

  test('none, and why: what cannot be changed, and what was approved', async () => {
    const stolen = await hold({ userId: 'known', amount: 40, cardId: 'stolen' });
    assert.deepEqual(stolen.counterfactuals, []);
    assert.match(stolen.none, /rule card/);
    const fine = await hold({ userId: 'known', amount: 41 });
    assert.match(fine.none, /approved/);
  });

  test('for `review` alone, and not unless asked', async () => {
    const { id } = await pay({ userId: 'a', amount: 900 });
    const { secret } = await ask('POST', '/api/keys', { name: 'reader', scopes: ['read'] }, 201);
    const reader = { 'x-api-key': secret };
    const path = `/api/transactions/${id}/explanation`;
    assert.equal((await ask('GET', path, undefined, 200, reader)).counterfactuals, undefined);
    await ask('GET', `${path}?counterfactuals=true`, undefined, 403, reader);
    assert.equal((await ask('GET', `${path}?counterfactuals=false`, undefined, 200, reader)).none, undefined);
  });
});
