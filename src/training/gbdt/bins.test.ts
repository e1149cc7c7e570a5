import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyCuts, binColumns, binOf, findCuts, MISSING_BIN } from './bins.ts';

const plain = { maxBins: 255, positiveBins: false };
const byteOf = (matrix: ReturnType<typeof binColumns>, feature: number, row: number) =>
  (matrix.groups[feature >> 2][row] >>> ((feature & 3) * 8)) & 255;

test('few distinct values get a range each, cut half way', () => {
  const cuts = findCuts(Float64Array.of(3, 1, 2, 2, Number.NaN, 1), new Uint8Array(6), plain);
  assert.deepEqual([...cuts], [1.5, 2.5]);
  assert.deepEqual(
    [1, 1.5, 1.6, 2.5, 99, Number.NaN].map((value) => binOf(value, cuts)),
    [0, 0, 1, 1, 2, MISSING_BIN],
  );
});

test('many values are cut into ranges of about equally many rows', () => {
  const column = Float64Array.from({ length: 1000 }, (_, i) => i * i);
  const cuts = findCuts(column, new Uint8Array(1000), { maxBins: 10, positiveBins: false });
  assert.equal(cuts.length, 9);
  const counts = new Array(10).fill(0);
  for (const value of column) counts[binOf(value, cuts)]++;
  assert.deepEqual(counts, new Array(10).fill(100));
});

test('a value that fills a range has one of its own', () => {
  const column = Float64Array.from({ length: 1000 }, (_, i) => (i < 600 ? 500 : i));
  const cuts = findCuts(column, new Uint8Array(1000), { maxBins: 8, positiveBins: false });
  const bin = binOf(500, cuts);
  assert.ok(binOf(600, cuts) > bin);
  assert.equal(cuts.length, 7);
});

test("the positives' quantiles keep the tail apart where they lie", () => {
  // One row in a hundred is a fraud, all in the top hundredth.
  const column = Float64Array.from({ length: 20_000 }, (_, i) => i);
  const labels = Uint8Array.from(column, (value) => (value >= 19_800 ? 1 : 0));
  const inTail = (positiveBins: boolean) =>
    findCuts(column, labels, { maxBins: 64, positiveBins }).filter((c) => c >= 19_800);
  assert.ok(inTail(false).length <= 1);
  assert.ok(inTail(true).length >= 30);
  assert.ok(findCuts(column, labels, { maxBins: 64, positiveBins: true }).length <= 63);
});

test('four features lie in one word, the last word is padded', () => {
  const columns = [0, 1, 2, 3, 4].map((f) => Float64Array.of(f, f + 1, Number.NaN));
  const matrix = binColumns(columns, new Uint8Array(3), plain);
  assert.equal(matrix.groups.length, 2);
  for (let f = 0; f < 5; f++) {
    assert.deepEqual(
      [0, 1, 2].map((row) => byteOf(matrix, f, row)),
      [0, 1, MISSING_BIN],
    );
  }
});

test('a bin says the same as its cuts, for any values', () => {
  const value = fc.oneof(
    fc.double({ noNaN: false }),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, Number.MIN_VALUE, 1e308),
  );
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 2, max: 20 }),
      (values, maxBins) => {
        const column = Float64Array.from(values);
        const labels = Uint8Array.from(values, (_, i) => i & 1);
        const matrix = binColumns([column], labels, { maxBins, positiveBins: true });
        const cuts = matrix.cuts[0];
        assert.ok(cuts.length < maxBins);
        for (let i = 1; i < cuts.length; i++) assert.ok(cuts[i] > cuts[i - 1]);
        const again = applyCuts([column], matrix.cuts, values.length);
        values.forEach((x, row) => {
          const bin = byteOf(matrix, 0, row);
          assert.equal(byteOf(again, 0, row), bin);
          if (Number.isNaN(x)) assert.equal(bin, MISSING_BIN);
          else {
            if (bin > 0) assert.ok(x > cuts[bin - 1]);
            if (bin < cuts.length) assert.ok(x <= cuts[bin]);
          }
        });
      },
    ),
  );
});
