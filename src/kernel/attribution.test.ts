import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { flattenTrees, type Tree, type TreeEnsemble, treesScorer } from '../models/trees.ts';
import { naiveAttribution } from './attribution.naive.ts';
import { attributionOf } from './attribution.ts';
import { gaussLegendre } from './quadrature.ts';

const FEATURES = 5;

/** A random tree: leaves are split at random until there are `leaves`; covers are whole numbers of rows. */
const treeArbitrary = (most: number, least = 0, fewestRows = 1) =>
  fc
    .record({
      splits: fc.array(
        fc.record({
          leaf: fc.nat(100),
          feature: fc.nat(FEATURES - 1),
          threshold: fc.integer({ min: -2, max: 2 }),
          missingLeft: fc.boolean(),
        }),
        { minLength: least, maxLength: most },
      ),
      values: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: most + 1, maxLength: most + 1 }),
      covers: fc.array(fc.integer({ min: fewestRows, max: 50 }), { minLength: most + 1, maxLength: most + 1 }),
    })
    .map(({ splits, values, covers }): Tree => {
      const left: number[] = [];
      const right: number[] = [];
      const hangs: [number[], number][] = [[[], 0]];
      splits.forEach(({ leaf }, node) => {
        const at = leaf % hangs.length;
        const [side, parent] = hangs[at];
        side[parent] = node;
        left[node] = ~at;
        right[node] = ~hangs.length;
        hangs[at] = [left, node];
        hangs.push([right, node]);
      });
      return {
        feature: Int32Array.from(splits, ({ feature }) => feature),
        threshold: Float64Array.from(splits, ({ threshold }) => threshold),
        missingLeft: Uint8Array.from(splits, ({ missingLeft }) => (missingLeft ? 1 : 0)),
        left: Int32Array.from(left),
        right: Int32Array.from(right),
        gain: new Float64Array(splits.length),
        value: Float64Array.from(values.slice(0, splits.length + 1)),
        cover: Float64Array.from(covers.slice(0, splits.length + 1)),
      };
    });

const vectorArbitrary = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN)), {
    minLength: FEATURES,
    maxLength: FEATURES,
  })
  .map((values) => Float64Array.from(values));

function close(actual: Iterable<number>, expected: Iterable<number>): void {
  const [a, b] = [[...actual], [...expected]];
  assert.equal(a.length, b.length);
  assert.ok(
    a.every((x, i) => Math.abs(x - b[i]) < 1e-12),
    `${a} ${b}`,
  );
}

/** What a coalition is worth: known features decide, at unknown ones both children count by their training rows. */
function worth(trees: TreeEnsemble, child: number, vector: Float64Array, known: number): number {
  if (child < 0) return trees.value[~child];
  const feature = trees.feature[child];
  const [left, right] = [trees.left[child], trees.right[child]];
  if (known & (1 << feature)) {
    const x = vector[feature];
    const toLeft = Number.isNaN(x) ? trees.missingLeft[child] === 1 : x <= trees.threshold[child];
    return worth(trees, toLeft ? left : right, vector, known);
  }
  const [a, b] = [rowsUnder(trees, left), rowsUnder(trees, right)];
  return (a * worth(trees, left, vector, known) + b * worth(trees, right, vector, known)) / (a + b);
}

function rowsUnder(trees: TreeEnsemble, child: number): number {
  return child < 0 ? trees.cover[~child] : rowsUnder(trees, trees.left[child]) + rowsUnder(trees, trees.right[child]);
}

/** Shapley values by their definition: over all subsets. */
function bruteForce(trees: TreeEnsemble, vector: Float64Array): number[] {
  const factorial = [1, 1, 2, 6, 24, 120];
  const value = (known: number) => trees.roots.reduce((sum, root) => sum + worth(trees, root, vector, known), 0);
  return Array.from({ length: FEATURES }, (_, j) => {
    let sum = 0;
    for (let known = 0; known < 1 << FEATURES; known++) {
      if (known & (1 << j)) continue;
      const size = [...known.toString(2)].filter((bit) => bit === '1').length;
      const weight = (factorial[size] * factorial[FEATURES - size - 1]) / factorial[FEATURES];
      sum += weight * (value(known | (1 << j)) - value(known));
    }
    return sum;
  });
}

