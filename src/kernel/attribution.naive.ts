/** What attribution.ts computes, in the plainest way, leaf by leaf: the tests hold one against the other. */
import type { Attribution, CoveredTrees } from './attribution.ts';

/** o and z of each distinct feature on a path. */
type Path = Map<number, { o: number; z: number }>;

export function naiveAttribution(trees: CoveredTrees, owner?: Int32Array): Attribution {
  return (vector, out) => {
    out.fill(0);
    let mean = trees.base;
    const visit = (child: number, path: Path): void => {
      if (child < 0) {
        mean += addLeaf(trees.value[~child], path, out);
        return;
      }
      const x = vector[trees.feature[child]];
      const toLeft = Number.isNaN(x) ? trees.missingLeft[child] === 1 : x <= trees.threshold[child];
      const player = owner ? owner[trees.feature[child]] : trees.feature[child];
      const before = path.get(player) ?? { o: 1, z: 1 };
      for (const left of [true, false]) {
        const next = left ? trees.left[child] : trees.right[child];
        const all = rowsUnder(trees, child);
        const share = all > 0 ? rowsUnder(trees, next) / all : 0.5;
        visit(next, new Map(path).set(player, { o: toLeft === left ? before.o : 0, z: before.z * share }));
      }
    };
    for (const root of trees.roots) visit(root, new Map());
    return mean;
  };
}

/** Adds the Shapley values of one leaf's product game; returns what it is worth where nothing is known. */
function addLeaf(value: number, path: Path, out: Float64Array): number {
  for (const [player, { o, z }] of path) {
    // worths[s]: what all coalitions of s others are worth together.
    let worths = [1];
    for (const [other, factor] of path) {
      if (other === player) continue;
      worths = [...worths, 0].map((worth, s) => worth * factor.z + (s > 0 ? worths[s - 1] * factor.o : 0));
    }
    worths.forEach((worth, s) => {
      out[player] += (value * (o - z) * worth) / (path.size * choose(path.size - 1, s));
    });
  }
  return [...path.values()].reduce((worth, { z }) => worth * z, value);
}

/** How many sets of k there are among n. */
function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}

function rowsUnder(trees: CoveredTrees, child: number): number {
  return child < 0 ? trees.cover[~child] : rowsUnder(trees, trees.left[child]) + rowsUnder(trees, trees.right[child]);
}
