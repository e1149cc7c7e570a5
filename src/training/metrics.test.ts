import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  averagePrecision,
  brier,
  cardPrecisionAt,
  confusionAt,
  expectedCalibrationError,
  logLoss,
  logLossOfRaw,
  recallAtFalsePositiveRate,
  recallAtPrecision,
  reliability,
  rocAuc,
} from './metrics.ts';

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}, not ${expected}`);

test('ROC AUC and average precision of the textbook example', () => {
  const labels = [0, 0, 1, 1];
  const scores = [0.1, 0.4, 0.35, 0.8];
  // Of four pairs one is wrong; precision is 1 at recall 1/2 and 2/3 at recall 1.
  close(rocAuc(scores, labels), 3 / 4);
  close(averagePrecision(scores, labels), (1 + 2 / 3) / 2);
});

test('ties count half in AUC and are one step in average precision', () => {
  const labels = [1, 0, 1, 0, 0];
  const scores = [0.9, 0.5, 0.5, 0.5, 0.1];
  // Pairs: 0.9 beats three; 0.5 ties two and beats one.
  close(rocAuc(scores, labels), (3 + 2) / 6);
  close(averagePrecision(scores, labels), 1 / 2 + (1 / 2) * (2 / 4));
  close(rocAuc([1, 1, 1], [1, 0, 0]), 0.5);
  close(averagePrecision([1, 1, 1], [1, 0, 0]), 1 / 3);
});

test('measures of a ranking are not numbers where a class is absent', () => {
  assert.ok(Number.isNaN(rocAuc([1, 2], [0, 0])));
  assert.ok(Number.isNaN(rocAuc([1, 2], [1, 1])));
  assert.ok(Number.isNaN(averagePrecision([1, 2], [0, 0])));
});

const ranking = fc
  .array(fc.record({ score: fc.integer({ min: -4, max: 4 }), label: fc.integer({ min: 0, max: 1 }) }), {
    minLength: 2,
    maxLength: 40,
  })
  .filter((rows) => rows.some(({ label }) => label === 1) && rows.some(({ label }) => label === 0))
  .map((rows) => ({ scores: rows.map(({ score }) => score), labels: rows.map(({ label }) => label) }));

test('ROC AUC equals the count over all pairs, average precision the sum over all thresholds', () => {
  fc.assert(
    fc.property(ranking, ({ scores, labels }) => {
      let wins = 0;
      let pairs = 0;
      scores.forEach((a, i) => {
        scores.forEach((b, j) => {
          if (labels[i] !== 1 || labels[j] !== 0) return;
          pairs++;
          wins += a > b ? 1 : a === b ? 0.5 : 0;
        });
      });
      close(rocAuc(scores, labels), wins / pairs);
      let sum = 0;
      let before = 0;
      for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
        const { truePositives, falsePositives, falseNegatives } = confusionAt(scores, labels, threshold);
        const recall = truePositives / (truePositives + falseNegatives);
        sum += (recall - before) * (truePositives / (truePositives + falsePositives));
        before = recall;
      }
      close(averagePrecision(scores, labels), sum);
    }),
  );
});

test('recall at a precision and at a false positive rate', () => {
  const labels = [1, 1, 0, 1, 0, 0, 0, 1, 0, 0];
  const scores = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
  close(recallAtPrecision(scores, labels, 0.9), 2 / 4);
  close(recallAtPrecision(scores, labels, 0.75), 3 / 4);
  close(recallAtPrecision(scores, labels, 0.5), 1);
  close(recallAtPrecision([1, 2], [1, 0], 0.9), 0);
  close(recallAtFalsePositiveRate(scores, labels, 0), 2 / 4);
  close(recallAtFalsePositiveRate(scores, labels, 1 / 6), 3 / 4);
  close(recallAtFalsePositiveRate(scores, labels, 4 / 6), 1);
});

test('Brier score and log loss by hand', () => {
  close(brier([0.9, 0.2], [1, 0]), (0.01 + 0.04) / 2);
  close(logLoss([0.9, 0.2], [1, 0]), -(Math.log(0.9) + Math.log(0.8)) / 2);
  assert.ok(Number.isFinite(logLoss([0, 1], [1, 0])));
  close(logLossOfRaw([0], [1]), Math.LN2);
  close(logLossOfRaw([1000], [0]), 1000);
  close(logLossOfRaw([-1000], [1]), 1000);
});

test('calibration error takes bins of equal mass and never parts equal probabilities', () => {
  const probabilities = [0.1, 0.1, 0.1, 0.9];
  const labels = [0, 0, 1, 1];
  assert.deepEqual(
    reliability(probabilities, labels, 2).map(({ rows }) => rows),
    [3, 1],
  );
  close(expectedCalibrationError(probabilities, labels, 2), (3 * Math.abs(0.1 - 1 / 3) + 0.1) / 4);
  close(expectedCalibrationError([0, 1], [0, 1]), 0);
});

test('card precision ranks cards by their best score and drops those detected before', () => {
  const day = 86_400_000;
  const rows = [
    // Day 0: card 1 (fraud) scores 0.9 in its second payment, card 2 is clean at 0.8, card 3 (fraud) at 0.1.
    { time: 0, card: 1, label: 0, score: 0.2 },
    { time: 1, card: 1, label: 1, score: 0.9 },
    { time: 2, card: 2, label: 0, score: 0.8 },
    { time: 3, card: 3, label: 1, score: 0.1 },
    // Day 1: card 1 is out, so card 3 (fraud) and card 2 are the first two.
    { time: day, card: 1, label: 1, score: 1 },
    { time: day + 1, card: 3, label: 1, score: 0.7 },
    { time: day + 2, card: 2, label: 0, score: 0.6 },
    { time: day + 3, card: 4, label: 1, score: 0.5 },
  ];
  const result = cardPrecisionAt(
    2,
    rows.map(({ score }) => score),
    {
      labels: rows.map(({ label }) => label),
      times: rows.map(({ time }) => time),
      cards: rows.map(({ card }) => card),
    },
  );
  assert.deepEqual(result.byDay, [
    { day: 0, precision: 1 / 2, compromised: 2 },
    { day: 1, precision: 1 / 2, compromised: 2 },
  ]);
  close(result.mean, 1 / 2);
});