test("contributions are the Shapley values over all subsets, and the twin's", () => {
  fc.assert(
    fc.property(fc.array(treeArbitrary(12), { maxLength: 4 }), vectorArbitrary, vectorArbitrary, (list, ...vectors) => {
      const trees = flattenTrees(0.25, FEATURES, list);
      const [explain, naive] = [attributionOf(trees), naiveAttribution(trees)];
      const [out, plain] = [new Float64Array(FEATURES), new Float64Array(FEATURES)];
      for (const vector of vectors) {
        const base = explain(vector, out);
        close([base, ...out], [naive(vector, plain), ...plain]);
        close(out, bruteForce(trees, vector));
        const sum = out.reduce((total, part) => total + part, base);
        assert.ok(Math.abs(sum - treesScorer(trees)(vector)) < 1e-12);
      }
    }),
    { seed: 11, numRuns: 100 },
  );
});

test('long paths, leaves without training rows and columns with owners: as the twin', () => {
  const owner = Int32Array.of(0, 1, 1, 2, 0);
  fc.assert(
    fc.property(treeArbitrary(60, 32, 0), treeArbitrary(60, 32, 0), vectorArbitrary, (first, second, vector) => {
      const trees = flattenTrees(-1, FEATURES, [first, second]);
      for (const players of [undefined, owner]) {
        const width = players ? 3 : FEATURES;
        const [out, plain] = [new Float64Array(width), new Float64Array(width)];
        const base = attributionOf(trees, players)(vector, out);
        close([base, ...out], [naiveAttribution(trees, players)(vector, plain), ...plain]);
        const sum = out.reduce((total, part) => total + part, base);
        assert.ok(Math.abs(sum - treesScorer(trees)(vector)) < 1e-12);
      }
    }),
    { seed: 12, numRuns: 60 },
  );
});

test('what trees add is found again by the tests that a row passes: to the bit what is computed anew, whatever was met before', () => {
  const rows = fc.array(vectorArbitrary, { minLength: 150, maxLength: 150 });
  fc.assert(
    fc.property(treeArbitrary(31, 9), treeArbitrary(36, 32), rows, (small, large, vectors) => {
      const trees = flattenTrees(0, FEATURES, [small, large, small]);
      const explain = attributionOf(trees);
      const [out, anew] = [new Float64Array(FEATURES), new Float64Array(FEATURES)];
      for (const [i, vector] of [...vectors, ...vectors].entries()) {
        explain(vector, out);
        if (i % 5 > 0) continue;
        attributionOf(trees)(vector, anew);
        assert.deepEqual(out, anew);
      }
    }),
    { seed: 13, numRuns: 12 },
  );
});

test('a path of forty features: all satisfied features share alike, and the sum is the score', () => {
  const size = 40;
  // A chain: each node asks for its own feature, only the last leaf is worth anything, every share is a half.
  const order = Array.from({ length: size }, (_, i) => i);
  const chain: Tree = {
    feature: Int32Array.from(order),
    threshold: new Float64Array(size),
    missingLeft: new Uint8Array(size),
    left: Int32Array.from(order, (i) => (i + 1 < size ? i + 1 : ~size)),
    right: Int32Array.from(order, (i) => ~i),
    gain: new Float64Array(size),
    value: Float64Array.from({ length: size + 1 }, (_, i) => (i === size ? 8 : 0)),
    cover: Float64Array.from({ length: size + 1 }, (_, i) => 2 ** (size - 1 - Math.min(i, size - 1))),
  };
  const trees = flattenTrees(0, size, [chain]);
  const explain = attributionOf(trees);
  const out = new Float64Array(size);
  const base = explain(new Float64Array(size).fill(-1), out);
  assert.ok(Math.abs(base - 8 / 2 ** size) < 1e-12);
  for (const part of out) assert.ok(Math.abs(part - (8 - base) / size) < 1e-9);
  // Feature 35 is not satisfied: it alone has taken the value away.
  const vector = new Float64Array(size).fill(-1);
  vector[35] = 1;
  explain(vector, out);
  assert.ok(out[35] < -0.01 && out.every((part, j) => j === 35 || part > 0));
  assert.ok(Math.abs(out.reduce((sum, part) => sum + part, base)) < 1e-9);
});

test('the quadrature integrates polynomials up to its degree exactly', () => {
  for (let count = 1; count <= 40; count++) {
    const { points, weights } = gaussLegendre(count);
    for (let degree = 0; degree < 2 * count; degree++) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += weights[i] * points[i] ** degree;
      assert.ok(Math.abs(sum * (degree + 1) - 1) < 1e-12, `${count} points, degree ${degree}: ${sum}`);
    }
  }
});
