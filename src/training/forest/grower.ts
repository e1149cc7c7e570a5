/**
 * Growing one tree of a forest: at every node a few features drawn anew, and the split that parts the classes best.
 *
 * Rows of the bag are counted, not repeated, and both classes are counted in one number a bin, exact up to 2^26 rows:
 *
 *   histogram[bin] = rows + frauds × 2^26          bin 255 holds the missing values
 */
import type { Tree } from '../../models/trees.ts';
import { type BinnedMatrix, MISSING_BIN } from '../gbdt/bins.ts';
import type { Random } from '../gbdt/random.ts';
import type { ForestOptions } from './options.ts';

export const FRAUD_UNIT = 2 ** 26;
const PER_UNIT = 1 / FRAUD_UNIT;
/** Features that are counted in one pass over a node's rows. */
const TOGETHER = 4;

/** What is allocated once for all trees of one forest. */
export interface ForestMemory {
  /** Bins by feature and row. */
  columns: Uint8Array[];
  cuts: Float64Array[];
  /** Rows of the bag; a node is a range of it. */
  order: Int32Array;
  spare: Int32Array;
  /** By row: how often it is in the bag, packed with the frauds among that. */
  packed: Float64Array;
  /** Of features whose rows are read together. */
  histograms: Float64Array[];
  features: Int32Array;
}

export function forestMemory(matrix: BinnedMatrix): ForestMemory {
  const { rows, features, groups, cuts } = matrix;
  const columns = Array.from({ length: features }, (_, feature) => {
    const words = groups[feature >> 2];
    const shift = (feature & 3) << 3;
    const column = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) column[row] = words[row] >>> shift;
    return column;
  });
  return {
    columns,
    cuts,
    order: new Int32Array(rows),
    spare: new Int32Array(rows),
    packed: new Float64Array(rows),
    histograms: Array.from({ length: TOGETHER }, () => new Float64Array(256)),
    features: Int32Array.from({ length: features }, (_, feature) => feature),
  };
}

interface Split {
  feature: number;
  bin: number;
  missingLeft: boolean;
  /** Rise of Σ (weight of frauds)² / weight over the children, which is the fall in Gini impurity. */
  gain: number;
  leftRows: number;
  leftFrauds: number;
}

interface Leaf {
  from: number;
  to: number;
  depth: number;
  rows: number;
  frauds: number;
  split?: Split;
  parent: number;
  onLeft: boolean;
}

/**
 * Grows a tree on the rows whose `counts` is above 0. Leaf values are shares of frauds, by weight, mixed with
 * `priorRows` at the bag's share; covers are rows of the bag.
 */
