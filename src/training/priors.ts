import type { FeatureDefinition } from '../features/definition.ts';
import { drawn, SHARE_UNIT, shareWeight } from '../features/lifetime.ts';
import type { Dataset } from './dataset.ts';

/**
 * Lifetime shares of fraud are drawn towards the share of fraud among the training rows. It is rounded to a figure of 1, 2 or 5,
 * so that a model trained again a month later computes its features in the same way: a challenger can then be scored from
 * the champion's stored vectors.
 */
export function learnPrior(train: Dataset): number {
  let frauds = 0;
  for (const label of train.labels) frauds += label;
  return roundPrior((frauds + 0.5) / (train.rows + 1));
}

const FIGURES = [1, 2, 5, 10];

export function roundPrior(share: number): number {
  const power = Math.floor(Math.log10(share));
  const figure = share / 10 ** power;
  const near = FIGURES.reduce((a, b) => (Math.abs(Math.log(b / figure)) < Math.abs(Math.log(a / figure)) ? b : a));
  // Through text: a power of ten times a figure is not always the nearest double.
  return Number(`${near}e${power}`);
}

/** The definitions as a model carries them. */
export function withPrior(definitions: readonly FeatureDefinition[], prior: number): FeatureDefinition[] {
  return definitions.map((one) => (isOpen(one) ? { ...one, parameters: { ...one.parameters, prior } } : one));
}

/** Puts shares where a dataset holds both counts in one number, in place, as the compiled features would have given them. */
export function applyPrior(data: Dataset, definitions: readonly FeatureDefinition[], prior: number): void {
  for (const definition of definitions.filter(isOpen)) {
    const column = data.columns[data.features.indexOf(definition.name)];
    const weight = shareWeight(definition);
    for (let row = 0; row < data.rows; row++) {
      const events = Math.floor(column[row] / SHARE_UNIT);
      column[row] = drawn(column[row] - events * SHARE_UNIT, events, prior, weight);
    }
  }
}

export const isOpen = ({ operation, parameters }: FeatureDefinition) =>
  operation === 'everFraudShare' && parameters?.prior === undefined;
