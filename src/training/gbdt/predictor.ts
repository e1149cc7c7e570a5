/** Adds a tree's values to the scores of binned rows: the rows that the tree was not grown on, and validation rows. */
import type { GrowthKernel } from '../../kernel/growth.ts';
import type { Tree } from '../../models/trees.ts';
import { type BinnedMatrix, binOf, MISSING_BIN } from './bins.ts';
import type { OwnMemory } from './grower.ts';

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

/**
 * The same with a scale of 1 for own.rows[0..count), by parting these rows node for node as the grower does: quicker than
 * leading each row down. The rows' order is lost.
 */
export function addTreeByParts(
  tree: Tree,
  matrix: BinnedMatrix,
  { rows, spare, goesLeft }: Pick<OwnMemory, 'rows' | 'spare' | 'goesLeft'>,
  count: number,
  scores: Float64Array,
  growth: GrowthKernel,
): void {
  if (count === 0) return;
  const { feature, threshold, missingLeft, left, right, value } = tree;
  const from = new Int32Array(feature.length);
  const to = new Int32Array(feature.length);
  const hand = (child: number, first: number, end: number) => {
    if (child < 0) growth.addToRows(rows, first, end, value[~child], scores);
    else {
      from[child] = first;
      to[child] = end;
    }
  };
  hand(feature.length > 0 ? 0 : -1, 0, count);
  // Children come after their parents.
  for (let node = 0; node < feature.length; node++) {
    const words = matrix.groups[feature[node] >> 2];
    goesLeft.fill(0).fill(1, 0, binOf(threshold[node], matrix.cuts[feature[node]]) + 1);
    goesLeft[MISSING_BIN] = missingLeft[node];
    const middle = growth.partition(words, feature[node] & 3, goesLeft, rows, from[node], to[node], spare);
    hand(left[node], from[node], middle);
    hand(right[node], middle, to[node]);
  }
}
