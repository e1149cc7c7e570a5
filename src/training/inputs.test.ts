import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inputsOf } from '../models/inputs.ts';
import type { Dataset } from './dataset.ts';
import { fitInputs, rowWeights, writeRows } from './inputs.ts';

function dataset(columns: number[][], labels: number[], weights?: number[]): Dataset {
  const rows = labels.length;
  return {
    features: columns.map((_, i) => `f${i}`),
    rows,
    columns: columns.map((column) => Float64Array.from(column)),
    labels: Uint8Array.from(labels),
    times: new Float64Array(rows),
    amounts: new Float64Array(rows),
    cards: new Float64Array(rows),
    weights: weights && Float64Array.from(weights),
  };
}

test('a column is standardised by what is present', () => {
  const [column] = fitInputs(dataset([[1, 3, Number.NaN, 5, 7]], [0, 0, 0, 0, 0]), { logTail: Infinity });
  assert.deepEqual(column, { low: null, high: null, logScale: null, mean: 4, rate: 1 / Math.sqrt(5), missing: 0.2 });
});

test('clipping takes quantiles, a long tail takes the logarithm, constants and absent columns count for nothing', () => {
  const long = Array.from({ length: 101 }, (_, i) => i);
  const tail = long.map((i) => Math.exp(i / 10));
  const data = dataset([long, tail, long.map(() => 0.1), long.map(() => Number.NaN)], new Array(101).fill(0));
  const [a, b, c, d] = fitInputs(data, { clip: [0.01, 0.98], logTail: 50 });
  assert.deepEqual([a.low, a.high, a.logScale, a.mean > 49 && a.mean < 50], [1, 98, null, true]);
  assert.equal(b.logScale, Math.exp(5));
  assert.equal(c.rate, 0);
  assert.deepEqual([d.rate, d.missing], [0, 1]);
  const inputs = inputsOf([a, b, c, d]);
  const rows = writeRows(data, inputs, 4, new Float64Array(404));
  for (const start of [0, 1]) {
    const values = long.map((row) => rows[row * 4 + start]);
    const mean = values.reduce((sum, x) => sum + x, 0) / 101;
    const square = values.reduce((sum, x) => sum + x * x, 0) / 101;
    assert.ok(Math.abs(mean) < 1e-12 && Math.abs(square - 1) < 1e-12);
  }
});

test('the whole range is kept exactly, and absurd values leave a feature out', () => {
  const [range, absurd] = fitInputs(
    dataset(
      [
        [3, -2, 9, Number.NaN],
        [1e308, 1e308, 1, 0],
      ],
      [0, 0, 0, 0],
    ),
    {
      clip: [0, 1],
      logTail: 50,
    },
  );
  assert.deepEqual([range.low, range.high], [-2, 9]);
  assert.deepEqual([absurd.mean, absurd.rate], [0, 0]);
});

test('balanced weights give both classes the same sum and keep rows apart', () => {
  const data = dataset([], [1, 0, 0, 0]);
  assert.deepEqual([...rowWeights(data, 'balanced')], [2, 2 / 3, 2 / 3, 2 / 3]);
  assert.deepEqual([...rowWeights(dataset([], [1, 0], [2, 5]), 3)], [6, 5]);
  assert.deepEqual([...rowWeights(dataset([], [0, 0]), 'balanced')], [1, 1]);
});
