import type { OwnSchema } from '../domain/own-columns.ts';
import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import type { ArtifactHead } from '../models/artifact.ts';
import { type Calibration, calibrator } from '../models/calibrator.ts';
import { featureSchemaHash } from '../models/canonical.ts';
import type { Thresholds } from '../models/model.ts';
import { assumedShare, fitCalibration } from './calibration.ts';
import type { Dataset } from './dataset.ts';
import { applyEncodings, foldedCodes, learnEncodings } from './encoding.ts';
import { type ResampleEffect, type ResamplePlan, rankingOf, resampled } from './imbalance.ts';
import type { Fitted } from './learner.ts';
import { LEARNERS } from './learners.ts';
import { settlingParts } from './parts.ts';
import { applyPrior, learnPrior, withPrior } from './priors.ts';
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
  /** Fit again on all training rows with what validation settled. */
  refit: boolean;
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
  const { first, last } = settlingParts(train, request.validationShare, learner.unlabelled === true);
  const encodings = learnEncodings(first, request.definitions);
  const prior = learnPrior(first);
  const definitions = withPrior(request.definitions, prior);
  const fold = foldedCodes(first, request.definitions);
  for (const part of [train, ...(test.rows > 0 ? [test] : [])]) {
    applyEncodings(part, definitions, encodings);
    applyPrior(part, request.definitions, prior);
  }
  fold();

  const options = { ...learner.defaults, ...request.options, seed };
  const plan = request.resample ?? { kind: 'none' };
  const fit = (how: ResamplePlan) => {
    const prepare = (rows: Dataset) => resampled(rows, how, definitions, seed);
    const settling = prepare(first);
    const fitted = learner.fit(settling, last, options, request.progress);
    const served = request.refit
      ? learner.fit(prepare(train), undefined, { ...options, ...fitted.settled }, request.progress)
      : fitted;
    return { fitted, served, rows: settling.rows, frauds: count(settling.labels) };
  };
  const began = stopwatch();
  const { fitted, served, ...trainedOn } = fit(plan);
  const calibration = calibrationOf(learner.unlabelled === true, scoreRaw(fitted, last), last.labels);
  const calibrate = calibrator(calibration);
  const validation = scoreRows({ score: fitted.score, calibrate }, last);
  const thresholds = thresholdsFor(validation, request.thresholds);
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
      options: { ...request.lineage.options, learner: request.learner, ...options },
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
  const trained = { head, body, train: scoreRows(scorer, train), validation, test: tested, trainSeconds };
  if (plan.kind === 'none') return trained;
  const plain = fit({ kind: 'none' });
  const against = (own: ScoredRows, without: Fitted, rows: Dataset) => ({
    none: rankingOf(scoreRows({ score: without.score, calibrate: Number }, rows)),
    resampled: rankingOf(own),
  });
  const resampling: ResampleEffect = {
    ...plan,
    ...trainedOn,
    validation: against(validation, plain.fitted, last),
    test: test.rows > 0 ? against(tested, plain.served, test) : undefined,
  };
  return { ...trained, resampling };
}

function thresholdsFor(rows: ScoredRows, { costs, budget, precision }: TrainRequest['thresholds']): Thresholds {
  if (precision) return thresholdsByPrecision(rows, precision);
  return budget ? thresholdsByBudget(rows, budget) : thresholdsByCost(rows, costs);
}

function scoreRaw({ score }: Fitted, rows: Dataset): Float64Array {
  return scoreRows({ score, calibrate: Number }, rows).raw;
}

/** Without labels a probability can only be assumed: so many of the rows, the most unusual, are taken for fraud. */
const ASSUMED_SHARE = 0.01;

function calibrationOf(unlabelled: boolean, raw: Float64Array, labels: Uint8Array): Calibration {
  return unlabelled && !labels.includes(1) ? assumedShare(raw, ASSUMED_SHARE) : fitCalibration(raw, labels);
}

function count(labels: Uint8Array): number {
  let sum = 0;
  for (const label of labels) sum += label;
  return sum;
}
