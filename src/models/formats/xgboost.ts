/**
 * Reads XGBoost's JSON and UBJSON models (`booster.save_model`): gbtree and dart, logistic objectives, numeric and
 * categorical splits. XGBoost computes in float32: a value is rounded to float32 before it is compared, and the
 * comparison is x < t.
 */

import { boundaryBelow } from './float32.ts';
import { type Decision, type ForeignModel, type ForeignSplit, type ForeignTree, refusal } from './foreign.ts';
import type { ReadTreesOptions } from './lightgbm.ts';

type Json = Record<string, unknown>;

const refuse = (what: string) => refusal('XGBoost', what);

const fround = Math.fround;

/** Takes the parsed file. Throws `invalid_request`, naming what is not supported or malformed. */
export function readXgboost(file: unknown, options: ReadTreesOptions = {}): ForeignModel {
  const learner = child(file, 'learner');
  const parameters = child(learner, 'learner_model_param');
  const objective = String(child(learner, 'objective').name);
  const booster = child(learner, 'gradient_booster');
  const kind = String(booster.name);
  if (kind !== 'gbtree' && kind !== 'dart') throw refuse(`booster "${kind}" is not supported; gbtree and dart are`);
  if (Number(parameters.num_class) > 1)
    throw refuse(`multi-class models are not supported (num_class=${parameters.num_class})`);
  if (Number(parameters.num_target ?? 1) > 1) throw refuse('models of several targets are not supported');
  const model = child(kind === 'dart' ? child(booster, 'gbtree') : booster, 'model');
  const count = Number(parameters.num_feature);
  const parallel = Math.max(1, Number(child(model, 'gbtree_model_param').num_parallel_tree ?? 1));
  const best = bestRounds(learner);
  const rounds = options.rounds ?? best;
  const all = array(model, 'trees');
  const list = all.slice(0, rounds === undefined ? undefined : rounds * parallel);
  const drops = kind === 'dart' ? numbers(booster, 'weight_drop') : undefined;
  const trees = list.map((tree, t) => readTree(tree as Json, t, drops ? drops[t] : 1, options.missing));
  const names = (learner.feature_names ?? []) as string[];
  return {
    format: 'xgboost',
    names: names.length > 0 ? names : Array.from({ length: count }, (_, i) => `f${i}`),
    base: baseOf(objective, parameters.base_score),
    trees,
    calibration: { kind: 'none' },
    options: { objective, booster: kind, trees: trees.length, version: (file as Json).version },
    notes: notesOf(learner, model, { ...options, best, all: all.length / parallel }),
  };
}

/** The base score is a probability in logistic objectives; newer versions write a list of one. */
function baseOf(objective: string, score: unknown): number {
  const value = fround(Number(String(score).replace(/^\[|\]$/g, '')));
  if (!Number.isFinite(value)) throw refuse(`base_score ${String(score)} is not one number`);
  if (objective === 'binary:logitraw') return value;
  if (objective !== 'binary:logistic' && objective !== 'reg:logistic') {
    throw refuse(`objective "${objective}" is not supported; binary:logistic, reg:logistic and binary:logitraw are`);
  }
  if (!(value > 0 && value < 1)) throw refuse(`base_score ${value} is not a probability`);
  return fround(-Math.log(fround(fround(1 / value) - 1)));
}

/** Where training stopped early, as predict_proba of the library's scikit-learn classes has it. */
function bestRounds(learner: Json): number | undefined {
  const best = (learner.attributes as Json | undefined)?.best_iteration;
  if (best === undefined) return undefined;
  const round = Number(best) + 1;
  if (!Number.isInteger(round) || round < 1) throw refuse(`best_iteration ${String(best)} is no round`);
  return round;
}

function notesOf(
  learner: Json,
  model: Json,
  { rounds, best, all, missing }: ReadTreesOptions & { best: number | undefined; all: number },
): string[] {
  const notes: string[] = [];
  if (best !== undefined && rounds === undefined && all > best) {
    notes.push(
      `Training stopped early: the first ${best} of ${all} rounds were read, as predict_proba does. Booster.predict takes all (--rounds ${all}).`,
    );
  }
  if (missing === undefined) {
    notes.push(
      'Missing is NaN; an XGBoost that was told otherwise (missing=-999) does not write it down: --missing -999.',
    );
  }
  return [...notes, ...categoryNotes(learner, (model.cats ?? {}) as Json)];
}

