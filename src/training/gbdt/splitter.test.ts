import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { binColumns, MISSING_BIN } from './bins.ts';
import { gatherPairs, histogramLength, packPairs, plainHistograms } from './histogram.ts';
import { findSplit, leafTotals, type SplitLimits } from './splitter.ts';

const loose: SplitLimits = { minRows: 1, minHessian: 1e-9, l2: 1, minGain: 0 };

function searchSplit(
  columns: number[][],
  gradients: number[],
  limits: SplitLimits,
  hessians = gradients.map(() => 0.25),
) {
  const rows = gradients.length;
  const matrix = binColumns(
    columns.map((column) => Float64Array.from(column)),
    new Uint8Array(rows),
    { maxBins: 255, positiveBins: false },
  );
  const pairs = new Float64Array(2 * rows);
  const packing = packPairs(Float64Array.from(gradients), Float64Array.from(hessians), pairs);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const ordered = new Float64Array(2 * rows);
  gatherPairs(pairs, all, 0, rows, ordered);
  const histogram = new Float64Array(histogramLength(matrix));
  plainHistograms.build(matrix, new Uint8Array(matrix.groups.length).fill(1), all, 0, rows, ordered, histogram);
  const totals = leafTotals(histogram, 0, packing);
  const features = Int32Array.from(columns.keys());
  return { split: findSplit(histogram, matrix, features, totals, packing, limits), totals, matrix };
}

test('a split by hand', () => {
  const { split, totals } = searchSplit([[1, 2, 3, 4]], [1, 1, -1, -1], loose);
  assert.deepEqual(totals, { gradient: 0, hessian: 1, rows: 4 });
  assert.ok(split);
  assert.equal(split.bin, 1);
  // 2²/(0.5 + 1) on either side, nothing before.
  assert.ok(Math.abs(split.gain - 8 / 1.5) < 1e-9);
  assert.deepEqual(split.left, { gradient: 2, hessian: 0.5, rows: 2 });
  assert.deepEqual(split.right, { gradient: -2, hessian: 0.5, rows: 2 });
});

test('missing values go where they gain more, and may be a side of their own', () => {
  const { NaN: missing } = Number;
  const withLeft = searchSplit([[1, 1, 2, 2, missing, missing]], [1, 1, -1, -1, 1, 1], loose).split;
  assert.ok(withLeft?.missingLeft);
  assert.equal(withLeft.left.rows, 4);
  const withRight = searchSplit([[1, 1, 2, 2, missing, missing]], [1, 1, -1, -1, -1, -1], loose).split;
  assert.equal(withRight?.missingLeft, false);
  assert.equal(withRight?.right.rows, 4);
  const alone = searchSplit([[1, 2, 1, 2, missing, missing]], [1, 1, 1, 1, -1, -1], loose);
  assert.equal(alone.split?.bin, alone.matrix.cuts[0].length);
  assert.deepEqual([alone.split?.left.rows, alone.split?.right.rows, alone.split?.missingLeft], [4, 2, false]);
});

test('where none was missing, a later missing value follows the majority', () => {
  assert.equal(searchSplit([[1, 2, 2, 2]], [1, -1, -1, -1], loose).split?.missingLeft, false);
  assert.equal(searchSplit([[1, 1, 1, 2]], [1, 1, 1, -1], loose).split?.missingLeft, true);
});

test('limits hold', () => {
  const column = [[1, 2, 3, 4, 5, 6]];
  const gradients = [-5, 1, 1, 1, 1, 1];
  assert.equal(searchSplit(column, gradients, loose).split?.bin, 0);
  assert.equal(searchSplit(column, gradients, { ...loose, minRows: 2 }).split?.bin, 1);
  assert.equal(searchSplit(column, gradients, { ...loose, minRows: 4 }).split, undefined);
  assert.equal(searchSplit(column, gradients, { ...loose, minHessian: 0.3 }).split?.bin, 1);
  assert.equal(searchSplit(column, gradients, { ...loose, minGain: 1e3 }).split, undefined);
  assert.equal(searchSplit([[3, 3, 3]], [1, -1, 1], loose).split, undefined);
});

test('no other cut, feature or direction gains more', () => {
  const cell = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 6 }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  );
  const row = fc.record({
    a: cell,
    b: cell,
    gradient: fc.integer({ min: -8, max: 8 }),
    hessian: fc.integer({ min: 1, max: 8 }),
  });
  const limits = { minRows: 2, minHessian: 0.5, l2: 0.5, minGain: 1e-9 };
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (rows) => {
      const columns = [rows.map(({ a }) => a), rows.map(({ b }) => b)];
      const gradients = rows.map(({ gradient }) => gradient / 8);
      const hessians = rows.map(({ hessian }) => hessian / 8);
      const { split, matrix } = searchSplit(columns, gradients, limits, hessians);
      const score = (picked: number[]) => {
        const g = picked.reduce((sum, i) => sum + gradients[i], 0);
        return g ** 2 / (picked.reduce((sum, i) => sum + hessians[i], 0) + limits.l2);
      };
      const all = rows.map((_, i) => i);
      let best = limits.minGain;
      columns.forEach((column, f) => {
        for (const cut of [...matrix.cuts[f], Number.POSITIVE_INFINITY]) {
          for (const missingLeft of [true, false]) {
            const left = all.filter((i) => (Number.isNaN(column[i]) ? missingLeft : column[i] <= cut));
            const right = all.filter((i) => !left.includes(i));
            const allowed = [left, right].every(
              (side) =>
                side.length >= limits.minRows && side.reduce((sum, i) => sum + hessians[i], 0) >= limits.minHessian,
            );
            if (allowed) best = Math.max(best, score(left) + score(right) - score(all));
          }
        }
      });
      if (split) assert.ok(Math.abs(split.gain - best) < 1e-9, `${split.gain}, not ${best}`);
      else assert.ok(best <= limits.minGain + 1e-9);
    }),
  );
  assert.equal(MISSING_BIN, 255);
});
