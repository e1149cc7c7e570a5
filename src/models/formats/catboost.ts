/**
 * Reads CatBoost's own JSON (`save_model(format='json')`): symmetric trees and trees that nest, numeric features. A split
 * is true where the value, rounded to float32, is greater than the border. NaN is true where it is treated "AsTrue", else
 * false.
 *
 *   symmetric tree, depth d: splits[0..d), leaf index = Σ (split i is true) · 2^i, leaf_values[2^d]
 */
import { boundaryNotAbove } from './float32.ts';
import { type ForeignModel, type ForeignSplit, type ForeignTree, refusal } from './foreign.ts';
import type { ReadTreesOptions } from './lightgbm.ts';

type Json = Record<string, unknown>;

const refuse = (what: string) => refusal('CatBoost', what);

export function isCatboost(file: unknown): boolean {
  const { features_info, oblivious_trees, trees } = (file ?? {}) as Json;
  return features_info !== undefined && (oblivious_trees !== undefined || trees !== undefined);
}

/** Objectives whose raw score is the log-odds. */
const LOGISTIC = ['Logloss', 'CrossEntropy'];

/** Deeper symmetric trees than this are not trained by CatBoost. */
const DEPTH_MOST = 16;

/** Takes the parsed file. Throws `invalid_request`, naming what is not supported or malformed. */
export function readCatboost(file: unknown, options: ReadTreesOptions = {}): ForeignModel {
  const model = file as Json;
  const info = (model.model_info ?? {}) as Json;
  const features = featuresOf(model);
  const objective = objectiveOf(info);
  const [scale, bias] = scaleOf(model.scale_and_bias);
  const symmetric = Array.isArray(model.oblivious_trees);
  const list = (symmetric ? model.oblivious_trees : model.trees) as Json[];
  if (!Array.isArray(list)) throw refuse('it has no trees');
  const trees = list.slice(0, options.rounds).map((tree, t) => {
    const bad = (what: string) => refuse(`tree ${t}: ${what}`);
    const read = symmetric ? symmetricTree(tree, features, bad) : nestedTree(tree, features, bad);
    for (const leaf of read.leaves) leaf.value *= scale;
    return read;
  });
  const classes = ((info.class_params as Json | undefined)?.class_names ?? undefined) as unknown[] | undefined;
  return {
    format: 'catboost',
    names: features.map(({ name }) => name),
    base: bias,
    trees,
    calibration: { kind: 'none' },
    options: { objective, symmetric, trees: trees.length },
    notes: [],
    classes: Array.isArray(classes) && classes.length > 0 ? classes.map(String) : undefined,
  };
}

interface Feature {
  name: string;
  missingTrue: boolean;
}

function featuresOf({ features_info }: Json): Feature[] {
  const info = (features_info ?? {}) as Json;
  for (const kind of ['categorical_features', 'text_features', 'embedding_features']) {
    const list = info[kind] as unknown[] | undefined;
    if (!Array.isArray(list) || list.length === 0) continue;
    throw refuse(
      `${kind.replace('_', ' ')} are not supported: it keeps hashes of their words. Train on numbers, or save it as something else`,
    );
  }
  const list = info.float_features as Json[] | undefined;
  if (!Array.isArray(list)) throw refuse('"float_features" is missing');
  return list.map((feature, i) => {
    if (feature?.feature_index !== i) throw refuse(`float feature ${i} is not in its place`);
    const treatment = String(feature.nan_value_treatment ?? 'AsIs');
    if (!['AsIs', 'AsFalse', 'AsTrue'].includes(treatment))
      throw refuse(`nan_value_treatment "${treatment}" is not known`);
    const name = feature.feature_id ?? feature.feature_name;
    return { name: typeof name === 'string' && name !== '' ? name : String(i), missingTrue: treatment === 'AsTrue' };
  });
}

