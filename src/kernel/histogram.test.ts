import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { naiveHistogram } from './histogram.naive.ts';
import { GROUP_LENGTH, histogramKernel } from './histogram.ts';
import { createKernel } from './kernel.ts';

const GROUPS = 3;
const word = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 255, 0x01000000));
const pair = fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 0, max: 1000 }));

/** Rows with bins and pairs, a range of them in any order with repeats, and which groups count. */
const cases = fc.integer({ min: 1, max: 60 }).chain((size) =>
  fc.record({
    words: fc.array(fc.array(word, { minLength: size, maxLength: size }), { minLength: GROUPS, maxLength: GROUPS }),
    rows: fc.array(fc.nat({ max: size - 1 }), { minLength: 1, maxLength: 80 }),
    range: fc.tuple(fc.nat(), fc.nat()),
    pairs: fc.array(pair, { minLength: 80, maxLength: 80 }),
    mask: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: GROUPS, maxLength: GROUPS }),
  }),
);

test('building, adding and subtracting give the bits of the twin', () => {
  const kernel = createKernel();
  const fast = histogramKernel(kernel);
  const slow = naiveHistogram();
  const length = GROUPS * GROUP_LENGTH;
  const words = Array.from({ length: GROUPS }, () => kernel.int32(60));
  const rows = kernel.int32(80);
  const pairs = kernel.float64(160);
  const [ordered, naiveOrdered] = [kernel.float64(160), new Float64Array(160)];
  const [parent, child] = [kernel.float64(length), kernel.float64(length)];
  const [naiveParent, naiveChild] = [new Float64Array(length), new Float64Array(length)];
  const [whole, naiveWhole] = [kernel.float64(length), new Float64Array(length)];
  fc.assert(
    fc.property(cases, (given) => {
      given.words.forEach((column, group) => {
        words[group].set(column);
      });
      rows.set(given.rows);
      pairs.set(given.pairs.flat());
      const mask = Uint8Array.from(given.mask);
      const size = given.rows.length;
      const [from, to] = given.range.map((at) => at % (size + 1)).sort((a, b) => a - b);
      // What an unmarked group held must stay.
      for (const histogram of [parent, child, naiveParent, naiveChild]) histogram.fill(5);
      fast.build(words, mask, rows, 0, size, pairs, parent);
      slow.build(words, mask, rows, 0, size, pairs, naiveParent);
      fast.build(words, mask, rows, from, to, pairs.subarray(2 * from), child);
      slow.build(words, mask, rows, from, to, pairs.subarray(2 * from), naiveChild);
      assert.deepEqual(child, naiveChild);
      fast.gather(pairs, rows, from, to, ordered);
      slow.gather(pairs, rows, from, to, naiveOrdered);
      assert.deepEqual(ordered, naiveOrdered);
      fast.subtract(parent, child, mask);
      slow.subtract(naiveParent, naiveChild, mask);
      assert.deepEqual(parent, naiveParent);
      // The sibling and the child are parts of the parent, as those of two threads are; a third adds the child again.
      for (const parts of [
        [parent, child],
        [parent, child, child],
      ]) {
        const naiveParts = parts.map((part) => new Float64Array(part));
        fast.merge(parts, mask, whole);
        slow.merge(naiveParts, mask, naiveWhole);
        assert.deepEqual(whole, naiveWhole);
      }
      fast.buildRange(words, mask, from % 60, to % 60, pairs, whole);
      slow.buildRange(words, mask, from % 60, to % 60, pairs, naiveWhole);
      assert.deepEqual(whole, naiveWhole);
    }),
    { seed: 11, numRuns: 100 },
  );
});

test('an array that the kernel did not allocate is refused', () => {
  const kernel = createKernel();
  const own = kernel.float64(GROUP_LENGTH);
  assert.throws(
    () => histogramKernel(kernel).subtract(own, new Float64Array(GROUP_LENGTH), Uint8Array.of(1)),
    /outside of the memory/,
  );
});
