import assert from 'node:assert/strict';
import { test } from 'node:test';
import { denseLayout } from '../kernel/dense.ts';
import { rescaleAttribution } from './rescale.ts';

test('one hidden unit, by hand', () => {
  // y = 3 max(0, 2a − b − 1) + 0.5. At zero the unit is at −1, so off; at a = 2, b = 1 it is at 2.
  const layout = denseLayout([2, 1, 1]);
  const parameters = new Float32Array(layout.length);
  parameters[layout.weights[0]] = 2;
  parameters[layout.weights[0] + 4] = -1;
  parameters[layout.biases[0]] = -1;
  parameters[layout.weights[1]] = 3;
  parameters[layout.biases[1]] = 0.5;
  const explain = rescaleAttribution(layout, parameters);
  const out = new Float64Array(4);
  explain(Float32Array.of(2, 1, 0, 0), out);
  // The line from (−1, 0) to (2, 2) has slope 2/3: a gets 3 × 2/3 × 2 × 2 = 8, b 3 × 2/3 × −1 × 1 = −2; together 6.
  assert.deepEqual([...out], [8, -2, 0, 0]);
  // A row at the reference is explained by nothing; a unit that stays off passes nothing on.
  explain(Float32Array.of(0, 0, 0, 0), out);
  assert.deepEqual([...out].map(Math.abs), [0, 0, 0, 0]);
  explain(Float32Array.of(0.25, 1, 0, 0), out);
  assert.deepEqual([...out].map(Math.abs), [0, 0, 0, 0]);
});
