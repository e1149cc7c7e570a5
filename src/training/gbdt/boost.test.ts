import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { type FoundedTeam, foundTeam } from '../../kernel/team.ts';
import type { Dataset } from '../dataset.ts';
import { averagePrecision, logLossOfRaw, rocAuc } from '../metrics.ts';
import { boost } from './boost.ts';
import { plainHistograms } from './histogram.ts';
import { fitTrees } from './learner.ts';
import { TREES_DEFAULTS, type TreesOptions } from './options.ts';
import { seededRandom } from './random.ts';

function dataset(columns: number[][], labels: number[], weights?: number[]): Dataset {
  const rows = labels.length;
  return {
    features: columns.map((_, f) => `f${f}`),
    rows,
    columns: columns.map((column) => Float64Array.from(column)),
    labels: Uint8Array.from(labels),
    times: Float64Array.from({ length: rows }, (_, i) => i),
    amounts: new Float64Array(rows),
    cards: new Float64Array(rows),
    weights: weights && Float64Array.from(weights),
  };
}

/** Rare positives by a rule of three features with noise, an interaction and missing values that mean something. */
function rareFraud(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const columns: number[][] = [[], [], [], [], []];
  const labels: number[] = [];
  for (let i = 0; i < rows; i++) {
    const x = columns.map(() => random() * 2 - 1);
    const gone = random() < 0.1;
    const risk = (x[0] > 0.8 ? 4 : 0) + (x[1] * x[2] > 0.3 ? 2 : 0) + (gone ? 2 : 0) - 5;
    labels.push(random() < 1 / (1 + Math.exp(-risk)) ? 1 : 0);
    columns.forEach((column, f) => {
      column.push(f === 3 && gone ? Number.NaN : x[f]);
    });
  }
  return dataset(columns, labels);
}

const scoresOf = (model: { score(v: Float64Array): number }, data: Dataset) =>
  Float64Array.from({ length: data.rows }, (_, row) => model.score(Float64Array.from(data.columns, (c) => c[row])));

const bare: Partial<TreesOptions> = { minRows: 1, minHessian: 1e-6, l2: 0, stopAfter: 0, learningRate: 1 };

test('one small tree by hand', () => {
  // Base: 2 frauds of 8 → p = 1/4, g = 1/4 or −3/4, h = 3/16. Feature 1 separates the last two rows, then feature 0.
  const data = dataset(
    [
      [1, 2, 1, 2, 1, 2, 1, 2],
      [0, 0, 0, 0, 0, 0, 5, 5],
    ],
    [0, 0, 0, 0, 0, 0, 1, 1],
  );
  const { ensemble, score } = fitTrees(data, undefined, { ...bare, rounds: 1 });
  const base = Math.log(1 / 3);
  assert.ok(Math.abs(ensemble.base - base) < 1e-12);
  assert.deepEqual([...ensemble.feature], [1]);
  assert.deepEqual([...ensemble.threshold], [2.5]);
  assert.deepEqual([...ensemble.cover], [6, 2]);
  // −G/H: −(6/4)/(18/16) on the left, (2 × 3/4)/(6/16) on the right.
  assert.ok(Math.abs(score(Float64Array.of(1, 0)) - (base - 4 / 3)) < 1e-9);
  assert.ok(Math.abs(score(Float64Array.of(1, 9)) - (base + 4)) < 1e-9);
  assert.ok(Math.abs(score(Float64Array.of(1, Number.NaN)) - (base - 4 / 3)) < 1e-9);
  const halved = fitTrees(data, undefined, { ...bare, rounds: 1, l2: 1, learningRate: 0.5 });
  assert.ok(Math.abs(halved.score(Float64Array.of(1, 9)) - (base + 0.5 * (1.5 / (6 / 16 + 1)))) < 1e-9);
});

test('growth is leaf by leaf: the best leaf first, and no more leaves or depth than allowed', () => {
  const data = rareFraud(4000, 3);
  for (const [maxLeaves, maxDepth] of [
    [2, 0],
    [7, 0],
    [64, 2],
  ]) {
    const { ensemble } = fitTrees(data, undefined, { rounds: 1, maxLeaves, maxDepth, minRows: 5, minHessian: 1e-3 });
    assert.ok(ensemble.value.length <= (maxDepth ? 2 ** maxDepth : maxLeaves) && ensemble.value.length >= 2);
    assert.equal(
      ensemble.cover.reduce((a, b) => a + b),
      4000,
    );
    assert.ok(ensemble.cover.every((rows) => rows >= 5));
  }
  const small = fitTrees(data, undefined, { rounds: 1, maxLeaves: 4, minHessian: 1e-3 }).ensemble;
  const large = fitTrees(data, undefined, { rounds: 1, maxLeaves: 12, minHessian: 1e-3 }).ensemble;
  assert.deepEqual(large.gain.subarray(0, 3), small.gain);
});

