/** Boosting on the logistic loss: each tree corrects what those before it got wrong (Friedman 2001; Newton leaves). */

import { availableParallelism, loadavg } from 'node:os';
import { moduleBeside } from '../../domain/beside.ts';
import { createKernel } from '../../kernel/kernel.ts';
import { type FoundedTeam, foundTeam, SOLO, TeamLost } from '../../kernel/team.ts';
import type { Tree } from '../../models/trees.ts';
import type { Dataset } from '../dataset.ts';
import { averagePrecision, logLossOfRaw } from '../metrics.ts';
import { binAsFirst, copyColumns, cutsOf, type LentColumns, lendColumns } from './binning.ts';
import type { BinnedMatrix } from './bins.ts';
import { type HistogramBuilder, kernelHistograms } from './histogram.ts';
import { checkTreesOptions, type TreesOptions } from './options.ts';
import { type Leader, runRounds, sampledRows } from './rounds.ts';
import { type Space, type SpaceSizes, trainingSpace } from './space.ts';
import type { WorkerData } from './worker.ts';

export interface Boosted {
  /** The prior's log-odds, to which every tree adds. */
  base: number;
  /** Leaf values include the learning rate. */
  trees: Tree[];
  /** The validation metric after each round that was run; empty without validation. */
  history: number[];
}

/** Below this many rows a second thread is not worth its start. */
const ROWS_FOR_THREADS = 100_000;

/**
 * Pure: the same data and options give the same bits, by any number of threads and by any builder of histograms (with
 * one given, by one thread). `progress` is told the share of rounds done, again from the start where threads fail and
 * one thread has to do it all.
 */
export function boost(
  train: Dataset,
  validation: Dataset | undefined,
  options: TreesOptions,
  progress?: (share: number) => void,
  builder?: HistogramBuilder,
  found: typeof foundTeam = foundTeam,
): Boosted {
  checkTreesOptions(options);
  const { rows } = train;
  if (rows === 0 || train.columns.length === 0) throw new RangeError('trees need at least one row and one feature');
  const threads = builder ? 1 : threadsFor(options.threads, rows);
  if (threads > 1) {
    try {
      return boostInTeam(train, validation, options, threads, found, progress);
    } catch (error) {
      if (!(error instanceof TeamLost)) throw error;
      process.emitWarning(`trees are trained by one thread: ${error.message}`, 'AssayWarning');
    }
  }
  const given = builder ?? kernelHistograms(createKernel());
  const run = prepare(train, validation, options, 1, given);
  binAsFirst(run.space, train, run.validation, options);
  run.matrix.cuts = cutsOf(run.space);
  return finish(run, runRounds(run.space, run.matrix, options, SOLO, given, { ...run.leader, progress }));
}

/** As many threads as wanted; where nothing is, as the number of rows and of idle cores suggest. */
function threadsFor(wanted: number | undefined, rows: number): number {
  if (wanted !== undefined) return Math.floor(wanted);
  if (rows <= ROWS_FOR_THREADS) return 1;
  // Threads meet thousands of times a second: on cores that others keep busy they would mostly wait for one another.
  const free = availableParallelism() - Math.max(0, loadavg()[0] - 1);
  return Math.min(4, Math.max(1, Math.round(free)));
}

function boostInTeam(
  train: Dataset,
  validation: Dataset | undefined,
  options: TreesOptions,
  threads: number,
  found: typeof foundTeam,
  progress?: (share: number) => void,
): Boosted {
  const kernel = createKernel();
  let run: Run;
  let team: FoundedTeam;
  let lent: LentColumns;
  try {
    run = prepare(train, validation, options, threads, kernel);
    const { sizes } = run;
    lent = lendColumns(sizes.features, sizes.rows, sizes.validationRows, threads);
    const data: WorkerData = { memory: kernel.memory, sizes, options, lent };
    team = found(threads, moduleBeside(import.meta.url, './worker'), data);
  } catch (error) {
    throw new TeamLost(error instanceof Error ? error.message : String(error));
  }
  try {
    // The others start meanwhile.
    copyColumns(lent, train, run.validation);
    binAsFirst(run.space, train, run.validation, options, lent);
    team.barrier();
    run.matrix.cuts = cutsOf(run.space);
    const builder = kernelHistograms(kernel, run.space.own[0].scratch);
    return finish(run, runRounds(run.space, run.matrix, options, team, builder, { ...run.leader, progress }));
  } finally {
    team.close();
  }
}

interface Run {
  base: number;
  sizes: SpaceSizes;
  space: Space;
  matrix: BinnedMatrix;
  leader: Leader;
  history: number[];
  /** How many of the trees to keep. */
  best(): number;
  train: Dataset;
  validation: Dataset | undefined;
  options: TreesOptions;
}

/** Makes the space; all of it is there before another thread looks. */
function prepare(
  train: Dataset,
  validation: Dataset | undefined,
  options: TreesOptions,
  threads: number,
  make: Parameters<typeof trainingSpace>[0],
): Run {
  const { rows, labels } = train;
  const weights = rowWeights(train, options.positiveWeight);
  // Rows without a fraud, or of frauds only, cannot judge a ranking: then every round is kept.
  const judged = validation && hasBoth(validation) ? validation : undefined;
  const sizes: SpaceSizes = {
    rows,
    features: train.columns.length,
    sampled: sampledRows(rows, options.rowShare),
    weighted: weights !== undefined,
    validationRows: judged?.rows ?? 0,
    threads,
    maxLeaves: options.maxLeaves,
  };
  const space = trainingSpace(make, sizes);
  const base = priorLogOdds(labels, weights);
  space.labels.set(labels);
  if (weights) space.weights?.set(weights);
  space.scores.fill(base);
  space.validation?.scores.fill(base);
  const matrix: BinnedMatrix = { rows, features: sizes.features, cuts: [], groups: space.groups };
  const { judge, history, best } = earlyStopping(space, judged, options);
  return { base, sizes, space, matrix, leader: { judge }, history, best, train, validation: judged, options };
}

function finish({ base, history, best, validation }: Run, trees: Tree[]): Boosted {
  return { base, trees: validation ? trees.slice(0, best()) : trees, history };
}

function hasBoth({ labels }: Dataset): boolean {
  return labels.includes(0) && labels.includes(1);
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

/** A judge of the validation scores after each tree that says whether to stop; `best()` is how many trees to keep. */
function earlyStopping({ validation }: Space, rows: Dataset | undefined, options: TreesOptions) {
  const history: number[] = [];
  let bestRound = 0;
  const better = (a: number, b: number) => (options.stopMetric === 'averagePrecision' ? a > b : a < b);
  const judge = (): boolean => {
    const measure = options.stopMetric === 'averagePrecision' ? averagePrecision : logLossOfRaw;
    const result = measure(validation!.scores, rows!.labels);
    history.push(result);
    if (history.length === 1 || better(result, history[bestRound])) bestRound = history.length - 1;
    return options.stopAfter > 0 && history.length - 1 - bestRound >= options.stopAfter;
  };
  return { judge, history, best: () => (options.stopAfter > 0 ? bestRound + 1 : history.length) };
}
