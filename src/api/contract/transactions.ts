import Type from 'typebox';
import { type TransactionBody as Accepted, movesMoney, RESERVED_IDS, TRANSACTION_TYPES } from '../../domain/fields.ts';
import { answer, Currency, Id, json, Page, PageQuery, problems, SpanQuery, Time, Window, words } from './common.ts';
import { EXAMPLE, fieldSchemas } from './fields.ts';
import { LabelStates, labelState, lifeFields, paymentEventType } from './life.ts';

/** Schemas of the fields as `domain/fields.ts` declares them; optional where a body may do without. */
const fields = fieldSchemas();

/** Who logs in or registers pays nothing. */
const amountWhere = {
  if: { properties: { type: { enum: TRANSACTION_TYPES.filter((type) => !movesMoney(type)) } }, required: ['type'] },
  else: { required: ['amount'] },
};

const TAKEN_IN = 'Fields that are not listed are ignored, with a warning; use `metadata`.';
export const TransactionBody = Type.Unsafe<Accepted>(
  Type.Object(
    {
      ...fields,
      id: Type.Optional(
        Id(`Chosen by you; repeated with the same body it gets the first answer. Not ${RESERVED_IDS.join(', ')}`),
      ),
    },
    { description: TAKEN_IN, examples: [EXAMPLE], unknownFields: 'told', ...amountWhere },
  ),
);
export type TransactionBody = Accepted;

/** Id and type of a transaction stay; null takes an optional field away. */
const { id: _, type: __, ...amendable } = fieldSchemas({ optional: true, nullable: true });
export const AmendmentBody = Type.Object(amendable, {
  description: 'What changes; null takes an optional field away. Nothing is decided or learnt again.',
});

export const FinalizeBody = Type.Object({
  tempId: Id('`tempId` of the answer to the transaction'),
  override: Type.Optional(
    Type.Boolean({ description: 'Although it was declined; needs scope `review`, and is audited' }),
  ),
  reason: Type.Optional(Type.String({ maxLength: 2000 })),
});

export const outcome = words(['approve', 'review', 'decline']);
export const status = words(['processing', 'pending', 'finalized', 'failed']);

export const Reason = answer(
  {
    code: Type.String(),
    value: Type.Unsafe<number | null>({ type: ['number', 'null'], description: 'null where the input was missing' }),
    contribution: Type.Number({ description: 'Log-odds' }),
    message: Type.String(),
  },
  'A feature and its part in the score',
);

export const RuleHit = answer({
  id: Type.String(),
  version: Type.Integer(),
  outcome,
  mode: words(['live', 'shadow'], 'shadow: not applied; so is a live rule outside its rollout'),
  priority: Type.Integer(),
});

export const Model = answer({ name: Type.String(), version: Type.String() });

export const ControlTaken = answer(
  { share: Type.Number(), would: outcome },
  'It was let through to learn from; what it would have been',
);
export const ScaAdvice = answer(
  { exemption: words(['tra']), upTo: Type.Number() },
  'May go without strong authentication; euros',
);
export const Score = Type.Integer({ minimum: 0, maximum: 100, description: 'round(100 × probability)' });

export const decisionFields = {
  decision: outcome,
  score: Score,
  probability: Type.Number({ minimum: 0, maximum: 1, description: 'Calibrated probability of fraud' }),
  isFraudulent: Type.Boolean(),
  fraudExplanation: Type.String(),
  reasons: Type.Array(Reason),
  rules: Type.Array(RuleHit),
  policyVersion: Type.Optional(Type.Integer({ description: 'Of the policy that decided; 0 before there was one' })),
  decidedBy: Type.Optional(
    Type.String({ description: '`model`, `rule:ID`, `control`, or `none` where nobody had a voice' }),
  ),
  actions: Type.Optional(
    Type.Array(Type.String(), { description: 'What live rules that hit ask for beside the outcome' }),
  ),
  suppressed: Type.Optional(Type.Boolean({ description: 'By the rule’s `suppress`: it opens no case' })),
  sca: Type.Optional(ScaAdvice),
  control: Type.Optional(ControlTaken),
  model: Type.Optional(Model),
  degraded: Type.Optional(Type.Boolean()),
  oodWarning: Type.Array(Type.String(), { description: 'Inputs unlike any in training' }),
};

