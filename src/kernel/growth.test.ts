import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { naiveGrowth } from './growth.naive.ts';
import { BLOCK, growthKernel } from './growth.ts';
import { createKernel } from './kernel.ts';

test('the exponential is the bits of the engine for all it is asked', () => {
  const kernel = createKernel();
  const size = 4096;
  const [x, out] = [kernel.float64(size), kernel.float64(size)];
  const edges = [0, 1, Math.LN2 / 2, 1.5 * Math.LN2, 2 ** -28, 2 ** -29, 1e-300, 700, 0.34657359027997264, 1.0397];
  const near = (value: number) => [value, value * (1 + 2 ** -52), value * (1 - 2 ** -53)];
  const all = edges.flatMap(near).flatMap((value) => [value, -value]);
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let round = 0; round < 100; round++) {
    const scale = [1, 10, 700, 1e-6, 40][round % 5];
    for (let i = 0; i < size; i++) x[i] = round === 0 && i < all.length ? all[i] : (2 * next() - 1) * scale;
    x.forEach((value, i) => {
      if (Math.abs(value) > 700) x[i] = 700;
    });
    kernel.run.expPairs(size, x.byteOffset, out.byteOffset);
    for (let i = 0; i < size; i++) if (out[i] !== Math.exp(x[i])) assert.equal(out[i], Math.exp(x[i]), `e^${x[i]}`);
  }
});

test('gradients, rounding and packing give the bits of the twin', () => {
  const kernel = createKernel();
  const [fast, slow] = [growthKernel(kernel), naiveGrowth()];
  const score = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: -30, max: 30, noNaN: true }) },
    fc.constantFrom(0, -0, 701, -701, 800, -1e6, 3e-9),
  );
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 2 * BLOCK + 3 }),
      fc.boolean(),
      (given, rows, weighted) => {
        const scores = kernel.float64(rows).map((_, row) => given[row % given.length]);
        const inKernel = kernel.float64(rows);
        inKernel.set(scores);
        const labels = kernel.uint8(rows);
        const weights = weighted ? kernel.float64(rows) : undefined;
        for (let row = 0; row < rows; row++) {
          labels[row] = (row * 7) % 3 === 0 ? 1 : 0;
          if (weights) weights[row] = 1 + (row % 5) / 3;
        }
        const blocks = Math.ceil(rows / BLOCK);
        const [pairs, sums] = [kernel.float64(2 * rows), kernel.float64(2 * blocks)];
        const [naivePairs, naiveSums] = [new Float64Array(2 * rows), new Float64Array(2 * blocks)];
        // In two calls, as two threads would.
        const middle = Math.min(rows, BLOCK);
        fast.gradients(0, middle, inKernel, labels, weights, pairs, sums);
        fast.gradients(middle, rows, inKernel, labels, weights, pairs, sums);
        slow.gradients(0, rows, scores, labels, weights, naivePairs, naiveSums);
        assert.ok(Buffer.from(pairs.slice().buffer).equals(Buffer.from(naivePairs.buffer)));
        assert.deepEqual(new Float64Array(sums), naiveSums);
        for (const [steps, target] of [
          [fast, pairs],
          [slow, naivePairs],
        ] as const) {
          steps.pack(0, middle, target, { gradient: 1.5 * 2 ** 20, hessian: 1.5 * 2 ** 25, unit: 2 ** 13 });
        }
        assert.ok(Buffer.from(pairs.slice().buffer).equals(Buffer.from(naivePairs.buffer)));
      },
    ),
    { seed: 3, numRuns: 40 },
  );
});

test('parting rows and adding to them is what the twin does', () => {
  const kernel = createKernel();
  const [fast, slow] = [growthKernel(kernel), naiveGrowth()];
  const words = kernel.int32(50);
  const [rows, spare, goesLeft] = [kernel.int32(50), kernel.int32(50), kernel.uint8(256)];
  const scores = kernel.float64(50);
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 50, maxLength: 50 }),
      fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 256, maxLength: 256 }),
      fc.integer({ min: 0, max: 3 }),
      fc.tuple(fc.nat({ max: 50 }), fc.nat({ max: 50 })),
      (given, table, lane, range) => {
        const [from, to] = range.sort((a, b) => a - b);
        words.set(given);
        goesLeft.set(table);
        rows.forEach((_, i) => {
          rows[i] = (i * 7) % 50;
        });
        const naiveRows = new Int32Array(rows);
        const middle = slow.partition(words, lane, goesLeft, naiveRows, from, to, spare);
        assert.equal(fast.partition(words, lane, goesLeft, rows, from, to, spare), middle);
        assert.deepEqual(new Int32Array(rows), naiveRows);
        const naiveScores = new Float64Array(scores);
        fast.addToRows(rows, from, middle, 0.1, scores);
        slow.addToRows(naiveRows, from, middle, 0.1, naiveScores);
        assert.deepEqual(new Float64Array(scores), naiveScores);
      },
    ),
    { seed: 5, numRuns: 200 },
  );
});

test('the best cut is that of the twin: ties, empty bins, missing values and limits', () => {
  const kernel = createKernel();
  const [fast, slow] = [growthKernel(kernel), naiveGrowth()];
  const histogram = kernel.float64(2048);
  const unit = 1024;
  const bin = fc.oneof(
    fc.constant([0, 0, 0]),
    fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 9 })),
  );
  fc.assert(
    fc.property(
      fc.array(bin, { minLength: 1, maxLength: 40 }),
      bin,
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
      fc.record({
        minRows: fc.constantFrom(0, 1, 30),
        minHessian: fc.constantFrom(0, 0.5, 6),
        l2: fc.constantFrom(0, 1),
      }),
      (bins, missing, feature, missingLeft, limits) => {
        histogram.fill(0);
        const totals = { gradient: 0, hessian: 0, rows: 0 };
        const put = (at: number, [gradient, rows, hessian]: readonly number[]) => {
          histogram[feature * 512 + 2 * at] = gradient;
          histogram[feature * 512 + 2 * at + 1] = rows * unit + hessian;
          totals.gradient += gradient;
          totals.rows += rows;
          totals.hessian += hessian;
        };
        bins.forEach((sums, at) => {
          put(at, sums);
        });
        put(255, missing);
        for (const lastBin of [bins.length - 1, bins.length - 2]) {
          const start = { gain: 0, bin: -1, gradient: 0, hessian: 0, rows: 0 };
          const [byKernel, byTwin] = [{ ...start }, { ...start }];
          const found = slow.scan(histogram, feature, lastBin, missingLeft, unit, totals, limits, byTwin);
          assert.equal(fast.scan(histogram, feature, lastBin, missingLeft, unit, totals, limits, byKernel), found);
          assert.deepEqual(byKernel, byTwin);
        }
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});
