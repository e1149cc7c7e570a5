/** What trees with given features and options do on folds that lie one after another in time. */
import type { Dataset } from './dataset.ts';
import { fitTrees } from './gbdt/learner.ts';
import type { TreesOptions } from './gbdt/options.ts';
import type { SearchFold } from './search.ts';

export interface FoldFit {
  /** Mean over the folds of the average precision after `rounds`. */
  merit: number;
  /** By fold, after as many rounds. */
  folds: number[];
  /** Where the mean is highest. */
  rounds: number;
  /** Share of the fall in loss by feature, mean over the folds. */
  gains: Map<string, number>;
}

/** The columns of these features alone, shared. */
export function only(data: Dataset, names: readonly string[]): Dataset {
  const at = names.map((name) => data.features.indexOf(name));
  return { ...data, features: [...names], columns: at.map((column) => data.columns[column]) };
}

/** Fits each fold and measures it after each round: the number of rounds is one that is good on all of them, not on the luckiest. */
export function fitFolds(
  folds: readonly SearchFold[],
  names: readonly string[],
  options: Partial<TreesOptions>,
): FoldFit {
  const fits = folds.map(({ train, test }) => fitTrees(only(train, names), only(test, names), options));
  const longest = Math.max(...fits.map(({ history }) => history.length));
  // A fold that has stopped does no better later on.
  const after = (history: number[], round: number) => history[Math.min(round, history.length - 1)] ?? 0;
  let best = { merit: -1, rounds: 1 };
  for (let round = 0; round < longest; round++) {
    const merit = fits.reduce((sum, { history }) => sum + after(history, round), 0) / fits.length;
    if (merit > best.merit) best = { merit, rounds: round + 1 };
  }
  const gains = new Map(names.map((name) => [name, 0]));
  for (const { importance } of fits) {
    const gain = Array.from(importance?.gain ?? []);
    const total = gain.reduce((sum, one) => sum + one, 0) || 1;
    gain.forEach((one, i) => {
      gains.set(names[i], gains.get(names[i])! + one / total / fits.length);
    });
  }
  return { ...best, folds: fits.map(({ history }) => after(history, best.rounds - 1)), gains };
}
