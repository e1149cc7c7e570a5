import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { calibrator } from '../models/calibrator.ts';
import {
  type CalibrationRows,
  fitBeta,
  fitCalibration,
  fitIsotonic,
  fitPlatt,
  priorCorrection,
} from './calibration.ts';
import { seededRandom } from './gbdt/random.ts';
import { expectedCalibrationError, logLoss } from './metrics.ts';

const rowsOf = (raw: number[], labels: number[], weightOfNegative = 1): CalibrationRows => ({
  raw,
  labels,
  from: 0,
  to: labels.length,
  weightOfNegative,
});

/** Rows whose true log-odds are `truth(raw)`. */
function simulate(rows: number, truth: (raw: number) => number, seed = 1) {
  const random = seededRandom(seed);
  const raw = Array.from({ length: rows }, () => -6 + 7 * random());
  const labels = raw.map((x) => (random() < 1 / (1 + Math.exp(-truth(x))) ? 1 : 0));
  return { raw, labels };
}

test('isotonic regression pools by hand', () => {
  // Shares by score: 0, 1, 0 → the last two pool to 1/2; then 1.
  const fitted = fitIsotonic(rowsOf([1, 2, 3, 5], [0, 1, 0, 1]));
  // The middle pool is tilted by a tenth of its distance to its neighbours.
  assert.deepEqual(fitted, { kind: 'isotonic', raw: [1, 2, 3, 5], probability: [0.25, 0.475, 0.525, 0.75] });
  const calibrate = calibrator(fitted);
  assert.equal(calibrate(2.5), 0.5);
  assert.ok(Math.abs(calibrate(1.5) - 0.3625) < 1e-12);
  assert.equal(calibrate(-9), 0.25);
  assert.equal(calibrate(9), 0.75);
});

test('rows of equal score are one pool', () => {
  const fitted = fitIsotonic(rowsOf([1, 1, 1, 2, 2], [0, 1, 0, 1, 0]));
  assert.deepEqual(fitted, { kind: 'isotonic', raw: [1, 2], probability: [1 / 3, 1 / 2] });
});

test('every calibration is monotone and never 0 or 1', () => {
  const row = fc.record({ x: fc.double({ min: -20, max: 20, noNaN: true }), y: fc.integer({ min: 0, max: 1 }) });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (rows, rate) => {
        const data = rowsOf(
          rows.map(({ x }) => x),
          rows.map(({ y }) => y),
          1 / rate,
        );
        for (const fitted of [fitIsotonic(data), fitPlatt(data), fitBeta(data), priorCorrection(rate, 5)]) {
          const calibrate = calibrator(fitted);
          let before = 0;
          for (let x = -25; x <= 25; x += 0.25) {
            const p = calibrate(x);
            assert.ok(p > 0 && p < 1 && p >= before, `${fitted.kind} at ${x}: ${p} after ${before}`);
            before = p;
          }
        }
      },
    ),
  );
});

test('Platt finds the true slope and intercept, and a useless score gets the base rate', () => {
  const { raw, labels } = simulate(40_000, (x) => 0.5 * x - 1);
  const fitted = fitPlatt(rowsOf(raw, labels));
  assert.ok(fitted.kind === 'platt');
  assert.ok(Math.abs(fitted.slope - 0.5) < 0.03 && Math.abs(fitted.intercept + 1) < 0.06, JSON.stringify(fitted));
  const backwards = calibrator(fitPlatt(rowsOf([3, 2, 1, 0], [0, 0, 1, 1])));
  assert.equal(backwards(3), backwards(0));
  assert.ok(Math.abs(backwards(0) - 0.5) < 1e-9);
});

