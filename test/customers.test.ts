import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';

describe('customers', () => {
  let app: TestApp;
  const ask = (method: string, path: string, body?: object) => call(app.url, method, path, body);
  before(async () => {
    app = await startApp();
    await ask('POST', '/api/users', { id: 'Ann', name: 'Ann Lee', email: 'ann@example.com' });
    const pay = (userId: string, amount: number, more: object = {}) =>
      ask('POST', '/api/transactions', { userId, amount, ...more });
    for (const amount of [10, 20, 30]) await pay('Ann', amount, { deviceId: `d_${amount}`, cardId: 'c_1' });
    await pay('auth0|77', 5, { deviceId: 'd_10' });
    await pay('auth0|78', 7);
  });
  after(() => app.stop());

  test('everyone who ever paid is listed, registered or not, page by page', async () => {
    const found = [];
    let cursor = '';
    do {
      const { status, body } = await ask('GET', `/api/customers?limit=1${cursor}`);
      assert.equal(status, 200, JSON.stringify(body));
      found.push(...body.data);
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor);
    assert.deepEqual(found.map(({ id }) => id).sort(), ['Ann', 'auth0|77', 'auth0|78']);
    const ann = found.find(({ id }) => id === 'Ann');
    assert.deepEqual(
      [ann.name, ann.email, ann.payments, ann.amountBase, ann.more],
      ['Ann Lee', 'ann@example.com', 3, 60, false],
    );
    assert.equal(found.find(({ id }) => id === 'auth0|77').name, null);
    const begins = (await ask('GET', `/api/customers?q=${encodeURIComponent('AUTH0|7')}`)).body.data;
    assert.deepEqual(begins.map(({ id }: { id: string }) => id).sort(), ['auth0|77', 'auth0|78']);
    assert.deepEqual((await ask('GET', '/api/customers?q=nobody')).body.data, []);
  });

  test('the page of an entity tells its life, when it was seen with what, and which lists name it', async () => {
    await ask('POST', '/api/lists', { name: 'stolen', type: 'device' });
    await ask('POST', '/api/lists/stolen/entries', { entries: [{ value: 'd_10' }] });
    const { body } = await ask('GET', '/api/entities/user/Ann');
    const { life, linked } = body;
    assert.deepEqual(
      [body.registered, (await ask('GET', `/api/entities/user/${encodeURIComponent('auth0|77')}`)).body.registered],
      [true, false],
    );
    assert.deepEqual(
      [life.payments, life.truncated, life.amountBase.total, life.labels],
      [3, false, 60, { fraud: 0, legitimate: 0 }],
    );
    assert.ok(life.firstAt < life.lastAt);
    const card = linked.find(({ type }: { type: string }) => type === 'card');
    assert.deepEqual([card.transactions, card.firstAt, card.lastAt], [3, life.firstAt, life.lastAt]);
    const device = (await ask('GET', '/api/entities/device/d_10')).body;
    assert.deepEqual([device.lists, device.life.payments, device.life.amountBase.total], [['stolen'], 2, 15]);
    assert.deepEqual((await ask('GET', '/api/entities/device/never')).body.life.payments, 0);
  });
});
