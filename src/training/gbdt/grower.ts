/**
 * Growing one tree leaf by leaf: the leaf whose split gains most is split next.
 *
 * A team of threads grows the same tree together. Each has a share of the rows, parts it for itself and fills a
 * histogram of its own; then each adds up the parts for its share of the features and looks for their best split. Sums
 * are exact and the first of equal splits wins, so any number of threads grows the same tree.
 */
import { SOLO, type Team } from '../../kernel/team.ts';
import type { Tree } from '../../models/trees.ts';
import { type BinnedMatrix, MISSING_BIN } from './bins.ts';
import { type Allocator, type HistogramBuilder, histogramLength, type Packing } from './histogram.ts';
import { findSplit, leafTotals, type Split, type SplitLimits, type Totals } from './splitter.ts';

export interface GrowLimits extends SplitLimits {
  maxLeaves: number;
  /** Splits on a path at most; 0 is no limit. */
  maxDepth: number;
}

/** What one thread needs again for every tree: allocated once. */
export interface GrowerMemory {
  builder: HistogramBuilder;
  team: Team;
  /** Histograms of leaves, the same of every thread and in the same order; more are made where one thread runs out. */
  histograms: Float64Array[];
  /** Every thread's own histogram; none where there is one thread. */
  parts: Float64Array[];
  /** Every thread's best splits: SLOT_LENGTH numbers for each of two leaves. */
  slots: Float64Array;
  own: OwnMemory;
}

/** A thread's own arrays. */
export interface OwnMemory {
  /** Its share of the rows the tree is grown on; partitioned in place, so that each leaf is a range of it. */
  rows: Int32Array;
  spare: Int32Array;
  ordered: Float64Array;
  goesLeft: Uint8Array;
}

export interface GrownTree {
  tree: Tree;
  /** Leaf l holds the thread's own.rows[leafFrom[l]..leafTo[l]). */
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

/** | feature | bin | missing left | gain | Σg, Σh and rows of the left side |; feature −1 is no split. */
export const SLOT_LENGTH = 8;

export function ownMemory(rows: number, allocator: Allocator): OwnMemory {
  return {
    rows: allocator.int32(rows),
    spare: allocator.int32(rows),
    ordered: allocator.float64(2 * rows),
    goesLeft: allocator.uint8(256),
  };
}

/** The memory of a grower that has no others beside it. */
export function growerMemory(rows: number, builder: HistogramBuilder): GrowerMemory {
  const own = ownMemory(rows, builder);
  return { builder, team: SOLO, histograms: [], parts: [], slots: new Float64Array(0), own };
}

/** The rows a thread grows on: own.rows[0..count), which are `first`, `first` + 1, … where that is given. */
export interface OwnRows {
  count: number;
  first?: number;
}

/**
 * Grows a tree on the rows of all threads. `pairs` are the packed gradients by row. Leaf values are −G / (H + l2), not
 * yet scaled by a learning rate.
 */
export function growTree(
  matrix: BinnedMatrix,
  pairs: Float64Array,
  packing: Packing,
  rows: OwnRows,
  features: Int32Array,
  limits: GrowLimits,
  memory: GrowerMemory,
): GrownTree {
  const { builder, own, team } = memory;
  const share = featureShare(matrix, features, team);
  const mine = memory.parts[team.thread];
  const fill = (leaf: Leaf) => {
    leaf.histogram = memory.histograms.pop() ?? builder.float64(histogramLength(matrix));
    const target = mine ?? leaf.histogram;
    if (leaf.parent < 0 && rows.first !== undefined) {
      builder.buildRange(matrix, share.allGroups, rows.first, rows.first + rows.count, pairs, target);
    } else {
      builder.gather(pairs, own.rows, leaf.from, leaf.to, own.ordered);
      builder.build(matrix, share.allGroups, own.rows, leaf.from, leaf.to, own.ordered, target);
    }
    if (!mine) return;
    team.barrier();
    builder.merge(memory.parts, share.groups, leaf.histogram);
  };
  const release = (leaf: Leaf) => {
    if (leaf.histogram) memory.histograms.push(leaf.histogram);
    leaf.histogram = undefined;
  };
  /** Finds the best splits of one or two leaves; those without one give their histogram back. */
  const search = (leaves: Leaf[]) => {
    for (const leaf of leaves) {
      leaf.split = findSplit(leaf.histogram!, matrix, share.features, leaf.totals, packing, limits, builder.growth);
    }
    if (mine) bestOfTeam(leaves, memory, limits.minGain);
    for (const leaf of leaves) if (!leaf.split) release(leaf);
  };
  const mayGrow = (leaf: Leaf) =>
    (limits.maxDepth === 0 || leaf.depth < limits.maxDepth) && leaf.totals.rows >= 2 * Math.max(1, limits.minRows);

  const nodes = emptyNodes(limits.maxLeaves);
  const root: Leaf = { from: 0, to: rows.count, depth: 0, totals: NO_TOTALS, parent: -1, onLeft: false };
  fill(root);
  // The first feature's histogram may be another thread's share.
  if (mine) team.barrier();
  root.totals = leafTotals(root.histogram!, features[0], packing);
  if (mayGrow(root)) search([root]);
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
    const [small, large] = left.totals.rows <= right.totals.rows ? [left, right] : [right, left];
    const growing = leaves.length < limits.maxLeaves ? [large, small].filter(mayGrow) : [];
    if (growing.length > 0) {
      fill(small);
      large.histogram = leaf.histogram!;
      leaf.histogram = undefined;
      if (growing.includes(large)) builder.subtract(large.histogram, small.histogram!, share.groups);
      else release(large);
      if (!growing.includes(small)) release(small);
      search(growing);
    } else release(leaf);
  }
  for (const leaf of leaves) release(leaf);
  return finish(nodes, leaves, limits.l2);
}

