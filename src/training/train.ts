import type { OwnSchema } from '../domain/own-columns.ts';
import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import type { ArtifactHead } from '../models/artifact.ts';
import { type Calibration, calibrator } from '../models/calibrator.ts';
import { featureSchemaHash } from '../models/canonical.ts';
import type { Thresholds } from '../models/model.ts';
import { isClearlyBetter } from './bootstrap.ts';
import { assumedShare, fitCalibration } from './calibration.ts';
import { type Dataset, slice } from './dataset.ts';
import { applyEncodings, foldedCodes, learnEncodings } from './encoding.ts';
import { type Ranking, type ResampleEffect, type ResamplePlan, rankingOf, resampled } from './imbalance.ts';
import type { Fitted } from './learner.ts';
import { LEARNERS } from './learners.ts';
import { canSettle, refuseOneClass, settlingParts } from './parts.ts';
import { applyPrior, learnPrior, withPrior } from './priors.ts';
import { crossScores, type Refit, type RefitEffect } from './refit.ts';
import { type ScoredRows, scoreRows } from './score-rows.ts';
import { featureStatistics } from './statistics.ts';
import {
  type AlertBudget,
  type CostMatrix,
  type Precision,
  thresholdsByBudget,
  thresholdsByCost,
  thresholdsByPrecision,
} from './thresholds.ts';

export interface TrainRequest {
  name: string;
  learner: string;
  /** Of the learner; its defaults for the rest. */
  options: Record<string, unknown>;
  definitions: FeatureDefinition[];
  /** Columns of one's own that they read, as the model carries them. */
  schema?: OwnSchema;
  /** The latest share of the training rows, which stops the fit, calibrates it and sets the thresholds. */
  validationShare: number;
  /** So many of the latest training rows, instead. */
  validationRows?: number;
  /** The columns hold these codes already, and shares with the definitions' prior: a matrix that came back. */
  encodings?: Record<string, Encoding>;
  /** Fit again on all training rows with what validation settled. */
  refit: Refit;
  /** Of the rows that train, and of no others. Default none. */
  resample?: ResamplePlan;
  /** By budget or by precision where one is given, else by cost. */
  thresholds: { costs: CostMatrix; budget?: AlertBudget; precision?: Precision };
  seed: number;
  lineage: { dataSha256: string; codeVersion: string; options: Record<string, unknown> };
  progress?: (share: number) => void;
}

export interface Trained {
  head: ArtifactHead;
  body: Uint8Array;
  train: ScoredRows;
  validation: ScoredRows;
  test: ScoredRows;
  /** Where rows were resampled: what that changed. */
  resampling?: ResampleEffect;
  /** Where fitting again was asked for, or weighed: what it changes. */
  refit?: RefitEffect;
  trainSeconds: number;
}

/**
 * Trains on rows in time order, with word hashes still in the encoded columns, counts in those of shares (replaced in place). The test
 * rows are scored at the end and touch nothing before.
 */
