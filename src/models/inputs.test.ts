import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type InputColumn, inputsOf, readInputColumns } from './inputs.ts';

const plain: InputColumn = { low: null, high: null, logScale: null, mean: 10, rate: 0.5, missing: 0 };
const clipped: InputColumn = { low: 0, high: 9, logScale: 3, mean: 0, rate: 1, missing: 0.2 };
const constant: InputColumn = { low: null, high: null, logScale: null, mean: 4, rate: 0, missing: 0 };

function write(columns: InputColumn[], vector: number[]): number[] {
  const inputs = inputsOf(columns);
  const out = new Float64Array(inputs.length);
  inputs.write(Float64Array.from(vector), out);
  return [...out];
}

test('values are clipped, taken the logarithm of, centred and scaled, by hand', () => {
  // Missing in a fifth of the rows: deviation √(0.2 × 0.8) = 0.4.
  assert.deepEqual(write([plain, clipped, constant], [14, 100, 7]), [2, Math.log(4), 0, -0.2 * (1 / 0.4)]);
  assert.deepEqual(write([plain, clipped, constant], [8, -5, 7]), [-1, 0, 0, -0.2 * (1 / 0.4)]);
});

test('what is missing or infinite is the mean, and indicated', () => {
  for (const missing of [Number.NaN, Infinity, -Infinity]) {
    assert.deepEqual(write([plain, clipped], [missing, missing]), [0, 0, 0.8 * (1 / 0.4)]);
  }
  assert.deepEqual([...inputsOf([plain, clipped]).featureOf], [0, 1, 1]);
});

test('inputs stay finite however large the value', () => {
  assert.ok(write([plain, clipped], [1e308, -1e308]).every((x) => Math.abs(x) <= 1e6));
});

test('columns are read back from JSON, and refused where malformed', () => {
  const columns = [plain, clipped, constant];
  assert.deepEqual(readInputColumns(JSON.parse(JSON.stringify(columns))), columns);
  for (const change of [{ mean: 'x' }, { rate: null }, { logScale: 0 }, { low: undefined }]) {
    assert.throws(() => readInputColumns([{ ...plain, ...change }]), { code: 'invalid_request' });
  }
  assert.throws(() => readInputColumns({}), { code: 'invalid_request' });
});
