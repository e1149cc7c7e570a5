import type { Model } from './model.ts';

const FAR = 3;

/** Names of the features that lie more than three deviations from what the model was trained on; missing ones do not. */
export function oodWarnings(model: Pick<Model, 'features' | 'statistics'>, vector: Float64Array): string[] {
  const far: string[] = [];
  for (let i = 0; i < vector.length; i++) {
    const { mean, deviation } = model.statistics[i];
    if (deviation > 0 && Math.abs(vector[i] - mean) > FAR * deviation) far.push(model.features[i]);
  }
  return far;
}
