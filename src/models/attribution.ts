/**
 * Exact attribution of trees (shapley.ts has the formula), quick enough for every decision. Three layers, each giving
 * the same bits as the one below:
 *
 *   1. A tree's contributions depend only on which way its nodes went. Each tree remembers the last few answers by that
 *      pattern, and payments resemble each other.
 *   2. A leaf's contributions depend only on which of its path's features are satisfied: 2^|D| cases, kept in a table.
 *   3. Leaves without a table are worked out by the formula.
 */
import {
  ATTRIBUTION_LIMITS,
  type AttributionLimits,
  type LeafPlan,
  MASK_FEATURES,
  placeTables,
  planTrees,
  type TreePlan,
} from './attribution-plan.ts';
import { leafContributions } from './shapley.ts';
import type { TreeEnsemble } from './trees.ts';

/** 2^8 patterns are remembered a tree, fewer where all together would take more than 16 MB. */
const MEMORY_BITS = 8;
const MEMORY_NUMBERS = 2_000_000;
/** A pattern is held in 31 bits: larger trees remember nothing. */
const PATTERN_NODES = 31;

/**
 * `explain` of an ensemble: writes one contribution per feature into `out` and returns the base value, which is the
 * mean raw score of the training rows. base + sum(out) = score, up to rounding. Not reentrant: it keeps scratch memory.
 * With `owner`, the columns that were made of one feature (owner[column]) are one player of the game, and `out` is by
 * feature.
 */
export function attributionOf(
  ensemble: TreeEnsemble,
  limits: AttributionLimits = ATTRIBUTION_LIMITS,
  owner?: Int32Array,
): (vector: Float64Array, out: Float64Array) => number {
  const plans = planTrees(ensemble, owner);
  const mean = plans
    .flatMap(({ leaves }) => leaves)
    .reduce((sum, { value, weight }) => sum + value * weight, ensemble.base);
  const flat = flattenPlans(plans);
  const { nodeAt, feature, threshold, missingLeft, featureAt, features, memoryAt, bits } = flat;
  const patterns = new Int32Array(plans.length << bits).fill(-1);
  const memory = new Float64Array(flat.memorySize);
  const shift = 32 - bits;
  const wentLeft = new Uint8Array(Math.max(1, ...plans.map((plan) => plan.feature.length)));
  const workOut = treeContributions(plans, limits, wentLeft, memory);
  return (vector, out) => {
    out.fill(0);
    for (let t = 0; t < plans.length; t++) {
      const first = nodeAt[t];
      const nodes = nodeAt[t + 1] - first;
      let pattern = 0;
      for (let i = 0; i < nodes; i++) {
        const x = vector[feature[first + i]];
        // Numbers, not branches: which way a node goes is hard to foresee.
        const left = Number(x <= threshold[first + i]) | (missingLeft[first + i] & Number(Number.isNaN(x)));
        wentLeft[i] = left;
        pattern = (pattern << 1) | left;
      }
      const width = featureAt[t + 1] - featureAt[t];
      let from = memoryAt[t];
      if (nodes <= PATTERN_NODES) {
        const slot = Math.imul(pattern, 0x9e3779b1) >>> shift;
        from += slot * width;
        // 31 nodes never make −1, which marks an empty place: the top bit stays 0.
        if (patterns[(t << bits) + slot] !== pattern) {
          workOut(t, from);
          patterns[(t << bits) + slot] = pattern;
        }
      } else workOut(t, from);
      for (let k = 0, at = featureAt[t]; k < width; k++, at++) out[features[at]] += memory[from + k];
    }
    return mean;
  };
}

