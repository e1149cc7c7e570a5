/** Boosting on the logistic loss: each tree corrects what those before it got wrong (Friedman 2001; Newton leaves). */
import { createKernel } from '../../kernel/kernel.ts';
import type { Tree } from '../../models/trees.ts';
import type { Dataset } from '../dataset.ts';
import { averagePrecision, logLossOfRaw } from '../metrics.ts';
import { applyCuts, type BinnedMatrix, binColumns } from './bins.ts';
import { type GrownTree, growerMemory, growTree } from './grower.ts';
import { type HistogramBuilder, kernelHistograms, packPairs } from './histogram.ts';
import { checkTreesOptions, type TreesOptions } from './options.ts';
import { addTree } from './predictor.ts';
import { type Random, sampleIndices, seededRandom } from './random.ts';

export interface Boosted {
  /** The prior's log-odds, to which every tree adds. */
  base: number;
  /** Leaf values include the learning rate. */
  trees: Tree[];
  /** The validation metric after each round that was run; empty without validation. */
  history: number[];
}

/**
 * Pure: the same data and options give the same bits, by any builder of histograms. `progress` is told the share of
 * rounds done.
 */
export function boost(
  train: Dataset,
  validation: Dataset | undefined,
  options: TreesOptions,
  progress?: (share: number) => void,
  builder: HistogramBuilder = kernelHistograms(createKernel()),
): Boosted {
  checkTreesOptions(options);
  const { rows, labels } = train;
  if (rows === 0 || train.columns.length === 0) throw new RangeError('trees need at least one row and one feature');
  const weights = rowWeights(train, options.positiveWeight);
  const base = priorLogOdds(labels, weights);
  const matrix = binColumns(train.columns, labels, options, builder.int32);
  const random = seededRandom(options.seed);
  const memory = growerMemory(rows, builder);
  const scores = new Float64Array(rows).fill(base);
  const gradients = new Float64Array(rows);
  const hessians = new Float64Array(rows);
  const pairs = new Float64Array(2 * rows);
  // Rows without a fraud, or of frauds only, cannot judge a ranking: then every round is kept.
  const judge = validation && hasBoth(validation) ? earlyStopping(validation, matrix, base, options) : undefined;
  const trees: Tree[] = [];
  for (let round = 0; round < options.rounds; round++) {
    logisticGradients(scores, labels, weights, gradients, hessians);
    const packing = packPairs(gradients, hessians, pairs);
    const sampled = sampleRows(rows, options.rowShare, random, memory.rows);
    const features = sampleFeatures(matrix.features, options.featureShare, random);
    const grown = growTree(matrix, pairs, packing, sampled.count, features, options, memory);
    // A stump without a split means that nothing is left to learn.
    if (grown.tree.feature.length === 0 && options.rowShare === 1 && options.featureShare === 1) break;
    for (let leaf = 0; leaf < grown.tree.value.length; leaf++) grown.tree.value[leaf] *= options.learningRate;
    addToScores(grown, matrix, memory.rows, sampled.left, scores);
    trees.push(grown.tree);
    progress?.((round + 1) / options.rounds);
    if (judge?.(grown.tree)) break;
  }
  return { base, trees: judge ? trees.slice(0, judge.best()) : trees, history: judge ? judge.history : [] };
}

function hasBoth({ labels }: Dataset): boolean {
  return labels.includes(0) && labels.includes(1);
}

/** g = w (p − y) and h = w p (1 − p), by row. */
function logisticGradients(
  scores: Float64Array,
  labels: Uint8Array,
  weights: Float64Array | undefined,
  gradients: Float64Array,
  hessians: Float64Array,
): void {
  for (let row = 0; row < scores.length; row++) {
    const p = 1 / (1 + Math.exp(-scores[row]));
    const weight = weights ? weights[row] : 1;
    gradients[row] = weight * (p - labels[row]);
    hessians[row] = weight * p * (1 - p);
  }
}

function rowWeights(train: Dataset, positiveWeight: number | 'balanced'): Float64Array | undefined {
  if (positiveWeight === 1) return train.weights;
  let positive = 0;
  let negative = 0;
  for (let row = 0; row < train.rows; row++) {
    const weight = train.weights ? train.weights[row] : 1;
    if (train.labels[row]) positive += weight;
    else negative += weight;
  }
  const factor = positiveWeight === 'balanced' ? (positive > 0 ? negative / positive : 1) : positiveWeight;
  return Float64Array.from(
    train.labels,
    (label, row) => (train.weights ? train.weights[row] : 1) * (label ? factor : 1),
  );
}

/** Log-odds of the weighted share of frauds, kept finite where a class is absent. */
function priorLogOdds(labels: Uint8Array, weights: Float64Array | undefined): number {
  let positive = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const weight = weights ? weights[row] : 1;
    positive += labels[row] * weight;
    total += weight;
  }
  const share = Math.min(Math.max(positive / total, 1e-6), 1 - 1e-6);
  return Math.log(share / (1 - share));
}

/** Fills `rows` with the sampled rows, ascending; `left` are the others. */
function sampleRows(total: number, share: number, random: Random, rows: Int32Array) {
  if (share === 1) {
    for (let row = 0; row < total; row++) rows[row] = row;
    return { count: total, left: undefined };
  }
  const wanted = Math.max(1, Math.round(total * share));
  const left = new Int32Array(total - wanted);
  let count = 0;
  let skipped = 0;
  for (let row = 0; row < total; row++) {
    if (random() * (total - row) < wanted - count) rows[count++] = row;
    else left[skipped++] = row;
  }
  return { count, left };
}

function sampleFeatures(total: number, share: number, random: Random): Int32Array {
  if (share === 1) return Int32Array.from({ length: total }, (_, feature) => feature);
  return sampleIndices(total, Math.max(1, Math.round(total * share)), random);
}

function addToScores(
  { tree, leafFrom, leafTo }: GrownTree,
  matrix: BinnedMatrix,
  rows: Int32Array,
  outside: Int32Array | undefined,
  scores: Float64Array,
): void {
  for (let leaf = 0; leaf < leafFrom.length; leaf++) {
    const value = tree.value[leaf];
    for (let i = leafFrom[leaf]; i < leafTo[leaf]; i++) scores[rows[i]] += value;
  }
  if (outside) addTree(tree, matrix, 1, scores, outside);
}

/** A judge that is told each tree and answers whether to stop; `best()` is how many trees to keep. */
function earlyStopping(validation: Dataset, matrix: BinnedMatrix, base: number, options: TreesOptions) {
  const binned = applyCuts(validation.columns, matrix.cuts, validation.rows);
  const scores = new Float64Array(validation.rows).fill(base);
  const history: number[] = [];
  let bestRound = 0;
  const better = (a: number, b: number) => (options.stopMetric === 'averagePrecision' ? a > b : a < b);
  const judge = (tree: Tree): boolean => {
    addTree(tree, binned, 1, scores);
    const result =
      options.stopMetric === 'averagePrecision'
        ? averagePrecision(scores, validation.labels)
        : logLossOfRaw(scores, validation.labels);
    history.push(result);
    if (history.length === 1 || better(result, history[bestRound])) bestRound = history.length - 1;
    return options.stopAfter > 0 && history.length - 1 - bestRound >= options.stopAfter;
  };
  return Object.assign(judge, { history, best: () => (options.stopAfter > 0 ? bestRound + 1 : history.length) });
}
