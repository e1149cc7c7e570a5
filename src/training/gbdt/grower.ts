/** Growing one tree leaf by leaf: the leaf whose split gains most is split next. */
import type { Tree } from '../../models/trees.ts';
import { type BinnedMatrix, MISSING_BIN } from './bins.ts';
import { gatherPairs, type HistogramBuilder, histogramLength, type Packing } from './histogram.ts';
import { findSplit, leafTotals, type Split, type SplitLimits, type Totals } from './splitter.ts';

export interface GrowLimits extends SplitLimits {
  maxLeaves: number;
  /** Splits on a path at most; 0 is no limit. */
  maxDepth: number;
}

/** What one grower needs again for every tree: allocated once. */
export interface GrowerMemory {
  builder: HistogramBuilder;
  histograms: Float64Array[];
  ordered: Float64Array;
  /** Rows the tree is grown on; partitioned in place, so that each leaf is a range of it. */
  rows: Int32Array;
  spare: Int32Array;
}

export interface GrownTree {
  tree: Tree;
  /** Leaf l holds rows[leafFrom[l]..leafTo[l]). */
  leafFrom: Int32Array;
  leafTo: Int32Array;
}

interface Leaf {
  from: number;
  to: number;
  depth: number;
  totals: Totals;
  histogram?: Float64Array;
  split?: Split;
  /** The node above and the side on which this leaf hangs; −1 for the root. */
  parent: number;
  onLeft: boolean;
}

export function growerMemory(rows: number, builder: HistogramBuilder): GrowerMemory {
  return {
    builder,
    histograms: [],
    ordered: builder.float64(2 * rows),
    rows: builder.int32(rows),
    spare: new Int32Array(rows),
  };
}

/**
 * Grows a tree on memory.rows[0..count). `pairs` are the packed gradients by row. Leaf values are −G / (H + l2), not
 * yet scaled by a learning rate.
 */
export function growTree(
  matrix: BinnedMatrix,
  pairs: Float64Array,
  packing: Packing,
  count: number,
  features: Int32Array,
  limits: GrowLimits,
  memory: GrowerMemory,
): GrownTree {
  const groupMask = new Uint8Array(matrix.groups.length);
  for (const feature of features) groupMask[feature >> 2] = 1;
  const fill = (leaf: Leaf) => {
    leaf.histogram = memory.histograms.pop() ?? memory.builder.float64(histogramLength(matrix));
    gatherPairs(pairs, memory.rows, leaf.from, leaf.to, memory.ordered);
    memory.builder.build(matrix, groupMask, memory.rows, leaf.from, leaf.to, memory.ordered, leaf.histogram);
  };
  const release = (leaf: Leaf) => {
    if (leaf.histogram) memory.histograms.push(leaf.histogram);
    leaf.histogram = undefined;
  };
  const search = (leaf: Leaf) => {
    leaf.split = findSplit(leaf.histogram!, matrix, features, leaf.totals, packing, limits);
    if (!leaf.split) release(leaf);
  };
  const mayGrow = (leaf: Leaf) =>
    (limits.maxDepth === 0 || leaf.depth < limits.maxDepth) && leaf.totals.rows >= 2 * Math.max(1, limits.minRows);

  const nodes = emptyNodes(limits.maxLeaves);
  const root: Leaf = { from: 0, to: count, depth: 0, totals: NO_TOTALS, parent: -1, onLeft: false };
  fill(root);
  root.totals = leafTotals(root.histogram!, features[0], packing);
  if (mayGrow(root)) search(root);
  const leaves = [root];
  while (leaves.length < limits.maxLeaves) {
    const index = bestLeaf(leaves);
    if (index < 0) break;
    const leaf = leaves[index];
    const split = leaf.split!;
    const node = addNode(nodes, matrix, leaf, split);
    const middle = partition(matrix, split, leaf, memory);
    const depth = leaf.depth + 1;
    const left: Leaf = { from: leaf.from, to: middle, depth, totals: split.left, parent: node, onLeft: true };
    const right: Leaf = { from: middle, to: leaf.to, depth, totals: split.right, parent: node, onLeft: false };
    leaves[index] = left;
    leaves.push(right);
    nodes.left[node] = ~index;
    nodes.right[node] = ~(leaves.length - 1);
    const full = leaves.length === limits.maxLeaves;
    const [small, large] = left.totals.rows <= right.totals.rows ? [left, right] : [right, left];
    if (!full && (mayGrow(small) || mayGrow(large))) {
      fill(small);
      large.histogram = leaf.histogram!;
      leaf.histogram = undefined;
      if (mayGrow(large)) {
        memory.builder.subtract(large.histogram, small.histogram!, groupMask);
        search(large);
      } else release(large);
      if (mayGrow(small)) search(small);
      else release(small);
    } else release(leaf);
  }
  for (const leaf of leaves) release(leaf);
  return finish(nodes, leaves, limits.l2);
}

