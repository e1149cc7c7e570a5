import Type from 'typebox';
import { answer, said, Time, Window, words } from './common.ts';

const anything = (description?: string) =>
  Type.Unsafe<Record<string, unknown>>({ type: 'object', ...said(description) });
const orNull = (description?: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], ...said(description) });
const numberOrNull = (description?: string) =>
  Type.Unsafe<number | null>({ type: ['number', 'null'], ...said(description) });

export const VersionParam = Type.Object({
  version: Type.String({
    format: 'identifier',
    minLength: 1,
    maxLength: 64,
    description: 'Content address: 16 hex digits',
  }),
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
  canary: Type.Optional(
    Type.Object(
      {
        steps: Type.Optional(Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 100 }), { minItems: 1 })),
        minutes: Type.Optional(Type.Number({ minimum: 1, maximum: 43_200 })),
        by: Type.Optional(Type.String()),
      },
      { description: 'Steps in percent' },
    ),
  ),
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

/** A part of an answer whose names the document tells in a line: its type is for those who read it here. */
const part = <T>(description: string) => Type.Unsafe<T>({ type: 'object', description });
interface Flagged {
  fraudFlagged: number;
  legitimateFlagged: number;
}
interface Opinion {
  decision: string;
  probability: number;
}

export const Comparison = answer(
  {
    version: Type.String(),
    running: Type.Boolean(),
    count: Type.Integer(),
    waiting: Type.Integer(),
    dropped: Type.Integer(),
    skipped: Type.Integer(),
    agreement: numberOrNull(),
    outcomes: part<Record<string, Record<string, number>>>('outcomes[champion][challenger]: how many'),
    flagged: part<Record<'champion' | 'challenger' | 'both' | 'championOnly' | 'challengerOnly', number>>(
      'Reviewed or declined: {champion, challenger, both, championOnly, challengerOnly}',
    ),
    difference: part<Record<'mean' | 'meanAbsolute' | 'greatest', number | null>>(
      'Challenger’s probability less the champion’s: {mean, meanAbsolute, greatest}',
    ),
    labels: part<{ fraud: number; legitimate: number; champion: Flagged; challenger: Flagged }>(
      '{fraud, legitimate, champion, challenger}',
    ),
    averagePrecision: Type.Unsafe<{ champion: number; challenger: number } | null>({ type: ['object', 'null'] }),
    disagreements: Type.Array(
      part<{ transactionId: string; at: string; champion: Opinion; challenger: Opinion }>(
        '{transactionId, at, champion, challenger}',
      ),
    ),
  },
  'A challenger beside the champion',
);

export const DistributionQuery = Type.Object({
  window: Type.String({ ...Window, default: '7d', description: 'Such as `24h`, `7d`' }),
});
export const Distribution = answer({
  version: Type.String(),
  window: Type.String(),
  from: Time('Start, included'),
  to: Time(),
  intervalSeconds: Type.Number(),
  reference: Type.Unsafe<{ part: string; bins: number[] } | null>({
    type: ['object', 'null'],
    description: '{part, bins}: rows of its training by score',
  }),
  series: Type.Array(
    part<{ at: string; count: number; bins: number[]; stability: number | null }>('{at, count, bins, stability}'),
  ),
  stability: numberOrNull('Of the whole window. Below 0.1 is stable, above 0.25 has shifted'),
});
