/**
 * Exact attribution of trees: the Shapley values of the path-dependent game of TreeSHAP (Lundberg et al. 2020).
 *
 * A leaf with value v and the distinct features D on its path plays a product game: a coalition S is worth
 * v × Π(k in S) o(k) × Π(k not in S) z(k), where o(k) is 1 if the vector satisfies every condition on k along the path
 * and else 0, and z(k) is the share of training rows that follow the path at the nodes of k. The Shapley value of j is
 *
 *   φ(j) = v × (o(j) − z(j)) × ∫₀¹ Π(k ≠ j) (t × o(k) + (1 − t) × z(k)) dt
 *
 * a polynomial of degree |D| − 1, which Gauss–Legendre quadrature integrates exactly. As o is 0 or 1, a leaf has only
 * 2^|D| different answers: they are worked out once into a table, and a decision costs one comparison a node, one
 * look-up a leaf and |D| additions.
 *
 *   table of a leaf, from its tableAt: | mask 0: φ(D0) φ(D1) … | mask 1: … | …        bit k of the mask is o(Dk)
 */
import { gaussLegendre, type Quadrature } from './quadrature.ts';
import type { TreeEnsemble } from './trees.ts';

export interface AttributionLimits {
  /** Paths with more distinct features get no table and are worked out for each vector. At most 30. */
  tableFeatures: number;
  /** Numbers in all tables together; the leaves that come too late are worked out for each vector. */
  tableNumbers: number;
}

export const ATTRIBUTION_LIMITS: AttributionLimits = { tableFeatures: 8, tableNumbers: 4_000_000 };

interface LeafPath {
  /** Distinct features in order from the root, and z of each. */
  features: number[];
  shares: number[];
  /** Per feature the nodes that ask for it, as node × 2 + (1 where the path goes left). */
  conditions: number[][];
}

/**
 * `explain` of an ensemble: writes one contribution per feature into `out` and returns the base value, which is the
 * mean raw score of the training rows. base + sum(out) = score, up to rounding. Not reentrant: it keeps scratch memory.
 */
export function attributionOf(
  trees: TreeEnsemble,
  limits: AttributionLimits = ATTRIBUTION_LIMITS,
): (vector: Float64Array, out: Float64Array) => number {
  const { feature, threshold, missingLeft, value } = trees;
  const nodes = feature.length;
  const plan = planPaths(trees);
  const { slotBit, leftPlace, rightPlace } = plan;
  const tables = buildTables(trees, plan.paths, limits);
  const { tableAt, pathAt, pathFeatures, table, untabled } = tables;
  // masks[n] for node n, masks[nodes + l] for leaf l: which features of the path so far are satisfied.
  const masks = new Int32Array(nodes + value.length).fill(-1);
  const wentLeft = new Uint8Array(nodes);
  let mean = trees.base;
  plan.paths.forEach((path, leaf) => {
    mean += value[leaf] * path.shares.reduce((product, share) => product * share, 1);
  });
  return (vector, out) => {
    out.fill(0);
    for (let node = 0; node < nodes; node++) {
      const x = vector[feature[node]];
      const left = x <= threshold[node] || (missingLeft[node] === 1 && Number.isNaN(x));
      const mask = masks[node];
      const lost = mask & ~slotBit[node];
      wentLeft[node] = left ? 1 : 0;
      masks[leftPlace[node]] = left ? mask : lost;
      masks[rightPlace[node]] = left ? lost : mask;
    }
    for (let leaf = 0; leaf < tableAt.length; leaf++) {
      const start = pathAt[leaf];
      const size = pathAt[leaf + 1] - start;
      const from = tableAt[leaf];
      if (from < 0) continue;
      const row = from + (masks[nodes + leaf] & ((1 << size) - 1)) * size;
      for (let k = 0; k < size; k++) out[pathFeatures[start + k]] += table[row + k];
    }
    for (const leaf of untabled) addUntabled(plan.paths[leaf], value[leaf], wentLeft, tables.quadrature, out);
    return mean;
  };
}