test('beta calibration finds both slopes, and leaves right scores as they are', () => {
  const softplus = (x: number) => Math.log1p(Math.exp(x));
  const bent = simulate(60_000, (x) => -0.5 - 0.6 * softplus(-x) + 1.5 * softplus(x));
  const fitted = fitBeta(rowsOf(bent.raw, bent.labels));
  assert.ok(fitted.kind === 'beta');
  const far = [fitted.below - 0.6, fitted.above - 1.5, fitted.intercept + 0.5].map(Math.abs);
  assert.ok(Math.max(...far) < 0.15, JSON.stringify(fitted));
  const right = simulate(60_000, (x) => x);
  const same = calibrator(fitBeta(rowsOf(right.raw, right.labels)));
  for (let x = -6; x <= 1; x += 0.5) {
    const p = 1 / (1 + Math.exp(-x));
    assert.ok(Math.abs(same(x) - p) < 0.003 + 0.05 * p, `${same(x)} for ${p}`);
  }
  // Legitimate rows that count for ten are ten times as many.
  const [ten, one] = [rowsOf(bent.raw, bent.labels, 10), rowsOf(bent.raw, bent.labels)].map(fitBeta);
  assert.ok(calibrator(ten)(0) < calibrator(one)(0) / 4);
  assert.equal(fitBeta(rowsOf([3, 2, 1, 0], [0, 0, 1, 1])).kind, 'platt', 'backwards there are no two slopes');
});

test('the best on later rows is chosen', () => {
  const softplus = (x: number) => Math.log1p(Math.exp(x));
  const line = simulate(20_000, (x) => -0.5 - 0.4 * softplus(-x) + 3 * softplus(x));
  assert.equal(fitCalibration(line.raw, line.labels).kind, 'beta');
  const stair = simulate(20_000, (x) => (x < -2 ? -5 : 1));
  assert.equal(fitCalibration(stair.raw, stair.labels).kind, 'isotonic');
  const straight = simulate(6_000, (x) => 0.7 * x - 1);
  assert.notEqual(fitCalibration(straight.raw, straight.labels).kind, 'isotonic');
  const few = simulate(300, () => -4);
  assert.equal(fitCalibration(few.raw, few.labels).kind, 'platt');
});

test('a calibration fitted on one part holds on another', () => {
  const truth = (x: number) => (x < -2 ? -5 : x + 1);
  const first = simulate(30_000, truth, 1);
  const second = simulate(30_000, truth, 2);
  const calibrate = calibrator(fitCalibration(first.raw, first.labels));
  const calibrated = second.raw.map(calibrate);
  const uncalibrated = second.raw.map(calibrator({ kind: 'none' }));
  const error = expectedCalibrationError(calibrated, second.labels);
  assert.ok(error < 0.015 && error < expectedCalibrationError(uncalibrated, second.labels) / 2, `${error}`);
  assert.ok(logLoss(calibrated, second.labels) < logLoss(uncalibrated, second.labels));
});

test('undersampled rows give the probabilities of the whole', () => {
  const whole = simulate(60_000, (x) => x - 1);
  const random = seededRandom(5);
  const kept = whole.raw.map((x, i) => ({ x, y: whole.labels[i] })).filter(({ y }) => y === 1 || random() < 0.1);
  const raw = kept.map(({ x }) => x);
  const labels = kept.map(({ y }) => y);
  const corrected = calibrator(fitCalibration(raw, labels, { negativeRate: 0.1 }));
  assert.ok(expectedCalibrationError(whole.raw.map(corrected), whole.labels) < 0.01);
  const naive = calibrator(fitCalibration(raw, labels));
  assert.ok(expectedCalibrationError(whole.raw.map(naive), whole.labels) > 0.1);
  // A model that learnt on the kept rows says x − 1 + ln 10; the prior correction takes it back.
  const prior = calibrator(priorCorrection(0.1, 1));
  assert.ok(Math.abs(prior(Math.log(10) - 1) - 1 / (1 + Math.E)) < 1e-12);
  assert.throws(() => fitCalibration(raw, labels, { negativeRate: 0 }), RangeError);
});
