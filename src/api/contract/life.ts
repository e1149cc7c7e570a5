import Type from 'typebox';
import { DISPUTE_STATUSES } from '../../domain/dispute.ts';
import { LABEL_SOURCES } from '../../domain/label.ts';
import { LABEL_STATES } from '../../domain/label-state.ts';
import { PAYMENT_EVENT_TYPES } from '../../domain/payment-event.ts';
import { DISPUTE_KINDS } from '../../domain/reason-codes.ts';
import { MAX_CODE } from '../../intake/life.ts';
import { answer, Currency, Id, said, Time, words } from './common.ts';

/** What is told of a transaction after its decision. */

const told = (description?: string) => Type.String({ format: 'instant', maxLength: 64, description });
const code = (description?: string) => Type.String({ minLength: 1, maxLength: MAX_CODE, ...said(description) });
const amount = (description: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 1e12, format: 'double', description }));

export const disputeKind = words(DISPUTE_KINDS, 'An issuer’s report of fraud, or money asked back');
export const disputeStatus = words(DISPUTE_STATUSES);
export const labelWord = words(['fraud', 'legitimate', 'none'], 'What it was; `none` takes back what the source said');
export const labelSource = words(LABEL_SOURCES, 'Who says so');

export const LabelBody = Type.Object({
  label: labelWord,
  source: labelSource,
  note: Type.Optional(Type.String({ maxLength: 2000 })),
  occurredAt: Type.Optional(told('When it came to light; not in the future, nor over 24 h before the payment')),
  pinned: Type.Optional(Type.Boolean({ description: 'In force whatever other sources say, until taken back' })),
  reasonCode: Type.Optional(code('Of the scheme, where it gave one')),
});

const described = (description: string) => ({ description });

/** Rows are checked one by one, so that one that does not fit refuses itself alone: here they are only described. */
export const LabelBatchBody = Type.Object({
  labels: Type.Array(
    Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      properties: {
        transactionId: described('The transaction; required'),
        label: described('`fraud`, `legitimate` or `none`; required'),
        source: described('`chargeback`, `analyst` or `customer`; required'),
        occurredAt: described('RFC 3339: when it came to light'),
        reasonCode: described('Of the scheme, where it gave one'),
        note: described('At most 2,000 characters'),
        pinned: described('Whether it stays in force whatever other sources say'),
      },
      examples: [{ transactionId: 'ord_981', label: 'fraud', source: 'chargeback', reasonCode: '10.4' }],
    }),
    { minItems: 1, maxItems: 10_000 },
  ),
});

export const LabelBatchAnswer = answer({
  recorded: Type.Integer({ description: 'How many are in force or kept beside what is' }),
  refused: Type.Array(
    answer({
      index: Type.Integer({ description: 'Its place in `labels`, from 0' }),
      transactionId: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
      code: Type.String({ description: 'As of a problem document' }),
      message: Type.String(),
    }),
  ),
});

export const DisputeBody = Type.Object({
  id: Id('Yours or the processor’s; the same again is an update'),
  kind: disputeKind,
  scheme: code('`visa`, `mastercard`, `amex`, `sepa`; others are kept and label nothing'),
  reasonCode: code('Of the scheme; only codes of fraud label the payment'),
  amount: amount('What is disputed, major units of `currency`; absent: all of it'),
  currency: Type.Optional(Type.String({ ...Currency, description: 'Default: the payment’s' })),
  reportedAt: told('When this was reported; the newest report of a dispute counts'),
  status: words(DISPUTE_STATUSES, '`won`, `reversed`: whatever it said of fraud is taken back'),
});

export const paymentEventType = words(PAYMENT_EVENT_TYPES);
export const EventBody = Type.Object({
  type: paymentEventType,
  at: told('RFC 3339: when it happened'),
  amount: amount('Of the payment’s currency; absent: all of it'),
  code: Type.Optional(code()),
  avs: Type.Optional(code()),
  cvc: Type.Optional(code()),
  threeDS: Type.Optional(code()),
});

