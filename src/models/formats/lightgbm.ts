/**
 * Reads LightGBM's text format (`booster.save_model`), v3 and v4: one class, numeric and categorical splits, all three
 * ways to handle missing values, and every boosting (gbdt, dart, goss, rf). Each tree is a block of `key=values` lines.
 */
import type { Calibration } from '../calibrator.ts';
import { ZERO } from './columns.ts';
import { below64 } from './float32.ts';
import { type Decision, type ForeignModel, type ForeignTree, refusal } from './foreign.ts';

export interface ReadTreesOptions {
  /** Only the first so many rounds. */
  rounds?: number;
  /** XGBoost: what the library was told that missing values are; NaN always is. */
  missing?: number;
}

type Block = Map<string, string>;

const refuse = (what: string) => refusal('LightGBM', what);

export function isLightgbm(text: string): boolean {
  return /^tree\r?\n/.test(text);
}

/** Throws `invalid_request`, naming what is not supported or malformed. */
export function readLightgbm(text: string, options: ReadTreesOptions = {}): ForeignModel {
  const end = text.indexOf('\nend of trees');
  if (!isLightgbm(text) || end < 0)
    throw refuse('not a whole text model: it must begin with "tree" and hold "end of trees"');
  const [head, ...blocks] = text.slice(0, end).split(/\nTree=\d+\r?\n/);
  const header = linesOf(head);
  checkHeader(header);
  const trees = blocks.slice(0, options.rounds).map((block, t) => readTree(linesOf(block), t));
  const averaged = header.has('average_output');
  // Each round of a random forest votes with the same weight.
  if (averaged) for (const tree of trees) for (const leaf of tree.leaves) leaf.value /= trees.length;
  const { calibration, objective } = objectiveOf(header.get('objective'));
  const boosting = /\[boosting: (\w+)\]/.exec(text.slice(end))?.[1];
  const names = (header.get('feature_names') ?? '').split(' ').filter((name) => name !== '');
  if (names.length !== Number(header.get('max_feature_idx')) + 1)
    throw refuse('feature_names do not fit max_feature_idx');
  return {
    format: 'lightgbm',
    names,
    base: 0,
    trees,
    calibration,
    options: { objective, boosting, averaged, rounds: trees.length, version: header.get('version') },
    notes: categoryNotes(text.slice(end)),
  };
}

function checkHeader(header: Block): void {
  const version = header.get('version');
  if (version !== 'v3' && version !== 'v4') throw refuse(`version "${version}" is not supported; v3 and v4 are`);
  if (header.get('num_class') !== '1' || header.get('num_tree_per_iteration') !== '1') {
    throw refuse(`multi-class models are not supported (num_class=${header.get('num_class')})`);
  }
}

function objectiveOf(line: string | undefined): { calibration: Calibration; objective: string } {
  const [name, ...settings] = (line ?? '').split(' ');
  if (name === 'cross_entropy') return { calibration: { kind: 'none' }, objective: name };
  if (name !== 'binary') {
    throw refuse(`objective "${name || 'none'}" is not supported; binary and cross_entropy give a probability`);
  }
  const sigmoid = Number(settings.find((setting) => setting.startsWith('sigmoid:'))?.slice(8) ?? 1);
  if (!(sigmoid > 0)) throw refuse(`sigmoid must be above 0`);
  return {
    calibration: sigmoid === 1 ? { kind: 'none' } : { kind: 'platt', slope: sigmoid, intercept: 0 },
    objective: name,
  };
}

/** The names of categories, where the model was trained on a data frame, follow the trees. */
function categoryNotes(tail: string): string[] {
  const list = /^pandas_categorical:(.*)$/m.exec(tail)?.[1]?.trim();
  if (list === undefined || list === 'null' || list === '[]') return [];
  return [`Categorical features are read as codes 0, 1, … in the order of ${list.slice(0, 200)}.`];
}

