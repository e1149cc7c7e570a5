import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { naiveGram } from './gram.naive.ts';
import { gram } from './gram.ts';
import { createKernel } from './kernel.ts';

test('sums of products have the bits of the twin', () => {
  const cases = fc.record({
    columns: fc.integer({ min: 1, max: 9 }),
    blocks: fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 4 }),
    values: fc.infiniteStream(fc.double({ min: -5, max: 5, noNaN: true })),
  });
  fc.assert(
    fc.property(cases, ({ columns, blocks, values }) => {
      const fast = gram(columns, 7, createKernel());
      const slow = naiveGram(columns, 7);
      const { width } = fast;
      for (const rows of blocks) {
        for (let row = 0; row < rows; row++) {
          fast.weights[row] = values.next().value!;
          for (let i = 0; i < columns; i++) fast.values[row * width + i] = values.next().value!;
        }
        slow.values.set(fast.values);
        slow.weights.set(fast.weights);
        fast.add(rows);
        slow.add(rows);
      }
      for (let i = 0; i < width; i++) {
        for (let j = i; j < width; j++) assert.equal(fast.out[i * width + j], slow.out[i * width + j]);
      }
    }),
    { seed: 13 },
  );
  assert.throws(() => gram(3, 7, createKernel()).add(8), RangeError);
});
