import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from './dataset.ts';
import { slice } from './dataset.ts';
import { seededRandom } from './gbdt/random.ts';
import type { ResampleKind } from './imbalance.ts';
import { DEFAULT_COSTS } from './thresholds.ts';
import { type TrainRequest, trainModel } from './train.ts';

const definitions: FeatureDefinition[] = ['a', 'b'].map((name) => ({ name, operation: 'column' }));

function rows(count: number): Dataset {
  const random = seededRandom(7);
  const columns = [0, 1].map(() => Float64Array.from({ length: count }, random));
  return {
    features: ['a', 'b'],
    rows: count,
    columns,
    labels: Uint8Array.from(columns[0], (a) => (a > 0.9 && random() < 0.5 ? 1 : 0)),
    times: Float64Array.from({ length: count }, (_, row) => row * 60_000),
    amounts: new Float64Array(count).fill(10),
    cards: new Float64Array(count),
  };
}

const data = rows(4000);
const [train, later] = [slice(data, 0, 3000), slice(data, 3000, 4000)];
const request = (change: Partial<TrainRequest>): TrainRequest => ({
  name: 'model',
  learner: 'logistic',
  options: {},
  definitions,
  validationShare: 0.3,
  refit: false,
  thresholds: { costs: DEFAULT_COSTS },
  seed: 1,
  lineage: { dataSha256: '', codeVersion: '', options: {} },
  ...change,
});

test('resampling touches the training rows only, is undone by calibration, and its effect is reported', () => {
  const frauds = later.labels.reduce((sum, label) => sum + label, 0);
  const plain = trainModel(train, later, request({}), () => 0);
  assert.equal(plain.resampling, undefined);
  for (const kind of ['smote', 'undersample', 'weights'] as ResampleKind[]) {
    const trained = trainModel(train, later, request({ resample: { kind, ratio: kind === 'smote' ? 1 : 2 } }), () => 0);
    const effect = trained.resampling!;
    assert.deepEqual(trained.test.labels, later.labels);
    assert.equal(trained.validation.labels.length, plain.validation.labels.length);
    // The plain twin is the model of a plain training.
    const { averagePrecision } = effect.test!.none;
    assert.equal(averagePrecision, trainModelPrecision(plain.test));
    // Raw scores promise far too many frauds; probabilities do not.
    const promised = trained.test.raw.reduce((sum, raw) => sum + 1 / (1 + Math.exp(-raw)), 0);
    assert.ok(promised > 2 * frauds, `${kind}: ${promised} for ${frauds}`);
    const expected = trained.test.probabilities.reduce((sum, p) => sum + p, 0);
    assert.ok(expected > 0.6 * frauds && expected < 1.6 * frauds, `${kind}: ${expected} for ${frauds}`);
    if (kind === 'undersample') assert.equal(effect.rows, 3 * effect.frauds);
    if (kind === 'smote') assert.ok(Math.abs(effect.frauds / (effect.rows - effect.frauds) - 1) < 0.01);
  }
});

function trainModelPrecision({ raw, labels }: { raw: Float64Array; labels: Uint8Array }): number {
  // By its definition, rows of different scores assumed.
  const order = Array.from(raw.keys()).sort((a, b) => raw[b] - raw[a]);
  let [found, sum] = [0, 0];
  order.forEach((row, i) => {
    if (labels[row]) sum += ++found / (i + 1);
  });
  return sum / found;
}

test('without any label an isolation forest still ranks, and flags an assumed share', () => {
  const unlabelled = { ...train, labels: new Uint8Array(train.rows) };
  const thresholds = { costs: DEFAULT_COSTS, budget: { alertShare: 0.02, declinePrecision: 0.5 } };
  const trained = trainModel(unlabelled, later, request({ learner: 'isolation', thresholds }), () => 0);
  const mean = trained.validation.probabilities.reduce((sum, p) => sum + p, 0) / trained.validation.labels.length;
  assert.ok(Math.abs(mean - 0.01) < 1e-6);
  const flagged = trained.validation.probabilities.filter((p) => p >= trained.head.thresholds.review).length;
  assert.equal(flagged, Math.floor(0.02 * trained.validation.labels.length));
});
