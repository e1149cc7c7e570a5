import Type from 'typebox';
import { type AskedResolution, CASE_ENTITIES, CASE_STATUSES, RESOLUTIONS } from '../../domain/case.ts';
import { answer, Id, PageQuery, SpanQuery, said, Time, Window, words } from './common.ts';
import { TransactionShown } from './transactions.ts';

const orNull = (type: string, description?: string) =>
  Type.Unsafe<string | null>({ type: [type, 'null'], ...said(description) });
const timeOrNull = (description?: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', ...said(description) });
const text = (maxLength: number, description?: string) =>
  Type.String({ minLength: 1, maxLength, ...said(description) });

type AskedShown = Omit<AskedResolution, 'at'> & { byName: string | null; at: string };

const caseStatus = words(CASE_STATUSES);
export const Entity = answer({
  type: words(CASE_ENTITIES),
  id: orNull('string', 'Its name; null where it was erased'),
});

export const CaseShown = answer(
  {
    id: Type.String(),
    status: words([...CASE_STATUSES, 'merged']),
    version: Type.Integer(),
    entity: Entity,
    score: Type.Integer({ minimum: 0, maximum: 100 }),
    amount: Type.Number(),
    amountAtRisk: Type.Number({}),
    disputes: Type.Integer({ description: 'That stand' }),
    transactionCount: Type.Integer(),
    reviews: Type.Integer(),
    declines: Type.Integer(),
    openedAt: Time(),
    lastAlertAt: Time(),
    assignee: orNull('string'),
    firstActionAt: timeOrNull(),
    resolution: Type.Unsafe<string | null>({ enum: [...RESOLUTIONS, null] }),
    reason: orNull('string'),
    resolvedAt: timeOrNull(),
    resolvedBy: orNull('string'),
    resolvedByName: orNull('string'),
    note: orNull('string'),
    mergedInto: orNull('string'),
    dueAt: timeOrNull(),
    awaitingSince: timeOrNull('For the customer'),
    asked: Type.Unsafe<AskedShown | null>({ type: ['object', 'null'] }),
    exceptCaseId: Type.Optional(Type.String()),
  },
  'A case: alerts that share a device, a card, a mailbox or a user',
);

export const Happened = answer(
  {
    at: Time(),
    type: Type.String({ description: 'What happened' }),
    by: orNull('string'),
    byName: orNull('string'),
    detail: Type.Unsafe<Record<string, unknown> | null>({ type: ['object', 'null'] }),
  },
  'Something that happened',
);

const Comment = answer({
  at: Time(),
  by: orNull('string'),
  byName: orNull('string'),
  text: Type.String(),
});

export const CaseSharing = Type.Intersect([CaseShown, answer({ shared: Type.Array(Entity) })]);

export const CaseWhole = Type.Intersect([
  CaseShown,
  answer({
    entities: Type.Array(Type.Intersect([Entity, answer({ transactions: Type.Integer() })]), {}),
    transactions: Type.Array(TransactionShown),
    comments: Type.Array(Comment),
    history: Type.Array(Happened),
    similar: Type.Array(CaseSharing),
    proposedMerges: Type.Array(CaseSharing),
  }),
]);

export const CasesQuery = Type.Object({
  ...PageQuery,
  status: Type.Optional(caseStatus),
  assignee: Type.Optional(text(255, 'Only theirs')),
  assigned: Type.Optional(words(['yes', 'no'])),
  entity: Type.Optional(
    Type.String({ minLength: 1, maxLength: 320, format: 'attacked', description: 'Such as `device:d_3`' }),
  ),
  minScore: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  queue: Type.Optional(Type.String({ minLength: 1 })),
  sort: Type.Optional(words(['risk', 'newest', 'due'], 'Default: risk. due: only those with `dueAt`')),
});

export const CaseVersion = Type.Integer({
  minimum: 1,
  maximum: 2 ** 31 - 1,
  description: '`version` of the case as you saw it',
});

export const AssignBody = Type.Object({
  assignee: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    minLength: 1,
    maxLength: 255,
    description: 'null for nobody',
  }),
  version: CaseVersion,
});
export const CommentBody = Type.Object({
  text: text(4000),
  version: Type.Optional(CaseVersion),
  awaits: Type.Optional(Type.Boolean({ description: 'Whether the customer is awaited from now on' })),
});
export const resolution = words(RESOLUTIONS, '`fraud` and `legitimate` label all of its transactions so');
export const ResolveBody = Type.Object({
  resolution,
  /** A word of CASE_REASONS: which ones there are is the configuration’s. */
  reason: Type.Optional(Type.String()),
  note: Type.Optional(Type.String({ maxLength: 2000 })),
  version: CaseVersion,
  transactions: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description: 'How many you saw: 409 where more have joined',
    }),
  ),
  except: Type.Optional(
    Type.Array(Type.String({ maxLength: 255 }), {
      maxItems: 1000,
      description: 'None of it: they become an open case of their own',
    }),
  ),
});

export const ReopenBody = Type.Object({ version: Type.Optional(CaseVersion) });
export const MergeBody = Type.Object({
  into: Id(),
  version: Type.Optional(CaseVersion),
});

export const CaseBulkBody = Type.Object({
  ids: Type.Array(Id(), { minItems: 1, maxItems: 200, uniqueItems: true }),
  action: words(['assign', 'comment', 'resolve', 'reopen', 'merge'], 'With its fields'),
  assignee: Type.Optional(AssignBody.properties.assignee),
  text: Type.Optional(CommentBody.properties.text),
  resolution: Type.Optional(ResolveBody.properties.resolution),
  reason: ResolveBody.properties.reason,
  note: ResolveBody.properties.note,
  into: Type.Optional(Id('Default: the first of `ids`')),
});
export const CaseBulkAnswer = answer(
  {
    data: Type.Array(
      answer({
        id: Type.String(),
        status: Type.Integer({ description: 'As alone' }),
        case: Type.Optional(CaseShown),
        code: Type.Optional(Type.String()),
        detail: Type.Optional(Type.String()),
      }),
      { description: 'In the order of `ids`' },
    ),
    done: Type.Integer(),
    refused: Type.Integer(),
  },
  'What came of each',
);

export const Durations = answer({
  p50: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
  p95: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
});
export const CaseFigures = answer(
  {
    window: Type.String(),
    from: Time('Start, included'),
    to: Time(),
    opened: Type.Integer(),
    open: Type.Integer(),
    unassigned: Type.Integer(),
    resolved: Type.Integer(),
    resolutions: answer({ fraud: Type.Integer(), legitimate: Type.Integer(), unsure: Type.Integer() }),
    amountAtRisk: Type.Number({ description: 'Of the open ones' }),
    firstActionMs: Durations,
    resolvedMs: Durations,
  },
  'Cases opened in a window',
);
export const CaseStatsQuery = Type.Object({
  window: Type.String({ ...Window, default: '30d', description: 'Such as `24h`, `30d`' }),
});

export const History = answer({ data: Type.Array(Happened) });

export const AuditEntry = Type.Intersect([
  Happened,
  answer({
    sequence: Type.Integer({ format: 'int64' }),
    transactionId: orNull('string'),
    caseId: orNull('string'),
    target: orNull('string'),
    status: Type.Integer({}),
    code: orNull('string'),
  }),
]);
export const AuditQuery = Type.Object({
  ...PageQuery,
  by: Type.Optional(Id()),
  type: Type.Optional(Id('Such as `finalize` or `case.resolve`')),
  transactionId: Type.Optional(Id()),
  caseId: Type.Optional(Id()),
  ...SpanQuery,
});