/** What is known of a decision; whatever was decided has most of it. */
export const Verdict = Type.Partial(answer(decisionFields));

export const NarrativeShown = answer({
  summary: Type.String(),
  signals: Type.Array(Type.String()),
  checks: Type.Array(answer({ code: Type.String(), text: Type.String() }, 'What to look at next, of a closed list')),
  confidence: words(['low', 'medium', 'high'], 'How far what is known carries the outcome'),
  source: words(['template', 'model']),
  model: Type.Optional(Type.String()),
  narrator: Type.Optional(Type.String()),
  failure: Type.Optional(answer({ code: Type.String(), text: Type.String() })),
});

export const transactionType = words(TRANSACTION_TYPES);
const ownFields = {
  id: Type.String(),
  tempId: Type.Optional(Type.String()),
  userId: Type.String(),
  type: transactionType,
  amount: Type.Unsafe<number | null>({ type: ['number', 'null'], description: 'null where nothing is paid' }),
  currency: Type.String(),
  amountBase: Type.Optional(
    Type.Unsafe<number | null>({ type: ['number', 'null'], description: 'In the base currency; null without a rate' }),
  ),
  baseRate: Type.Optional(
    Type.Unsafe<number | null>({ type: ['number', 'null'], description: 'Units of base currency for one unit' }),
  ),
  transactionDate: Time(),
  createdAt: Time(),
  metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
};
const warnings = Type.Optional(Type.Array(Type.String()));

/** What was sent, as it is kept. */
export const Taken = answer({ ...ownFields, status });

export const Decided = answer({ ...ownFields, status, ...decisionFields, latencyMs: Type.Number(), warnings });

/** As reads show it: decided, or taken in and waiting, or failed. */
export const TransactionShown = answer({
  ...ownFields,
  status,
  ...Verdict.properties,
  warnings,
  error: Type.Optional(Type.String()),
  narrative: Type.Optional(NarrativeShown),
  ...lifeFields,
});

export const Processing = answer(
  { tempId: Type.String(), status: words(['processing']), message: Type.String() },
  'Taken in; the decision follows on the feed',
);

export const ListQuery = Type.Object({
  ...PageQuery,
  userId: Type.Optional(Id()),
  decision: Type.Optional(outcome),
  status: Type.Optional(status),
  ...SpanQuery,
  minScore: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  rule: Type.Optional(Id('A rule that hit, live or in shadow')),
  label: Type.Optional(words(['fraud', 'legitimate', 'none'], 'In force')),
  labelState: Type.Optional(labelState),
  currency: Type.Optional(Currency),
  model: Type.Optional(Id('Version')),
  reason: Type.Optional(Id('Code, of reviews and declines')),
  country: Type.Optional(Id()),
  channel: Type.Optional(Id()),
  type: Type.Optional(transactionType),
  merchantId: Type.Optional(Id()),
  cardId: Type.Optional(Id()),
  deviceId: Type.Optional(Id()),
  payeeId: Type.Optional(Id()),
  ip: Type.Optional(Id('Or its network')),
  email: Type.Optional(Id('Or its domain')),
  caseId: Type.Optional(Id()),
  event: Type.Optional(paymentEventType),
  minAmount: Type.Optional(Type.Number({ minimum: 0, description: 'In the base currency' })),
  maxAmount: Type.Optional(Type.Number({ minimum: 0 })),
  total: Type.Optional(words(['true', 'false'], 'With `total`: {count, more}')),
});

export const StatsQuery = Type.Object({
  window: Type.String({ ...Window, default: '24h', description: 'Such as `15m`, `24h`, `7d`' }),
});

export const BaseTotals = answer({
  total: Type.Number(),
  blocked: Type.Number(),
  unconverted: Type.Integer({ description: 'Payments without a rate: in neither sum' }),
});

export const Totals = answer({ total: Type.Number(), blocked: Type.Number() }, 'Major units of the currency');
const Amounts = Type.Record(Type.String(), Totals);

