import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeTrees,
  encodeTrees,
  flattenTrees,
  type Tree,
  treesImportance,
  treesModel,
  treesScorer,
} from './trees.ts';

const FEATURES = 3;

/** The node asks for one feature; left and right are leaves. */
const stump = (feature: number, threshold: number, missingLeft: number, left: number, right: number): Tree => ({
  feature: Int32Array.of(feature),
  threshold: Float64Array.of(threshold),
  missingLeft: Uint8Array.of(missingLeft),
  left: Int32Array.of(~0),
  right: Int32Array.of(~1),
  gain: Float64Array.of(2),
  value: Float64Array.of(left, right),
  cover: Float64Array.of(5, 5),
});

const leafOnly = (value: number): Tree => ({
  feature: new Int32Array(0),
  threshold: new Float64Array(0),
  missingLeft: new Uint8Array(0),
  left: new Int32Array(0),
  right: new Int32Array(0),
  gain: new Float64Array(0),
  value: Float64Array.of(value),
  cover: Float64Array.of(10),
});

test('scores by hand: the threshold itself goes left, missing values go the learnt way', () => {
  const trees = flattenTrees(0.5, FEATURES, [stump(0, 10, 1, 1, 2), leafOnly(8), stump(1, 0, 0, 16, 32)]);
  const { score } = treesModel(trees);
  assert.equal(score(Float64Array.of(10, 0, 0)), 0.5 + 1 + 8 + 16);
  assert.equal(score(Float64Array.of(10.000001, 1e-300, 0)), 0.5 + 2 + 8 + 32);
  assert.equal(score(Float64Array.of(Number.NaN, Number.NaN, Number.NaN)), 0.5 + 1 + 8 + 32);
});

test('"present or missing" is a split at infinity', () => {
  const { score } = treesModel(flattenTrees(0, FEATURES, [stump(2, Number.POSITIVE_INFINITY, 0, 1, 2)]));
  assert.equal(score(Float64Array.of(0, 0, 1e300)), 1);
  assert.equal(score(Float64Array.of(0, 0, Number.NaN)), 2);
});

const number = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, Number.MIN_VALUE, -Number.MIN_VALUE),
);
const leaf = fc.double({ min: -5, max: 5, noNaN: true });
const stumps = fc.array(fc.tuple(fc.nat(FEATURES - 1), number, fc.nat(1), leaf, leaf), { maxLength: 20 });
const vectors = fc.array(fc.oneof(number, fc.constant(Number.NaN)), { minLength: FEATURES, maxLength: FEATURES });

test('what serves scores the same bits as the plain loops, and survives the way to disk', () => {
  fc.assert(
    fc.property(stumps, fc.array(vectors, { minLength: 1, maxLength: 5 }), (list, rows) => {
      const trees = flattenTrees(
        -1,
        FEATURES,
        list.map((parts) => stump(...parts)),
      );
      const plain = treesScorer(trees);
      const { head, body } = encodeTrees(trees);
      const loaded = decodeTrees(JSON.parse(JSON.stringify(head)), body);
      assert.deepEqual(loaded, trees);
      const { score } = treesModel(loaded);
      for (const row of rows) {
        const vector = Float64Array.from(row);
        assert.equal(score(vector), plain(vector), `${row} against ${list.map(([, threshold]) => threshold)}`);
      }
    }),
  );
});

test('importance sums gains and counts splits', () => {
  const trees = flattenTrees(0, FEATURES, [stump(0, 1, 0, 1, 2), stump(2, 1, 0, 1, 2), stump(0, 5, 0, 1, 2)]);
  assert.deepEqual(treesImportance(trees), { gain: Float64Array.of(4, 0, 2), splits: Int32Array.of(2, 0, 1) });
});
