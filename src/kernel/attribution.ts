/**
 * Exact attribution of trees in WASM: Shapley values in the path-dependent game of TreeSHAP (Lundberg et al. 2020).
 *
 * A leaf with value v and the distinct features D on its path plays a product game: a coalition S is worth
 * v × Π(k in S) o(k) × Π(k not in S) z(k), where o(k) is 1 if the row satisfies every condition on k along the path and
 * else 0, and z(k) is the share of training rows that follow the path at the nodes of k. The Shapley value of j is
 *
 *   φ(j) = v × ∫₀¹ (o(j) − z(j)) / f(j) × Π(k in D) f(k) dt,     f(k) = t × o(k) + (1 − t) × z(k)
 *
 * a polynomial of degree |D| − 1, which Gauss–Legendre quadrature integrates exactly. Leaves share their paths: at each
 * point, products of f are taken down the tree, their sums over leaves up, and every edge adds what it changes of its
 * feature's (o − z) / f. So a tree costs its nodes times half of its longest path (the reordering is that of Linear
 * TreeSHAP, Yu et al. 2022). What a small tree adds is kept by the conditions that a row satisfies, for the next one that
 * satisfies the same. assembly/attribution.ts has the layout.
 */
import { createKernel, type Kernel } from './kernel.ts';
import { gaussLegendre } from './quadrature.ts';
import type { TreeArrays } from './trees.ts';

/** With the training rows (or their weight) that each leaf holds. */
export interface CoveredTrees extends TreeArrays {
  cover: Float64Array;
}

/**
 * Writes one contribution per feature into `out` and returns the base value, which is the mean raw score of the training
 * rows. base + sum(out) = score, up to rounding. Not reentrant: it keeps scratch memory.
 */
export type Attribution = (vector: Float64Array, out: Float64Array) => number;

const TREE_NUMBERS = 10;
const TEST_NUMBERS = 2;
const NODE_NUMBERS = 6;
const EDGE_NUMBERS = 14;
const PAIR_NUMBERS = 6;
/** Bytes of what a node adds by one pair, and of what stands before the first. */
const PART_BYTES = 16;
/** A pattern is a bit a node, and a number of 32 bits holds it and one more. */
const MOST_FOUND_AGAIN = 31;
/** A tree's entries by their number's logarithm: fewer are soon overwritten, and more have nothing to hold. */
const ENTRIES_LOG2 = { least: 3, most: 6 };
/** Of all entries of a model, address space: a page counts from when a row needs it. */
const ENTRIES_BYTES = 16 * 2 ** 20;

/** `owner[column]`, where given, is the feature that a column was made of: one player of the game, and `out` is by it. */
export function attributionOf(trees: CoveredTrees, owner?: Int32Array, kernel: Kernel = createKernel()): Attribution {
  const plans = Array.from(trees.roots, planner(trees, owner));
  const laid = layTrees(trees, plans, kernel);
  const row = kernel.float64(trees.features);
  const edges = kernel.float64(EDGE_NUMBERS * (1 + 2 * Math.max(0, ...plans.map(({ nodes }) => nodes.length))));
  // The root's: o, and f and 1 / f for two pairs.
  edges.fill(1, 0, 1).fill(1, 4, 8).fill(1, 10, 14);
  const players = owner ? owner.reduce((most, feature) => Math.max(most, feature + 1), 0) : trees.features;
  const sums = kernel.float64(2 * players);
  const mean = plans.reduce((sum, plan) => sum + plan.mean, trees.base);
  const { addShapley } = kernel.run;
  const [treesAt, rowAt, edgesAt, sumsAt] = [laid, row, edges, sums].map(kernel.address);
  return (vector, out) => {
    row.set(vector);
    sums.fill(0);
    addShapley(treesAt, plans.length, rowAt, edgesAt, sumsAt);
    for (let feature = 0; feature < players; feature++) out[feature] = sums[2 * feature] + sums[2 * feature + 1];
    return mean;
  };
}

/** An edge from a node to a child, and what its feature has seen on the way down to it. */
interface Edge {
  child: number;
  share: number;
  /** Product of the shares at all nodes of the feature, this one included. */
  z: number;
}

interface PlannedNode {
  node: number;
  player: number;
  /** Numbers of edges: 1 + 2i and 2 + 2i are those of the tree's node i, 0 is above the root. */
  own: number;
  above: number;
  left: Edge;
  right: Edge;
}

interface TreePlan {
  nodes: PlannedNode[];
  /** The value that is expected where nothing is known. */
  mean: number;
  /** Distinct features on the longest path. */
  longest: number;
}

