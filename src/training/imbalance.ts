/** What `--resample` does to the rows that train. */
import type { FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from './dataset.ts';
import { averagePrecision, rocAuc } from './metrics.ts';
import { smote, undersample, weigh } from './resample.ts';
import type { ScoredRows } from './score-rows.ts';

export type ResampleKind = 'none' | 'smote' | 'undersample' | 'weights';

export interface ResamplePlan {
  kind: ResampleKind;
  /** `smote`: frauds for each legitimate row there should be; `undersample`: legitimate rows kept for each fraud. */
  ratio?: number;
}

const SMOTE_RATIO = 0.1;
const UNDERSAMPLE_RATIO = 10;

/** Operations whose values are categories: between two of them there is nothing. */
const CATEGORIES: ReadonlySet<string> = new Set(['encoding', 'first', 'night', 'weekend', 'weekday', 'smallAmount']);

/** Only ever for rows that train: a part that measures is left as it is. */
export function resampled(
  train: Dataset,
  { kind, ratio }: ResamplePlan,
  definitions: readonly FeatureDefinition[],
  seed: number,
): Dataset {
  if (kind === 'none') return train;
  if (kind === 'weights') return weigh(train, 'balanced').data;
  if (kind === 'undersample') return undersample(train, ratio ?? UNDERSAMPLE_RATIO, seed).data;
  const categorical = definitions.flatMap(({ operation }, i) => (CATEGORIES.has(operation) ? [i] : []));
  return smote(train, { ratio: ratio ?? SMOTE_RATIO, categorical, seed }).data;
}

export interface Ranking {
  averagePrecision: number;
  rocAuc: number;
}

/** The same model with and without resampling, measured on rows that were never resampled. */
export interface ResampleEffect {
  kind: ResampleKind;
  ratio?: number;
  /** Training rows and frauds among them, or made of them, after resampling. */
  rows: number;
  frauds: number;
  validation: { none: Ranking; resampled: Ranking };
  test?: { none: Ranking; resampled: Ranking };
}

export function rankingOf({ raw, labels }: ScoredRows): Ranking {
  return { averagePrecision: averagePrecision(raw, labels), rocAuc: rocAuc(raw, labels) };
}
