import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { priorCorrection } from './calibration.ts';
import type { Dataset } from './dataset.ts';
import { seededRandom } from './gbdt/random.ts';
import { LOGISTIC_DEFAULTS, logisticLearner } from './logistic/learner.ts';
import { nearest } from './neighbours.ts';
import { smote, undersample, weigh } from './resample.ts';

/** Two numbers and a category; frauds are larger in the first. Times are row numbers. */
function dataset(rows: number, fraudShare: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const labels = Uint8Array.from({ length: rows }, () => (random() < fraudShare ? 1 : 0));
  const first = Float64Array.from(labels, (label) => label * 2 + random() * 4);
  return {
    features: ['first', 'second', 'category'],
    rows,
    columns: [
      first,
      Float64Array.from(labels, () => (random() < 0.1 ? Number.NaN : random() * 1000)),
      Float64Array.from(labels, () => Math.floor(random() * 3)),
    ],
    labels,
    times: Float64Array.from({ length: rows }, (_, row) => row),
    amounts: first.slice(),
    cards: Float64Array.from({ length: rows }, (_, row) => row % 7),
  };
}

const count = (data: Dataset) => data.labels.reduce((sum, label) => sum + label, 0);

test('undersampling keeps every fraud, the ratio and the order', () => {
  const data = dataset(3000, 0.03, 1);
  const frauds = count(data);
  const { data: less, negativeRate, positiveWeight } = undersample(data, 5, 4);
  assert.equal(count(less), frauds);
  assert.equal(less.rows, 6 * frauds);
  assert.equal(negativeRate, (5 * frauds) / (3000 - frauds));
  assert.equal(positiveWeight, 1);
  assert.ok(less.times.every((time, row) => row === 0 || time > less.times[row - 1]));
  assert.deepEqual(undersample(data, 5, 4).data, less);
  assert.notDeepEqual(undersample(data, 5, 5).data.times, less.times);
  // There is nothing to drop where there are not so many.
  assert.equal(undersample(data, 1e6, 4).data.rows, 3000);
  assert.throws(() => undersample(data, 0, 4), RangeError);
});

test('made-up frauds lie between two frauds, behind the one they began from', () => {
  const data = dataset(2000, 0.03, 2);
  const before = structuredClone(data);
  const frauds = count(data);
  const { data: more, positiveWeight } = smote(data, { ratio: 0.2, categorical: [2] });
  const made = Math.round(0.2 * (2000 - frauds)) - frauds;
  assert.deepEqual(data, before);
  assert.equal(more.rows, 2000 + made);
  assert.equal(count(more), frauds + made);
  assert.equal(positiveWeight, (frauds + made) / frauds);
  const range = (column: Float64Array) => {
    const values = column.filter((x, row) => data.labels[row] === 1 && Number.isFinite(x));
    return [Math.min(...values), Math.max(...values)];
  };
  const ranges = data.columns.map(range);
  let found = 0;
  for (let row = 1; row < more.rows; row++) {
    assert.ok(more.times[row] >= more.times[row - 1]);
    if (more.times[row] !== more.times[row - 1]) continue;
    found++;
    assert.equal(more.labels[row], 1);
    assert.equal(more.cards[row], more.times[row] % 7);
    assert.equal(more.amounts[row], more.columns[0][row]);
    more.columns.forEach((column, feature) => {
      const [low, high] = ranges[feature];
      assert.ok(Number.isNaN(column[row]) ? feature === 1 : column[row] >= low && column[row] <= high);
    });
    assert.ok([0, 1, 2].includes(more.columns[2][row]));
  }
  assert.equal(found, made);
  assert.deepEqual(smote(data, { ratio: 0.2, categorical: [2] }).data, more);
});

test('a category takes what most neighbours have, by hand', () => {
  const data: Dataset = {
    features: ['x', 'kind'],
    rows: 6,
    columns: [Float64Array.of(0, 1, 2, 3, 50, 50), Float64Array.of(9, 4, 4, 4, 9, 9)],
    labels: Uint8Array.of(1, 1, 1, 1, 0, 0),
    times: Float64Array.of(0, 1, 2, 3, 4, 5),
    amounts: new Float64Array(6),
    cards: new Float64Array(6),
  };
  const { data: more } = smote(data, { ratio: 4, neighbours: 3, categorical: [1] });
  const made = [...more.times.keys()].filter((row) => row > 0 && more.times[row] === more.times[row - 1]);
  assert.equal(made.length, 4);
  for (const row of made) assert.equal(more.columns[1][row], 4);
});

test('with one fraud or none, and with frauds enough, nothing is made up', () => {
  for (const share of [0, 1]) assert.equal(smote(dataset(50, share, 1)).data.rows, 50);
  const one = dataset(50, 0, 1);
  one.labels[3] = 1;
  assert.deepEqual(smote(one), { data: one, negativeRate: 1, positiveWeight: 1 });
});

test('the nearest are those that sorting all distances gives', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 12 }), (rows) => {
      const columns = [0, 1, 2].map((feature) => Float64Array.from(rows, (row) => row[feature]));
      const all = Int32Array.from(rows.keys());
      const found = nearest({ rows: rows.length, columns, categorical: Uint8Array.of(0, 0, 1) }, all, all, 3);
      const apart = (a: number[], b: number[]) =>
        a.reduce((sum, x, i) => {
          if (Number.isNaN(x) || Number.isNaN(b[i])) return sum + (Number.isNaN(x) && Number.isNaN(b[i]) ? 0 : 1);
          return sum + (i < 2 ? (x - b[i]) ** 2 : x === b[i] ? 0 : 1);
        }, 0);
      rows.forEach((row, i) => {
        const others = [...all.keys()].filter((other) => other !== i);
        const sorted = others.sort((a, b) => apart(row, rows[a]) - apart(row, rows[b]) || a - b);
        assert.deepEqual([...found.subarray(3 * i, 3 * i + 3)], [...sorted, -1, -1, -1].slice(0, 3));
      });
    }),
    { seed: 2 },
  );
});

test('calibration undoes what each way did to the odds', () => {
  const train = dataset(20_000, 0, 9);
  // Log-odds that are linear, so that weights move the intercept alone.
  const random = seededRandom(10);
  for (let row = 0; row < train.rows; row++) {
    train.labels[row] = random() < 1 / (1 + Math.exp(5 - train.columns[0][row])) ? 1 : 0;
  }
  const vector = (row: number) => Float64Array.from(train.columns, (column) => column[row]);
  const options = { ...LOGISTIC_DEFAULTS, tails: 'keep' as const };
  const plain = logisticLearner.fit(train, undefined, options);
  for (const sample of [undersample(train, 2, 1), weigh(train, 'balanced'), smote(train, { ratio: 0.3 })]) {
    const fitted = logisticLearner.fit(sample.data, undefined, options);
    const correction = priorCorrection(sample.negativeRate, sample.positiveWeight);
    assert.ok(correction.kind === 'platt' && correction.intercept < -1);
    let [off, raw] = [0, 0];
    for (let row = 0; row < 500; row++) {
      const score = fitted.score(vector(row));
      off += (score + correction.intercept - plain.score(vector(row))) / 500;
      raw += (score - plain.score(vector(row))) / 500;
    }
    assert.ok(Math.abs(off) < 0.35 && Math.abs(off) < Math.abs(raw) / 3, `${off} of ${raw}`);
  }
});