/** Makes the plan of one tree from its root. */
function planner(trees: CoveredTrees, owner: Int32Array | undefined): (root: number) => TreePlan {
  const cover = nodeCovers(trees);
  const coverOf = (child: number) => (child >= 0 ? cover[child] : trees.cover[~child]);
  return (root) => {
    const nodes: PlannedNode[] = [];
    let mean = 0;
    let longest = 0;
    const visit = (child: number, own: number, share: number, seen: Map<number, { edge: number; z: number }>): void => {
      longest = Math.max(longest, seen.size);
      if (child < 0) {
        mean += trees.value[~child] * share;
        return;
      }
      const player = owner ? owner[trees.feature[child]] : trees.feature[child];
      const above = seen.get(player) ?? { edge: 0, z: 1 };
      const sides = [trees.left[child], trees.right[child]].map((next): Edge => {
        const part = cover[child] > 0 ? coverOf(next) / cover[child] : 0.5;
        return { child: next, share: part, z: above.z * part };
      });
      const first = 1 + 2 * nodes.length;
      nodes.push({ node: child, player, own, above: above.edge, left: sides[0], right: sides[1] });
      sides.forEach(({ child: next, share: part, z }, side) => {
        visit(next, first + side, share * part, new Map(seen).set(player, { edge: first + side, z }));
      });
    };
    visit(root, 0, 1, new Map());
    return { nodes, mean, longest };
  };
}

/** Training rows under each node. Children come after their parent, so one pass from the end suffices. */
function nodeCovers(trees: CoveredTrees): Float64Array {
  const cover = new Float64Array(trees.feature.length);
  const of = (child: number) => (child >= 0 ? cover[child] : trees.cover[~child]);
  for (let node = cover.length - 1; node >= 0; node--) cover[node] = of(trees.left[node]) + of(trees.right[node]);
  return cover;
}

const entryBytes = (nodes: number, pairs: number) => PART_BYTES * (1 + nodes * pairs);
/** Two points a pair, and n points are exact up to degree 2n − 1. */
const pairsOf = ({ longest }: TreePlan) => Math.ceil(longest / 4);

/** How many entries each tree that is small enough has, as a logarithm; 0 where they would be too few to be of use. */
function entriesLog2(plans: TreePlan[]): number {
  const one = plans.reduce(
    (sum, plan) => sum + (plan.nodes.length > MOST_FOUND_AGAIN ? 0 : entryBytes(plan.nodes.length, pairsOf(plan))),
    1,
  );
  const log2 = Math.min(ENTRIES_LOG2.most, Math.floor(Math.log2(ENTRIES_BYTES / one)));
  return log2 < ENTRIES_LOG2.least ? 0 : log2;
}

/** Writes nodes and quadratures into the kernel's memory; returns the trees' records. */
function layTrees(trees: CoveredTrees, plans: TreePlan[], kernel: Kernel): Uint32Array {
  const records = kernel.uint32(TREE_NUMBERS * plans.length);
  const quadratures = new Map<number, number>();
  const log2 = entriesLog2(plans);
  const most = Math.max(0, ...plans.map((plan) => entryBytes(plan.nodes.length, pairsOf(plan))));
  const scratch = kernel.address(kernel.uint8(most));
  plans.forEach((plan, tree) => {
    const { nodes } = plan;
    const pairs = pairsOf(plan);
    if (!quadratures.has(pairs)) quadratures.set(pairs, layQuadrature(pairs, kernel));
    const tests = kernel.float64(TEST_NUMBERS * nodes.length);
    const numbers = kernel.float64(NODE_NUMBERS * nodes.length);
    nodes.forEach((planned, i) => {
      layTest(trees, planned, tests.subarray(TEST_NUMBERS * i, TEST_NUMBERS * (i + 1)));
      layNode(trees, planned, numbers.subarray(NODE_NUMBERS * i, NODE_NUMBERS * (i + 1)));
    });
    const bytes = entryBytes(nodes.length, pairs);
    const isKept = log2 > 0 && nodes.length > 0 && nodes.length <= MOST_FOUND_AGAIN;
    const entries = isKept ? kernel.address(kernel.uint8(bytes * 2 ** log2)) : scratch;
    const [testsAt, numbersAt] = [tests, numbers].map(kernel.address);
    const found = [testsAt, entries, isKept ? 32 - log2 : 0, bytes];
    records.set([nodes.length, numbersAt, pairs, quadratures.get(pairs)!, ...found], TREE_NUMBERS * tree);
  });
  return records;
}

function layTest(trees: CoveredTrees, { node, player }: PlannedNode, out: Float64Array): void {
  out[0] = trees.threshold[node];
  new Uint32Array(out.buffer, out.byteOffset + 8).set([8 * trees.feature[node] + trees.missingLeft[node], 16 * player]);
}

function layNode(trees: CoveredTrees, { own, above, left, right }: PlannedNode, out: Float64Array): void {
  const factor = (child: number) => (child < 0 ? trees.value[~child] : 1);
  out.set([left.z, right.z, factor(left.child), factor(right.child)]);
  const edgeBytes = 8 * EDGE_NUMBERS;
  new Uint32Array(out.buffer, out.byteOffset + 32).set([edgeBytes * own, edgeBytes * above]);
}

function layQuadrature(pairs: number, kernel: Kernel): number {
  const { points, weights } = gaussLegendre(2 * pairs);
  const numbers = kernel.float64(PAIR_NUMBERS * pairs);
  for (let pair = 0; pair < pairs; pair++) {
    const [a, b] = [2 * pair, 2 * pair + 1];
    numbers.set([points[a], points[b], 1 - points[a], 1 - points[b], weights[a], weights[b]], PAIR_NUMBERS * pair);
  }
  return kernel.address(numbers);
}
