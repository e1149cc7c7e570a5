import { AssayError } from '../domain/errors.ts';
import type { LoadedModel } from '../models/artifact.ts';

/** Scores vectors of card payments: the columns of a file, without anybody's past. */
export interface CardScorer {
  model: LoadedModel;
  /** `fields` holds the columns by name; one that is absent counts as missing. */
  score(fields: Readonly<Record<string, unknown>>): CardScore;
}

export interface CardScore {
  /** Calibrated, 0..1. */
  probability: number;
  /** Features more than three deviations from training, the farthest first. */
  unusual: { feature: string; z: number }[];
}

const FAR = 3;
const COLUMN = /^(?:Time|Amount|V(?:[1-9]|1\d|2[0-8]))$/;

/** Throws `invalid_request` for a model that reads anything but Time, V1 to V28 and Amount. */
export function createCardScorer(model: LoadedModel): CardScorer {
  const strange = model.features.find((name) => !COLUMN.test(name));
  if (strange !== undefined)
    throw new AssayError(
      'invalid_request',
      `model ${model.version} reads ${strange}, which a card vector does not have`,
    );
  const vector = new Float64Array(model.features.length);
  return {
    model,
    score(fields) {
      for (let i = 0; i < vector.length; i++) {
        const value = fields[model.features[i]];
        vector[i] = typeof value === 'number' ? value : Number.NaN;
      }
      return { probability: model.calibrate(model.score(vector)), unusual: unusual(model, vector) };
    },
  };
}

/**
 * How far the score moves, in log-odds, while one feature goes from its 1% to its 99% quantile and the others stay at their
 * middle: importance for learners that count no gain.
 */
export function sensitivityOf(model: LoadedModel): number[] {
  const { statistics } = model;
  const middle = Float64Array.from(statistics, ({ p50 }) => p50);
  const scoreAt = (feature: number, value: number) => model.score(middle.with(feature, value));
  return statistics.map(({ p01, p99 }, feature) => Math.abs(scoreAt(feature, p99) - scoreAt(feature, p01)));
}

function unusual(model: LoadedModel, vector: Float64Array): CardScore['unusual'] {
  const far: CardScore['unusual'] = [];
  for (let i = 0; i < vector.length; i++) {
    const { mean, deviation } = model.statistics[i];
    const z = (vector[i] - mean) / deviation;
    if (deviation > 0 && Math.abs(z) > FAR) far.push({ feature: model.features[i], z: finite(z) });
  }
  return far.sort((a, b) => Math.abs(b.z) - Math.abs(a.z));
}

/** Two decimals; what overflows is as far as a number goes. */
function finite(z: number): number {
  if (!Number.isFinite(z)) return z > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
  return Math.abs(z) < 1e12 ? Math.round(z * 100) / 100 : z;
}
