/**
 * Isolation forests (Liu, Ting and Zhou 2008) behind the `Learner` port: for data without labels, which are not looked
 * at. Trees split small samples at random places; a row that is soon alone is unusual.
 */

import { attributionOf } from '../../kernel/attribution.ts';
import { treeScorer } from '../../kernel/trees.ts';
import { encodeTrees, flattenTrees, type Tree, type TreeEnsemble, treesImportance } from '../../models/trees.ts';
import type { Dataset } from '../dataset.ts';
import { type Random, sampleIndices, seededRandom } from '../gbdt/random.ts';
import type { Fitted, Learner } from '../learner.ts';

export interface IsolationOptions {
  trees: number;
  /** Rows of a tree; its depth is at most the next whole number above the base-2 logarithm. */
  sampleRows: number;
  seed: number;
}

export const ISOLATION_DEFAULTS: IsolationOptions = { trees: 100, sampleRows: 256, seed: 1 };

export interface FittedIsolation extends Fitted {
  ensemble: TreeEnsemble;
}

/** Rows by which scores are standardised at most, evenly spaced. */
const MEASURED_ROWS = 100_000;

/**
 * The score is how many deviations shorter a row's mean path is than usual: mean 0 and deviation 1 over the training
 * rows, higher is more unusual. A sum over trees, so attributions are exact.
 */
export function fitIsolation(
  train: Dataset,
  _validation: Dataset | undefined,
  options: Partial<IsolationOptions> = {},
  progress?: (share: number) => void,
): FittedIsolation {
  const settings = { ...ISOLATION_DEFAULTS, ...options };
  check(train, settings);
  const seeds = seededRandom(settings.seed);
  const trees: Tree[] = [];
  for (let t = 0; t < settings.trees; t++) {
    const random = seededRandom(Math.floor(seeds() * 2 ** 32));
    trees.push(growTree(train, sampleIndices(train.rows, settings.sampleRows, random), random));
    progress?.((t + 1) / settings.trees);
  }
  const ensemble = standardise(flattenTrees(0, train.columns.length, trees), train);
  let explain: Fitted['explain'] | undefined;
  return {
    score: treeScorer(ensemble).score,
    explain: (vector, out) => (explain ??= attributionOf(ensemble))(vector, out),
    ensemble,
    importance: treesImportance(ensemble),
    toArtifact: () => ({ kind: 'isolation', ...encodeTrees(ensemble) }),
  };
}

export const isolationLearner: Learner<IsolationOptions> = {
  name: 'isolation',
  unlabelled: true,
  defaults: ISOLATION_DEFAULTS,
  fit: fitIsolation,
};

function check(train: Dataset, { trees, sampleRows }: IsolationOptions): void {
  if (train.rows === 0 || train.columns.length === 0) {
    throw new RangeError('an isolation forest needs at least one row and one feature');
  }
  const whole = (name: string, value: number, low: number, high: number) => {
    if (!(Number.isInteger(value) && value >= low && value <= high)) {
      throw new RangeError(`${name} must be a whole number within ${low}..${high}, got ${value}`);
    }
  };
  whole('trees', trees, 1, 10_000);
  whole('sampleRows', sampleRows, 2, 65_536);
}

const EULER = 0.5772156649015329;

/** Mean length of an unsuccessful search in a binary search tree of so many rows: what a leaf of them is worth. */
function pathBeyond(rows: number): number {
  if (rows < 2) return 0;
  return rows === 2 ? 1 : 2 * (Math.log(rows - 1) + EULER) - (2 * (rows - 1)) / rows;
}

/** Leaf values are path lengths; gains are rows parted, so that importance says what parted most. */
function growTree(data: Dataset, rows: Int32Array, random: Random): Tree {
  const depthMost = Math.ceil(Math.log2(rows.length));
  const nodes = { feature: [], threshold: [], missingLeft: [], left: [], right: [], gain: [] } as Record<
    'feature' | 'threshold' | 'missingLeft' | 'left' | 'right' | 'gain',
    number[]
  >;
  const value: number[] = [];
  const cover: number[] = [];
  const grow = (own: Int32Array, depth: number): number => {
    const split = depth < depthMost && own.length > 1 ? randomSplit(data, own, random) : undefined;
    if (!split) {
      value.push(depth + pathBeyond(own.length));
      cover.push(own.length);
      return ~(value.length - 1);
    }
    const node = nodes.feature.length;
    nodes.feature.push(split.feature);
    nodes.threshold.push(split.threshold);
    nodes.missingLeft.push(split.missingLeft ? 1 : 0);
    nodes.gain.push(own.length);
    nodes.left.push(0);
    nodes.right.push(0);
    nodes.left[node] = grow(split.left, depth + 1);
    nodes.right[node] = grow(split.right, depth + 1);
    return node;
  };
  grow(rows, 0);
  return {
    feature: Int32Array.from(nodes.feature),
    threshold: Float64Array.from(nodes.threshold),
    missingLeft: Uint8Array.from(nodes.missingLeft),
    left: Int32Array.from(nodes.left),
    right: Int32Array.from(nodes.right),
    gain: Float64Array.from(nodes.gain),
    value: Float64Array.from(value),
    cover: Float64Array.from(cover),
  };
}

/** A feature that varies among the rows and a place between its least and its greatest value, both at random. */
function randomSplit({ columns }: Dataset, rows: Int32Array, random: Random) {
  const open = Array.from(columns.keys());
  while (open.length > 0) {
    const at = Math.floor(random() * open.length);
    const feature = open[at];
    open[at] = open[open.length - 1];
    open.pop();
    const column = columns[feature];
    let [least, most, missing] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const row of rows) {
      const x = column[row];
      if (Number.isNaN(x)) missing++;
      else {
        least = Math.min(least, x);
        most = Math.max(most, x);
      }
    }
    const present = rows.length - missing;
    if (!(least < most) && (missing === 0 || present === 0)) continue;
    // Where all that is present is equal, what is missing is parted from it.
    const threshold = least < most ? placeBetween(least, most, random) : Number.POSITIVE_INFINITY;
    const below = (row: number) => column[row] <= threshold;
    const lower = rows.filter(below).length;
    const missingLeft = least < most && 2 * lower >= present;
    const toLeft = (row: number) => below(row) || (missingLeft && Number.isNaN(column[row]));
    return { feature, threshold, missingLeft, left: rows.filter(toLeft), right: rows.filter((row) => !toLeft(row)) };
  }
  return undefined;
}

/** least ≤ place < most. */
function placeBetween(least: number, most: number, random: Random): number {
  const share = random();
  const place = least * (1 - share) + most * share;
  return place >= least && place < most ? place : least;
}

/** Turns path lengths into deviations from their mean over the training rows. */
function standardise(paths: TreeEnsemble, train: Dataset): TreeEnsemble {
  const step = Math.max(1, Math.ceil(train.rows / MEASURED_ROWS));
  const scorer = treeScorer(paths);
  const vector = new Float64Array(train.columns.length);
  let [count, mean, squares] = [0, 0, 0];
  for (let row = 0; row < train.rows; row += step) {
    for (let i = 0; i < vector.length; i++) vector[i] = train.columns[i][row];
    const length = scorer.score(vector);
    count++;
    const off = length - mean;
    mean += off / count;
    squares += off * (length - mean);
  }
  // Where all rows are alike, what is left of a deviation is rounding.
  const spread = Math.sqrt(squares / count);
  const deviation = spread > 1e-9 * mean ? spread : 1;
  return { ...paths, base: mean / deviation, value: paths.value.map((length) => -length / deviation) };
}