function objectiveOf(info: Json): string {
  let parameters = info.params;
  try {
    if (typeof parameters === 'string') parameters = JSON.parse(parameters);
  } catch {
    throw refuse('its parameters are not JSON');
  }
  const type = ((parameters as Json | undefined)?.loss_function as Json | undefined)?.type;
  if (!LOGISTIC.includes(String(type))) {
    throw refuse(`loss function "${String(type)}" is not supported; ${LOGISTIC.join(' and ')} give a probability`);
  }
  return String(type);
}

function scaleOf(pair: unknown): [scale: number, bias: number] {
  const [scale, biases] = (Array.isArray(pair) ? pair : [1, [0]]) as [unknown, unknown];
  const list = Array.isArray(biases) ? biases : [biases];
  if (list.length > 1) throw refuse('multi-class models are not supported');
  const bias = list.length === 0 ? 0 : Number(list[0]);
  if (typeof scale !== 'number' || !Number.isFinite(scale + bias)) throw refuse('"scale_and_bias" is malformed');
  return [scale, bias];
}

type Bad = (what: string) => Error;

/** "True" is our right child, as it is the greater side. */
function splitOf(split: Json, features: Feature[], bad: Bad): Omit<ForeignSplit, 'left' | 'right'> {
  if (split?.split_type !== 'FloatFeature') throw bad(`split type "${String(split?.split_type)}" is not supported`);
  const feature = Number(split.float_feature_index);
  if (!features[feature] || typeof split.border !== 'number') throw bad('a split is malformed');
  const threshold = boundaryNotAbove(Math.fround(split.border));
  return { feature, decision: { kind: 'number', threshold, missingLeft: !features[feature].missingTrue }, gain: 0 };
}

function symmetricTree(tree: Json, features: Feature[], bad: Bad): ForeignTree {
  const splits = (tree.splits ?? []) as Json[];
  const values = tree.leaf_values as number[];
  const weights = (tree.leaf_weights ?? []) as number[];
  const depth = splits.length;
  if (depth > DEPTH_MOST) throw bad('it is too deep');
  if (Array.isArray(values) && values.length > 2 ** depth) throw bad('multi-class models are not supported');
  if (!Array.isArray(values) || values.length !== 2 ** depth) throw bad('"leaf_values" do not fit the splits');
  const levels = splits.map((split) => splitOf(split, features, bad));
  const nodes: ForeignSplit[] = [];
  // The last split is asked first, as it is the highest bit of the leaf's place.
  const grow = (level: number, place: number): number => {
    if (level < 0) return ~place;
    const at = nodes.push({ ...levels[level], left: 0, right: 0 }) - 1;
    nodes[at].left = grow(level - 1, place);
    nodes[at].right = grow(level - 1, place + 2 ** level);
    return at;
  };
  const root = grow(depth - 1, 0);
  return { root, splits: nodes, leaves: values.map((value, i) => ({ value, cover: weights[i] ?? 0 })) };
}

/** Splits nest at most so deep, so that a made-up file cannot exhaust the stack. */
const NESTING_MOST = 1000;

function nestedTree(tree: Json, features: Feature[], bad: Bad): ForeignTree {
  const splits: ForeignSplit[] = [];
  const leaves: ForeignTree['leaves'] = [];
  const grow = (node: Json, depth: number): number => {
    if (node === null || typeof node !== 'object' || depth > NESTING_MOST) throw bad('a node is malformed');
    if (node.split === undefined) {
      const value = Array.isArray(node.value) && node.value.length === 1 ? node.value[0] : node.value;
      if (typeof value !== 'number') throw bad('a leaf is not one number');
      return ~(leaves.push({ value, cover: Number(node.weight ?? 0) }) - 1);
    }
    const at = splits.push({ ...splitOf(node.split as Json, features, bad), left: 0, right: 0 }) - 1;
    splits[at].left = grow(node.left as Json, depth + 1);
    splits[at].right = grow(node.right as Json, depth + 1);
    return at;
  };
  return { root: grow(tree, 0), splits, leaves };
}
