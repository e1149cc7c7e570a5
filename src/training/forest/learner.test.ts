import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeForest, forestScorer } from '../../models/forest.ts';
import { type TreeEnsemble, treesScorer } from '../../models/trees.ts';
import { type Dataset, slice } from '../dataset.ts';
import { binColumns } from '../gbdt/bins.ts';
import { seededRandom } from '../gbdt/random.ts';
import { averagePrecision, rocAuc } from '../metrics.ts';
import { weigh } from '../resample.ts';
import { scoreRows } from '../score-rows.ts';
import { createBagger } from './bag.ts';
import { forestMemory, growForestTree } from './grower.ts';
import { fitForest } from './learner.ts';
import { FOREST_DEFAULTS, type ForestOptions } from './options.ts';

/** Fraud where two features are both high, one in fifty otherwise; the third is missing now and then, more so in fraud. */
function crossed(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const columns = [0, 1, 2].map(() => new Float64Array(rows));
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    for (const column of columns) column[row] = random();
    labels[row] = (columns[0][row] > 0.7 && columns[1][row] > 0.7) || random() < 0.02 ? 1 : 0;
    if (random() < (labels[row] ? 0.5 : 0.2)) columns[2][row] = Number.NaN;
  }
  const zeros = new Float64Array(rows);
  return { features: ['a', 'b', 'c'], rows, columns, labels, times: zeros, amounts: zeros, cards: zeros };
}

const data = crossed(5000, 1);
const [train, test5] = [slice(data, 0, 3000), slice(data, 3000, 5000)];
const few: Partial<ForestOptions> = { trees: 40 };
const scores = (fitted: { score(vector: Float64Array): number }, rows = test5) =>
  scoreRows({ score: fitted.score, calibrate: Number }, rows).raw;

test('a forest finds what only two features together tell', () => {
  const raw = scores(fitForest(train, undefined, few));
  const chance = test5.labels.reduce((sum, label) => sum + label, 0) / test5.rows;
  assert.ok(averagePrecision(raw, test5.labels) > 6 * chance, `AP ${averagePrecision(raw, test5.labels)}`);
  assert.ok(rocAuc(raw, test5.labels) > 0.85);
});

test('the score is the log-odds of the averaged share of frauds', () => {
  const fitted = fitForest(train, undefined, few);
  const average = treesScorer(fitted.ensemble);
  const raw = scores(fitted);
  for (let row = 0; row < 200; row++) {
    const p = average(Float64Array.from(test5.columns, (column) => column[row]));
    assert.ok(p > 0 && p < 1);
    assert.ok(Math.abs(raw[row] - Math.log(p / (1 - p))) < 1e-9);
  }
});

