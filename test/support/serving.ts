import { entityTypesWith } from '../../src/domain/entity.ts';
import type { Serving } from '../../src/engine/judge.ts';
import { catalogueFor } from '../../src/features/catalogue.ts';
import { compile } from '../../src/features/compile.ts';

const entityTypes = entityTypesWith();
const features = compile(catalogueFor(entityTypes), { entityTypes, encodings: {} });
const amount = features.names.indexOf('amount');

/** A model by hand that goes by the amount alone: from 500 on it is reviewed, from 720 on declined. */
export const byAmount: Serving = {
  features,
  model: {
    name: 'by-hand',
    version: '0123456789abcdef',
    featureSchema: '',
    features: [...features.names],
    thresholds: { review: 0.5, decline: 0.9 },
    statistics: features.names.map(() => ({ mean: 0, deviation: 0, p01: 0, p50: 1, p99: 1, missing: 0 })),
    score: (vector) => (vector[amount] - 500) / 100,
    explain(vector, out) {
      out.fill(0);
      out[amount] = vector[amount] / 100;
      return -5;
    },
    calibrate: (raw) => 1 / (1 + Math.exp(-raw)),
  },
};
