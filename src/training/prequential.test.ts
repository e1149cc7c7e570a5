import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from './dataset.ts';
import { copyWords } from './encoding.ts';
import { seededRandom } from './gbdt/random.ts';
import { setPeriod, splitPeriod } from './period.ts';
import { earlierPeriods, runFold } from './prequential.ts';
import { DEFAULT_COSTS } from './thresholds.ts';
import { type TrainRequest, trainModel } from './train.ts';

const DAY = 86_400_000;
const T0 = Date.UTC(2026, 0, 1);
const definitions: FeatureDefinition[] = [
  { name: 'a', operation: 'column' },
  { name: 'word', operation: 'encoding', field: 'category' },
];

/** 100 rows a day; the second column holds word hashes. */
function daysOf(days: number): Dataset {
  const random = seededRandom(5);
  const rows = 100 * days;
  const a = Float64Array.from({ length: rows }, random);
  return {
    features: ['a', 'word'],
    rows,
    columns: [a, Float64Array.from({ length: rows }, () => 1 + Math.floor(3 * random()))],
    labels: Uint8Array.from(a, (value) => (value > 0.85 && random() < 0.6 ? 1 : 0)),
    times: Float64Array.from({ length: rows }, (_, row) => T0 + row * (DAY / 100)),
    amounts: new Float64Array(rows).fill(10),
    cards: new Float64Array(rows),
  };
}

const request: TrainRequest = {
  name: 'model',
  learner: 'logistic',
  options: {},
  definitions,
  validationShare: 0.3,
  refit: false,
  thresholds: { costs: DEFAULT_COSTS },
  seed: 1,
  lineage: { dataSha256: '', codeVersion: '', options: {} },
};

test('earlier periods lie one test length apart; training keeps its length only where its first day was given', () => {
  const data = daysOf(60);
  const period = setPeriod(data, { testFrom: T0 + 50 * DAY, testTo: T0 + 60 * DAY, delayDays: 5 });
  assert.deepEqual([period.trainFrom, period.trainTo], [T0, T0 + 45 * DAY]);
  const inDays = (count: number, moving: boolean, from = 0) =>
    earlierPeriods(data, { ...period, trainFrom: T0 + from * DAY }, count, moving).map((fold) =>
      [fold.trainFrom, fold.trainTo, fold.testFrom, fold.testTo].map((time) => (time - T0) / DAY),
    );
  assert.deepEqual(inDays(2, false), [
    [0, 25, 30, 40],
    [0, 35, 40, 50],
  ]);
  assert.deepEqual(inDays(1, true, 20), [[10, 35, 40, 50]]);
  assert.throws(() => inDays(1, true), /no room for 2 folds/);
  assert.throws(() => inDays(5, false), /no room for 6 folds/);
});

test('a fold is the training it would have been on its own, and leaves words as they are', () => {
  const data = daysOf(60);
  const before = data.columns.map((column) => column.slice());
  const period = setPeriod(data, { testFrom: T0 + 50 * DAY, testTo: T0 + 60 * DAY, delayDays: 5 });
  const [fold] = earlierPeriods(data, period, 1, false);
  const measured = runFold(data, fold, false, request);
  assert.deepEqual(data.columns, before);
  assert.equal(measured.from, new Date(T0 + 40 * DAY).toISOString());
  assert.equal(measured.trainTo, new Date(T0 + 35 * DAY - DAY / 100).toISOString());
  const { train, test } = splitPeriod(copyWords(data, definitions), fold, false);
  const alone = trainModel(train, test, request, () => 0);
  assert.equal(measured.rows, alone.test.labels.length);
  assert.equal(
    measured.brier,
    alone.test.labels.reduce((sum, label, row) => sum + (alone.test.probabilities[row] - label) ** 2, 0) /
      measured.rows,
  );
  assert.ok(measured.averagePrecision > 0.4);
});
