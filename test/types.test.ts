import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';

type Type = 'payment' | 'login' | 'registration' | 'payout';

/** One attack of each type, on a device, in a network and by mailboxes of its own: whoever does it there is new, from one address after the other. */
const ATTACKS: Record<Exclude<Type, 'payment'>, (i: number) => object> = {
  login: () => ({}),
  registration: (i) => ({ cardId: `rc_${i}` }),
  payout: (i) => ({ amount: 900, payeeId: 'acct_1', cardId: `pc_${i}` }),
};
const NETWORKS = { login: '192.0.2', registration: '198.51.100', payout: '203.0.113' };
const SIZE = 12;

describe('logins, registrations and payouts', () => {
  let app: TestApp;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the server answered.
  const decided = new Map<string, any[]>();
  const get = async (path: string) => {
    const { status, body } = await call(app.url, 'GET', path);
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
    return body;
  };

  before(async () => {
    app = await startApp();
    for (const [type, more] of Object.entries(ATTACKS) as [keyof typeof ATTACKS, (i: number) => object][]) {
      const answers = [];
      for (let i = 0; i < SIZE; i++) {
        const { status, body } = await call(app.url, 'POST', '/api/transactions', {
          ...{ id: `${type}_${i}`, type, userId: `${type}_u${i}`, deviceId: `${type}_d`, ip: `${NETWORKS[type]}.${i}` },
          ...{ email: `${type}${i}@mail.test`, accountAgeDays: 0, country: 'NG', ...more(i) },
        });
        assert.equal(status, 201, JSON.stringify(body));
        answers.push(body);
      }
      decided.set(type, answers);
    }
  });
  after(() => app.stop());

  test('an amount is asked for where money moves, and only there', async () => {
    for (const [type, expected] of Object.entries({ payment: 422, payout: 422, login: 201, registration: 201 })) {
      const { status, body } = await call(app.url, 'POST', '/score', { type, userId: 'u' });
      assert.equal(status, expected === 201 ? 200 : 422, `${type}: ${JSON.stringify(body)}`);
      if (expected === 422) assert.match(JSON.stringify(body.errors), /amount/);
    }
  });

  for (const type of Object.keys(ATTACKS) as Exclude<Type, 'payment'>[]) {
    test(`${type}: decided, listed and read with its type; an attack is caught`, async () => {
      const answers = decided.get(type)!;
      for (const [i, answer] of answers.entries()) {
        assert.equal(answer.type, type);
        assert.equal(answer.amount, type === 'payout' ? 900 : null);
        assert.equal((await get(`/api/transactions/${type}_${i}`)).type, type);
      }
      const { data } = await get('/api/transactions?limit=200');
      assert.equal(data.filter((one: { type: string }) => one.type === type).length, SIZE);
      assert.ok(
        answers.slice(-4).every(({ decision }) => decision !== 'approve'),
        'the last four are held or declined',
      );
    });

    test(`${type}: explained in words that fit it, every one of them`, async () => {
      const others = /\b(payments?|logins?|registrations?|payouts?)\b/g;
      for (const { id } of decided.get(type)!) {
        const { fraudExplanation, reasons } = await get(`/api/transactions/${id}`);
        const { contributions, narrative } = await get(`/api/transactions/${id}/explanation?narrate=true`);
        const said: string[] = [fraudExplanation, narrative.summary];
        for (const { code, message } of [...reasons, ...contributions]) if (!code.endsWith('_risk')) said.push(message);
        for (const text of said)
          for (const [word] of text.matchAll(others)) assert.equal(word.replace(/s$/, ''), type, `${id}: ${text}`);
        if (type !== 'payout') assert.doesNotMatch(said.join('\n'), /\$\d/, 'no amount of what has none');
      }
    });

    test(`${type}: its alerts are a case, told as what they are`, async () => {
      const { data } = await get('/api/cases');
      const found = data.filter(({ entity }: { entity: { id: string } }) => entity.id === `${type}_d`);
      assert.equal(found.length, 1, JSON.stringify(data));
      const alerts = decided.get(type)!.filter(({ decision }) => decision !== 'approve');
      assert.equal(found[0].transactionCount, alerts.length);
      const whole = await get(`/api/cases/${found[0].id}`);
      assert.ok(whole.transactions.every((one: { type: string }) => one.type === type));
      const { summary } = await get(`/api/cases/${found[0].id}/summary`);
      assert.match(summary, new RegExp(`^${alerts.length} ${type}s `));
      if (type === 'payout') assert.equal(found[0].amount, 900 * alerts.length);
      else {
        assert.deepEqual([found[0].amount, found[0].amountAtRisk], [0, 0]);
        assert.doesNotMatch(summary, /\$/);
      }
    });
  }

  test('what logins tell does not count among payments, nor the other way', async () => {
    const body = { userId: 'login_u0', deviceId: 'login_d', amount: 20 };
    const { reasons } = (await call(app.url, 'POST', '/score', body)).body;
    assert.doesNotMatch(JSON.stringify(reasons), /login|different users/);
  });

  test('statistics count them, and sum no amount where there is none', async () => {
    const stats = await get('/api/transactions/stats?window=1h');
    assert.equal(stats.count, 3 * SIZE);
    assert.equal(stats.amounts.USD.total, 900 * SIZE);
  });
});
