/** What attribution needs to know of an ensemble, worked out once: every tree renumbered, every leaf's path. */
import type { TreeEnsemble } from './trees.ts';

export interface AttributionLimits {
  /** Paths with more distinct features get no table and are worked out when they are met. At most 20. */
  tableFeatures: number;
  /** Numbers in all tables together; the leaves that come too late get none. */
  tableNumbers: number;
}

export const ATTRIBUTION_LIMITS: AttributionLimits = { tableFeatures: 8, tableNumbers: 4_000_000 };

/** Distinct features on a path that a 32-bit mask can tell apart. */
export const MASK_FEATURES = 30;

/** A condition of a path: the node of the tree, and whether the path goes left there. */
export interface Condition {
  node: number;
  left: boolean;
}

export interface LeafPlan {
  value: number;
  /** Product of the shares: how probable the leaf is where nothing is known. */
  weight: number;
  /** Distinct features in order from the root: places in the tree's `features`, and z of each. */
  slots: Int32Array;
  shares: Float64Array;
  conditions: Condition[][];
  /** Where the leaf's table begins, −1 without one: for each mask of satisfied features one number a feature. */
  tableAt: number;
}

export interface TreePlan {
  /** Nodes from the root, each before its children. */
  feature: Int32Array;
  threshold: Float64Array;
  missingLeft: Uint8Array;
  /** Mask bit of a node's feature, and where its children's masks lie: node i at i, leaf l at nodes + l. */
  bit: Int32Array;
  leftPlace: Int32Array;
  rightPlace: Int32Array;
  leaves: LeafPlan[];
  /** Distinct features of the tree; where columns have owners, these. */
  features: Int32Array;
}

interface Path {
  features: number[];
  shares: number[];
  conditions: Condition[][];
}

/** `owner` is the feature that a column was made of; without it every column is a feature of its own. */
export function planTrees(ensemble: TreeEnsemble, owner?: Int32Array): TreePlan[] {
  const cover = nodeCovers(ensemble);
  const ownerOf = (node: number) => (owner ? owner[ensemble.feature[node]] : ensemble.feature[node]);
  return Array.from(ensemble.roots, (root) => planTree(ensemble, root, cover, ownerOf));
}

function planTree(trees: TreeEnsemble, root: number, cover: Float64Array, ownerOf: (node: number) => number): TreePlan {
  const coverOf = (child: number) => (child >= 0 ? cover[child] : trees.cover[~child]);
  const nodes: number[] = [];
  const bits: number[] = [];
  const found: { leaf: number; path: Path }[] = [];
  /** [left, right] of each node: a node of this tree, or ~leaf of this tree. */
  const children: [number, number][] = [];
  const open: { child: number; path: Path; parent: number; side: 0 | 1 }[] = [
    { child: root, path: { features: [], shares: [], conditions: [] }, parent: -1, side: 0 },
  ];
  while (open.length > 0) {
    const { child, path, parent, side } = open.pop()!;
    if (child < 0) {
      if (parent >= 0) children[parent][side] = ~found.length;
      found.push({ leaf: ~child, path });
      continue;
    }
    const node = nodes.length;
    if (parent >= 0) children[parent][side] = node;
    nodes.push(child);
    children.push([0, 0]);
    const feature = ownerOf(child);
    const at = path.features.indexOf(feature);
    const slot = at < 0 ? path.features.length : at;
    bits.push(slot < MASK_FEATURES ? 1 << slot : 0);
    for (const left of [false, true]) {
      const next = left ? trees.left[child] : trees.right[child];
      const share = cover[child] > 0 ? coverOf(next) / cover[child] : 0.5;
      const longer = extendPath(path, slot, feature, share, { node, left });
      open.push({ child: next, path: longer, parent: node, side: left ? 0 : 1 });
    }
  }
  const features = [...new Set(nodes.map(ownerOf))];
  const place = (child: number) => (child >= 0 ? child : nodes.length + ~child);
  return {
    feature: Int32Array.from(nodes, (node) => trees.feature[node]),
    threshold: Float64Array.from(nodes, (node) => trees.threshold[node]),
    missingLeft: Uint8Array.from(nodes, (node) => trees.missingLeft[node]),
    bit: Int32Array.from(bits),
    leftPlace: Int32Array.from(children, ([left]) => place(left)),
    rightPlace: Int32Array.from(children, ([, right]) => place(right)),
    features: Int32Array.from(features),
    leaves: found.map(({ leaf, path }) => ({
      value: trees.value[leaf],
      weight: path.shares.reduce((product, share) => product * share, 1),
      slots: Int32Array.from(path.features, (feature) => features.indexOf(feature)),
      shares: Float64Array.from(path.shares),
      conditions: path.conditions,
      tableAt: -1,
    })),
  };
}

function extendPath(path: Path, slot: number, feature: number, share: number, condition: Condition): Path {
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

/** Gives a place in one table to every leaf whose path is short enough, as far as the limit reaches; returns its size. */
export function placeTables(leaves: LeafPlan[], limits: AttributionLimits): number {
  let size = 0;
  for (const leaf of leaves) {
    const width = leaf.slots.length;
    const numbers = width * 2 ** width;
    if (width > limits.tableFeatures || size + numbers > limits.tableNumbers) continue;
    leaf.tableAt = size;
    size += numbers;
  }
  return size;
}