test('it learns: far better than chance on later rows, missing values included', () => {
  const train = rareFraud(12_000, 1);
  const test = rareFraud(6_000, 2);
  const model = fitTrees(train, undefined, { rounds: 40, learningRate: 0.1, maxLeaves: 15, stopAfter: 0 });
  const scores = scoresOf(model, test);
  assert.ok(rocAuc(scores, test.labels) > 0.84, `${rocAuc(scores, test.labels)}`);
  const base = test.labels.reduce((a, b) => a + b) / test.rows;
  assert.ok(averagePrecision(scores, test.labels) > 4 * base);
  // f4 is noise, f0 the strongest.
  const { gain, splits } = model.importance;
  assert.ok(gain[0] > 3 * gain[4]);
  assert.equal(
    splits.reduce((a, b) => a + b),
    model.ensemble.feature.length,
  );
});

test('the same seed gives the same bits, another seed another sample', () => {
  const train = rareFraud(5000, 4);
  const options = { rounds: 10, rowShare: 0.7, featureShare: 0.6, stopAfter: 0 };
  const body = (seed: number) => fitTrees(train, undefined, { ...options, seed }).toArtifact().body;
  assert.deepEqual(body(1), body(1));
  assert.notDeepEqual(body(1), body(2));
});

test('with and without the kernel the trees are the same bits', () => {
  const train = rareFraud(3000, 10);
  const options = { ...TREES_DEFAULTS, rounds: 8, rowShare: 0.8, minHessian: 0.1, stopAfter: 0 };
  const byKernel = boost(train, undefined, options);
  assert.deepEqual(boost(train, undefined, options, undefined, plainHistograms), byKernel);
  assert.equal(byKernel.trees.length, 8);
});

test('sampled trees score what serving scores, on bins and on numbers', () => {
  // With a sample the other rows are scored by bins: the loss falls only if they are scored as serving does.
  const train = rareFraud(5000, 5);
  const later = rareFraud(3000, 6);
  const model = fitTrees(train, later, { rounds: 30, rowShare: 0.5, stopAfter: 0, stopMetric: 'logLoss' });
  assert.ok(Math.abs(logLossOfRaw(scoresOf(model, later), later.labels) - model.history.at(-1)!) < 1e-12);
});

test('training stops when the later rows gain no more, and keeps the best number of trees', () => {
  const train = rareFraud(1500, 7);
  const later = rareFraud(3000, 8);
  for (const stopMetric of ['logLoss', 'averagePrecision'] as const) {
    const options = { rounds: 400, learningRate: 0.3, minRows: 1, minHessian: 1e-3, stopAfter: 15, stopMetric };
    const { ensemble, history, score } = fitTrees(train, later, options);
    assert.ok(history.length < 400);
    assert.equal(history.length, ensemble.roots.length + 15);
    const best = stopMetric === 'logLoss' ? Math.min(...history) : Math.max(...history);
    assert.equal(history[ensemble.roots.length - 1], best);
    const measure = stopMetric === 'logLoss' ? logLossOfRaw : averagePrecision;
    assert.ok(Math.abs(measure(scoresOf({ score }, later), later.labels) - best) < 1e-9);
  }
});

test('later rows without a fraud cannot stop training', () => {
  const later = { ...rareFraud(500, 12), labels: new Uint8Array(500) };
  const { ensemble, history } = fitTrees(rareFraud(1500, 7), later, { rounds: 12, minHessian: 0.1, stopAfter: 2 });
  assert.equal(ensemble.roots.length, 12);
  assert.deepEqual(history, []);
});

