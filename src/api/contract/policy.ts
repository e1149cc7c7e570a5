import Type, { type Static, type TSchema } from 'typebox';
import { LIST_TYPES, RULE_MODES } from '../../domain/policy.ts';
import { AllQuery, answer, Id, Page, PageQuery, Time, words } from './common.ts';
import { outcome } from './transactions.ts';

/** Bodies of the policy are closed: a field that is misspelt must not be a rule that means something else. */
const closed = { additionalProperties: false };
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const time = (description: string) => orNull(Type.String({ maxLength: 64, description }));
const instant = (description: string) => orNull(Type.String({ format: 'instant', maxLength: 64, description }));
/** What answers show and bodies may carry back: it changes nothing. */
const shownOnly = Type.Optional(Type.Unknown());

export const RULE_ID = '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$';
export const ruleMode = words(RULE_MODES, 'live: applied; shadow: recorded, not applied; off: not evaluated');

export const Rollout = Type.Object(
  {
    percent: Type.Number({ minimum: 0, maximum: 100 }),
    by: Type.String({ minLength: 1, maxLength: 100, description: 'The entity that is drawn, such as `user`' }),
  },
  { ...closed, description: 'Applied to this share of entities; null: to all' },
);
export const Suppression = Type.Object(
  {
    entity: Type.String({ minLength: 1, maxLength: 100 }),
    seconds: Type.Integer({ minimum: 1, maximum: 366 * 86_400 }),
  },
  { ...closed, description: 'One alert for each entity and time; null: one each time' },
);

export const RuleExpression = Type.String({
  minLength: 1,
  maxLength: 8192,
  description: 'A CEL expression; see docs/rules.md',
});
export const RulePriority = Type.Integer({ minimum: -1_000, maximum: 1_000, description: 'The model speaks at 0' });
export const RuleReason = Type.String({
  maxLength: 500,
  description: 'Said where this rule decides',
});
export const RuleActions = Type.Array(Type.String({ pattern: '^[a-z0-9_]{1,64}$' }), {
  maxItems: 20,
  description: 'Beside the outcome, such as `request_3ds`',
});
export const RuleTags = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 20 });
export const ValidFrom = instant('From when on; null: from the start');
export const ValidTo = instant('Until when; null: for good');

const content = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  when: RuleExpression,
  outcome,
  mode: ruleMode,
  priority: RulePriority,
  reason: RuleReason,
  rollout: orNull(Rollout),
  suppress: orNull(Suppression),
  hard: Type.Boolean({ description: 'Beats every priority' }),
  actions: RuleActions,
  validFrom: ValidFrom,
  validTo: ValidTo,
  tags: RuleTags,
};
const optional = Object.fromEntries(Object.entries(content).map(([name, schema]) => [name, Type.Optional(schema)])) as {
  [K in keyof typeof content]: ReturnType<typeof Type.Optional<(typeof content)[K]>>;
};
const readBack = {
  createdAt: shownOnly,
  createdBy: shownOnly,
  updatedAt: shownOnly,
  updatedBy: shownOnly,
  approvedBy: shownOnly,
  status: shownOnly,
  proposed: shownOnly,
  policyVersion: shownOnly,
  warnings: shownOnly,
  overridden: shownOnly,
};

const EXAMPLE = {
  id: 'card-testing',
  name: 'Card testing on one device',
  when: 'distinct("device", "card", "1h") >= 4.0 && tx.amountBase < 20.0',
  outcome: 'decline',
  mode: 'shadow',
};

export const RuleBody = Type.Object(
  {
    ...optional,
    ...readBack,
    id: Type.Optional(Type.String({ pattern: RULE_ID, description: 'Chosen by you, else made' })),
    version: shownOnly,
    name: content.name,
    when: content.when,
    outcome: content.outcome,
  },
  {
    ...closed,
    description: 'A rule; what answers show beside its content is ignored',
    examples: [EXAMPLE],
  },
);
export const RuleChange = Type.Object(
  {
    ...optional,
    ...readBack,
    id: Type.Optional(Type.String({ maxLength: 100 })),
    version: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The version that this changes; 409 where it is another' }),
    ),
  },
  { ...closed, description: 'What is left out stays' },
);
export type RuleFields = Static<typeof RuleChange>;

export const RestoreBody = Type.Object({ version: Type.Integer({ minimum: 0 }) }, closed);
export const CheckBody = Type.Object({ when: Type.String({ maxLength: 8192 }) }, closed);
export const RuleParam = Type.Object({ id: Id('The rule') });

const ruleShownFields = {
  id: Type.String(),
  version: Type.Integer(),
  ...content,
  createdAt: Time(),
  createdBy: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Id of the API key' }),
  updatedAt: Time(),
  updatedBy: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
};
export const RuleVersionShown = answer(ruleShownFields);
export const RuleShown = answer(
  {
    ...ruleShownFields,
    status: words(['active', 'proposed'], 'proposed: nothing is in force until another key approves it'),
    proposed: Type.Optional(RuleVersionShown),
    warnings: Type.Optional(Type.Array(Type.String())),
    overridden: Type.Optional(
      answer({}, '{count, amount, samples, since}: declines of the last month that it would have let through'),
    ),
  },
  'A rule as it is in force, and what is proposed of it',
);
export const RuleVersions = answer({ data: Type.Array(RuleVersionShown) });
export const RuleList = Page(RuleShown);
export const ListQuery = Type.Object(AllQuery);
export const RulePack = answer(
  {
    data: Type.Array(
      answer(
        { rule: RuleBody, words: Type.String(), source: Type.String() },
        'Whom it catches and hurts; of its threshold',
      ),
    ),
    lists: Type.Array(
      answer({
        name: Type.String(),
        type: Type.String(),
        description: Type.String(),
        values: Type.Array(Type.String()),
      }),
    ),
  },
  'Rules to begin with, as POST /api/rules takes them',
);