/** Walks every tree once: the path of each leaf, the mask bit of each node's feature, and where children keep masks. */
function planPaths(trees: TreeEnsemble) {
  const nodes = trees.feature.length;
  const cover = nodeCovers(trees);
  const paths: LeafPath[] = Array.from({ length: trees.value.length }, () => ({
    features: [],
    shares: [],
    conditions: [],
  }));
  const slotBit = new Int32Array(nodes);
  const place = (child: number) => (child >= 0 ? child : nodes + ~child);
  const coverOf = (child: number) => (child >= 0 ? cover[child] : trees.cover[~child]);
  const stack: { child: number; path: LeafPath }[] = [];
  for (const root of trees.roots) stack.push({ child: root, path: { features: [], shares: [], conditions: [] } });
  while (stack.length > 0) {
    const { child, path } = stack.pop()!;
    if (child < 0) {
      paths[~child] = path;
      continue;
    }
    const found = path.features.indexOf(trees.feature[child]);
    const slot = found < 0 ? path.features.length : found;
    slotBit[child] = slot < 31 ? 1 << slot : 0;
    for (const left of [true, false]) {
      const next = left ? trees.left[child] : trees.right[child];
      const share = cover[child] > 0 ? coverOf(next) / cover[child] : 0.5;
      stack.push({ child: next, path: extend(path, slot, trees.feature[child], share, child * 2 + (left ? 1 : 0)) });
    }
  }
  return { paths, slotBit, leftPlace: trees.left.map(place), rightPlace: trees.right.map(place) };
}

function extend(path: LeafPath, slot: number, feature: number, share: number, condition: number): LeafPath {
  const features = path.features.slice();
  const shares = path.shares.slice();
  const conditions = path.conditions.slice();
  features[slot] = feature;
  shares[slot] = (shares[slot] ?? 1) * share;
  conditions[slot] = [...(conditions[slot] ?? []), condition];
  return { features, shares, conditions };
}

/** Training rows under each node. Children come after their parent, so one pass from the end suffices. */
function nodeCovers(trees: TreeEnsemble): Float64Array {
  const cover = new Float64Array(trees.feature.length);
  const of = (child: number) => (child >= 0 ? cover[child] : trees.cover[~child]);
  for (let node = cover.length - 1; node >= 0; node--) cover[node] = of(trees.left[node]) + of(trees.right[node]);
  return cover;
}

function buildTables(trees: TreeEnsemble, paths: LeafPath[], limits: AttributionLimits) {
  const leaves = paths.length;
  const tableAt = new Int32Array(leaves).fill(-1);
  const pathAt = new Int32Array(leaves + 1);
  const untabled: number[] = [];
  let size = 0;
  let longest = 1;
  for (let leaf = 0; leaf < leaves; leaf++) {
    const width = paths[leaf].features.length;
    pathAt[leaf + 1] = pathAt[leaf] + width;
    longest = Math.max(longest, width);
    const numbers = width * 2 ** width;
    if (width <= limits.tableFeatures && size + numbers <= limits.tableNumbers) {
      tableAt[leaf] = size;
      size += numbers;
    } else untabled.push(leaf);
  }
  const quadrature = gaussLegendre(Math.ceil(longest / 2));
  const table = new Float64Array(size);
  const pathFeatures = new Int32Array(pathAt[leaves]);
  const contributions = leafContributions(longest, quadrature);
  for (let leaf = 0; leaf < leaves; leaf++) {
    const { features, shares } = paths[leaf];
    pathFeatures.set(features, pathAt[leaf]);
    if (tableAt[leaf] < 0) continue;
    for (let mask = 0; mask < 2 ** features.length; mask++) {
      const row = tableAt[leaf] + mask * features.length;
      contributions(trees.value[leaf], shares, (k) => (mask >>> k) & 1, table.subarray(row, row + features.length));
    }
  }
  return { tableAt, pathAt, pathFeatures, table, untabled, quadrature };
}

/** The formula at the head of this file for one leaf; adds φ(Dk) to out[k]. */
function leafContributions(longest: number, quadrature: Quadrature) {
  const factors = new Float64Array(longest);
  const before = new Float64Array(longest);
  return (value: number, shares: number[], satisfied: (k: number) => number, out: Float64Array) => {
    const size = shares.length;
    for (let q = 0; q < quadrature.points.length; q++) {
      const t = quadrature.points[q];
      let product = 1;
      for (let k = 0; k < size; k++) {
        factors[k] = t * satisfied(k) + (1 - t) * shares[k];
        before[k] = product;
        product *= factors[k];
      }
      let after = 1;
      for (let k = size - 1; k >= 0; k--) {
        out[k] += quadrature.weights[q] * before[k] * after * value * (satisfied(k) - shares[k]);
        after *= factors[k];
      }
    }
  };
}

function addUntabled(
  path: LeafPath,
  value: number,
  wentLeft: Uint8Array,
  quadrature: Quadrature,
  out: Float64Array,
): void {
  const size = path.features.length;
  const satisfied = path.conditions.map((nodes) => (nodes.every((c) => wentLeft[c >> 1] === (c & 1)) ? 1 : 0));
  const own = new Float64Array(size);
  leafContributions(size, quadrature)(value, path.shares, (k) => satisfied[k], own);
  for (let k = 0; k < size; k++) out[path.features[k]] += own[k];
}
