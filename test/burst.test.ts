import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';

/** What the shipped model makes of card testing, and of the same payments by ordinary people. */
describe('card testing', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const amounts = [1, 1.5, 2, 1.25, 1, 2.5, 1.75, 1, 2, 1.1];
  async function post(bodies: Record<string, unknown>[]) {
    const answers = [];
    for (const body of bodies) {
      const { status, body: answer } = await call(app.url, 'POST', '/api/transactions', body);
      assert.equal(status, 201, JSON.stringify(answer));
      answers.push(answer);
    }
    return answers;
  }
  const caughtBy = (answers: { decision: string }[]) =>
    answers.findIndex((answer) => answer.decision !== 'approve') + 1;
  const at = (i: number, gapMs: number) => new Date(Date.now() - 900_000 + i * gapMs).toISOString();

  const shapes: Record<string, (i: number) => Record<string, unknown>> = {
    'one user, sparse, at once': (i) => ({ userId: 'tester_1', cardId: `t1_${i}`, deviceId: 'new_1' }),
    'ten users, sparse, at once': (i) => ({ userId: `guest_2_${i}`, cardId: `t2_${i}`, deviceId: 'new_2' }),
    'one user, full, half a minute apart': (i) => ({
      userId: 'tester_3',
      cardId: `t3_${i}`,
      deviceId: 'new_3',
      ip: '198.51.100.7',
      merchantId: 'shop_3',
      email: 'qwe@example.org',
      country: 'US',
      channel: 'web',
      productCategory: 'Digital',
      accountAgeDays: 0,
      transactionDate: at(i, 30_000),
    }),
    'ten users, one merchant and address, ten seconds apart': (i) => ({
      userId: `guest_4_${i}`,
      cardId: `t4_${i}`,
      deviceId: 'new_4',
      ip: '198.51.100.8',
      merchantId: 'shop_4',
      transactionDate: at(i, 10_000),
    }),
  };
  for (const [name, shape] of Object.entries(shapes))
    test(`ten small payments from one new device against ten cards (${name}) are caught by the fifth`, async () => {
      const answers = await post(amounts.map((amount, i) => ({ ...shape(i), amount })));
      const first = caughtBy(answers);
      assert.ok(first >= 1 && first <= 5, `first caught: ${first}; ${answers.map((a) => a.probability)}`);
      for (const answer of answers.slice(4)) assert.notEqual(answer.decision, 'approve');
      const codes = answers.slice(4).flatMap((answer) => answer.reasons.map((reason: { code: string }) => reason.code));
      assert.ok(
        codes.some((code: string) => /^device_.*cards/.test(code)),
        `reasons: ${[...new Set(codes)]}`,
      );
    });

  const ordinary: Record<string, (i: number) => Record<string, unknown>> = {
    sparse: (i) => ({ userId: `person_a${i}`, cardId: `own_a${i}`, deviceId: `phone_a${i}` }),
    'at one merchant': (i) => ({
      userId: `person_b${i}`,
      cardId: `own_b${i}`,
      deviceId: `phone_b${i}`,
      merchantId: 'kiosk',
    }),
    full: (i) => ({
      userId: `person_c${i}`,
      cardId: `own_c${i}`,
      deviceId: `phone_c${i}`,
      ip: `203.0.113.${i + 10}`,
      merchantId: 'kiosk_2',
      email: `person${i}@example.com`,
      country: 'US',
      channel: 'web',
      accountAgeDays: 200 + 31 * i,
      productCategory: 'Food',
    }),
    'nothing but user and amount': (i) => ({ userId: `person_d${i}` }),
  };
  for (const [name, shape] of Object.entries(ordinary))
    test(`the same ten payments by ten ordinary users (${name}) are approved`, async () => {
      const answers = await post(amounts.map((amount, i) => ({ ...shape(i), amount })));
      assert.deepEqual(
        answers.map((answer) => answer.decision),
        amounts.map(() => 'approve'),
        JSON.stringify(answers.map((answer) => answer.fraudExplanation)),
      );
    });
});