test('one tree without randomness splits as an exhaustive search does', () => {
  const options = { ...FOREST_DEFAULTS, featureShare: 1, maxLeaves: 2, minRows: 3, priorRows: 0 };
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          x: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(Number.NaN)),
          y: fc.integer({ min: 0, max: 3 }),
          fraud: fc.boolean(),
          count: fc.integer({ min: 0, max: 3 }),
        }),
        { minLength: 8, maxLength: 40 },
      ),
      fc.integer({ min: 1, max: 5 }),
      (rows, positiveWeight) => {
        const columns = [Float64Array.from(rows, ({ x }) => x), Float64Array.from(rows, ({ y }) => y)];
        const labels = Uint8Array.from(rows, ({ fraud }) => (fraud ? 1 : 0));
        const counts = Uint16Array.from(rows, ({ count }) => count);
        const matrix = binColumns(columns, labels, options);
        const tree = growForestTree(
          forestMemory(matrix),
          counts,
          labels,
          { ...options, positiveWeight },
          seededRandom(1),
        );
        const best = exhaustive(columns, labels, counts, positiveWeight, 3);
        if (best < 1e-9) assert.equal(tree.gain.filter((gain) => gain > 1e-9).length, 0);
        else assert.ok(Math.abs(tree.gain[0] - best) < 1e-9, `${tree.gain[0]} against ${best}`);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

/** The largest rise of Σ F² / W over all splits of all features, missing values on either side. */
function exhaustive(columns: Float64Array[], labels: Uint8Array, counts: Uint16Array, weight: number, minRows: number) {
  const worth = (rows: number[]) => {
    const total = rows.reduce((sum, row) => sum + counts[row] * (labels[row] ? weight : 1), 0);
    const fraud = rows.reduce((sum, row) => sum + counts[row] * (labels[row] ? weight : 0), 0);
    return { score: total > 0 ? fraud ** 2 / total : 0, rows: rows.reduce((sum, row) => sum + counts[row], 0) };
  };
  const all = Array.from(labels.keys()).filter((row) => counts[row] > 0);
  let best = 0;
  for (const column of columns) {
    for (const cut of new Set([...column, Number.POSITIVE_INFINITY])) {
      for (const missingLeft of [true, false]) {
        const toLeft = (row: number) => column[row] <= cut || (missingLeft && Number.isNaN(column[row]));
        const [left, right] = [worth(all.filter(toLeft)), worth(all.filter((row) => !toLeft(row)))];
        if (left.rows < minRows || right.rows < minRows) continue;
        best = Math.max(best, left.score + right.score - worth(all).score);
      }
    }
  }
  return best;
}

test('a balanced bag holds as many of both classes, a plain one as many rows as there are', () => {
  const bagOf = (options: Partial<ForestOptions>, rows = train) => {
    const bagger = createBagger(rows, { ...FOREST_DEFAULTS, ...options });
    bagger.draw(seededRandom(3));
    let [frauds, all] = [0, 0];
    bagger.counts.forEach((count, row) => {
      all += count;
      frauds += count * rows.labels[row];
    });
    return { frauds, all };
  };
  const total = train.labels.reduce((sum, label) => sum + label, 0);
  assert.deepEqual(bagOf({ bags: 'balanced' }), { frauds: total, all: 2 * total });
  assert.deepEqual(bagOf({ bags: 'balanced', bagRatio: 3, rowShare: 0.5 }), {
    frauds: Math.round(total / 2),
    all: Math.round(total / 2) + Math.round(1.5 * total),
  });
  const plain = bagOf({});
  assert.equal(plain.all, train.rows);
  assert.ok(Math.abs(plain.frauds - total) < 5 * Math.sqrt(total));
  // Rows are drawn in proportion to their weight: with balanced weights half of the bag is fraud.
  const weighted = bagOf({}, weigh(train, 'balanced').data);
  assert.ok(Math.abs(weighted.frauds - train.rows / 2) < 5 * Math.sqrt(train.rows / 4));
});

test('class weights move scores up, and the same seed gives the same bytes', () => {
  const bytes = (options: Partial<ForestOptions>) =>
    Buffer.from(fitForest(train, undefined, { ...few, ...options }).toArtifact().body);
  assert.deepEqual(bytes({}), bytes({}));
  assert.notDeepEqual(bytes({}), bytes({ seed: 2 }));
  const mean = (options: Partial<ForestOptions>) =>
    scores(fitForest(train, undefined, { ...few, ...options })).reduce((sum, score) => sum + score, 0) / test5.rows;
  assert.ok(mean({ positiveWeight: 'balanced' }) > mean({}) + 1);
});

test('contributions sum to the score for any vector', () => {
  const fitted = fitForest(train, undefined, few);
  const out = new Float64Array(3);
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 3, maxLength: 3 }), (values) => {
      const vector = Float64Array.from(values);
      const base = fitted.explain(vector, out);
      const sum = out.reduce((total, part) => total + part, base);
      assert.ok(Math.abs(sum - fitted.score(vector)) <= 1e-6);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('contributions are the Shapley values of the averaged probability, all scaled by one factor', () => {
  // Two trees of one split each, on different features: the averaged probability is additive in them.
  const ensemble: TreeEnsemble = {
    base: 0,
    features: 2,
    roots: Int32Array.of(0, 1),
    feature: Int32Array.of(0, 1),
    threshold: Float64Array.of(0.5, 0.5),
    missingLeft: Uint8Array.of(1, 1),
    left: Int32Array.of(~0, ~2),
    right: Int32Array.of(~1, ~3),
    gain: Float64Array.of(1, 1),
    value: Float64Array.of(0.0, 0.2, 0.05, 0.35),
    cover: Float64Array.of(50, 50, 50, 50),
  };
  const { score, explain } = forestScorer(ensemble);
  const out = new Float64Array(2);
  const logOdds = (p: number) => Math.log(p / (1 - p));
  const base = explain(Float64Array.of(1, 1), out);
  // Mean 0.1 + 0.2; reached 0.2 + 0.35; the features moved 0.1 and 0.15.
  assert.ok(Math.abs(base - logOdds(0.3)) < 1e-12);
  assert.ok(Math.abs(score(Float64Array.of(1, 1)) - logOdds(0.55)) < 1e-12);
  assert.ok(Math.abs(out[1] / out[0] - 1.5) < 1e-9);
  // Where nothing differs from the mean, nothing contributes, and nothing is divided by zero.
  const same = { ...ensemble, value: Float64Array.of(0.1, 0.1, 0.2, 0.2) };
  assert.ok(Math.abs(forestScorer(same).explain(Float64Array.of(1, 1), out) - logOdds(0.3)) < 1e-12);
  assert.deepEqual([...out], [0, 0]);
});

test('an artifact scores as the forest it came from, and one that is none is refused', () => {
  const fitted = fitForest(train, undefined, few);
  const { kind, head, body } = fitted.toArtifact();
  assert.equal(kind, 'forest');
  const parsed = JSON.parse(JSON.stringify(head)) as Record<string, unknown>;
  assert.deepEqual(scores(forestScorer(decodeForest(parsed, body))), scores(fitted));
  assert.throws(() => decodeForest({ ...parsed, base: -1 }, body), { code: 'invalid_request' });
});

test('one class only, no rows and wrong options', () => {
  const clean = { ...train, labels: new Uint8Array(train.rows) };
  assert.ok(Number.isFinite(fitForest(clean, undefined, few).score(Float64Array.of(1, 1, 1))));
  assert.ok(Number.isFinite(fitForest(clean, undefined, { ...few, bags: 'balanced' }).score(Float64Array.of(1, 1, 1))));
  assert.throws(() => fitForest(slice(train, 0, 0), undefined, few), RangeError);
  assert.throws(() => fitForest(train, undefined, { trees: 0 }), /trees/);
});
