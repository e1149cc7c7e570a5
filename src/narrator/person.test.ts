import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DecidedView, letterOf } from './person.ts';

const view: DecidedView & Record<string, unknown> = {
  ...{ id: 'ord_1', type: 'payment', amount: 1250, currency: 'EUR', userId: 'u', cardId: 'c', cardBin: '424242' },
  ...{ transactionDate: '2026-03-03T02:14:00.000Z', createdAt: '2026-03-03T02:14:05.000Z' },
  ...{ decision: 'decline', decidedBy: 'model', probability: 0.97, fraudExplanation: 'Declined: …' },
  reasons: [
    { code: 'device_cards_10m', value: 6, contribution: 3, message: '6 cards on this device in the last 10 minutes' },
    { code: 'user_total', value: 40, contribution: -1, message: '40 earlier payments by this user' },
  ],
};

test('a letter to whom it concerns: what, by what, why, with which data, what follows and what may be asked for', () => {
  const letter = letterOf(view);
  assert.deepEqual(
    letter.split('\n\n').map((part) => part.split('\n')[0]),
    [
      'About the payment of €1,250.00 on Tuesday 3 March 2026 at 02:14 UTC (ord_1)',
      ...[
        'What was decided',
        'Why',
        'How this works',
        'What follows from it',
        'What you may ask for',
        'What is not told',
      ],
    ],
  );
  for (const said of [
    /it was declined\. A program decided this; no person took part\.\n/,
    /estimated at 97%, which is above what is let through at once\. What spoke for fraud: there were 6 cards on this device in the last 10 minutes\. What spoke against it: there were 40 earlier payments/,
    /Used were your account, the amount, the time and the means of payment,/,
    /Article 22\(3\).*Article 15\(3\)/,
  ])
    assert.match(letter, said);
});

test('a letter tells what a rule, the control share, a person and a missing model had to do with it', () => {
  const table: [expected: RegExp, more: Partial<DecidedView>][] = [
    [
      /Declined by rule r1: gift cards\. The rule says so whatever the model estimates\. The risk of fraud was estimated at 2\.0%\./,
      {
        ...{ decidedBy: 'rule:r1', probability: 0.02 },
        fraudExplanation: 'Declined by rule r1: gift cards. The model’s risk of fraud is 2.0%.',
      },
    ],
    [/it was approved\..*let through to learn from, though it would/s, { decision: 'approve', decidedBy: 'control' }],
    [
      /no person took part\. On Wednesday 4 March 2026 at 09:00 UTC it was let through\./,
      {
        ...{ decision: 'review', review: { action: 'release', at: '2026-03-04T09:00:00.000Z' } },
      },
    ],
    [/Why\nNo model took part in this one\.\n/, { degraded: true, probability: 0, reasons: [] }],
    [/About the login on /, { type: 'login', amount: null }],
    [/estimated at 97%, which/, { decidedBy: undefined }],
  ];
  for (const [expected, more] of table) assert.match(letterOf({ ...view, ...more }), expected);
});