export function trainModel(train: Dataset, test: Dataset, request: TrainRequest, stopwatch: () => number): Trained {
  const { seed } = request;
  const learner = LEARNERS[request.learner];
  if (!learner)
    throw new Error(`There is no learner ${request.learner}; there are ${Object.keys(LEARNERS).join(', ')}.`);
  const { first, last } = partsOf(train, request, learner.unlabelled === true);
  const { definitions, encodings } =
    request.encodings === undefined
      ? settleWords(first, [train, ...(test.rows > 0 ? [test] : [])], request.definitions)
      : { definitions: request.definitions, encodings: request.encodings };

  const options = { ...learner.defaults, ...request.options, seed };
  const plan = request.resample ?? { kind: 'none' };
  const prepareBy = (how: ResamplePlan) => (rows: Dataset) => resampled(rows, how, definitions, seed);
  const again = (rows: Dataset, { settled }: Fitted, how: ResamplePlan = plan) =>
    learner.fit(prepareBy(how)(rows), undefined, { ...options, ...settled }, request.progress);
  const once = (settling: Dataset, validation: Dataset, how: ResamplePlan = plan) => {
    const rows = prepareBy(how)(settling);
    return {
      fitted: learner.fit(rows, validation, options, request.progress),
      rows: rows.rows,
      frauds: count(rows.labels),
    };
  };
  /** Both procedures on the rows before validation, measured on validation, which is in none of them. */
  const tried = () => {
    const inner = settlingParts(first, request.validationShare, false);
    const { fitted } = once(inner.first, inner.last);
    const refitted = again(first, fitted);
    const [one, other] = [fitted, refitted].map((which) => scoreRaw(which, last));
    const isWorse = isClearlyBetter(one, other, last.labels);
    return { measured: { once: ranked(fitted, last), again: ranked(refitted, last) }, isWorse };
  };
  const began = stopwatch();
  const { fitted, ...trainedOn } = once(first, last);
  const refit = learner.unlabelled ? request.refit === true : request.refit;
  const procedures = refit === 'choose' && canSettle(first, request.validationShare) ? tried() : undefined;
  const isRefitted = procedures ? !procedures.isWorse : refit !== false && refit !== 'choose';
  const served = isRefitted ? again(train, fitted) : fitted;
  const rawOfLast = scoreRaw(fitted, last);
  const crossed =
    isRefitted && refit !== true
      ? crossScores(train, last, rawOfLast, (rows, part) => scoreRaw(again(rows, fitted), part))
      : undefined;
  const calibration = crossed
    ? calibrationOf(false, crossed, train)
    : calibrationOf(learner.unlabelled === true, rawOfLast, last);
  const calibrate = calibrator(calibration);
  // By a fit that did not see them, whichever is served.
  const validation = scoreRows({ score: fitted.score, calibrate }, last);
  const thresholds = thresholdsFor(asOften(validation, last.weights), request.thresholds);
  const trainSeconds = (stopwatch() - began) / 1000;

  const { kind, head: model, body } = served.toArtifact();
  const head: ArtifactHead = {
    name: request.name,
    kind,
    features: definitions as unknown as ArtifactHead['features'],
    ...(request.schema === undefined ? {} : { schema: request.schema }),
    featureSchema: featureSchemaHash(definitions as unknown as ArtifactHead['features']),
    encodings: encodings as Record<string, Encoding>,
    statistics: featureStatistics(train),
    calibration,
    thresholds,
    lineage: {
      dataSha256: request.lineage.dataSha256,
      codeVersion: request.lineage.codeVersion,
      rows: train.rows,
      frauds: count(train.labels),
      from: train.times[0],
      to: train.times[train.rows - 1],
      seed,
      options: {
        ...request.lineage.options,
        learner: request.learner,
        ...options,
        ...(isRefitted && refit !== true ? { refit: crossed ? 'cross-fitted' : 'forward' } : {}),
      },
    },
    metrics: {},
    importance: served.importance && {
      gain: Array.from(served.importance.gain),
      splits: Array.from(served.importance.splits),
    },
    model,
  };
  const scorer = { score: served.score, calibrate };
  const tested = scoreRows(scorer, test);
  const other = refit === false || test.rows === 0 ? undefined : isRefitted ? fitted : again(train, fitted);
  const effect =
    refit === false ? undefined : refitEffect(isRefitted, procedures?.measured, tested, other && ranked(other, test));
  const trained = {
    head,
    body,
    train: scoreRows(scorer, train),
    validation,
    test: tested,
    refit: effect,
    trainSeconds,
  };
  if (plan.kind === 'none') return trained;
  const plain = once(first, last, { kind: 'none' }).fitted;
  const plainServed = isRefitted ? again(train, plain, { kind: 'none' }) : plain;
  const against = (own: ScoredRows, without: Fitted, rows: Dataset) => ({
    none: rankingOf(scoreRows({ score: without.score, calibrate: Number }, rows)),
    resampled: rankingOf(own),
  });
  const resampling: ResampleEffect = {
    ...plan,
    ...trainedOn,
    validation: against(validation, plain, last),
    test: test.rows > 0 ? against(tested, plainServed, test) : undefined,
  };
  return { ...trained, resampling };
}

