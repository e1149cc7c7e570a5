/** Adds a tree's values to the scores of binned rows: the rows that the tree was not grown on, and validation rows. */
import type { Tree } from '../../models/trees.ts';
import { type BinnedMatrix, binOf, MISSING_BIN } from './bins.ts';

/**
 * Scores `rows` (all rows where undefined) by the same bins the tree was grown on: scores[row] += scale × leaf value.
 * Thresholds are cuts, so a threshold's bin is exact.
 */
export function addTree(
  tree: Tree,
  matrix: BinnedMatrix,
  scale: number,
  scores: Float64Array,
  rows?: Int32Array,
): void {
  const size = tree.feature.length;
  const bins = new Uint8Array(size);
  const group: Int32Array[] = [];
  const shift = new Uint8Array(size);
  for (let node = 0; node < size; node++) {
    const feature = tree.feature[node];
    bins[node] = binOf(tree.threshold[node], matrix.cuts[feature]);
    group.push(matrix.groups[feature >> 2]);
    shift[node] = (feature & 3) << 3;
  }
  const { left, right, missingLeft, value } = tree;
  const count = rows ? rows.length : matrix.rows;
  for (let i = 0; i < count; i++) {
    const row = rows ? rows[i] : i;
    let node = size > 0 ? 0 : -1;
    while (node >= 0) {
      const bin = (group[node][row] >>> shift[node]) & 255;
      const toLeft = bin === MISSING_BIN ? missingLeft[node] === 1 : bin <= bins[node];
      node = toLeft ? left[node] : right[node];
    }
    scores[row] += scale * value[~node];
  }
}
