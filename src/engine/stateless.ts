import { AssayError } from '../domain/errors.ts';
import type { Transaction } from '../domain/transaction.ts';
import { compile, type Extractor } from '../features/compile.ts';
import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import type { LoadedModel } from '../models/artifact.ts';
import { createProfiles } from '../profiles/memory.ts';
import { eventOf } from './event.ts';

export const STATELESS_KINDS = ['logistic', 'network', 'trees'] as const;
export type StatelessKind = (typeof STATELESS_KINDS)[number];

export interface StatelessVerdict {
  isFraudulent: boolean;
  explanation: string;
  models: Record<StatelessKind, { probability: number; isFraudulent: boolean; version: string }>;
}

/** Judges a payment by what it says of itself. */
export type StatelessJudge = (transaction: Transaction) => StatelessVerdict;

const REASONS = 2;

/**
 * Three models and one verdict: the mean of their calibrated probabilities against the mean of their thresholds, which
 * training chose by cost. The explanation goes by the mean of their contributions.
 * Throws `invalid_request` where a model reads what a payment alone does not say, or the three do not read the same.
 */
export function createStateless(models: Record<StatelessKind, LoadedModel>): StatelessJudge {
  const all = STATELESS_KINDS.map((kind) => ({ kind, model: models[kind], features: featuresOf(models[kind]) }));
  const schemas = new Set(all.map(({ model }) => model.featureSchema));
  if (schemas.size > 1) throw new AssayError('invalid_request', 'the three models read different features');
  const nobody = createProfiles({ entityTypes: [] });
  const length = all[0].features.names.length;
  const vectors = all.map(() => new Float64Array(length));
  const contributions = new Float64Array(length);
  const parts = new Float64Array(length);
  const threshold = mean(all.map(({ model }) => model.thresholds.decline));

  return (transaction) => {
    const event = eventOf(transaction, new Float64Array(0));
    contributions.fill(0);
    const probabilities = all.map(({ model, features }, i) => {
      features.extract(nobody, event, vectors[i]);
      const base = model.explain(vectors[i], parts);
      let raw = base;
      for (let f = 0; f < length; f++) {
        raw += parts[f];
        contributions[f] += parts[f] / all.length;
      }
      return model.calibrate(raw);
    });
    const isFraudulent = mean(probabilities) >= threshold;
    const verdicts = all.map(({ kind, model }, i) => {
      const probability = probabilities[i];
      return [kind, { probability, isFraudulent: probability >= model.thresholds.decline, version: model.version }];
    });
    const { model, features } = all[2];
    const reasons = strongest(contributions, isFraudulent).map((f) =>
      features.describe(f, vectors[2][f], model.statistics[f]),
    );
    return {
      isFraudulent,
      explanation: sentence(isFraudulent, reasons),
      models: Object.fromEntries(verdicts) as StatelessVerdict['models'],
    };
  };
}

function featuresOf(model: LoadedModel): Extractor {
  try {
    return compile(model.catalogue as FeatureDefinition[], {
      entityTypes: [],
      encodings: model.encodings as Record<string, Encoding>,
    });
  } catch (error) {
    throw new AssayError('invalid_request', `model ${model.version}: ${(error as Error).message}`);
  }
}

/** Features that speak for the verdict, the strongest first. */
function strongest(contributions: Float64Array, fraud: boolean): number[] {
  const sign = fraud ? 1 : -1;
  return Array.from(contributions.keys())
    .filter((f) => sign * contributions[f] > 0)
    .sort((a, b) => sign * (contributions[b] - contributions[a]))
    .slice(0, REASONS);
}

function sentence(fraud: boolean, reasons: string[]): string {
  const opening = fraud ? 'Potential fraud detected.' : 'No fraudulent activity detected.';
  const said = reasons.join('; ');
  const closing = said === '' ? 'Nothing about it stands out' : `${said[0].toUpperCase()}${said.slice(1)}`;
  return `${opening} ${closing}.`;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
