import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from './dataset.ts';
import { seededRandom } from './gbdt/random.ts';
import { thinned } from './thin.ts';
import { type Tuning, tune } from './tune.ts';

const DAY_MS = 86_400_000;
const NOISE = 9;
/** Of one’s own columns there is one that is noise. */
const definitions: FeatureDefinition[] = [
  { name: 'signal', operation: 'amount' },
  { name: 'twin', operation: 'amount' },
  { name: 'constant', operation: 'hour' },
  { name: 'missing', operation: 'everFrauds', entity: 'ip' },
  { name: 'mine', operation: 'ownNumber', field: 'metadata.mine' },
  ...Array.from(
    { length: NOISE },
    (_, i): FeatureDefinition => ({ name: `noise${i}`, operation: 'count', entity: 'user' }),
  ),
];

function rowsOf(rows: number, share = 0.06): Dataset {
  const random = seededRandom(5);
  const draw = () => Float64Array.from({ length: rows }, random);
  const signal = draw();
  const flat = (value: number) => new Float64Array(rows).fill(value);
  return {
    features: definitions.map(({ name }) => name),
    rows,
    columns: [signal, signal.slice(), flat(3), flat(Number.NaN), draw(), ...Array.from({ length: NOISE }, draw)],
    labels: Uint8Array.from(signal, (x) => (x > 1 - 2 * share && random() < 0.5 ? 1 : 0)),
    times: Float64Array.from({ length: rows }, (_, row) => row * 60_000),
    amounts: flat(10),
    cards: flat(1),
  };
}

const request = { definitions, delayMs: 7 * DAY_MS, base: { rounds: 50 }, fixed: {}, features: 6, trials: 1, seed: 1 };

test('what says nothing, or the same as another, is left out; own columns stay; the budget holds; the same twice', () => {
  const train = rowsOf(800, 0.15);
  const shares: number[] = [];
  const found = tune({ ...request, train, progress: (share) => shares.push(share) }) as Tuning;
  assert.ok(found.features.includes('signal') && found.features.includes('mine'), String(found.features));
  for (const name of ['twin', 'constant', 'missing']) assert.ok(!found.features.includes(name), name);
  assert.deepEqual([found.dropped.same, found.dropped.constant], [1, 2]);
  assert.ok(found.features.length <= request.features + 1, `${found.features.length} features`);
  assert.equal(found.candidates[0].features, definitions.length);
  const best = found.candidates[found.chosen];
  for (const one of found.candidates.slice(1)) assert.ok(one.merit <= best.merit);
  assert.deepEqual([found.options.rounds, found.options.stopAfter], [best.rounds, 0]);
  const byFamily = Object.fromEntries(found.ablation.map(({ family, without }) => [family, without]));
  assert.ok(byFamily.amounts < 0.5 * best.merit, 'without the signal little is left');
  assert.equal(found.learningCurve.at(-1)!.rows, found.rows.train);
  assert.ok(shares.every((share, i) => share <= 1 && share >= (shares[i - 1] ?? 0)));
  assert.deepEqual(tune({ ...request, train }), found);
});

test('options that were said stay; with too few frauds nothing is chosen, and why is said', () => {
  const train = rowsOf(800, 0.15);
  const found = tune({ ...request, train, fixed: { maxLeaves: 3, rounds: 20 }, trials: 1 }) as Tuning;
  assert.deepEqual([found.options.maxLeaves, found.options.rounds], [3, 20]);
  const few = tune({
    ...request,
    train: { ...train, labels: train.labels.map((label, row) => (row % 40 === 0 ? label : 0)) },
  });
  assert.match((few as { not: string }).not, /few/);
});

test('thinned rows weigh as many as there were, and no fraud is lost', () => {
  const data = rowsOf(3000, 0.02);
  const thin = thinned(data, 700);
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((all, one) => all + one, 0);
  assert.ok(thin.rows < 1000);
  assert.equal(sum(thin.labels), sum(data.labels));
  assert.ok(Math.abs(sum(thin.weights!) - data.rows) < 5);
  assert.equal(thinned(data, 3000), data);
});
