import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { naiveTreeScorer } from './trees.naive.ts';
import { type TreeArrays, treeScorer } from './trees.ts';

const FEATURES = 5;
/** Few values, so that x = threshold, ±∞ and the doubles next to a threshold come up often. */
const SPECIAL = [0, -0, 1, -1, 1 + Number.EPSILON, 0.1, -2.5, 1e300, Number.MIN_VALUE, Infinity, -Infinity, Number.NaN];
const number = fc.oneof(fc.constantFrom(...SPECIAL), fc.double({ min: -3, max: 3 }));
const threshold = fc.oneof(fc.constantFrom(...SPECIAL.filter((x) => !Number.isNaN(x))), fc.double({ min: -3, max: 3 }));
const split = fc.record({
  leaf: fc.nat(),
  feature: fc.nat({ max: FEATURES - 1 }),
  threshold,
  missingLeft: fc.boolean(),
});

/** Grows a tree by splitting one leaf after another, as learners do; some trees come out as one leaf. */
const ensemble = fc
  .record({
    base: fc.double({ min: -5, max: 5, noNaN: true }),
    trees: fc.array(fc.array(split, { maxLength: 12 }), { maxLength: 19 }),
    values: fc.infiniteStream(fc.double({ min: -2, max: 2, noNaN: true })),
  })
  .map(({ base, trees, values }): TreeArrays => {
    const nodes: { feature: number; threshold: number; missingLeft: boolean; left: number; right: number }[] = [];
    let leaves = 0;
    const roots = trees.map((splits) => {
      let root = ~leaves++;
      const open: ((child: number) => void)[] = [(child) => (root = child)];
      const leafOf = [root];
      for (const { leaf, ...rest } of splits) {
        const at = leaf % open.length;
        const node = { ...rest, left: leafOf[at], right: ~leaves++ };
        nodes.push(node);
        open[at](nodes.length - 1);
        open[at] = (child) => (node.left = child);
        open.push((child) => (node.right = child));
        leafOf.push(node.right);
      }
      return root;
    });
    return {
      base,
      features: FEATURES,
      roots: Int32Array.from(roots),
      feature: Int32Array.from(nodes, (node) => node.feature),
      threshold: Float64Array.from(nodes, (node) => node.threshold),
      missingLeft: Uint8Array.from(nodes, (node) => Number(node.missingLeft)),
      left: Int32Array.from(nodes, (node) => node.left),
      right: Int32Array.from(nodes, (node) => node.right),
      value: Float64Array.from({ length: leaves }, () => values.next().value),
    };
  });

test('the traversal gives the bits of its twin, one row or many', () => {
  const rows = fc.array(fc.array(number, { minLength: FEATURES, maxLength: FEATURES }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(ensemble, rows, (trees, matrix) => {
      const kernel = treeScorer(trees);
      const naive = naiveTreeScorer(trees);
      const columns = Array.from({ length: FEATURES }, (_, f) => Float64Array.from(matrix, (row) => row[f]));
      const batch = new Float64Array(matrix.length);
      kernel.scoreColumns(columns, matrix.length, batch);
      matrix.forEach((row, i) => {
        const expected = naive.score(Float64Array.from(row));
        assert.equal(kernel.score(Float64Array.from(row)), expected);
        assert.equal(batch[i], expected);
      });
    }),
    { seed: 7, numRuns: 150 },
  );
});

test('a batch longer than a block is scored whole', () => {
  const trees: TreeArrays = {
    base: 0.5,
    features: 1,
    roots: Int32Array.of(0, ~2),
    feature: Int32Array.of(0),
    threshold: Float64Array.of(100),
    missingLeft: Uint8Array.of(0),
    left: Int32Array.of(~0),
    right: Int32Array.of(~1),
    value: Float64Array.of(-1, 1, 0.25),
  };
  const column = Float64Array.from({ length: 301 }, (_, i) => (i % 7 === 0 ? Number.NaN : i));
  const out = new Float64Array(column.length);
  treeScorer(trees).scoreColumns([column], column.length, out);
  out.forEach((score, i) => {
    assert.equal(score, column[i] <= 100 ? -0.25 : 1.75);
  });
});
