/**
 * A random forest, ready to serve: trees as models/trees.ts lays them, whose leaves hold shares of frauds divided by
 * the number of trees, so that their sum is the averaged probability P. The score is its log-odds, ln(P / (1 − P)).
 */
import { AssayError } from '../domain/errors.ts';
import { attributionOf } from '../kernel/attribution.ts';
import { treeScorer } from '../kernel/trees.ts';
import { decodeTrees, encodeTrees, type TreeEnsemble } from './trees.ts';

/** Averaged probabilities are kept this far from 0 and 1. */
export const FOREST_FLOOR = 1e-9;

const clamp = (p: number) => Math.min(Math.max(p, FOREST_FLOOR), 1 - FOREST_FLOOR);

const logOdds = (p: number) => Math.log(p / (1 - p));

/**
 * `score` and `explain` (see models/model.ts). The averaged probability is a sum over trees, so its Shapley values are
 * exact; they are carried over to log-odds by one factor for all features, the slope of the line from the mean
 * probability to P: contributions keep their signs and their proportions, and sum to the score.
 */
export function forestScorer(ensemble: TreeEnsemble, attribute = attributionOf(ensemble)) {
  const average = treeScorer(ensemble).score;
  return {
    score: (vector: Float64Array): number => logOdds(clamp(average(vector))),
    explain(vector: Float64Array, out: Float64Array): number {
      const mean = clamp(attribute(vector, out));
      const base = logOdds(mean);
      const reached = clamp(average(vector));
      let moved = 0;
      for (let i = 0; i < out.length; i++) moved += out[i];
      // Where nothing moved, the slope of the tangent; contributions may then cancel out, but need not be 0.
      const flat = Math.abs(moved) < 1e-12;
      const slope = flat ? 1 / (mean * (1 - mean)) : (logOdds(reached) - base) / moved;
      for (let i = 0; i < out.length; i++) out[i] *= slope;
      return base;
    },
  };
}

export function encodeForest(ensemble: TreeEnsemble): { head: Record<string, unknown>; body: Uint8Array } {
  return encodeTrees(ensemble);
}

/** Throws `invalid_request` where the trees are malformed or a leaf is no share of a probability. */
export function decodeForest(head: Record<string, unknown>, body: Uint8Array): TreeEnsemble {
  const ensemble = decodeTrees(head, body);
  if (!(ensemble.base >= 0 && ensemble.value.every((value) => value >= 0 && value <= 1))) {
    throw new AssayError('invalid_request', 'forest: a leaf is not a probability');
  }
  return ensemble;
}