test('a weight of two is a row twice', () => {
  const once = rareFraud(2000, 9);
  const twice = [...once.labels.keys()].flatMap((row) => (once.labels[row] ? [row, row] : [row]));
  const doubled = dataset(
    once.columns.map((column) => twice.map((row) => column[row])),
    twice.map((row) => once.labels[row]),
  );
  const options = { rounds: 3, minRows: 0, positiveBins: false, maxBins: 16, stopAfter: 0 };
  const byWeight = fitTrees({ ...once }, undefined, { ...options, positiveWeight: 2 });
  const byColumn = fitTrees(
    { ...once, weights: Float64Array.from(once.labels, (label) => 1 + label) },
    undefined,
    options,
  );
  assert.deepEqual(byWeight.ensemble, byColumn.ensemble);
  assert.ok(Math.abs(byWeight.ensemble.base - fitTrees(doubled, undefined, options).ensemble.base) < 1e-12);
  const balanced = fitTrees(once, undefined, { ...options, positiveWeight: 'balanced' });
  assert.ok(Math.abs(balanced.ensemble.base) < 1e-9);
});

test('nothing to learn is not an error; nothing at all is', () => {
  const flat = dataset([[1, 1, 1]], [0, 1, 0]);
  const model = fitTrees(flat, undefined, { rounds: 5 });
  assert.equal(model.ensemble.roots.length, 0);
  assert.ok(Math.abs(model.score(Float64Array.of(1)) - Math.log(1 / 2)) < 1e-12);
  assert.ok(Number.isFinite(fitTrees(dataset([[1, 2]], [0, 0]), undefined, { rounds: 2 }).score(Float64Array.of(1))));
  assert.throws(() => fitTrees(dataset([[]], []), undefined), RangeError);
  assert.throws(() => fitTrees(flat, undefined, { maxLeaves: 1 }), /maxLeaves/);
});

test('any number of threads gives the same bits, with samples, weights and early stopping', async () => {
  const warnings: string[] = [];
  const warned = (warning: Error) => warnings.push(String(warning));
  process.on('warning', warned);
  // More than one block of gradients and several groups of features, so that threads share them.
  const wide = (data: Dataset): Dataset => ({
    ...data,
    columns: [0, 1, 2, 3].flatMap((power) => data.columns.map((column) => column.map((x) => x * (x + 1) ** power))),
  });
  const train = wide(rareFraud(9000, 13));
  const later = wide(rareFraud(1000, 14));
  for (const options of [
    { rounds: 6, stopAfter: 0 },
    { rounds: 12, rowShare: 0.6, featureShare: 0.7, positiveWeight: 'balanced', learningRate: 0.5, stopAfter: 3 },
  ] as const) {
    const fit = (threads: number) => boost(train, later, { ...TREES_DEFAULTS, minHessian: 0.1, ...options, threads });
    const alone = fit(1);
    assert.ok(alone.trees.length > 1);
    assert.deepEqual(fit(2), alone);
    assert.deepEqual(fit(3), alone);
  }
  await new Promise(setImmediate);
  process.off('warning', warned);
  assert.deepEqual(warnings, [], 'no run fell back to one thread');
});

/** Founds teams, whose other threads run `script` where it is given, and keeps them. */
function founder(teams: FoundedTeam[], script?: string): typeof foundTeam {
  return (threads, own, data, patienceMs) => {
    const url = script ? new URL(`data:text/javascript,${encodeURIComponent(script)}`) : own;
    const team = foundTeam(threads, url, data, patienceMs);
    teams.push(team);
    return team;
  };
}

test('threads end with the call, also when the caller throws', async () => {
  const train = rareFraud(9000, 15);
  const teams: FoundedTeam[] = [];
  const options = { ...TREES_DEFAULTS, rounds: 3, threads: 3 };
  boost(train, undefined, options, undefined, undefined, founder(teams));
  const stop = () => {
    throw new Error('enough');
  };
  assert.throws(() => boost(train, undefined, options, stop, undefined, founder(teams)), /enough/);
  const late = setTimeout(() => assert.fail('a thread lives on'), 10_000);
  await Promise.all(teams.map(({ ended }) => ended));
  clearTimeout(late);
  assert.equal(teams.length, 2);
});

test('where a thread fails, one thread does it all and says so', async () => {
  const train = rareFraud(3000, 16);
  const options = { ...TREES_DEFAULTS, rounds: 3, minHessian: 0.1 };
  const failing = `import { joinTeam } from '${new URL('../../kernel/team.ts', import.meta.url)}';
    joinTeam((team) => { team.barrier(); team.barrier(); throw new Error('no memory'); });`;
  const warned = once(process, 'warning');
  const threads = boost(train, undefined, { ...options, threads: 2 }, undefined, undefined, founder([], failing));
  assert.deepEqual(threads, boost(train, undefined, { ...options, threads: 1 }));
  const [warning] = await warned;
  assert.match(warning.message, /trained by one thread: a thread of the team has failed/);
});