export function growForestTree(
  memory: ForestMemory,
  counts: Uint16Array,
  labels: Uint8Array,
  options: ForestOptions,
  random: Random,
): Tree {
  const { order, packed } = memory;
  let distinct = 0;
  let rows = 0;
  let frauds = 0;
  for (let row = 0; row < counts.length; row++) {
    const count = counts[row];
    // Always written, and only counted where the row is in the bag: no branch to mispredict.
    order[distinct] = row;
    distinct += count > 0 ? 1 : 0;
    packed[row] = count * (1 + FRAUD_UNIT * labels[row]);
    rows += count;
    frauds += count * labels[row];
  }
  const fraudWeight = weightOfFraud(rows, frauds, options);
  const draw = splitFinder(memory, options, fraudWeight, random);
  const mayGrow = ({ depth, rows, frauds }: Leaf) =>
    frauds > 0 && frauds < rows && rows >= 2 * options.minRows && (options.maxDepth === 0 || depth < options.maxDepth);
  const search = (leaf: Leaf) => {
    if (mayGrow(leaf)) leaf.split = draw(leaf);
  };
  const root: Leaf = { from: 0, to: distinct, depth: 0, rows, frauds, parent: -1, onLeft: false };
  search(root);
  const leaves = [root];
  const nodes = emptyNodes();
  while (leaves.length < options.maxLeaves) {
    const index = bestLeaf(leaves);
    if (index < 0) break;
    const leaf = leaves[index];
    const split = leaf.split!;
    const node = addNode(nodes, leaf, split, memory.cuts);
    const middle = partition(memory, split, leaf);
    const child = (from: number, to: number, rows: number, frauds: number, onLeft: boolean): Leaf => {
      const made: Leaf = { from, to, depth: leaf.depth + 1, rows, frauds, parent: node, onLeft };
      search(made);
      return made;
    };
    leaves[index] = child(leaf.from, middle, split.leftRows, split.leftFrauds, true);
    leaves.push(child(middle, leaf.to, leaf.rows - split.leftRows, leaf.frauds - split.leftFrauds, false));
    nodes.left[node] = ~index;
    nodes.right[node] = ~(leaves.length - 1);
  }
  const prior = (fraudWeight * frauds) / (rows - frauds + fraudWeight * frauds);
  const share = (leaf: Leaf) => {
    const fraud = fraudWeight * leaf.frauds;
    return (fraud + options.priorRows * prior) / (leaf.rows - leaf.frauds + fraud + options.priorRows);
  };
  return {
    feature: Int32Array.from(nodes.feature),
    threshold: Float64Array.from(nodes.threshold),
    missingLeft: Uint8Array.from(nodes.missingLeft),
    left: Int32Array.from(nodes.left),
    right: Int32Array.from(nodes.right),
    gain: Float64Array.from(nodes.gain),
    value: Float64Array.from(leaves, share),
    cover: Float64Array.from(leaves, (leaf) => leaf.rows),
  };
}

function weightOfFraud(rows: number, frauds: number, { positiveWeight }: ForestOptions): number {
  if (positiveWeight !== 'balanced') return positiveWeight;
  return frauds > 0 && frauds < rows ? (rows - frauds) / frauds : 1;
}

function bestLeaf(leaves: Leaf[]): number {
  let best = -1;
  for (let i = 0; i < leaves.length; i++) {
    const { split } = leaves[i];
    if (split && (best < 0 || split.gain > leaves[best].split!.gain)) best = i;
  }
  return best;
}

function emptyNodes() {
  return {
    feature: [] as number[],
    threshold: [] as number[],
    missingLeft: [] as number[],
    left: [] as number[],
    right: [] as number[],
    gain: [] as number[],
  };
}

function addNode(nodes: ReturnType<typeof emptyNodes>, leaf: Leaf, split: Split, cuts: Float64Array[]): number {
  const node = nodes.feature.length;
  const own = cuts[split.feature];
  nodes.feature.push(split.feature);
  // The last bin has no cut: everything present goes left, only what is missing goes right.
  nodes.threshold.push(split.bin < own.length ? own[split.bin] : Number.POSITIVE_INFINITY);
  nodes.missingLeft.push(split.missingLeft ? 1 : 0);
  nodes.gain.push(split.gain);
  if (leaf.parent >= 0) (leaf.onLeft ? nodes.left : nodes.right)[leaf.parent] = node;
  return node;
}

/** Moves the leaf's rows so that those going left come first. Returns where the right ones begin. */
function partition(memory: ForestMemory, split: Split, leaf: Leaf): number {
  const { order, spare } = memory;
  const column = memory.columns[split.feature];
  const goesLeft = new Uint8Array(256).fill(1, 0, split.bin + 1);
  goesLeft[MISSING_BIN] = split.missingLeft ? 1 : 0;
  let left = leaf.from;
  let right = 0;
  for (let i = leaf.from; i < leaf.to; i++) {
    const row = order[i];
    const toLeft = goesLeft[column[row]];
    order[left] = row;
    spare[right] = row;
    left += toLeft;
    right += 1 - toLeft;
  }
  order.set(spare.subarray(0, right), left);
  return left;
}

/**
 * A function that finds the best split of a leaf over features drawn at random; where none of these can split it, more
 * are drawn until one can.
 */
