import type { CaseFacts, TransactionFacts } from '../../src/narrator/narrator.ts';

/** A declined payment as the narrator sees it. */
export const declined: TransactionFacts = {
  ...{ kind: 'transaction', id: 't1', decision: 'decline', score: 97, probability: 0.9712 },
  ...{ type: 'payment', amount: 1250, currency: 'USD', time: Date.UTC(2026, 2, 3, 7, 14), offsetMinutes: -300 },
  reasons: [
    {
      ...{ code: 'device_cards_10m', value: 6, contribution: 2.1 },
      message: '6 different cards on this device in the last 10 minutes (usually 1)',
    },
    {
      ...{ code: 'device_cards_1h', value: 6, contribution: 1.4 },
      message: '6 different cards on this device in the last hour (usually 1)',
    },
    { code: 'user_total', value: 0, contribution: 0.8, message: 'the first payment by this user (usually 12)' },
    { code: 'night', value: 1, contribution: 0.2, message: 'made at night' },
    {
      code: 'account_age_days',
      value: 900,
      contribution: -0.4,
      message: 'the account is 900 days old (usually 400 days)',
    },
  ],
  ...{ rules: [], degraded: false, oodWarning: [], untrusted: {} },
};

export const suspectCase: CaseFacts = {
  ...{
    kind: 'case',
    type: 'payment',
    id: 'case_1',
    entity: 'device',
    transactions: 3,
    reviews: 1,
    declines: 2,
    score: 97,
  },
  ...{ amount: 900.5, amountAtRisk: 812.25, currency: 'USD', entities: { device: 1, card: 3, user: 2 } },
  ...{ from: Date.UTC(2026, 2, 3, 7), to: Date.UTC(2026, 2, 3, 8), similar: 1, similarFrauds: 1, untrusted: {} },
  reasons: declined.reasons.slice(0, 3).map((reason, i) => ({ ...reason, transactions: 3 - i })),
};

/** What an honest model would answer of `declined`. */
export const honest = {
  summary: 'There were 6 different cards on this device within 10 minutes, and it is the first payment by this user.',
  signals: ['device_cards_10m', 'user_total'],
  checks: ['inspect_device', 'ask_customer'],
  confidence: 'high',
};
