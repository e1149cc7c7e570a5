import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadArtifact, saveArtifact } from '../../models/artifact.ts';
import { featureSchemaHash } from '../../models/canonical.ts';
import { decodeEnsemble } from '../../models/ensemble.ts';
import { type Dataset, slice } from '../dataset.ts';
import { seededRandom } from '../gbdt/random.ts';
import type { Fitted } from '../learner.ts';
import { LEARNERS } from '../learners.ts';
import { averagePrecision } from '../metrics.ts';
import { scoreRows } from '../score-rows.ts';
import { average, chooseCombination, combine, stack } from './combine.ts';
import { type FittedEnsemble, fitEnsemble } from './learner.ts';

const FEATURES = ['a', 'b', 'c'];

/** One part of the fraud lies along a line, one in a box: a linear model sees the first, trees the second. */
function mixed(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const columns = FEATURES.map(() => Float64Array.from({ length: rows }, random));
  const labels = Uint8Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = columns.map((column) => column[row]);
    return a + b + 0.3 * random() > 1.8 || (c > 0.45 && c < 0.5 && random() < 0.8) ? 1 : 0;
  });
  const zeros = new Float64Array(rows);
  return { features: FEATURES, rows, columns, labels, times: zeros, amounts: zeros, cards: zeros };
}

const data = mixed(6000, 1);
const [train, validation, later] = [slice(data, 0, 3000), slice(data, 3000, 4500), slice(data, 4500, 6000)];
const quick = {
  'trees.rounds': 40,
  'forest.trees': 30,
  'network.epochs': 4,
  'network.batch': 64,
  'trees.stopAfter': 0,
};
const fitted = fitEnsemble(LEARNERS, train, validation, quick);
const scores = (model: Pick<Fitted, 'score'>, rows = later) =>
  scoreRows({ score: model.score, calibrate: Number }, rows).raw;

test('it is no worse than the best of its members on rows that nobody saw', () => {
  const own = averagePrecision(scores(fitted), later.labels);
  for (const { name, fitted: member } of fitted.members) {
    const single = averagePrecision(scores(member), later.labels);
    assert.ok(own > single - 0.03, `${own} against ${single} of ${name}`);
  }
});

test('contributions are the weighted sum of the members’ and sum to the score', () => {
  const out = new Float64Array(FEATURES.length);
  const part = new Float64Array(FEATURES.length);
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 3, maxLength: 3 }), (values) => {
      const vector = Float64Array.from(values);
      const base = fitted.explain(vector, out);
      assert.ok(Math.abs(out.reduce((sum, x) => sum + x, base) - fitted.score(vector)) <= 1e-6);
      const expected = new Float64Array(FEATURES.length);
      fitted.members.forEach((member, i) => {
        member.fitted.explain(vector, part);
        part.forEach((x, feature) => {
          expected[feature] += fitted.combination.weights[i] * x;
        });
      });
      out.forEach((x, feature) => {
        assert.ok(Math.abs(x - expected[feature]) <= 1e-9);
      });
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('stacking hears who knows and ignores who does not; averaging gives all one scale', () => {
  const random = seededRandom(4);
  const labels = Uint8Array.from({ length: 3000 }, (_, row) => (row % 10 === 0 ? 1 : 0));
  const signal = Float64Array.from(labels, (label) => 3 * label + 4 * random());
  const noise = Float64Array.from(labels, () => random());
  const against = signal.map((x) => -x);
  const stacked = stack({ scores: [signal, noise, against], labels }, 1);
  assert.ok(stacked.weights[0] > 0 && stacked.weights[2] === 0);
  assert.ok(stacked.weights[1] < 0.3 * stacked.weights[0]);
  const averaged = average({ scores: [signal, signal.map((x) => 100 * x), against], labels });
  assert.equal(averaged.weights[2], 0);
  assert.ok(Math.abs(averaged.weights[0] / averaged.weights[1] - 100) < 1e-3);
  assert.deepEqual(combine([signal], { kind: 'average', intercept: 1, weights: [2] })[7], 1 + 2 * signal[7]);
  // Three of four members say the same half-truth: only stacking turns them down.
  const weak = Float64Array.from(labels, (label) => label + 2 * random());
  const loud = { scores: [signal, weak, weak, weak], labels };
  assert.equal(chooseCombination(loud, 1, 'average').kind, 'average');
  assert.equal(chooseCombination(loud, 1, 'validation').kind, 'stacked');
  const none = { scores: [signal, noise], labels: new Uint8Array(3000) };
  assert.equal(chooseCombination(none, 1, 'validation').kind, 'average');
});

test('a fit with what validation settled keeps the weights and the members’ rounds', () => {
  const again = fitEnsemble(LEARNERS, train, undefined, { ...quick, ...fitted.settled });
  assert.deepEqual(again.combination, fitted.combination);
  assert.equal((again.settled as Record<string, unknown>)['network.epochs'], fitted.settled!['network.epochs']);
});

test('saved and loaded it scores the same; the same seed gives the same bytes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-ensemble-'));
  try {
    const { kind, head, body } = fitted.toArtifact();
    const features = FEATURES.map((name) => ({ name }));
    const statistics = FEATURES.map(() => ({ mean: 0, deviation: 1, p01: 0, p50: 0, p99: 1, missing: 0 }));
    const lineage = { dataSha256: '', rows: 1, frauds: 1, from: 0, to: 1, seed: 1, options: {}, codeVersion: '' };
    saveArtifact(
      directory,
      {
        name: 'mixed',
        kind,
        features,
        featureSchema: featureSchemaHash(features),
        encodings: {},
        statistics,
        calibration: { kind: 'platt', slope: 1, intercept: 0 },
        thresholds: { review: 0.5, decline: 0.9 },
        lineage,
        metrics: {},
        model: head,
      },
      body,
    );
    const loaded = loadArtifact(directory);
    assert.deepEqual(scores(loaded), scores(fitted));
    assert.deepEqual(fitEnsemble(LEARNERS, train, validation, quick).toArtifact().body, body);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('malformed artifacts and members that do not exist are refused', () => {
  const { head, body } = fitted.toArtifact();
  const first = (head.members as Record<string, unknown>[])[0];
  const changed = (change: Record<string, unknown>) => ({ ...head, members: [{ ...first, ...change }] });
  const wrong = [
    changed({ offset: -8 }),
    changed({ length: body.length + 1 }),
    changed({ kind: 'ensemble' }),
    changed({ weight: Number.NaN }),
    changed({ model: null }),
    { ...head, members: [] },
    { ...head, format: 0 },
    { ...head, intercept: null },
  ];
  for (const bad of wrong) assert.throws(() => decodeEnsemble(bad, body), { code: 'invalid_request' });
  assert.throws(() => fitEnsemble(LEARNERS, train, undefined, { members: 'trees,oracle' }), /oracle/);
  assert.throws(() => fitEnsemble(LEARNERS, train, undefined, { members: 'trees,trees' }), /once/);
});

test('an average without validation weighs all alike', () => {
  const plain: FittedEnsemble = fitEnsemble(LEARNERS, train, undefined, { ...quick, members: 'trees,logistic' });
  assert.deepEqual(plain.combination.weights, [0.5, 0.5]);
});
