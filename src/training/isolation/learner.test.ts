import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeTrees, treesModel } from '../../models/trees.ts';
import type { Dataset } from '../dataset.ts';
import { seededRandom } from '../gbdt/random.ts';
import { rocAuc } from '../metrics.ts';
import { scoreRows } from '../score-rows.ts';
import { fitIsolation } from './learner.ts';

/** A cloud around 0, and every fiftieth row far from it in one of its features; labels say which, and are not used. */
function cloud(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const normal = () => Array.from({ length: 6 }, random).reduce((sum, x) => sum + x, -3);
  const columns = [0, 1, 2].map(() => Float64Array.from({ length: rows }, normal));
  const labels = Uint8Array.from({ length: rows }, (_, row) => (row % 50 === 0 ? 1 : 0));
  for (let row = 0; row < rows; row += 50) columns[row % 3][row] = 6 + random();
  for (let row = 1; row < rows; row += 10) columns[2][row] = Number.NaN;
  const zeros = new Float64Array(rows);
  return { features: ['a', 'b', 'c'], rows, columns, labels, times: zeros, amounts: zeros, cards: zeros };
}

const train = cloud(4000, 1);
const fitted = fitIsolation({ ...train, labels: new Uint8Array(train.rows) }, undefined);
const scores = (score: (vector: Float64Array) => number, rows = train) =>
  scoreRows({ score, calibrate: Number }, rows).raw;

test('what lies apart scores high, without a label', () => {
  const later = cloud(2000, 2);
  assert.ok(rocAuc(scores(fitted.score, later), later.labels) > 0.97);
});

test('over the training rows the score has mean 0 and deviation 1', () => {
  const raw = scores(fitted.score);
  const mean = raw.reduce((sum, x) => sum + x, 0) / raw.length;
  const deviation = Math.sqrt(raw.reduce((sum, x) => sum + (x - mean) ** 2, 0) / raw.length);
  assert.ok(Math.abs(mean) < 1e-9 && Math.abs(deviation - 1) < 1e-9, `${mean} ${deviation}`);
});

test('contributions sum to the score for any vector', () => {
  const out = new Float64Array(3);
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 3, maxLength: 3 }), (values) => {
      const vector = Float64Array.from(values);
      const base = fitted.explain(vector, out);
      assert.ok(Math.abs(out.reduce((sum, part) => sum + part, base) - fitted.score(vector)) <= 1e-6);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('an artifact scores as the forest it came from; a seed gives the same bytes', () => {
  const { kind, head, body } = fitted.toArtifact();
  assert.equal(kind, 'isolation');
  const served = treesModel(decodeTrees(JSON.parse(JSON.stringify(head)) as Record<string, unknown>, body));
  assert.deepEqual(scores(served.score), scores(fitted.score));
  assert.deepEqual(fitIsolation(train, undefined).toArtifact().body, body);
  assert.notDeepEqual(fitIsolation(train, undefined, { seed: 2 }).toArtifact().body, body);
});

test('rows that are all alike, one row, and options out of range', () => {
  const alike = { ...train, columns: train.columns.map(() => new Float64Array(train.rows).fill(7)) };
  assert.ok(Math.abs(fitIsolation(alike, undefined).score(Float64Array.of(7, 7, 7))) < 1e-9);
  assert.throws(() => fitIsolation(train, undefined, { sampleRows: 1 }), /sampleRows/);
  assert.throws(() => fitIsolation({ ...train, rows: 0 }, undefined), RangeError);
});
