import type { FeatureStatistics } from '../model.ts';

/**
 * What explanations compare a feature with: the median of training, missing where it mostly was, 0 where nothing is
 * known.
 */
export function medianOf({ p50, missing }: FeatureStatistics): number | null {
  if (missing > 0.5) return null;
  return Number.isFinite(p50) ? p50 : 0;
}