export const Stats = answer({
  window: Type.String(),
  from: Time('Start, included'),
  to: Time(),
  count: Type.Integer(),
  decisions: answer({ approve: Type.Integer(), review: Type.Integer(), decline: Type.Integer() }),
  rates: answer(
    { approve: Type.Number(), review: Type.Number(), decline: Type.Number(), fraud: Type.Number() },
    'Shares of count',
  ),
  statuses: Type.Record(Type.String(), Type.Integer()),
  labels: answer({ fraud: Type.Integer(), legitimate: Type.Integer() }, 'Confirmed by a label in force'),
  labelStates: LabelStates,
  amountBase: BaseTotals,
  amounts: Amounts,
  scoreHistogram: Type.Array(Type.Integer()),
  series: Type.Array(
    answer({
      at: Time(),
      ...{ count: Type.Integer(), approve: Type.Integer(), review: Type.Integer(), decline: Type.Integer() },
      ...{ p50: Type.Number(), p95: Type.Number(), p99: Type.Number() },
      amountBase: BaseTotals,
      amounts: Amounts,
    }),
  ),
  latencyMs: answer({ p50: Type.Number(), p95: Type.Number(), p99: Type.Number() }),
  topReasons: Type.Array(answer({ code: Type.String(), count: Type.Integer() })),
  topEntities: Type.Array(
    answer(
      { type: Type.String(), id: Type.String(), alerts: Type.Integer() },
      'An entity and its reviews and declines',
    ),
  ),
  places: Type.Array(answer({ country: Type.String(), count: Type.Integer(), alerts: Type.Integer() })),
});

export const Explanation = answer(
  {
    transactionId: Type.String(),
    model: Type.Unsafe({ anyOf: [Model, { type: 'null' }] }),
    baseValue: Type.Number(),
    rawScore: Type.Number({ description: 'baseValue + all contributions, log-odds' }),
    probability: Type.Number(),
    contributions: Type.Array(Reason),
    rules: Type.Array(
      answer(
        {
          id: Type.String(),
          version: Type.Integer(),
          hit: Type.Boolean(),
          mode: words(['live', 'shadow'], 'As it was then'),
          clauses: Type.Array(
            answer(
              { text: Type.String(), value: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] }) },
              'null: unknown, because something was absent',
            ),
          ),
        },
        'A rule of the policy’s version that decided',
      ),
      { description: 'Why each rule hit, and why not' },
    ),
    incomplete: Type.Optional(
      Type.String({ description: 'Why there are no contributions: its model is not here any more' }),
    ),
    narrative: Type.Optional(NarrativeShown),
    counterfactuals: Type.Optional(
      Type.Array(
        answer({
          changes: Type.Array(
            answer({ field: Type.String(), from: Type.Unknown(), to: Type.Unknown(), message: Type.String() }),
          ),
          decision: outcome,
          probability: Type.Number(),
        }),
      ),
    ),
    none: Type.Optional(Type.String({ description: 'Why there are no counterfactuals' })),
  },
  'Every contribution, exact',
);

export const Finalized = answer({ transactionId: Type.String() });
export const ScoredAnswer = answer({
  ...decisionFields,
  latencyMs: Type.Number(),
  warnings,
});

export const ScoreBody = Type.Unsafe<Accepted | { transactionId: string }>({
  anyOf: [TransactionBody, Type.Object({ transactionId: Id('A stored transaction') })],
});
export const BatchBody = Type.Object({
  transactions: Type.Array(TransactionBody, { minItems: 1, maxItems: 10_000 }),
});
export const BatchAnswer = answer({ data: Type.Array(ScoredAnswer) });

export const NarrateQuery = Type.Object({
  narrate: Type.Optional(
    words(
      ['true', 'kept', 'false'],
      'In words too. `true`: a language model is asked where there is one that has not written yet; `kept`: none is',
    ),
  ),
  counterfactuals: Type.Optional(words(['true', 'false'], 'What would have changed it too: needs the scope `review`')),
});

export const IdParam = Type.Object({ id: Id('Percent-encode what a path reserves') });
export const UserIdParam = Type.Object({ userId: Id('Percent-encode what a path reserves') });

export { json, Page, problems };