function partsOf(train: Dataset, { validationShare, validationRows }: TrainRequest, anyClass: boolean) {
  if (validationRows === undefined) return settlingParts(train, validationShare, anyClass);
  const cut = train.rows - validationRows;
  const [first, last] = [slice(train, 0, cut), slice(train, cut, train.rows)];
  if (!anyClass)
    for (const [part, name] of [
      [first, 'training'],
      [last, 'validation'],
    ] as const)
      refuseOneClass(part, name);
  return { first, last };
}

/** Learns codes and the prior from the first rows, and puts them where words and counts stand, in place. */
function settleWords(first: Dataset, parts: Dataset[], asked: FeatureDefinition[]) {
  const encodings = learnEncodings(first, asked);
  const prior = learnPrior(first);
  const fold = foldedCodes(first, asked);
  for (const part of parts) {
    applyEncodings(part, asked, encodings);
    applyPrior(part, asked, prior);
  }
  fold();
  return { definitions: withPrior(asked, prior), encodings };
}

function thresholdsFor(rows: ScoredRows, { costs, budget, precision }: TrainRequest['thresholds']): Thresholds {
  if (precision) return thresholdsByPrecision(rows, precision);
  return budget ? thresholdsByBudget(rows, budget) : thresholdsByCost(rows, costs);
}

function scoreRaw({ score }: Fitted, rows: Dataset): Float64Array {
  return scoreRows({ score, calibrate: Number }, rows).raw;
}

const ranked = (fitted: Fitted, rows: Dataset) =>
  rankingOf(scoreRows({ score: fitted.score, calibrate: Number }, rows));

function refitEffect(
  refitted: boolean,
  validation: RefitEffect['validation'],
  tested: ScoredRows,
  other: Ranking | undefined,
): RefitEffect {
  const served = other && rankingOf(tested);
  const test = other && served && (refitted ? { once: other, again: served } : { once: served, again: other });
  return { refitted, ...(validation ? { validation } : {}), ...(test ? { test } : {}) };
}

/** Without labels a probability can only be assumed: so many of the rows, the most unusual, are taken for fraud. */
const ASSUMED_SHARE = 0.01;

function calibrationOf(unlabelled: boolean, raw: Float64Array, { labels, weights }: Dataset): Calibration {
  if (unlabelled && !labels.includes(1)) return assumedShare(raw, ASSUMED_SHARE);
  const rows = timesOver(weights);
  return rows === undefined
    ? fitCalibration(raw, labels)
    : fitCalibration(
        rows.map((row) => raw[row]),
        rows.map((row) => labels[row]),
      );
}

/** Scored rows as often as they weigh. */
function asOften(rows: ScoredRows, weights: Float64Array | undefined): ScoredRows {
  const often = timesOver(weights);
  if (often === undefined) return rows;
  const pick = (values: Float64Array) => Float64Array.from(often, (row) => values[row]);
  const { raw, probabilities, times, amounts, cards, labels } = rows;
  return {
    ...{ raw: pick(raw), probabilities: pick(probabilities), times: pick(times), amounts: pick(amounts) },
    ...{ cards: pick(cards), labels: Uint8Array.from(often, (row) => labels[row]) },
  };
}

/**
 * Rows by number, each as often as it weighs, in whole numbers and at least once: one that stands for twenty that were not let through
 * counts as twenty where probabilities and thresholds are settled. Undefined where none weighs more than another.
 */
function timesOver(weights: Float64Array | undefined): number[] | undefined {
  if (weights === undefined || weights.every((weight) => weight === 1)) return undefined;
  return Array.from(weights).flatMap((weight, row) => new Array<number>(Math.max(1, Math.round(weight))).fill(row));
}

function count(labels: Uint8Array): number {
  let sum = 0;
  for (const label of labels) sum += label;
  return sum;
}