const NO_TOTALS: Totals = { gradient: 0, hessian: 0, rows: 0 };

function bestLeaf(leaves: Leaf[]): number {
  let best = -1;
  for (let i = 0; i < leaves.length; i++) {
    const split = leaves[i].split;
    if (split && (best < 0 || split.gain > leaves[best].split!.gain)) best = i;
  }
  return best;
}

/** Moves the leaf's rows so that those going left come first, order kept. Returns where the right ones begin. */
function partition(matrix: BinnedMatrix, split: Split, leaf: Leaf, memory: GrowerMemory): number {
  const goesLeft = new Uint8Array(256).fill(1, 0, split.bin + 1);
  goesLeft[MISSING_BIN] = split.missingLeft ? 1 : 0;
  const words = matrix.groups[split.feature >> 2];
  const shift = (split.feature & 3) << 3;
  const { rows, spare } = memory;
  let left = leaf.from;
  let right = 0;
  // Both writes always happen and only one counts: no branch to mispredict.
  for (let i = leaf.from; i < leaf.to; i++) {
    const row = rows[i];
    const toLeft = goesLeft[(words[row] >>> shift) & 255];
    rows[left] = row;
    spare[right] = row;
    left += toLeft;
    right += 1 - toLeft;
  }
  rows.set(spare.subarray(0, right), left);
  return left;
}

function emptyNodes(maxLeaves: number) {
  const size = Math.max(0, maxLeaves - 1);
  return {
    count: 0,
    feature: new Int32Array(size),
    threshold: new Float64Array(size),
    missingLeft: new Uint8Array(size),
    left: new Int32Array(size),
    right: new Int32Array(size),
    gain: new Float64Array(size),
  };
}

function addNode(nodes: ReturnType<typeof emptyNodes>, matrix: BinnedMatrix, leaf: Leaf, split: Split): number {
  const node = nodes.count++;
  const cuts = matrix.cuts[split.feature];
  nodes.feature[node] = split.feature;
  // The last bin has no cut: everything present goes left, only what is missing goes right.
  nodes.threshold[node] = split.bin < cuts.length ? cuts[split.bin] : Number.POSITIVE_INFINITY;
  nodes.missingLeft[node] = split.missingLeft ? 1 : 0;
  nodes.gain[node] = split.gain;
  if (leaf.parent >= 0) (leaf.onLeft ? nodes.left : nodes.right)[leaf.parent] = node;
  return node;
}

function finish(nodes: ReturnType<typeof emptyNodes>, leaves: Leaf[], l2: number): GrownTree {
  const { count } = nodes;
  return {
    tree: {
      feature: nodes.feature.slice(0, count),
      threshold: nodes.threshold.slice(0, count),
      missingLeft: nodes.missingLeft.slice(0, count),
      left: nodes.left.slice(0, count),
      right: nodes.right.slice(0, count),
      gain: nodes.gain.slice(0, count),
      value: Float64Array.from(leaves, ({ totals }) =>
        totals.hessian + l2 > 0 ? -totals.gradient / (totals.hessian + l2) : 0,
      ),
      cover: Float64Array.from(leaves, ({ totals }) => totals.rows),
    },
    leafFrom: Int32Array.from(leaves, ({ from }) => from),
    leafTo: Int32Array.from(leaves, ({ to }) => to),
  };
}
