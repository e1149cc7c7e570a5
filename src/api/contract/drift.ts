import Type from 'typebox';
import { answer } from './common.ts';

const orNull = Type.Unsafe<number | null>({ type: ['number', 'null'], format: 'double' });
const Then = answer({ now: orNull, then: orNull });

export { Then as NowAndThen };
export const DriftQuery = Type.Object({
  window: Type.String({
    format: 'fortnight',
    default: '7d',
    maxLength: 16,
    description: 'Such as `6h`, `7d`; at most `14d`',
  }),
});

export const DriftSeries = answer({
  name: Type.String(),
  psi: orNull,
  distance: orNull,
  mean: Then,
  missing: Then,
  state: Type.String(),
  since: Type.Optional(Type.String({ format: 'date-time' })),
  groups: Type.Array(answer({}, '{from, now, then}: shares')),
});

export const Drift = answer({
  baseline: answer({}, '{kind, from, to, weeks}'),
  score: answer({ psi: orNull, meanShiftSigmas: orNull, state: Type.String() }),
  features: Type.Array(DriftSeries),
  others: Type.Array(DriftSeries),
  alarms: Type.Array(answer({}, '{series, level, at, since, psi, mean, …}')),
});
