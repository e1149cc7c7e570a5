import type { Decision, Reason } from '../domain/decision.ts';
import type { TransactionType } from '../domain/fields.ts';
import type { Policy } from '../domain/policy.ts';
import type { Extractor } from '../features/compile.ts';
import type { Model } from '../models/model.ts';
import { oodWarnings } from '../models/ood.ts';
import { sentence } from '../policy/explanation.ts';
import { outcomeOf } from '../policy/thresholds.ts';

/** A model with the features that it was trained on: what a decision is made by. */
export interface Serving {
  model: Model;
  features: Pick<Extractor, 'names' | 'definitions' | 'extract' | 'describe'> &
    Partial<Pick<Extractor, 'columns' | 'encodings' | 'walks'>>;
}

const MAX_REASONS = 5;

/** Those of the policy, else the model's own. */
export function thresholdsOf({ model }: Serving, { thresholds }: Pick<Policy, 'thresholds'>): Model['thresholds'] {
  const { review, decline } = thresholds;
  if (review === null && decline === null) return model.thresholds;
  return { review: review ?? model.thresholds.review, decline: decline ?? model.thresholds.decline };
}

/** The model's decision for a vector. Pure. `contributions` is scratch of the vector's length; words fit `type`. */
export function judge(
  serving: Serving,
  vector: Float64Array,
  contributions: Float64Array,
  thresholds = serving.model.thresholds,
  type?: TransactionType,
): Decision {
  const { model } = serving;
  const base = model.explain(vector, contributions);
  let raw = base;
  for (let i = 0; i < contributions.length; i++) raw += contributions[i];
  const probability = model.calibrate(raw);
  const decision = outcomeOf(probability, thresholds);
  const reasons = topReasons(serving, vector, contributions, type);
  return {
    decision,
    score: Math.round(100 * probability),
    probability,
    isFraudulent: decision === 'decline',
    fraudExplanation: sentence(decision, probability, reasons),
    reasons,
    rules: [],
    model: { name: model.name, version: model.version },
    oodWarning: oodWarnings(model, vector),
  };
}

/** What is decided where no model serves and no rule speaks. */
export function judgeWithoutModel(): Decision {
  return {
    decision: 'approve',
    score: 0,
    probability: 0,
    isFraudulent: false,
    fraudExplanation: 'Approved without a score: no model is loaded, and no rule objected.',
    reasons: [],
    rules: [],
    degraded: true,
    oodWarning: [],
  };
}

/** Every contribution, largest first. */
export function allReasons(
  serving: Serving,
  vector: Float64Array,
  contributions: Float64Array,
  type?: TransactionType,
): Reason[] {
  return Array.from(contributions.keys())
    .sort((a, b) => Math.abs(contributions[b]) - Math.abs(contributions[a]))
    .map((feature) => reason(serving, vector, contributions, feature, type));
}

/** The strongest contributions, by absolute size; zero ones are no reason. */
function topReasons(
  serving: Serving,
  vector: Float64Array,
  contributions: Float64Array,
  type: TransactionType | undefined,
): Reason[] {
  const best: number[] = [];
  let smallest = 0;
  for (let i = 0; i < contributions.length; i++) {
    const size = Math.abs(contributions[i]);
    // Of equal ones the first stays before.
    if (!(size > 0) || (best.length === MAX_REASONS && size <= smallest)) continue;
    let at = best.length === MAX_REASONS ? MAX_REASONS - 1 : best.length;
    for (; at > 0 && Math.abs(contributions[best[at - 1]]) < size; at--) best[at] = best[at - 1];
    best[at] = i;
    smallest = Math.abs(contributions[best[best.length - 1]]);
  }
  return best.map((feature) => reason(serving, vector, contributions, feature, type));
}

function reason(
  serving: Serving,
  vector: Float64Array,
  contributions: Float64Array,
  feature: number,
  type: TransactionType | undefined,
): Reason {
  const value = vector[feature];
  return {
    code: serving.features.names[feature],
    value: Number.isFinite(value) ? value : null,
    contribution: contributions[feature],
    message: serving.features.describe(feature, value, serving.model.statistics[feature], type),
  };
}
