import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oodWarnings } from './ood.ts';

const statistics = (mean: number, deviation: number) => ({ mean, deviation, p01: 0, p50: 0, p99: 0, missing: 0 });
const model = {
  features: ['amount', 'hour', 'constant', 'never'],
  statistics: [statistics(10, 2), statistics(12, 6), statistics(1, 0), statistics(Number.NaN, Number.NaN)],
};

test('names what is beyond three deviations, on either side', () => {
  assert.deepEqual(oodWarnings(model, Float64Array.of(16.01, 12, 1, 5)), ['amount']);
  assert.deepEqual(oodWarnings(model, Float64Array.of(3.99, -7, 1, 5)), ['amount', 'hour']);
  assert.deepEqual(oodWarnings(model, Float64Array.of(16, 30, 1, 5)), []);
});

test('what is missing, or never varied, is no warning', () => {
  assert.deepEqual(oodWarnings(model, Float64Array.of(Number.NaN, Number.NaN, 99, Number.NaN)), []);
  assert.deepEqual(oodWarnings(model, Float64Array.of(Number.POSITIVE_INFINITY, 12, 1, 1)), ['amount']);
});