/** The features and groups whose histograms a thread adds up and searches: a run of groups, about as long as any other's. */
function featureShare(matrix: BinnedMatrix, features: Int32Array, { thread, threads }: Team) {
  const allGroups = new Uint8Array(matrix.groups.length);
  for (const feature of features) allGroups[feature >> 2] = 1;
  const active = [...allGroups.keys()].filter((group) => allGroups[group] === 1);
  const from = Math.floor((active.length * thread) / threads);
  const to = Math.floor((active.length * (thread + 1)) / threads);
  const groups = new Uint8Array(matrix.groups.length);
  for (const group of active.slice(from, to)) groups[group] = 1;
  return { allGroups, groups, features: features.filter((feature) => groups[feature >> 2] === 1) };
}

/** Replaces each leaf's split by the best of all threads', the first of equals: threads hold features in their order. */
function bestOfTeam(leaves: Leaf[], { team, slots }: GrowerMemory, minGain: number): void {
  const slotOf = (thread: number, index: number) => (2 * thread + index) * SLOT_LENGTH;
  leaves.forEach(({ split }, index) => {
    const at = slotOf(team.thread, index);
    slots[at] = split ? split.feature : -1;
    if (!split) return;
    slots[at + 1] = split.bin;
    slots[at + 2] = split.missingLeft ? 1 : 0;
    slots[at + 3] = split.gain;
    slots[at + 4] = split.left.gradient;
    slots[at + 5] = split.left.hessian;
    slots[at + 6] = split.left.rows;
  });
  team.barrier();
  leaves.forEach((leaf, index) => {
    let best = -1;
    let gain = minGain;
    for (let thread = 0; thread < team.threads; thread++) {
      const at = slotOf(thread, index);
      if (slots[at] < 0 || !(slots[at + 3] > gain)) continue;
      best = at;
      gain = slots[at + 3];
    }
    leaf.split = best < 0 ? undefined : splitOf(slots.subarray(best, best + SLOT_LENGTH), leaf.totals);
  });
}

function splitOf([feature, bin, missingLeft, gain, gradient, hessian, rows]: Float64Array, totals: Totals): Split {
  const left = { gradient, hessian, rows };
  const right = {
    gradient: totals.gradient - gradient,
    hessian: totals.hessian - hessian,
    rows: totals.rows - rows,
  };
  return { feature, bin, missingLeft: missingLeft === 1, gain, left, right };
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
function partition(matrix: BinnedMatrix, split: Split, leaf: Leaf, { builder, own }: GrowerMemory): number {
  const { rows, spare, goesLeft } = own;
  goesLeft.fill(0).fill(1, 0, split.bin + 1);
  goesLeft[MISSING_BIN] = split.missingLeft ? 1 : 0;
  const words = matrix.groups[split.feature >> 2];
  return builder.growth.partition(words, split.feature & 3, goesLeft, rows, leaf.from, leaf.to, spare);
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
