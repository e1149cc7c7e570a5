/** What trees.ts computes, in the plainest way: the tests hold one against the other. */
import type { TreeArrays, TreeScorer } from './trees.ts';

export function naiveTreeScorer(trees: TreeArrays): TreeScorer {
  const score = (vector: Float64Array) => {
    let sum = trees.base;
    for (const root of trees.roots) {
      let child = root;
      while (child >= 0) {
        const x = vector[trees.feature[child]];
        const toLeft = Number.isNaN(x) ? trees.missingLeft[child] === 1 : x <= trees.threshold[child];
        child = toLeft ? trees.left[child] : trees.right[child];
      }
      sum += trees.value[~child];
    }
    return sum;
  };
  return {
    score,
    scoreColumns(columns, rows, out) {
      for (let row = 0; row < rows; row++) out[row] = score(Float64Array.from(columns, (column) => column[row]));
    },
  };
}
