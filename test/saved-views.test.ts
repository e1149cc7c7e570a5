import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';

interface View {
  id: string;
  name: string;
  filters: object;
  shared: boolean;
  mine: boolean;
  byName: string | null;
}

describe('saved views', () => {
  let app: TestApp;
  const keys: Record<string, string> = {};
  before(async () => {
    app = await startApp({ API_KEY: 'assay_root_key_of_the_tests' });
    for (const [name, scopes] of [
      ['Ada', ['read', 'review']],
      ['Bo', ['read', 'review']],
      ['Reader', ['read']],
    ] as const) {
      const made = await ask('root', 'POST', '/api/keys', { name, scopes });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      keys[name] = made.body.secret as string;
    }
  });
  after(() => app.stop());

  const ask = (who: string, method: string, path: string, body?: unknown) =>
    call(app.url, method, path, body, { 'x-api-key': keys[who] ?? 'assay_root_key_of_the_tests' });
  const seenBy = async (who: string) =>
    ((await ask(who, 'GET', '/api/views')).body.data as View[]).map(({ name, mine, byName }) => [name, mine, byName]);

  test('are their maker’s alone until they are shared, and nobody else changes them', async () => {
    const filters = { decision: 'decline', minScore: 60, country: 'FR' };
    const made = await ask('Ada', 'POST', '/api/views', { name: 'Hot in France', filters });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { id, ...rest } = made.body as View;
    assert.deepEqual([rest.filters, rest.shared, rest.mine, rest.byName], [filters, false, true, 'Ada']);
    assert.deepEqual(await seenBy('Ada'), [['Hot in France', true, 'Ada']]);
    assert.deepEqual(await seenBy('Bo'), []);
    assert.equal((await ask('Bo', 'DELETE', `/api/views/${id}`)).status, 404, 'another’s own is not there');
    assert.equal((await ask('Ada', 'POST', '/api/views', { name: 'Hot in France', filters: {} })).status, 409);
    const shared = await ask('Ada', 'PUT', `/api/views/${id}`, { shared: true });
    assert.deepEqual([shared.status, shared.body.name, shared.body.shared], [200, 'Hot in France', true]);
    assert.deepEqual(await seenBy('Bo'), [['Hot in France', false, 'Ada']]);
    assert.deepEqual(await seenBy('Reader'), [['Hot in France', false, 'Ada']]);
    for (const [who, method, body, status] of [
      ['Bo', 'PUT', { name: 'Mine now' }, 403],
      ['Bo', 'DELETE', undefined, 403],
      ['Reader', 'DELETE', undefined, 403],
      ['Ada', 'DELETE', undefined, 204],
      ['Ada', 'DELETE', undefined, 404],
    ] as const)
      assert.equal((await ask(who, method, `/api/views/${id}`, body)).status, status, `${who} ${method}`);
    assert.deepEqual(await seenBy('Bo'), []);
    const { body } = await ask('root', 'GET', '/api/audit?type=view');
    assert.deepEqual(
      body.data
        .filter((row: { status: number }) => row.status < 400)
        .map((row: { detail: { action: string } }) => row.detail.action),
      ['delete', 'update', 'create'],
    );
  });

  test('keep what the list takes, and not whose payments they are', async () => {
    for (const [filters, said] of [
      [{ email: 'a@b.co' }, '/filters/email'],
      [{ userId: 'u' }, '/filters/userId'],
      [{ cardId: 'c' }, '/filters/cardId'],
      [{ ip: '203.0.113.9' }, '/filters/ip'],
      [{ decisoin: 'decline' }, '/filters/decisoin'],
      [{ decision: 'maybe' }, '/filters/decision'],
      [{ minScore: 101 }, '/filters/minScore'],
    ] as const) {
      const { status, body } = await ask('Ada', 'POST', '/api/views', { name: 'x', filters });
      assert.equal(status, 422, JSON.stringify(filters));
      assert.ok(JSON.stringify(body.errors).includes(said), JSON.stringify(body.errors));
    }
  });
});
