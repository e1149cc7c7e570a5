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

  /** Pays and tells what the issuer said, as a shop does before the next try. */
  async function tried(bodies: Record<string, unknown>[], code: (i: number) => string | undefined) {
    const answers = [];
    for (const [i, body] of bodies.entries()) {
      const [answer] = await post([body]);
      answers.push(answer);
      const refusal = code(i);
      const event = refusal ? { type: 'refused', code: refusal, cvc: 'N' } : { type: 'authorized', cvc: 'M' };
      const told = await call(app.url, 'POST', `/api/transactions/${answer.id}/events`, {
        ...event,
        at: new Date().toISOString(),
      });
      assert.equal(told.status, 201, JSON.stringify(told.body));
    }
    return answers;
  }
  /** `story` keeps what one test does to a shop, an address and a BIN from the others. */
  const full = (who: string, story: number) => ({
    ...{
      userId: who,
      ip: `198.51.100.${100 + story}`,
      merchantId: `m_wear_${story}`,
      email: `${who}@example.org`,
      country: 'US',
    },
    ...{ channel: 'web', productCategory: 'Fashion', accountAgeDays: 400, cardBin: `41111${story}`, cardBrand: 'visa' },
    ...{
      cardCountry: 'US',
      cardFunding: 'credit',
      instrument: 'card',
      remote: true,
      initiator: 'customer',
      mcc: '5651',
    },
  });

  const guesses: Record<string, (i: number) => Record<string, unknown>> = {
    'one card, its code guessed by one user': () => ({
      ...full('guesser_1', 1),
      ...{ amount: 59.5, cardId: 'g1', deviceId: 'g_device_1' },
    }),
    'one card, its code guessed under many names': (i) => ({
      ...full(`guesser_2_${i}`, 2),
      ...{ amount: 40 + 7 * i, cardId: 'g2', deviceId: 'g_device_2' },
    }),
    'cards of one device': (i) => ({
      ...full(`guesser_3_${i}`, 3),
      ...{ amount: 35 + 5 * i, cardId: `g3_${i}`, deviceId: 'g_device_3' },
    }),
  };
  for (const [name, shape] of Object.entries(guesses))
    test(`ordinary payments that the issuer refuses (${name}) are sent to review by the sixth`, async () => {
      const answers = await tried(
        Array.from({ length: 8 }, (_, i) => ({ ...shape(i), transactionDate: at(i, 20_000) })),
        () => 'incorrect_cvc',
      );
      const first = caughtBy(answers);
      assert.ok(first >= 1 && first <= 6, `first caught: ${first}; ${answers.map((a) => a.probability)}`);
      for (const answer of answers.slice(5)) assert.notEqual(answer.decision, 'approve');
    });

  test('one person who mistypes a code four times and then gets it right is approved', async () => {
    for (const [who, known] of [
      ['typist_1', true],
      ['typist_2', false],
    ] as const) {
      const own = { ...full(who, known ? 4 : 5), cardId: `own_${who}`, deviceId: `phone_${who}` };
      const day = 86_400_000;
      const past = [20, 13, 9, 4].map((days) => ({
        ...{ ...own, amount: 30 + days, transactionDate: new Date(Date.now() - days * day).toISOString() },
      }));
      if (known) await tried(past, () => undefined);
      const answers = await tried(
        Array.from({ length: 5 }, (_, i) => ({ ...own, amount: 54.9, transactionDate: at(i, 25_000) })),
        (i) => (i < 4 ? 'incorrect_cvc' : undefined),
      );
      assert.deepEqual(
        answers.map((answer) => answer.decision),
        answers.map(() => 'approve'),
        `${who}: ${answers.map((a) => a.probability)} ${answers.at(-1).fraudExplanation}`,
      );
    }
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