/** The nodes and features of all trees one after another, and where each tree's memory lies. */
function flattenPlans(plans: TreePlan[]) {
  const nodeAt = startsOf(plans.map((plan) => plan.feature.length));
  const featureAt = startsOf(plans.map((plan) => plan.features.length));
  let bits = MEMORY_BITS;
  while (bits > 1 && featureAt[plans.length] << bits > MEMORY_NUMBERS) bits--;
  const memoryAt = startsOf(
    plans.map((plan) => plan.features.length << (plan.feature.length <= PATTERN_NODES ? bits : 0)),
  );
  const flat = {
    nodeAt,
    feature: new Int32Array(nodeAt[plans.length]),
    threshold: new Float64Array(nodeAt[plans.length]),
    missingLeft: new Uint8Array(nodeAt[plans.length]),
    featureAt,
    features: new Int32Array(featureAt[plans.length]),
    memoryAt,
    bits,
    memorySize: memoryAt[plans.length],
  };
  plans.forEach((plan, t) => {
    flat.feature.set(plan.feature, nodeAt[t]);
    flat.threshold.set(plan.threshold, nodeAt[t]);
    flat.missingLeft.set(plan.missingLeft, nodeAt[t]);
    flat.features.set(plan.features, featureAt[t]);
  });
  return flat;
}

function startsOf(sizes: number[]): Int32Array {
  const starts = new Int32Array(sizes.length + 1);
  sizes.forEach((size, i) => {
    starts[i + 1] = starts[i] + size;
  });
  return starts;
}

/** Writes the contributions of tree t, whose nodes went as `wentLeft` says, into `memory` from `to`. */
function treeContributions(
  plans: TreePlan[],
  limits: AttributionLimits,
  wentLeft: Uint8Array,
  memory: Float64Array,
): (t: number, to: number) => void {
  const leaves = plans.flatMap((plan) => plan.leaves);
  // Rows of the table are filled when they are first met: few of all masks ever are.
  const table = new Float64Array(placeTables(leaves, limits));
  const longest = leaves.reduce((most, { slots }) => Math.max(most, slots.length), 1);
  const contributions = leafContributions(longest);
  const satisfied = new Uint8Array(longest);
  const own = new Float64Array(longest);
  const leafAt = startsOf(plans.map((plan) => plan.leaves.length));
  const pathAt = startsOf(leaves.map(({ slots }) => slots.length));
  const tableAt = Int32Array.from(leaves, (leaf) => leaf.tableAt);
  const pathSlots = new Int32Array(pathAt[leaves.length]);
  leaves.forEach(({ slots }, leaf) => {
    pathSlots.set(slots, pathAt[leaf]);
  });
  // Which features of the path so far are satisfied, by node and then by leaf.
  const masks = new Int32Array(Math.max(1, ...plans.map((plan) => plan.feature.length + plan.leaves.length)));
  const addLeaf = (leaf: number, mask: number, to: number) => {
    const from = pathAt[leaf];
    const width = pathAt[leaf + 1] - from;
    const hasTable = tableAt[leaf] >= 0;
    const numbers = hasTable ? table : own;
    const row = hasTable ? tableAt[leaf] + (mask & ((1 << width) - 1)) * width : 0;
    // A first number of 0 is a row that was not filled yet (or a leaf without effect: filled again, to the same).
    if (!hasTable || numbers[row] === 0) {
      const { value, shares } = leaves[leaf];
      satisfy(leaves[leaf], mask, wentLeft, satisfied);
      contributions(value, shares, 0, width, satisfied, numbers, row);
    }
    for (let k = 0; k < width; k++) memory[to + pathSlots[from + k]] += numbers[row + k];
  };
  return (t, to) => {
    const { feature, features, bit, leftPlace, rightPlace } = plans[t];
    const nodes = feature.length;
    masks[0] = -1;
    for (let node = 0; node < nodes; node++) {
      const mask = masks[node];
      // All ones where the node goes left: that child keeps the feature's bit, the other one loses it.
      const left = -wentLeft[node];
      masks[leftPlace[node]] = mask & (~bit[node] | left);
      masks[rightPlace[node]] = mask & (~bit[node] | ~left);
    }
    memory.fill(0, to, to + features.length);
    const first = leafAt[t];
    for (let leaf = first; leaf < leafAt[t + 1]; leaf++) addLeaf(leaf, masks[nodes + leaf - first], to);
  };
}

function satisfy({ slots, conditions }: LeafPlan, mask: number, wentLeft: Uint8Array, satisfied: Uint8Array): void {
  for (let k = 0; k < slots.length; k++) {
    satisfied[k] =
      k < MASK_FEATURES
        ? (mask >>> k) & 1
        : conditions[k].every(({ node, left }) => (wentLeft[node] === 1) === left)
          ? 1
          : 0;
  }
}
