import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKernel } from '../../kernel/kernel.ts';
import { binColumns } from './bins.ts';
import {
  FEATURE_STRIDE,
  gatherPairs,
  type HistogramBuilder,
  histogramLength,
  kernelHistograms,
  packedHessian,
  packedRows,
  packPairs,
  plainHistograms,
} from './histogram.ts';
import { seededRandom } from './random.ts';

const ROWS = 3000;
const FEATURES = 6;

function setup(seed: number, builder: HistogramBuilder) {
  const random = seededRandom(seed);
  const columns = Array.from({ length: FEATURES }, (_, f) =>
    Float64Array.from({ length: ROWS }, () => (random() < 0.1 ? Number.NaN : Math.floor(random() * 10 ** (f % 3)))),
  );
  const labels = Uint8Array.from({ length: ROWS }, () => (random() < 0.02 ? 1 : 0));
  const matrix = binColumns(columns, labels, { maxBins: 255, positiveBins: true }, builder.int32);
  const gradients = Float64Array.from(labels, (label) => random() * 0.01 - label);
  const hessians = Float64Array.from(labels, () => random() * 0.01);
  const pairs = new Float64Array(2 * ROWS);
  const packing = packPairs(gradients, hessians, pairs);
  const mask = new Uint8Array(matrix.groups.length).fill(1);
  const build = (picked: Int32Array) => {
    // The rows do not begin at the array's start, as a leaf's do not.
    const rows = builder.int32(picked.length + 3);
    rows.set(picked, 3);
    const ordered = builder.float64(2 * picked.length);
    gatherPairs(pairs, rows, 3, rows.length, ordered);
    const out = builder.float64(histogramLength(matrix)).fill(7);
    builder.build(matrix, mask, rows, 3, rows.length, ordered, out);
    return out;
  };
  return { matrix, gradients, hessians, packing, mask, build, random };
}

for (const [name, builder] of [
  ['plain', plainHistograms],
  ['kernel', kernelHistograms(createKernel())],
] as const) {
  test(`a histogram is what a loop over rows, features and bins sums: ${name}`, () => {
    const { matrix, gradients, hessians, packing, build, random } = setup(1, builder);
    const rows = Int32Array.from({ length: ROWS }, (_, i) => i).filter(() => random() < 0.6);
    const histogram = build(rows);
    for (let feature = 0; feature < FEATURES; feature++) {
      const count = new Float64Array(256);
      const gradient = new Float64Array(256);
      const hessian = new Float64Array(256);
      for (const row of rows) {
        const bin = (matrix.groups[feature >> 2][row] >>> ((feature & 3) * 8)) & 255;
        count[bin]++;
        gradient[bin] += gradients[row];
        hessian[bin] += hessians[row];
      }
      for (let bin = 0; bin < 256; bin++) {
        const at = feature * FEATURE_STRIDE + 2 * bin;
        assert.ok(Math.abs(histogram[at] - gradient[bin]) < 1e-9);
        assert.equal(packedRows(histogram[at + 1], packing), count[bin]);
        // Carried rounding errors wander by a quantum a row at most.
        assert.ok(Math.abs(packedHessian(histogram[at + 1], packing) - hessian[bin]) < 1e-8);
      }
    }
  });

  test(`parent minus child is the sibling, to the bit, in any order of rows: ${name}`, () => {
    const { build, mask, random } = setup(2, builder);
    const all = Int32Array.from({ length: ROWS }, (_, i) => i);
    const side = all.map(() => (random() < 0.3 ? 1 : 0));
    const child = build(all.filter((row) => side[row] === 1));
    const sibling = build(all.filter((row) => side[row] === 0).reverse());
    const parent = build(all);
    builder.subtract(parent, child, mask);
    assert.deepEqual(parent, sibling);
  });

  test(`masked groups are left alone: ${name}`, () => {
    const { matrix, build, mask } = setup(3, builder);
    mask[1] = 0;
    const histogram = build(Int32Array.of(0, 1, 2));
    assert.ok(histogram.subarray(4 * FEATURE_STRIDE).every((value) => value === 7));
    assert.equal(matrix.groups.length, 2);
  });
}

test('hessians far below the quantum still add up', () => {
  // A thousand heavy rows among many light ones: a light row alone is less than half a quantum.
  const rows = 200_000;
  const hessians = Float64Array.from({ length: rows }, (_, i) => (i % 200 === 0 ? 1e4 : 1e-9));
  const pairs = new Float64Array(2 * rows);
  const { unit } = packPairs(new Float64Array(rows), hessians, pairs);
  let light = 0;
  let heavy = 0;
  for (let i = 0; i < rows; i++) {
    if (i % 200 === 0) heavy += pairs[2 * i + 1] - unit;
    else light += pairs[2 * i + 1] - unit;
  }
  assert.ok(Math.abs(heavy - 1e7) < 1);
  assert.ok(light >= 0 && light < 1, `${light}`);
});
