/** Random forests behind the `Learner` port (Breiman 2001), grown on the bins of the boosted trees. */
import { attributionOf } from '../../kernel/attribution.ts';
import { encodeForest, forestScorer } from '../../models/forest.ts';
import { flattenTrees, type Tree, type TreeEnsemble, treesImportance } from '../../models/trees.ts';
import type { Dataset } from '../dataset.ts';
import { binColumns } from '../gbdt/bins.ts';
import { seededRandom } from '../gbdt/random.ts';
import type { Fitted, Learner } from '../learner.ts';
import { createBagger } from './bag.ts';
import { forestMemory, growForestTree } from './grower.ts';
import { checkForestOptions, FOREST_DEFAULTS, type ForestOptions } from './options.ts';

export interface FittedForest extends Fitted {
  ensemble: TreeEnsemble;
  importance: { gain: Float64Array; splits: Int32Array };
}

/** Fits a forest. Trees do not stop early: the validation part is not looked at. */
export function fitForest(
  train: Dataset,
  _validation: Dataset | undefined,
  options: Partial<ForestOptions> = {},
  progress?: (share: number) => void,
): FittedForest {
  const settings = { ...FOREST_DEFAULTS, ...options };
  const ensemble = flattenTrees(0, train.features.length, growForest(train, settings, progress));
  // A search fits many models that are never asked why.
  let explain: Fitted['explain'] | undefined;
  const lazily: Fitted['explain'] = (vector, out) => (explain ??= attributionOf(ensemble))(vector, out);
  return {
    ...forestScorer(ensemble, lazily),
    ensemble,
    importance: treesImportance(ensemble),
    toArtifact: () => ({ kind: 'forest', ...encodeForest(ensemble) }),
  };
}

/** Each tree has a seed of its own, so that it does not hang on those before it. */
function growForest(train: Dataset, options: ForestOptions, progress?: (share: number) => void): Tree[] {
  checkForestOptions(options);
  if (train.rows === 0 || train.columns.length === 0) {
    throw new RangeError('a forest needs at least one row and one feature');
  }
  const memory = forestMemory(binColumns(train.columns, train.labels, options));
  const bagger = createBagger(train, options);
  const trees: Tree[] = [];
  const seeds = seededRandom(options.seed);
  for (let t = 0; t < options.trees; t++) {
    const random = seededRandom(Math.floor(seeds() * 2 ** 32));
    bagger.draw(random);
    const tree = growForestTree(memory, bagger.counts, train.labels, options, random);
    for (let leaf = 0; leaf < tree.value.length; leaf++) tree.value[leaf] /= options.trees;
    trees.push(tree);
    progress?.((t + 1) / options.trees);
  }
  return trees;
}

export const forestLearner: Learner<ForestOptions> = { name: 'forest', defaults: FOREST_DEFAULTS, fit: fitForest };
