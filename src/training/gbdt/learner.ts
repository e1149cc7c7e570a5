/** Gradient-boosted trees behind the `Learner` port. */

import { attributionOf } from '../../kernel/attribution.ts';
import { treeScorer } from '../../kernel/trees.ts';
import { encodeTrees, flattenTrees, type TreeEnsemble, treesImportance } from '../../models/trees.ts';
import type { Dataset } from '../dataset.ts';
import type { Fitted, Learner } from '../learner.ts';
import { boost } from './boost.ts';
import { TREES_DEFAULTS, type TreesOptions } from './options.ts';

export interface FittedTrees extends Fitted {
  ensemble: TreeEnsemble;
  /** The validation metric after each round that was run. */
  history: number[];
  /** Sum of gains and number of splits, by feature. */
  importance: { gain: Float64Array; splits: Int32Array };
}

/** Fits trees; with `validation`, which must be later in time, keeps the number of rounds that did best on it. */
export function fitTrees(
  train: Dataset,
  validation: Dataset | undefined,
  options: Partial<TreesOptions> = {},
  progress?: (share: number) => void,
): FittedTrees {
  const { base, trees, history } = boost(train, validation, { ...TREES_DEFAULTS, ...options }, progress);
  const ensemble = flattenTrees(base, train.features.length, trees);
  // A search fits many models that are never asked why.
  let explain: Fitted['explain'] | undefined;
  return {
    score: treeScorer(ensemble).score,
    explain: (vector, out) => (explain ??= attributionOf(ensemble))(vector, out),
    ensemble,
    history,
    settled: { rounds: trees.length },
    importance: treesImportance(ensemble),
    toArtifact: () => ({ kind: 'trees', ...encodeTrees(ensemble) }),
  };
}

export const treesLearner: Learner<TreesOptions> = { name: 'trees', defaults: TREES_DEFAULTS, fit: fitTrees };
