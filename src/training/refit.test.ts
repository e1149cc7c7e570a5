import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FeatureDefinition } from '../features/definition.ts';
import { type Dataset, slice } from './dataset.ts';
import { treesLearner } from './gbdt/learner.ts';
import { seededRandom } from './gbdt/random.ts';
import { crossScores } from './refit.ts';
import { scoreRows } from './score-rows.ts';
import { DEFAULT_COSTS } from './thresholds.ts';
import { type TrainRequest, trainModel } from './train.ts';

const definitions: FeatureDefinition[] = ['a', 'b'].map((name) => ({ name, operation: 'column' }));

function rows(count: number, labelOf: (a: number, random: () => number, row: number) => number): Dataset {
  const random = seededRandom(7);
  const columns = [0, 1].map(() => Float64Array.from({ length: count }, random));
  return {
    features: ['a', 'b'],
    rows: count,
    columns,
    labels: Uint8Array.from(columns[0], (a, row) => labelOf(a, random, row)),
    times: Float64Array.from({ length: count }, (_, row) => row * 60_000),
    amounts: new Float64Array(count).fill(10),
    cards: new Float64Array(count),
  };
}

const noisy = rows(3_000, (a, random) => (a > 0.8 && random() < 0.5 ? 1 : 0));
const request = (change: Partial<TrainRequest>): TrainRequest => ({
  ...{ name: 'model', learner: 'trees', options: { rounds: 30, maxLeaves: 6 }, definitions, validationShare: 0.25 },
  ...{ refit: 'choose', thresholds: { costs: DEFAULT_COSTS }, seed: 1 },
  lineage: { dataSha256: '', codeVersion: '', options: {} },
  ...change,
});

describe('fit, then fit again', () => {
  const [train, later] = [slice(noisy, 0, 2_400), slice(noisy, 2_400, 3_000)];

  test('what validation does not speak against is fitted again, both ways are told, and it repeats bit for bit', () => {
    const [one, two] = [0, 0].map(() => trainModel(train, later, request({}), () => 0));
    assert.deepEqual(one.head, two.head);
    assert.deepEqual(one.body, two.body);
    const { refitted, validation, test: tested } = one.refit!;
    assert.equal(refitted, true);
    assert.ok(validation!.once.averagePrecision > 0.3 && validation!.again.averagePrecision > 0.3);
    assert.ok(tested!.once.averagePrecision > 0.3 && tested!.again.averagePrecision > 0.3);
    const never = trainModel(train, later, request({ refit: false }), () => 0);
    const always = trainModel(train, later, request({ refit: 'always' }), () => 0);
    assert.deepEqual(always.body, one.body);
    assert.notDeepEqual(always.body, never.body);
    assert.equal(never.refit, undefined);
  });

  test('it is not fitted again where that did worse by more than chance', () => {
    // In the latest training rows before validation the sign of things is turned: whoever learns them ranks validation upside down.
    const labels = train.labels.map((label, row) =>
      row >= 1_350 && row < 1_800 ? Number(train.columns[0][row] < 0.6) : label,
    );
    const turned = { ...train, labels };
    const { refit } = trainModel(turned, later, request({}), () => 0);
    const { once, again } = refit!.validation!;
    assert.ok(
      again.averagePrecision < once.averagePrecision - 0.1,
      `${once.averagePrecision} ${again.averagePrecision}`,
    );
    assert.equal(refit!.refitted, false);
  });

  test('no test row has a part in the choice', () => {
    const turned = { ...later, labels: later.labels.map((label) => 1 - label) };
    const one = trainModel(train, later, request({}), () => 0);
    assert.deepEqual(trainModel(train, turned, request({}), () => 0).head, one.head);
  });

  test('on noise, cross-fitted probabilities promise what comes, where the fit’s own rows would not', () => {
    const noise = rows(6_000, (_a, random) => (random() < 0.1 ? 1 : 0));
    const options = { rounds: 150, maxLeaves: 24, stopAfter: 0, minRows: 5 };
    const [own, next] = [slice(noise, 0, 4_800), slice(noise, 4_800, 6_000)];
    const trained = trainModel(own, next, request({ refit: 'always', options }), () => 0);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const promised = mean(trained.test.probabilities);
    const came = next.labels.reduce((sum, label) => sum + label, 0) / next.rows;
    assert.ok(Math.abs(promised - came) < 0.02, `${promised} promised, ${came} came`);
    // Nothing is to be known here: whoever believed the training rows would promise far more to some.
    const surest = Math.max(...trained.test.probabilities);
    assert.ok(surest < 0.4, `the surest is ${surest}`);
  });

  test('a row’s score never comes of a fit that saw its part', () => {
    const last = slice(train, 1_800, 2_400);
    const seen: [number, number][] = [];
    const scores = crossScores(train, last, new Float64Array(600).fill(-9), (others, part) => {
      assert.equal(others.rows + part.rows, train.rows);
      const times = new Set(others.times);
      for (const time of part.times) assert.ok(!times.has(time));
      seen.push([part.times[0] / 60_000, part.rows]);
      return scoreRows(
        { score: treesLearner.fit(others, undefined, treesLearner.defaults).score, calibrate: Number },
        part,
      ).raw;
    });
    assert.deepEqual(seen, [
      [0, 600],
      [600, 600],
      [1_200, 600],
    ]);
    assert.ok(scores!.subarray(1_800).every((score) => score === -9));
  });

  test('where the rows outside a part have one class, there is no cross-fitting', () => {
    const early = { ...train, labels: train.labels.map((_, row) => (row === 5 ? 1 : 0)) };
    assert.equal(
      crossScores(early, slice(early, 1_800, 2_400), new Float64Array(600), () => assert.fail()),
      undefined,
    );
  });
});