/** Names of categories, which newer versions keep: offsets into UTF-8 bytes, or numbers. */
function categoryNotes(learner: Json, cats: Json): string[] {
  const encodings = (Array.isArray(cats.enc) ? cats.enc : []) as Json[];
  const names = (learner.feature_names ?? []) as string[];
  return encodings.flatMap((encoding, feature) => {
    const values = (Array.isArray(encoding?.values) ? encoding.values : []) as number[];
    if (values.length === 0) return [];
    const offsets = (Array.isArray(encoding.offsets) ? encoding.offsets : []) as number[];
    const bytes = Uint8Array.from(values);
    const words =
      offsets.length > 0
        ? offsets.slice(1).map((to, i) => new TextDecoder().decode(bytes.subarray(offsets[i], to)))
        : values.map(String);
    const list = words.map((word, code) => `${code} ${word}`).join(', ');
    return [`Categories of ${names[feature] ?? `feature ${feature}`} are read as the codes ${list.slice(0, 300)}.`];
  });
}

function readTree(tree: Json, t: number, weight: number, missing: number | undefined): ForeignTree {
  const bad = (what: string) => refuse(`tree ${t}: ${what}`);
  if (Number(child(tree, 'tree_param').size_leaf_vector ?? 0) > 1)
    throw bad('leaves of several outputs are not supported');
  const left = numbers(tree, 'left_children');
  const right = numbers(tree, 'right_children');
  const condition = numbers(tree, 'split_conditions');
  const feature = numbers(tree, 'split_indices');
  const cover = numbers(tree, 'sum_hessian');
  const gain = numbers(tree, 'loss_changes');
  const defaultLeft = numbers(tree, 'default_left');
  const type = tree.split_type === undefined ? feature.map(() => 0) : numbers(tree, 'split_type');
  const nodes = left.length;
  if ([right, condition, feature, cover, gain, defaultLeft, type].some(({ length }) => length !== nodes)) {
    throw bad('arrays of different lengths');
  }
  const sets = setsOf(tree);
  const splits: ForeignSplit[] = [];
  const leaves: ForeignTree['leaves'] = [];
  // Node n as a child of our own: splits and leaves are numbered apart.
  const places = left.map((to, node) => {
    if (to !== -1) return splits.push(placeholder) - 1;
    return ~(leaves.push({ value: fround(fround(weight) * fround(condition[node])), cover: cover[node] }) - 1);
  });
  left.forEach((to, node) => {
    if (to === -1) return;
    const read = decisionOf(type[node], condition[node], defaultLeft[node] === 1, sets.get(node), bad);
    const decision = missing === undefined || Number.isNaN(missing) ? read : without(read, fround(missing), bad);
    const [a, b] = [places[to], places[right[node]]];
    if (a === undefined || b === undefined) throw bad('a child is out of range');
    splits[places[node]] = { feature: feature[node], decision, gain: gain[node], left: a, right: b };
  });
  if (nodes === 0) throw bad('it has no nodes');
  return { root: places[0], splits, leaves };
}

const placeholder: ForeignSplit = {
  feature: 0,
  decision: { kind: 'number', threshold: 0, missingLeft: false },
  gain: 0,
  left: 0,
  right: 0,
};

function decisionOf(
  type: number,
  condition: number,
  missingLeft: boolean,
  codes: number[] | undefined,
  bad: (what: string) => Error,
): Decision {
  if (type === 0 && !Number.isFinite(condition)) throw bad('a threshold is not finite');
  if (type === 0) return { kind: 'number', threshold: boundaryBelow(fround(condition)), missingLeft };
  if (type !== 1 || !codes) throw bad(`split type ${type} is not known, or its categories are missing`);
  return { kind: 'set', codes, inLeft: false, missingLeft };
}

/** A value that counts as missing, beside NaN. */
function without(decision: Decision, value: number, bad: (what: string) => Error): Decision {
  if (decision.kind !== 'number') throw bad('--missing is not supported beside categories: make these values blank');
  return { ...decision, kind: 'except', value };
}

/** Categories of a node: those that go right. */
function setsOf(tree: Json): Map<number, number[]> {
  if (tree.categories_nodes === undefined) return new Map();
  const categories = numbers(tree, 'categories');
  const from = numbers(tree, 'categories_segments');
  const size = numbers(tree, 'categories_sizes');
  return new Map(
    numbers(tree, 'categories_nodes').map((node, i) => [node, categories.slice(from[i], from[i] + size[i])]),
  );
}

function child(of: unknown, key: string): Json {
  const value = (of as Json | null)?.[key];
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw refuse(`"${key}" is missing: not a saved model`);
  return value as Json;
}

function array(of: Json, key: string): unknown[] {
  const value = of[key];
  if (!Array.isArray(value)) throw refuse(`"${key}" is missing`);
  return value;
}

function numbers(of: Json, key: string): number[] {
  const list = array(of, key).map(Number);
  if (list.some(Number.isNaN)) throw refuse(`"${key}" must hold numbers`);
  return list;
}
