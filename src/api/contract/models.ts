import Type from 'typebox';
import { answer, said, Time, words } from './common.ts';

const anything = (description?: string) =>
  Type.Unsafe<Record<string, unknown>>({ type: 'object', ...said(description) });
const orNull = (description?: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], ...said(description) });
const numberOrNull = (description?: string) =>
  Type.Unsafe<number | null>({ type: ['number', 'null'], ...said(description) });

export const VersionParam = Type.Object({
  version: Type.String({ minLength: 1, maxLength: 64, description: 'Content address: 16 hex digits' }),
});

export const modelRole = words(['champion', 'shadow', 'other'], 'The champion decides; the shadow is scored beside it');
export const ModelThresholds = answer({ review: Type.Number(), decline: Type.Number() }, 'Probabilities from which');
const modelFields = {
  version: Type.String(),
  role: modelRole,
  name: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  featureSchema: Type.Optional(Type.String()),
  thresholds: Type.Optional(ModelThresholds),
  trainedFrom: Type.Optional(Time()),
  trainedTo: Type.Optional(Time()),
  metrics: Type.Optional(anything()),
  lineage: Type.Optional(anything()),
  promotedAt: Type.Optional(Time()),
  report: Type.Boolean(),
  compared: Type.Boolean(),
  problem: Type.Optional(Type.String()),
};

export const ModelShown = answer(modelFields);
export const ModelDetail = answer({
  ...modelFields,
  features: Type.Optional(Type.Array(anything())),
  importance: Type.Optional(
    Type.Array(answer({ feature: Type.String(), gain: Type.Number() }, 'Strongest first'), {
      description: 'What it goes by',
    }),
  ),
  calibration: Type.Optional(Type.String()),
});
export const ModelList = answer({
  data: Type.Array(ModelShown),
  champion: orNull(),
  shadow: orNull(),
  problem: Type.Optional(Type.String()),
  promotions: Type.Array(answer({ version: Type.String(), previous: orNull(), at: Time() }), {
    description: 'The newest first',
  }),
});

export const ModelCardShown = answer({ version: Type.String(), role: modelRole, limits: Type.Array(Type.String()) });

export const PromoteBody = Type.Object({
  reason: Type.Optional(Type.String({ maxLength: 2000 })),
});

export const ModelUploadBody = Type.Object(
  {
    model: anything('What model.json holds'),
    body: Type.String({ description: 'model.bin in base64' }),
    report: Type.Optional(anything()),
    reportHtml: Type.Optional(Type.String({ description: 'report.html' })),
  },
  { description: 'A trained model, verified before it is kept' },
);

export const Promoted = answer({
  version: Type.String(),
  name: Type.String(),
  previous: orNull('What decided before; promote it to roll back'),
  promotedAt: Time(),
});

export const ShadowBody = Type.Object({
  stop: Type.Optional(Type.Boolean({ description: 'End the shadow instead' })),
});
export const ShadowShown = answer({ shadow: orNull() });

export const Flagged = answer({ fraudFlagged: Type.Integer(), legitimateFlagged: Type.Integer() });
export const Opinion = answer({ decision: Type.String(), probability: Type.Number() });
export const Comparison = answer(
  {
    version: Type.String(),
    running: Type.Boolean(),
    count: Type.Integer(),
    waiting: Type.Integer(),
    dropped: Type.Integer(),
    skipped: Type.Integer(),
    agreement: numberOrNull(),
    outcomes: Type.Unsafe<Record<string, Record<string, number>>>({
      type: 'object',
      description: 'outcomes[champion][challenger]: how many',
    }),
    flagged: answer(
      {
        champion: Type.Integer(),
        challenger: Type.Integer(),
        both: Type.Integer(),
        championOnly: Type.Integer(),
        challengerOnly: Type.Integer(),
      },
      'Reviewed or declined',
    ),
    difference: answer(
      { mean: numberOrNull(), meanAbsolute: numberOrNull(), greatest: numberOrNull() },
      'Challenger’s probability less the champion’s',
    ),
    labels: answer(
      { fraud: Type.Integer(), legitimate: Type.Integer(), champion: Flagged, challenger: Flagged },
      'Of the labelled',
    ),
    averagePrecision: Type.Unsafe<{ champion: number; challenger: number } | null>({
      anyOf: [answer({ champion: Type.Number(), challenger: Type.Number() }), { type: 'null' }],
    }),
    disagreements: Type.Array(
      answer({ transactionId: Type.String(), at: Time(), champion: Opinion, challenger: Opinion }),
    ),
  },
  'A challenger beside the champion',
);

export const DistributionQuery = Type.Object({
  window: Type.String({ format: 'window', default: '7d', maxLength: 16, description: 'Such as `24h`, `7d`' }),
});
const bins = (description: string) => Type.Array(Type.Integer(), { minItems: 20, maxItems: 20, description });
export const Distribution = answer(
  {
    version: Type.String(),
    window: Type.String(),
    from: Time('Start, included'),
    to: Time(),
    intervalSeconds: Type.Number(),
    reference: Type.Unsafe<{ part: string; bins: number[] } | null>({
      anyOf: [
        answer({
          part: words(['test', 'validation', 'train']),
          bins: bins('Rows by score'),
        }),
        { type: 'null' },
      ],
    }),
    series: Type.Array(
      answer({
        at: Time(),
        count: Type.Integer(),
        bins: bins('Decisions by score: 0–4, 5–9, …, 95–100'),
        stability: numberOrNull('Against the reference; null below 200 decisions'),
      }),
    ),
    stability: numberOrNull('Of the whole window. Below 0.1 is stable, above 0.25 has shifted'),
  },
  'Over time and against its training',
);
