import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import type { ArtifactHead } from '../models/artifact.ts';
import { calibrator } from '../models/calibrator.ts';
import { featureSchemaHash } from '../models/canonical.ts';
import { fitCalibration } from './calibration.ts';
import type { Dataset } from './dataset.ts';
import { applyEncodings, learnEncodings } from './encoding.ts';
import { LEARNERS } from './learners.ts';
import { type ScoredRows, scoreRows } from './report.ts';
import { splitByTime } from './split.ts';
import { featureStatistics } from './statistics.ts';
import { type AlertBudget, type CostMatrix, thresholdsByBudget, thresholdsByCost } from './thresholds.ts';

export interface TrainRequest {
  name: string;
  learner: string;
  /** Of the learner; its defaults for the rest. */
  options: Record<string, unknown>;
  definitions: FeatureDefinition[];
  /** The latest share of the training rows, which stops the fit, calibrates it and sets the thresholds. */
  validationShare: number;
  /** Fit again on all training rows with what validation settled. */
  refit: boolean;
  thresholds: { costs: CostMatrix; budget?: AlertBudget };
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
  trainSeconds: number;
}

/**
 * Trains on rows in time order, with word hashes still in the encoded columns (they are replaced in place). The test
 * rows are scored at the end and touch nothing before.
 */
export function trainModel(train: Dataset, test: Dataset, request: TrainRequest, stopwatch: () => number): Trained {
  const { definitions, seed } = request;
  const { first, last } = splitByTime(train, request.validationShare);
  if (first.rows === 0 || last.rows === 0)
    throw new Error('There are too few training rows to set some aside for validation.');
  const encodings = learnEncodings(first, definitions);
  for (const part of [train, ...(test.rows > 0 ? [test] : [])]) applyEncodings(part, definitions, encodings);

  const learner = LEARNERS[request.learner];
  if (!learner)
    throw new Error(`There is no learner ${request.learner}; there are ${Object.keys(LEARNERS).join(', ')}.`);
  const options = { ...learner.defaults, ...request.options, seed };
  const began = stopwatch();
  const fitted = learner.fit(first, last, options, request.progress);
  const calibration = fitCalibration(scoreRows({ score: fitted.score, calibrate: Number }, last).raw, last.labels);
  const calibrate = calibrator(calibration);
  const validation = scoreRows({ score: fitted.score, calibrate }, last);
  const { budget, costs } = request.thresholds;
  const thresholds = budget ? thresholdsByBudget(validation, budget) : thresholdsByCost(validation, costs);
  const served = request.refit
    ? learner.fit(train, undefined, { ...options, ...fitted.settled }, request.progress)
    : fitted;
  const trainSeconds = (stopwatch() - began) / 1000;

  const { kind, head: model, body } = served.toArtifact();
  const head: ArtifactHead = {
    name: request.name,
    kind,
    features: definitions as unknown as ArtifactHead['features'],
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
  return { head, body, train: scoreRows(scorer, train), validation, test: scoreRows(scorer, test), trainSeconds };
}

function count(labels: Uint8Array): number {
  let sum = 0;
  for (const label of labels) sum += label;
  return sum;
}
