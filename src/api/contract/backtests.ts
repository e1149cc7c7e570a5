import Type, { type TSchema } from 'typebox';
import { answer, Id, words } from './common.ts';
import { RuleBody } from './policy.ts';
import { outcome } from './transactions.ts';

const closed = { additionalProperties: false };
const optional = Type.Optional;
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const share = optional(orNull(Type.Number({ minimum: 0, maximum: 1 })));
const id = Id();
const samples = optional(Type.Integer({ minimum: 0, maximum: 200, default: 20 }));
const time = Type.String({ format: 'instant', maxLength: 64 });
const backtestMode = words(['stored', 'recomputed'], 'Features as stored, or anew');

export const BacktestBody = Type.Object(
  {
    rules: optional(
      Type.Array(RuleBody, { maxItems: 5_000, description: 'In place of all; live unless said otherwise' }),
    ),
    add: optional(Type.Array(RuleBody, { maxItems: 1_000, description: 'Beside those there are, or in place of one' })),
    remove: optional(Type.Array(id, { maxItems: 5_000 })),
    thresholds: optional(orNull(Type.Object({ review: share, decline: share }, closed))),
    model: optional(orNull(id)),
    lists: optional(
      Type.Record(Type.String(), Type.Array(Type.String({ minLength: 1, maxLength: 4_096 }), { maxItems: 100_000 }), {
        description: 'By list, at all times; others are as of then',
      }),
    ),
    from: optional(orNull(time)),
    to: optional(orNull(time)),
    mode: optional(backtestMode),
    samples,
  },
  { ...closed, description: 'What is to be another than now' },
);
export const PreviewBody = Type.Object(
  {
    rule: optional(RuleBody),
    when: optional(Type.String({ minLength: 1, maxLength: 8192 })),
    outcome: optional(outcome),
    last: optional(Type.Integer({ minimum: 1, maximum: 50_000, default: 50_000 })),
    samples,
  },
  closed,
);
export const BacktestParam = Type.Object({ id });

const count = Type.Integer();
const known = { fraud: count, legitimate: count, presumed: count, unknown: count };
export const Outcomes = answer({ approve: count, review: count, decline: count });
export const Figure = answer(
  { amount: Type.Number(), basis: words(['labelled', 'presumed', 'control', 'estimated'], 'What it rests on') },
  'Base currency',
);
const precision = {
  precision: Type.Unsafe<number | null>({
    type: ['number', 'null'],
    description: 'Right hits among known truths',
  }),
  interval: Type.Unsafe<[number, number] | null>({
    type: ['array', 'null'],
    items: { type: 'number' },
    description: '95%',
  }),
};
const textOrNull = Type.Unsafe<string | null>({ type: ['string', 'null'] });
/** Said in words: clients show them, and the document stays small. */
const parts = (description: string) => Type.Array(answer({}, description));
export const RuleHits = answer({ hits: count, ...known, ...precision, amount: Type.Number() });
export const RuleFigures = answer(
  { id: Type.String(), alone: count, ...RuleHits.properties },
  'alone: decisions that are what they are by it',
);
export const BacktestResult = answer(
  {
    decisions: count,
    from: textOrNull,
    to: textOrNull,
    was: Outcomes,
    would: Outcomes,
    moved: parts('{from, to, count, amount, fraud, legitimate, presumed, unknown}'),
    money: answer({
      ...{ fraudStopped: Figure, fraudReleased: Figure, goodStopped: Figure, marginLost: Figure },
      ...{ reviewCost: Figure, unknown: Figure, low: Figure, high: Figure },
      costs: answer({}, '{marginRate, review}: reckoned by'),
    }),
    rules: Type.Array(RuleFigures),
    series: parts('{at, was, would, moved}'),
    segments: parts('{field, value, decisions, moved, amount, fraud, legitimate, presumed, unknown}'),
    samples: parts('{id, at, amount, currency, from, to, labelState, rules}: decisions that change sides'),
    degraded: answer({}, '{count, ids}: decided without all that is known'),
    notes: Type.Array(Type.String(), { description: 'What was assumed' }),
    approximate: Type.Array(Type.String()),
  },
  'legitimate includes those presumed to be',
);
export const BacktestShown = answer({
  id: optional(Type.String()),
  status: words(['running', 'done', 'failed', 'cancelled'], 'running: or waiting'),
  progress: Type.Number(),
  mode: backtestMode,
  result: optional(BacktestResult),
  error: optional(Type.String()),
});
export const BacktestStarted = answer({ id: Type.String() });

const window = answer(
  { hits: count, applied: count, ...known, ...precision, amount: Type.Number(), overlap: parts('{id, hits}') },
  'applied: hits that counted, of a live rule within its rollout',
);

export { window as RuleWindow };
export const RuleStatsShown = answer({
  ...{ id: Type.String(), lastHit: textOrNull, days7: window, days30: window },
  failures: count,
  lastFailure: textOrNull,
  broken: Type.Boolean(),
});
const since = Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'From when on hits are known' });
export const RuleStatsOne = answer({ ...RuleStatsShown.properties, since });
export const RuleStatsList = answer({ since, data: Type.Array(RuleStatsShown) });
export const CurveQuery = Type.Object({ last: optional(Type.Integer({ minimum: 1, maximum: 50_000 })) });
export const CurveShown = answer(
  {
    decisions: count,
    from: textOrNull,
    to: textOrNull,
    current: answer({}, '{review, decline}: in force'),
    costs: answer({}, '{marginRate, review}: reckoned by'),
    points: parts(
      '{threshold, flagged, perDay, fraud, legitimate, unknown, precision, interval, recall, fraudMissed, marginLost, declineCost, reviewCost}',
    ),
    notes: Type.Array(Type.String()),
  },
  'What thresholds would have flagged',
);