function readTree(block: Block, t: number): ForeignTree {
  const bad = (what: string) => refuse(`tree ${t}: ${what}`);
  if (block.get('is_linear') === '1') throw bad('linear trees (linear_tree=true) are not supported');
  const leaves = Number(block.get('num_leaves'));
  if (!(Number.isInteger(leaves) && leaves >= 1)) throw bad('num_leaves is missing');
  const numbers = (key: string, length: number, otherwise?: number): number[] => {
    const text = block.get(key);
    if ((text === undefined || text === '') && (length === 0 || otherwise !== undefined))
      return new Array(length).fill(otherwise);
    const values = (text ?? '').split(' ').map(numberOf);
    if (values.length !== length || values.some(Number.isNaN)) throw bad(`${key} must be ${length} numbers`);
    return values;
  };
  const splits = leaves - 1;
  const value = numbers('leaf_value', leaves);
  // A tree of one leaf may come without its count.
  const cover = numbers('leaf_count', leaves, leaves === 1 ? 1 : undefined);
  const feature = numbers('split_feature', splits);
  const gain = numbers('split_gain', splits, 0);
  const threshold = numbers('threshold', splits);
  const decision = numbers('decision_type', splits);
  const left = numbers('left_child', splits);
  const right = numbers('right_child', splits);
  const sets = readSets(block, numbers, bad);
  return {
    root: splits > 0 ? 0 : -1,
    leaves: value.map((v, i) => ({ value: v, cover: cover[i] })),
    splits: feature.map((f, i) => ({
      feature: f,
      decision: decisionOf(decision[i], threshold[i], sets, bad),
      gain: gain[i],
      left: left[i],
      right: right[i],
    })),
  };
}

/** Bit 0 of a decision type: categorical; bit 1: missing values go left; bits 2 and 3: what counts as missing. */
function decisionOf(type: number, threshold: number, sets: number[][], bad: (what: string) => Error): Decision {
  if ((type & 1) === 1) {
    if (!sets[threshold]) throw bad(`category set ${threshold} is missing`);
    return { kind: 'set', codes: sets[threshold], inLeft: true };
  }
  const missingLeft = (type & 2) !== 0;
  switch (type >> 2) {
    case 0:
      // Nothing is missing: NaN is read as 0.
      return { kind: 'number', threshold: beyondZero(threshold), missingLeft: threshold >= 0 };
    case 1:
      return { kind: 'nonzero', threshold, missingLeft };
    case 2:
      return { kind: 'number', threshold: beyondZero(threshold), missingLeft };
    default:
      throw bad(`decision type ${type} is not known`);
  }
}

/**
 * LightGBM reads every |x| ≤ ZERO of a row as 0. For a threshold within ±ZERO that means: all of them go where 0 goes.
 */
function beyondZero(threshold: number): number {
  if (!(Math.abs(threshold) <= ZERO)) return threshold;
  return threshold >= 0 ? ZERO : below64(-ZERO);
}

/**
 * Category sets: bit b of word w of a set is code 32 w + b; set i is the words from boundaries[i] to boundaries[i + 1].
 */
function readSets(
  block: Block,
  numbers: (key: string, length: number) => number[],
  bad: (what: string) => Error,
): number[][] {
  const count = Number(block.get('num_cat') ?? 0);
  if (count === 0) return [];
  const boundaries = numbers('cat_boundaries', count + 1);
  const words = numbers('cat_threshold', boundaries[count]);
  return Array.from({ length: count }, (_, i) => {
    if (!(boundaries[i] <= boundaries[i + 1])) throw bad('cat_boundaries must ascend');
    return words
      .slice(boundaries[i], boundaries[i + 1])
      .flatMap((word, w) =>
        Array.from({ length: 32 }, (_, bit) => ((word >>> bit) & 1 ? 32 * w + bit : -1)).filter((code) => code >= 0),
      );
  });
}

function linesOf(text: string): Block {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      if (line === '') return [];
      const at = line.indexOf('=');
      return [at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]] as [string, string][];
    }),
  );
}

function numberOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  if (text === '-inf') return Number.NEGATIVE_INFINITY;
  return text === '' ? Number.NaN : Number(text);
}
