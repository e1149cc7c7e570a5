import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import { type ArtifactHead, saveArtifact } from '../models/artifact.ts';
import { calibrator } from '../models/calibrator.ts';
import { featureSchemaHash } from '../models/canonical.ts';
import { fitCalibration } from './calibration.ts';
import type { Dataset } from './dataset.ts';
import { applyEncodings, learnEncodings } from './encoding.ts';
import type { Fitted } from './learner.ts';
import { LEARNERS } from './learners.ts';
import { splitByTime } from './split.ts';
import { featureStatistics } from './statistics.ts';
import {
  type AlertBudget,
  type CostMatrix,
  DEFAULT_COSTS,
  thresholdsByBudget,
  thresholdsByCost,
} from './thresholds.ts';

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
  thresholds: { costs?: CostMatrix; budget?: AlertBudget };
  seed: number;
  lineage: { dataSha256: string; codeVersion: string; options: Record<string, unknown> };
  progress?: (share: number) => void;
}

/** Rows with what the model says of them. */
export interface ScoredPart {
  data: Dataset;
  raw: Float64Array;
  probabilities: Float64Array;
}

export interface Trained {
  head: ArtifactHead;
  body: Uint8Array;
  train: ScoredPart;
  validation: ScoredPart;
  test: ScoredPart;
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
  const validationRaw = scoreAll(fitted, last);
  const calibration = fitCalibration(validationRaw, last.labels);
  const calibrate = calibrator(calibration);
  const validation = { data: last, raw: validationRaw, probabilities: validationRaw.map(calibrate) };
  const rows = { ...last, probabilities: validation.probabilities };
  const thresholds = request.thresholds.budget
    ? thresholdsByBudget(rows, request.thresholds.budget)
    : thresholdsByCost(rows, request.thresholds.costs ?? DEFAULT_COSTS);
  const served = request.refit
    ? learner.fit(train, undefined, { ...options, ...fitted.settled }, request.progress)
    : fitted;
  const trainSeconds = (stopwatch() - began) / 1000;

  const { kind, head: model, body } = served.toArtifact();
  const score = (data: Dataset): ScoredPart => {
    const raw = scoreAll(served, data);
    return { data, raw, probabilities: raw.map(calibrate) };
  };
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
    model,
  };
  return { head, body, train: score(train), validation, test: score(test), trainSeconds };
}

/** Writes the artifact with its metrics and returns its version. */
export function saveModel(directory: string, trained: Trained, metrics: Record<string, unknown>): string {
  return saveArtifact(directory, { ...trained.head, metrics }, trained.body);
}

export function scoreAll(model: Pick<Fitted, 'score'>, data: Dataset): Float64Array {
  const vector = new Float64Array(data.columns.length);
  const raw = new Float64Array(data.rows);
  for (let row = 0; row < data.rows; row++) {
    for (let c = 0; c < vector.length; c++) vector[c] = data.columns[c][row];
    raw[row] = model.score(vector);
  }
  return raw;
}

function count(labels: Uint8Array): number {
  let sum = 0;
  for (const label of labels) sum += label;
  return sum;
}
