import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CurvePoint } from '../../api/backtests.ts';
import { decades, pointAt } from './curve.ts';

const point = (threshold: number): CurvePoint => ({
  ...{ threshold, flagged: 0, perDay: 0, fraud: 0, legitimate: 0, unknown: 0, precision: null, interval: null },
  ...{ recall: null, declineCost: 0, reviewCost: 0 },
});

test('a threshold flags what the next probability on flags', () => {
  const points = [point(0.1), point(0.4), point(0.9)];
  for (const [threshold, expected] of [
    [0, 0.1],
    [0.1, 0.1],
    [0.100001, 0.4],
    [0.9, 0.9],
    [0.95, undefined],
  ] as const)
    assert.equal(pointAt(points, threshold)?.threshold, expected, String(threshold));
});

test('an axis of powers of ten holds every value, and is one where there is none', () => {
  assert.deepEqual(decades([3, 250]), [1, 10, 100, 1000]);
  assert.deepEqual(decades([10]), [10, 100]);
  assert.deepEqual(decades([0, 0.04]), [0.01, 0.1]);
  assert.equal(decades([]).length >= 2, true);
});
