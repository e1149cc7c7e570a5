import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Axis, nearest, share } from './axis.ts';

const linear: Axis = { label: '', from: 0, to: 10, ticks: [], text: String };
const log: Axis = { ...linear, from: 0.01, to: 100, log: true };

test('values lie between the ends, and beyond them at an end', () => {
  assert.equal(share(linear, 2.5), 0.25);
  assert.equal(share(linear, -3), 0);
  assert.equal(share(linear, 30), 1);
  assert.ok(Math.abs(share(log, 1) - 0.5) < 1e-12);
  assert.equal(share(log, 0), 0);
});

test('the nearest point along the axis', () => {
  const points = [
    [1, 5],
    [4, 6],
    [9, 7],
  ] as const;
  assert.equal(nearest(points, linear, 0.3), 1);
  assert.equal(nearest(points, linear, 1), 2);
  assert.equal(nearest([], linear, 0.5), undefined);
});
