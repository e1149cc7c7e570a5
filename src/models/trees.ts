/**
 * Gradient-boosted trees, ready to serve: every tree's nodes one after another in typed arrays.
 *
 *   node n:  feature[n], threshold[n]   x ≤ threshold goes to left[n], x > threshold to right[n],
 *            missingLeft[n]             NaN to left[n] where 1, else to right[n]
 *   child c: c ≥ 0 is node c, c < 0 is leaf ~c with value[~c]; roots[t] is the child at which tree t begins
 *
 * score = base + the sum over trees of the value of the leaf that is reached.
 */
import { AssayError } from '../domain/errors.ts';
import { attributionOf } from '../kernel/attribution.ts';
import { createKernel } from '../kernel/kernel.ts';
import { treeScorer } from '../kernel/trees.ts';
import { type ArrayPlace, packArrays, unpackArray } from './arrays.ts';

/** One tree as it was grown; children number within the tree, node 0 is the root where there is a node. */
export interface Tree {
  feature: Int32Array;
  threshold: Float64Array;
  missingLeft: Uint8Array;
  left: Int32Array;
  right: Int32Array;
  gain: Float64Array;
  /** Per leaf: what it adds to the score, and the training rows it held. */
  value: Float64Array;
  cover: Float64Array;
}

export interface TreeEnsemble extends Tree {
  base: number;
  /** Length of a vector. */
  features: number;
  roots: Int32Array;
}

export function flattenTrees(base: number, features: number, trees: Tree[]): TreeEnsemble {
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const leaves = trees.reduce((sum, tree) => sum + tree.value.length, 0);
  const flat: TreeEnsemble = {
    base,
    features,
    roots: new Int32Array(trees.length),
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    gain: new Float64Array(nodes),
    value: new Float64Array(leaves),
    cover: new Float64Array(leaves),
  };
  let node = 0;
  let leaf = 0;
  trees.forEach((tree, t) => {
    const move = (child: number) => (child >= 0 ? child + node : child - leaf);
    flat.roots[t] = tree.feature.length > 0 ? node : ~leaf;
    flat.feature.set(tree.feature, node);
    flat.threshold.set(tree.threshold, node);
    flat.missingLeft.set(tree.missingLeft, node);
    flat.gain.set(tree.gain, node);
    flat.left.set(tree.left.map(move), node);
    flat.right.set(tree.right.map(move), node);
    flat.value.set(tree.value, leaf);
    flat.cover.set(tree.cover, leaf);
    node += tree.feature.length;
    leaf += tree.value.length;
  });
  return flat;
}

/** Raw log-odds of a vector, in plain loops: the twin that the kernel's scorer is held against. */
export function treesScorer(ensemble: TreeEnsemble): (vector: Float64Array) => number {
  const { base, roots, feature, threshold, missingLeft, left, right, value } = ensemble;
  return (vector) => {
    let sum = base;
    for (let t = 0; t < roots.length; t++) {
      let node = roots[t];
      while (node >= 0) {
        const x = vector[feature[node]];
        if (x <= threshold[node]) node = left[node];
        else if (!Number.isNaN(x) || missingLeft[node] === 0) node = right[node];
        else node = left[node];
      }
      sum += value[~node];
    }
    return sum;
  };
}

/** Sum of split gains and number of splits, by feature. */
export function treesImportance(ensemble: TreeEnsemble): { gain: Float64Array; splits: Int32Array } {
  const gain = new Float64Array(ensemble.features);
  const splits = new Int32Array(ensemble.features);
  for (let node = 0; node < ensemble.feature.length; node++) {
    gain[ensemble.feature[node]] += ensemble.gain[node];
    splits[ensemble.feature[node]]++;
  }
  return { gain, splits };
}

/** `score` and `explain` of an ensemble; see models/model.ts for what they promise. */
export function treesModel(ensemble: TreeEnsemble) {
  const kernel = createKernel();
  return { score: treeScorer(ensemble, kernel).score, explain: attributionOf(ensemble, undefined, kernel) };
}

const FORMAT = 1;

export function encodeTrees(ensemble: TreeEnsemble): { head: Record<string, unknown>; body: Uint8Array } {
  const { base, features, ...arrays } = ensemble;
  const { layout, body } = packArrays(arrays);
  return { head: { format: FORMAT, base, features, trees: ensemble.roots.length, layout }, body };
}

/** The ensemble of a head and a body. Throws `invalid_request` where a child, feature or leaf is out of range. */
export function decodeTrees(head: Record<string, unknown>, body: Uint8Array): TreeEnsemble {
  if (head.format !== FORMAT) throw new AssayError('invalid_request', `trees: unknown format ${String(head.format)}`);
  const layout = head.layout as ArrayPlace[];
  const read = <T extends 'f64' | 'i32' | 'u8'>(name: string, type: T) => unpackArray(layout, body, name, type);
  const ensemble: TreeEnsemble = {
    base: head.base as number,
    features: head.features as number,
    roots: read('roots', 'i32'),
    feature: read('feature', 'i32'),
    threshold: read('threshold', 'f64'),
    missingLeft: read('missingLeft', 'u8'),
    left: read('left', 'i32'),
    right: read('right', 'i32'),
    gain: read('gain', 'f64'),
    value: read('value', 'f64'),
    cover: read('cover', 'f64'),
  };
  checkTrees(ensemble);
  return ensemble;
}

/** Children come after their parent, so that no vector can send the scorer round in circles or out of bounds. */
function checkTrees(trees: TreeEnsemble): void {
  const nodes = trees.feature.length;
  const leaves = trees.value.length;
  const bad = (what: string) => new AssayError('invalid_request', `trees: ${what} out of range`);
  const same = [trees.threshold, trees.missingLeft, trees.left, trees.right, trees.gain];
  if (same.some(({ length }) => length !== nodes) || trees.cover.length !== leaves) throw bad('an array length');
  if (!Number.isFinite(trees.base) || !trees.value.every(Number.isFinite)) throw bad('a value');
  if (trees.roots.some((child) => child >= nodes || ~child >= leaves)) throw bad('a root');
  for (let node = 0; node < nodes; node++) {
    if (!(trees.feature[node] >= 0 && trees.feature[node] < trees.features)) throw bad('a feature');
    for (const child of [trees.left[node], trees.right[node]]) {
      if (child >= 0 ? child <= node || child >= nodes : ~child >= leaves) throw bad('a child');
    }
  }
}