function splitFinder(memory: ForestMemory, options: ForestOptions, fraudWeight: number, random: Random) {
  const { columns, cuts, histograms, features } = memory;
  const total = columns.length;
  const share = options.featureShare;
  const wanted = Math.max(1, Math.min(total, Math.round(share === 0 ? Math.sqrt(total) : share * total)));
  const judge = (histogram: Float64Array, feature: number, leaf: Leaf, best: Split | undefined) => {
    const lastBin = cuts[feature].length;
    const missing = histogram[MISSING_BIN] > 0;
    const found = scan(histogram, feature, missing ? lastBin : lastBin - 1, false, leaf, options, fraudWeight, best);
    return missing ? scan(histogram, feature, lastBin - 1, true, leaf, options, fraudWeight, found) : found;
  };
  return (leaf: Leaf): Split | undefined => {
    let best: Split | undefined;
    for (let drawn = 0; drawn < total && (drawn < wanted || !best); ) {
      const together = wanted - drawn >= TOGETHER ? TOGETHER : 1;
      for (let k = drawn; k < drawn + together; k++) {
        const at = k + Math.floor(random() * (total - k));
        const feature = features[at];
        features[at] = features[k];
        features[k] = feature;
      }
      countRows(memory, leaf, drawn, together);
      for (let k = 0; k < together; k++) best = judge(histograms[k], features[drawn + k], leaf, best);
      drawn += together;
    }
    return best;
  };
}

/** Fills the histograms of `together` features, from features[first] on, with the leaf's rows: four in one pass, or one. */
function countRows(memory: ForestMemory, { from, to }: Leaf, first: number, together: number): void {
  const { columns, order, packed, histograms, features } = memory;
  const a = columns[features[first]];
  const histogramA = histograms[0].fill(0);
  if (together < TOGETHER) {
    for (let i = from; i < to; i++) histogramA[a[order[i]]] += packed[order[i]];
    return;
  }
  const [b, c, d] = [columns[features[first + 1]], columns[features[first + 2]], columns[features[first + 3]]];
  const [histogramB, histogramC, histogramD] = [histograms[1].fill(0), histograms[2].fill(0), histograms[3].fill(0)];
  for (let i = from; i < to; i++) {
    const row = order[i];
    const count = packed[row];
    histogramA[a[row]] += count;
    histogramB[b[row]] += count;
    histogramC[c[row]] += count;
    histogramD[d[row]] += count;
  }
}

/** One feature, left to right: the better of its best split and `best`. */
function scan(
  histogram: Float64Array,
  feature: number,
  lastBin: number,
  missingLeft: boolean,
  leaf: Leaf,
  { minRows }: ForestOptions,
  fraudWeight: number,
  best: Split | undefined,
): Split | undefined {
  const extra = fraudWeight - 1;
  const allFraud = fraudWeight * leaf.frauds;
  const allWeight = leaf.rows + extra * leaf.frauds;
  const parent = (allFraud * allFraud) / allWeight;
  let sum = missingLeft ? histogram[MISSING_BIN] : 0;
  let bestGain = best ? best.gain : 0;
  let bestBin = -1;
  let bestSum = 0;
  for (let bin = 0; bin <= lastBin; bin++) {
    const added = histogram[bin];
    // An empty bin makes the same two children as the bin before it.
    if (added === 0) continue;
    sum += added;
    const frauds = Math.floor(sum * PER_UNIT);
    const rows = sum - frauds * FRAUD_UNIT;
    if (rows < minRows) continue;
    if (leaf.rows - rows < minRows) break;
    const left = fraudWeight * frauds;
    const right = allFraud - left;
    const weight = rows + extra * frauds;
    const gain = (left * left) / weight + (right * right) / (allWeight - weight) - parent;
    if (gain > bestGain) {
      bestGain = gain;
      bestBin = bin;
      bestSum = sum;
    }
  }
  if (bestBin < 0) return best;
  const leftFrauds = Math.floor(bestSum * PER_UNIT);
  const leftRows = bestSum - leftFrauds * FRAUD_UNIT;
  // Where training saw no missing value, one that comes later follows the majority.
  const toLeft = histogram[MISSING_BIN] > 0 ? missingLeft : 2 * leftRows >= leaf.rows;
  return { feature, bin: bestBin, missingLeft: toLeft, gain: bestGain, leftRows, leftFrauds };
}