export const Issue = answer(
  {
    path: Type.String(),
    message: Type.String(),
    line: Type.Integer({ minimum: 1 }),
    column: Type.Integer({ minimum: 1 }),
    endLine: Type.Integer(),
    endColumn: Type.Integer(),
    suggestion: Type.Optional(Type.String({ description: 'What to write in that place' })),
  },
  'A mistake and where it is; columns count UTF-16 units',
);
export const Checked = answer({
  ok: Type.Boolean(),
  type: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  cost: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
  uses: Type.Array(Type.String()),
  errors: Type.Array(Issue),
  warnings: Type.Array(Issue),
});

const share = Type.Number({ minimum: 0, maximum: 1 });
const amount = orNull(Type.Number({ minimum: 0, maximum: 1e12 }));
export const ThresholdsBody = orNull(
  Type.Object(
    { review: Type.Optional(orNull(share)), decline: Type.Optional(orNull(share)) },
    { ...closed, description: 'What is left out stays; null: the model’s own' },
  ),
);
export const ControlBody = Type.Object(
  {
    share: Type.Number({ minimum: 0, maximum: 0.5, description: 'Of what would be declined; 0 is off' }),
    maxAmount: Type.Optional(Type.Union([amount], { description: 'Base currency; null: no limit' })),
    maxPerEntity: Type.Optional(
      orNull(Type.Integer({ minimum: 1, description: 'Of one card (else user) a day; default 1; null: no limit' })),
    ),
    maxDailyAmount: Type.Optional(
      Type.Union([amount], { description: 'Let through a day; base currency; null: no limit' }),
    ),
  },
  closed,
);

const numberOrNull = Type.Unsafe<number | null>({ type: ['number', 'null'] });
const thresholdsShown = answer(
  { review: numberOrNull, decline: numberOrNull },
  'From which probabilities it is reviewed and declined; null: the model’s own',
);
export const PolicyShown = answer({
  version: Type.Integer({ description: '0 before the first change' }),
  thresholds: thresholdsShown,
  control: answer({ share: Type.Number(), maxAmount: numberOrNull }),
  rules: Type.Array(RuleVersionShown),
  updatedAt: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  updatedBy: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  warnings: Type.Optional(Type.Array(Type.String())),
});
export const PolicyVersionShown = answer({
  version: Type.Integer(),
  at: Time(),
  by: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  change: answer({ kind: Type.String() }),
});
export const PolicyVersionParam = Type.Object({ version: Type.Integer({ minimum: 0 }) });
export const VersionsQuery = Type.Object(PageQuery);

export const listType = words(LIST_TYPES);
const listName = '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$';
export const ListBody = Type.Object(
  {
    name: Type.String({ pattern: listName }),
    type: listType,
    description: Type.Optional(Type.String({ maxLength: 500 })),
    fromCases: Type.Optional(Type.Boolean({ description: 'Whether scope `review` may change its entries' })),
  },
  closed,
);
export const ListShown = answer({
  name: Type.String(),
  type: listType,
  description: Type.String(),
  fromCases: Type.Boolean(),
  entries: Type.Integer(),
  createdAt: Time(),
  createdBy: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
});
export const ListsShown = Page(ListShown);
export const ListParam = Type.Object({ name: Id('The list') });
export const EntryParam = Type.Object({ name: Id('The list'), value: Id('The value, percent-encoded') });
export const BlockParam = Type.Object({ ...EntryParam.properties, bits: Id('Bits of a block') });
export const EntriesQuery = Type.Object({
  ...PageQuery,
  q: Type.Optional(Type.String({ maxLength: 255, description: 'Part of the value or the note' })),
});
export const MAX_ENTRIES = 500_000;
export const EntriesBody = Type.Object(
  {
    entries: Type.Array(
      Type.Object(
        {
          value: Type.String({ maxLength: 4_096 }),
          expiresAt: Type.Optional(
            time('null: never; left out: never, or in 90 days where a rule that approves names the list'),
          ),
          note: Type.Optional(orNull(Type.String())),
        },
        closed,
      ),
      { minItems: 1, maxItems: MAX_ENTRIES },
    ),
  },
  closed,
);
export const EntryShown = answer({
  value: Type.String({ description: 'Canonical' }),
  expiresAt: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  note: Type.String(),
  by: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  at: Time(),
});
export const EntriesTaken = answer({
  added: Type.Integer(),
  updated: Type.Integer(),
  refused: Type.Array(answer({ value: Type.String(), message: Type.String(), line: Type.Optional(Type.Integer()) })),
  warnings: Type.Optional(Type.Array(Type.String())),
});