export const reviewAction = words(['release', 'cancel'], 'Says nothing of its truth');
export const ReviewBody = Type.Object({
  action: reviewAction,
  reason: Type.String({ minLength: 1, maxLength: 2000, description: 'Why; kept and shown' }),
});

export const labelState = words(
  LABEL_STATES,
  'Confirmed `fraud` or `legitimate`; `presumed`: executed, undisputed for ' +
    'LABEL_MATURITY_DAYS; `immature`, not for so long yet; `blocked`, not executed',
);

export const Effective = answer(
  {
    label: words(['fraud', 'legitimate']),
    source: words([...LABEL_SOURCES, 'dispute'], 'Who says so'),
    at: Time('When it came to light, else when it was recorded'),
    pinned: Type.Optional(Type.Boolean()),
    disputeId: Type.Optional(Type.String()),
  },
  'The label in force',
);

export const LabelShown = answer({
  id: Type.String(),
  label: labelWord,
  source: labelSource,
  recordedAt: Time(),
  occurredAt: Type.Optional(Time()),
});
export const DisputeHistory = Type.Array(answer({ status: disputeStatus }), {
  description: 'In the order in which it was told',
});
export const DisputeShown = answer(
  {
    id: Type.String(),
    kind: disputeKind,
    scheme: Type.String(),
    reasonCode: Type.String(),
    reason: Type.Optional(Type.String({ description: 'The code in words' })),
    status: disputeStatus,
    reportedAt: Time(),
    label: words(['fraud', 'none'], 'What it says of the payment'),
    history: DisputeHistory,
  },
  'A dispute or an early warning',
);
export const PaymentEventShown = answer({
  id: Type.String(),
  type: paymentEventType,
  at: Time(),
  amount: Type.Optional(Type.Number({ format: 'double' })),
});
export const ReviewShown = answer(
  {
    action: reviewAction,
    at: Time(),
    reason: Type.Optional(Type.String()),
    expired: Type.Optional(Type.Boolean({ description: 'Nobody reviewed it in time' })),
  },
  'What happened to a payment that was held',
);

/** Of a transaction as reads show it. */
export const lifeFields = {
  label: Type.Optional(words(['fraud', 'legitimate'], 'The label in force')),
  effective: Type.Optional(Effective),
  labelState: Type.Optional(labelState),
  labels: Type.Optional(Type.Array(LabelShown)),
  disputes: Type.Optional(Type.Array(DisputeShown)),
  events: Type.Optional(Type.Array(PaymentEventShown)),
  review: Type.Optional(ReviewShown),
};

export const Standing = answer({
  transactionId: Type.String(),
  effective: Type.Unsafe<unknown>({ anyOf: [Effective, { type: 'null' }], description: 'null where none is in force' }),
  labelState,
});
export const LabelRecorded = answer(
  { ...LabelShown.properties, ...Standing.properties },
  'What was recorded, and what is in force',
);
export const DisputeRecorded = answer(
  { ...DisputeShown.properties, ...Standing.properties, warnings: Type.Optional(Type.Array(Type.String())) },
  'The dispute as it stands, and the label in force',
);
export const EventRecorded = answer({ ...PaymentEventShown.properties, ...Standing.properties });

export const LabelStates = answer(
  {
    fraud: Type.Integer({ description: 'Confirmed' }),
    legitimate: Type.Integer({ description: 'Confirmed' }),
    presumed: Type.Integer({ description: 'Executed and undisputed for LABEL_MATURITY_DAYS' }),
    immature: Type.Integer({ description: 'Executed, not for so long yet or disputed: unknown' }),
    blocked: Type.Integer({ description: 'Not executed: their truth is never learnt' }),
    at: Time('As of the start of this minute'),
  },
  'Transactions by what is known of their truth; they add up to `count`',
);
