import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeNetwork, networkScorer } from '../../models/network.ts';
import { type Dataset, slice } from '../dataset.ts';
import { seededRandom } from '../gbdt/random.ts';
import { averagePrecision, rocAuc } from '../metrics.ts';
import { trainNetwork } from './learner.ts';

const FEATURES = 4;

/** Fraud where two features have the same sign, which no linear model can tell; one is heavy-tailed, one has holes. */
function crossed(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const columns = Array.from({ length: FEATURES }, () => new Float64Array(rows));
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const [a, b, c] = [random() * 2 - 1, random() * 2 - 1, random()];
    columns[0][row] = a;
    columns[1][row] = Math.sign(b) * (Math.exp(6 * Math.abs(b)) - 1);
    columns[2][row] = c < 0.3 ? Number.NaN : c;
    columns[3][row] = 5;
    labels[row] = a * b > 0.35 ? 1 : 0;
  }
  return {
    features: ['a', 'b', 'c', 'd'],
    rows,
    columns,
    labels,
    times: new Float64Array(rows),
    amounts: new Float64Array(rows),
    cards: new Float64Array(rows),
  };
}

const data = crossed(4000, 1);
const [train, validation] = [slice(data, 0, 3000), slice(data, 3000, 4000)];
const options = { hidden: [16, 8], epochs: 20, batch: 64, rate: 0.01, dropout: 0.05 };
const fitted = trainNetwork(train, validation, options);

function scoresOf(score: (vector: Float64Array) => number, rows: Dataset): Float64Array {
  return Float64Array.from({ length: rows.rows }, (_, row) =>
    score(Float64Array.from(rows.columns, (column) => column[row])),
  );
}

test('a network learns what is not linear', () => {
  const later = crossed(2000, 2);
  const scores = scoresOf(fitted.score, later);
  assert.ok(rocAuc(scores, later.labels) > 0.97, `AUC ${rocAuc(scores, later.labels)}`);
});

test('the epoch that did best on validation is kept', () => {
  const best = Math.max(...fitted.history);
  assert.equal(fitted.epochs, fitted.history.indexOf(best) + 1);
  assert.equal(averagePrecision(scoresOf(fitted.score, validation), validation.labels), best);
  const stopped = trainNetwork(train, validation, { ...options, stopAfter: 1, rate: 0.2 });
  assert.ok(stopped.history.length < options.epochs);
  assert.equal(trainNetwork(train, undefined, { ...options, epochs: 2 }).history.length, 0);
});

test('a validation part without frauds judges nothing', () => {
  const clean = { ...validation, labels: new Uint8Array(validation.rows) };
  const without = trainNetwork(train, undefined, { ...options, epochs: 2 });
  const judged = trainNetwork(train, clean, { ...options, epochs: 2 });
  assert.deepEqual([judged.history, judged.epochs], [[], 2]);
  assert.deepEqual(judged.toArtifact().body, without.toArtifact().body);
});

test('the same seed gives the same bytes, another seed others', () => {
  const few = { ...options, epochs: 2 };
  const bytes = (seed: number) => trainNetwork(train, validation, { ...few, seed }).toArtifact().body;
  assert.deepEqual(bytes(1), bytes(1));
  assert.notDeepEqual(bytes(1), bytes(2));
});

test('contributions sum to the score for any vector', () => {
  const out = new Float64Array(FEATURES);
  const bases = new Set<number>();
  const check = (vector: Float64Array) => {
    const score = fitted.score(vector);
    const base = fitted.explain(vector, out);
    bases.add(base);
    const sum = out.reduce((total, part) => total + part, base);
    assert.ok(Math.abs(sum - score) <= 1e-6, `${sum} for ${score}`);
  };
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: FEATURES, maxLength: FEATURES }), (values) =>
      check(Float64Array.from(values)),
    ),
    { seed: 3, numRuns: 300 },
  );
  for (let row = 0; row < 500; row++) check(Float64Array.from(data.columns, (column) => column[row]));
  assert.equal(bases.size, 1);
});

test('what changes nothing contributes nothing, and what is decisive most', () => {
  const out = new Float64Array(FEATURES);
  fitted.explain(Float64Array.of(0.9, Math.exp(5.4) - 1, 0.5, 5), out);
  assert.equal(out[3], 0);
  assert.ok(out[0] + out[1] > 5 * Math.abs(out[2]), out.join(' '));
});

test('an artifact scores as the network it came from, and a malformed one is refused', () => {
  const { kind, head, body } = fitted.toArtifact();
  assert.equal(kind, 'network');
  const parsed = JSON.parse(JSON.stringify(head)) as Record<string, unknown>;
  const served = networkScorer(decodeNetwork(parsed, body));
  assert.deepEqual(scoresOf(served.score, validation), scoresOf(fitted.score, validation));
  const broken = body.slice();
  new DataView(broken.buffer).setFloat32(0, Number.NaN, true);
  assert.throws(() => decodeNetwork(parsed, broken), { code: 'invalid_request' });
  assert.throws(() => decodeNetwork(parsed, body.slice(8)), { code: 'invalid_request' });
  for (const change of [{ format: 0 }, { hidden: [16, 9] }, { hidden: [0] }, { columns: [] }, { layout: null }]) {
    assert.throws(() => decodeNetwork({ ...parsed, ...change }, body), { code: 'invalid_request' });
  }
});

test('options out of range are named', () => {
  assert.throws(() => trainNetwork(train, undefined, { dropout: 1 }), /dropout/);
  assert.throws(() => trainNetwork(train, undefined, { hidden: [0] }), /hidden/);
});
