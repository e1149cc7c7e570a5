import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Dataset, slice } from './dataset.ts';
import { seededRandom } from './gbdt/random.ts';
import { LEARNERS } from './learners.ts';

const FEATURES = Array.from({ length: 9 }, (_, i) => `f${i}`);

function payments(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const columns = FEATURES.map(() => Float64Array.from({ length: rows }, random));
  const labels = Uint8Array.from({ length: rows }, (_, row) =>
    columns[0][row] + columns[5][row] + 0.4 * random() > 1.8 ? 1 : 0,
  );
  for (let row = 0; row < rows; row += 17) columns[2][row] = Number.NaN;
  const none = new Float64Array(rows);
  return { features: FEATURES, rows, columns, labels, times: none, amounts: none, cards: none };
}

const data = payments(6000, 1);
const [train, validation] = [slice(data, 0, 4500), slice(data, 4500, 6000)];

/** Learners, and the forest by balanced bags; `threads` is read by trees, and by the trees of an ensemble. */
const cases: [string, string, Record<string, unknown>][] = [
  ['trees', 'trees', { rounds: 12, rowShare: 0.7, featureShare: 0.7 }],
  ['forest', 'forest', { trees: 12 }],
  ['balanced bagging', 'forest', { trees: 12, bags: 'balanced' }],
  ['logistic', 'logistic', {}],
  ['network', 'network', { epochs: 3 }],
  ['isolation', 'isolation', { trees: 20 }],
  ['ensemble', 'ensemble', { 'trees.rounds': 12, 'forest.trees': 12, 'network.epochs': 2 }],
];

test('every learner is among the cases', () => {
  assert.deepEqual(new Set(cases.map(([, learner]) => learner)), new Set(Object.keys(LEARNERS)));
});

for (const [name, learner, options] of cases) {
  test(`${name}: a seed gives the same artifact in every run and by 1, 2 or 3 threads`, async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    const artifact = (threads: number, seed = 7) => {
      const { fit, defaults } = LEARNERS[learner];
      const all = { ...defaults, ...options, seed, threads, 'trees.threads': threads };
      const { head, body } = fit(train, validation, all).toArtifact();
      return { head: JSON.stringify(head), body: Buffer.from(body).toString('base64') };
    };
    const expected = artifact(1);
    for (const threads of [1, 2, 3]) assert.deepEqual(artifact(threads), expected);
    // Newton's method has nothing to draw.
    if (name !== 'logistic') assert.notDeepEqual(artifact(1, 8), expected);
    await new Promise(setImmediate);
    process.off('warning', warned);
    assert.deepEqual(warnings, [], 'no run fell back to one thread');
  });
}

test("every learner's attributions sum to its score on 10,000 rows", () => {
  const { columns } = payments(10_000, 2);
  for (const [name, learner, options] of cases) {
    const { fit, defaults } = LEARNERS[learner];
    const { score, explain } = fit(train, validation, { ...defaults, ...options, threads: 1, 'trees.threads': 1 });
    const out = new Float64Array(FEATURES.length);
    const vector = new Float64Array(FEATURES.length);
    let worst = 0;
    for (let row = 0; row < 10_000; row++) {
      columns.forEach((column, feature) => {
        vector[feature] = column[row];
      });
      const base = explain(vector, out);
      const sum = out.reduce((total, part) => total + part, base);
      worst = Math.max(worst, Math.abs(sum - score(vector)));
    }
    assert.ok(worst <= 1e-6, `${name}: ${worst}`);
  }
});
