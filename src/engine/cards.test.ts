import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type LoadedModel, loadArtifact } from '../models/artifact.ts';
import { createCardScorer, sensitivityOf } from './cards.ts';

const root = join(import.meta.dirname, '..', '..', 'models');

/** Log-odds 2 × V1 − V2; V2 has a deviation of 2. */
const made = {
  version: 'v',
  features: ['V1', 'V2', 'Amount'],
  statistics: [
    { mean: 0, deviation: 1, p01: -2, p50: 0, p99: 2, missing: 0 },
    { mean: 1, deviation: 2, p01: -3, p50: 1, p99: 5, missing: 0 },
    { mean: 5, deviation: 0, p01: 5, p50: 5, p99: 5, missing: 0 },
  ],
  score: (vector: Float64Array) => 2 * vector[0] - vector[1],
  calibrate: (raw: number) => 1 / (1 + Math.exp(-raw)),
} as unknown as LoadedModel;

test('a score by the columns of the model, and what is far from training', () => {
  const { score } = createCardScorer(made);
  assert.equal(score({ V1: 0.5, V2: 1, Amount: 5, Time: 3, V28: 9 }).probability, 0.5);
  assert.deepEqual(score({ V1: 3, V2: 7, Amount: 1e9 }).unusual, [], 'three is not more than three');
  assert.deepEqual(score({ V1: 3.01, V2: -7, Amount: 5 }).unusual, [
    { feature: 'V2', z: -4 },
    { feature: 'V1', z: 3.01 },
  ]);
  assert.deepEqual(score({ V1: 1.7e308, V2: 1, Amount: 5 }).unusual, [{ feature: 'V1', z: 1.7e308 }]);
  assert.deepEqual(score({ V2: 1, Amount: 5 }).unusual, [], 'what is missing is not far');
});

test('importance where a learner counts no gain: what the score moves', () => {
  assert.deepEqual(sensitivityOf(made), [8, 8, 0]);
});

test('a model of other columns is refused by their name', () => {
  assert.throws(() => createCardScorer(loadArtifact(join(root, 'transactions'))), /reads amount/);
  assert.equal(createCardScorer(loadArtifact(join(root, 'card'))).model.features.length, 29);
});
