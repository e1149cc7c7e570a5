import Type from 'typebox';
import { SCOPES } from '../../domain/key.ts';
import { answer, Id, PageQuery, said, Time, words } from './common.ts';
import { TransactionShown } from './transactions.ts';

export const UserBody = Type.Object({
  id: Type.Optional(Id('Chosen by you, such as `auth0|12345`')),
  name: Type.String({ minLength: 1, maxLength: 255 }),
  email: Type.String({ format: 'mailbox', minLength: 3, maxLength: 320 }),
});
export const UserChange = Type.Object(
  { name: Type.Optional(UserBody.properties.name), email: Type.Optional(UserBody.properties.email) },
  { minProperties: 1 },
);
export const UserShown = answer({
  id: Type.String(),
  userId: Type.String(),
  name: Type.String(),
  email: Type.String(),
  createdAt: Time(),
  updatedAt: Time(),
});
export const UserCreated = answer({ userId: Type.String() });
export const UserQuery = Type.Object({
  ...PageQuery,
  q: Type.Optional(Type.String({ maxLength: 255, format: 'part', description: 'Part of the id, name or e-mail' })),
});

export const scope = words(SCOPES, 'What the key may do');
export const KeyBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  scopes: Type.Array(scope, { minItems: 1, maxItems: SCOPES.length }),
});
export const KeyShown = answer(
  {
    id: Type.String(),
    name: Type.String(),
    scopes: Type.Array(scope),
    prefix: Type.String(),
    createdAt: Time(),
    revokedAt: Type.Optional(Time()),
  },
  'An API key, without its secret',
);
export const KeyCreated = Type.Intersect([
  KeyShown,
  answer({ secret: Type.String({ description: 'Shown this once' }) }),
]);
export const KeyList = answer({ data: Type.Array(KeyShown) });

export const SessionBody = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 255 }),
});
const wordOrNull = (description?: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...said(description) });
export const SessionShown = answer({
  keyless: Type.Boolean({ description: 'There are no keys: everything is allowed, on this machine only' }),
  keyName: wordOrNull('The key that signed in; null where nobody did'),
  scopes: Type.Array(scope),
  csrfToken: wordOrNull('What unsafe requests of the session send as `X-Assay-CSRF`'),
  expiresAt: wordOrNull('When it ends, RFC 3339'),
  baseCurrency: Type.Optional(
    Type.String({ description: 'What `amountBase` and amounts at risk are in; told to whoever may do something' }),
  ),
});

export const DemoBody = Type.Object({
  rate: Type.Number({ minimum: 0.1, maximum: 200 }),
  seconds: Type.Number({ minimum: 1, maximum: 600 }),
});
export const DemoShown = answer({
  enabled: Type.Boolean({ description: 'May be started here' }),
  running: Type.Boolean(),
  rate: Type.Number(),
  seconds: Type.Number(),
  posted: Type.Integer(),
  labelled: Type.Integer(),
  failed: Type.Integer(),
  startedAt: Type.Optional(Time()),
  endsAt: Type.Optional(Time()),
  stopped: Type.Optional(Type.String()),
});

export const Health = answer({
  status: words(['healthy', 'degraded', 'unhealthy'], 'Degraded still decides'),
  model_loaded: Type.Boolean(),
  card_model_loaded: Type.Boolean({ description: 'What `/v1/fraud-score` needs; without it the rest lives on' }),
  journal: words(['ok', 'damaged', 'failed']),
  database: words(['ok', 'catching up', 'unavailable']),
  kafka: Type.Optional(words(['ok', 'unavailable'], 'The log of a fleet')),
  redis: Type.Optional(words(['ok', 'unavailable'], 'Profiles of a fleet; without them decisions are degraded')),
  rates: answer(
    {},
    '{base, source, newest, state: ok | old (than RATES_MAX_AGE_DAYS) | none, missing}; missing: payments without one, by currency',
  ),
  policy: answer(
    {
      version: Type.Integer(),
      behind: Type.Optional(Type.Boolean({ description: 'A fleet’s: a change is known of and not in force here yet' })),
    },
    'What is in force in this process',
  ),
  convex: Type.Optional(answer({}, '{state, lagRecords, lagSeconds} of the copy')),
  mirror: Type.Optional(answer({}, 'Of the journal')),
  journal_begins: Type.Optional(Type.Integer()),
  model: Type.Optional(Type.String()),
  reasons: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Why a part is away, by the part, such as `database`' }),
  ),
});
export const Ready = answer({ ready: Type.Boolean() }, 'Decisions are being taken');

export const Features = answer(
  {
    data: Type.Array(
      answer({
        name: Type.String(),
        description: Type.String(),
        usual: Type.String(),
        entity: Type.Optional(Type.String()),
        windowSeconds: Type.Optional(Type.Number()),
      }),
    ),
  },
  'What the serving model reads',
);

export const EntityParam = Type.Object({
  type: Id('Such as `card`'),
  id: Id('Percent-encode what a path reserves'),
});
export const CustomerShown = Type.Object(
  {},
  {
    additionalProperties: true,
    description:
      '{id, name, email, payments, more, firstAt, lastAt, amountBase, stopped, fraud}: of their newest 200 payments',
  },
);
export const EntityQuery = Type.Object({ limit: PageQuery.limit });
export const EntityShown = answer({
  type: Type.String(),
  id: Type.String(),
  transactions: Type.Array(TransactionShown),
  linked: Type.Array(
    answer({ type: Type.String(), id: Type.String(), transactions: Type.Integer(), firstAt: Time(), lastAt: Time() }),
  ),
  life: Type.Object(
    {},
    { additionalProperties: true, description: '{payments, firstAt, lastAt, decisions, labels, amountBase}' },
  ),
  lists: Type.Array(Type.String()),
  registered: Type.Boolean(),
});
