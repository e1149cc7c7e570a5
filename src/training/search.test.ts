import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FeatureDefinition } from '../features/definition.ts';
import type { Dataset } from './dataset.ts';
import { seededRandom } from './gbdt/random.ts';
import type { Learner } from './learner.ts';
import { LEARNERS } from './learners.ts';
import { bestOf, type SearchRequest, search, searchFolds, type Trial } from './search.ts';
import { drawOptions, SPACES } from './spaces.ts';
import { openTrials } from './trials.ts';

const DAY_MS = 86_400_000;
const definitions: FeatureDefinition[] = [
  { name: 'a', operation: 'column' },
  { name: 'word', operation: 'encoding', field: 'category' },
];

/** One row a half hour for 40 days; the second column holds hashes of words. */
function rows(): Dataset {
  const random = seededRandom(5);
  const count = 40 * 48;
  const a = Float64Array.from({ length: count }, random);
  return {
    features: ['a', 'word'],
    rows: count,
    columns: [a, Float64Array.from({ length: count }, (_, row) => 1000 + (row % 3))],
    labels: Uint8Array.from(a, (x) => (x + 0.5 * random() > 1.3 ? 1 : 0)),
    times: Float64Array.from({ length: count }, (_, row) => row * (DAY_MS / 48)),
    amounts: new Float64Array(count),
    cards: new Float64Array(count),
  };
}

const data = rows();

test('folds lie one after another, the label delay before each, and leave the caller’s rows alone', () => {
  const words = data.columns[1].slice();
  const { folds, gapMs } = searchFolds(data, 7 * DAY_MS, definitions);
  assert.equal(gapMs, 7 * DAY_MS);
  assert.equal(folds.length, 3);
  let tested = 20 * DAY_MS;
  for (const { train, test } of folds) {
    assert.ok(train.times[train.rows - 1] < test.times[0] - gapMs);
    assert.ok(Math.abs(test.times[0] - tested) < DAY_MS / 24);
    tested = test.times[test.rows - 1] + DAY_MS / 48;
    // Codes learnt on the fold, not hashes.
    assert.ok(train.columns[1].every((code) => code < 0) && test.columns[1].every((code) => code < 0));
  }
  assert.deepEqual(data.columns[1], words);
  // A week's rows leave no room for a week's delay.
  assert.equal(searchFolds(data, 30 * DAY_MS, definitions).gapMs, 0);
  assert.throws(() => searchFolds({ ...data, labels: new Uint8Array(data.rows) }, 0, definitions), /too few frauds/);
});

/** A learner whose ranking is the better the nearer `x` is to 0.7; it fits nothing. */
const tunable: Learner<{ x: number }> = {
  name: 'tunable',
  defaults: { x: 0 },
  fit: (_train, _validation, { x }) => {
    const off = Math.abs(x - 0.7);
    let call = 0;
    return {
      score: (vector) => vector[0] * (1 - off) + off * ((call++ * 0.618034) % 1),
      explain: () => 0,
      toArtifact: () => ({ kind: 'none', head: {}, body: new Uint8Array(0) }),
    };
  },
};

function request(change: Partial<SearchRequest> = {}): { request: SearchRequest; trials: Trial[] } {
  const trials: Trial[] = [...(change.done ?? [])];
  const whole: SearchRequest = {
    folds: searchFolds(data, 0, definitions).folds,
    learner: tunable as unknown as Learner<object>,
    space: { x: { low: 0, high: 1 } },
    base: {},
    validationShare: 0.3,
    refit: false,
    seed: 1,
    budget: { trials: 12 },
    done: [],
    onTrial: (trial) => trials.push(trial),
    ...change,
  };
  return { request: whole, trials };
}

test('it begins with what it would replace, finds better, and repeats', () => {
  const first = request();
  const best = search(first.request, () => 0);
  assert.deepEqual(first.trials[0].options, {});
  assert.equal(first.trials.length, 12);
  assert.deepEqual(best, bestOf(first.trials));
  assert.ok(Math.abs((best.options.x as number) - 0.7) < 0.2, String(best.options.x));
  const second = request();
  search(second.request, () => 0);
  assert.deepEqual(second.trials, first.trials);
});

test('a search that was broken off ends as one that was not', () => {
  const whole = request();
  search(whole.request, () => 0);
  const resumed = request({ done: whole.trials.slice(0, 5) });
  search(resumed.request, () => 0);
  assert.deepEqual(resumed.trials, whole.trials);
});

test('minutes bound it, and one trial is always run', () => {
  let now = 0;
  const timed = request({ budget: { minutes: 1 } });
  search(timed.request, () => (now += 7_000));
  assert.ok(timed.trials.length >= 2 && timed.trials.length <= 9, String(timed.trials.length));
  const none = request({ budget: { minutes: 1e-9 } });
  search(none.request, () => (now += 1000));
  assert.equal(none.trials.length, 1);
  assert.throws(() => search(request({ budget: {} }).request, () => 0), RangeError);
});

test('what a space draws its learner takes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(SPACES)), fc.nat(10_000), (name, seed) => {
      const drawn = drawOptions(SPACES[name], seed);
      assert.deepEqual(Object.keys(drawn).sort(), Object.keys(SPACES[name]).sort());
      assert.deepEqual(drawOptions(SPACES[name], seed), drawn);
      const near = drawOptions(SPACES[name], seed + 1, drawn);
      const moved = Object.keys(near).filter((key) => near[key] !== drawn[key]).length;
      assert.ok(moved <= Math.max(1, Math.round(Object.keys(drawn).length / 3)));
      for (const member of name === 'ensemble' ? ['trees', 'forest'] : [name]) {
        const prefix = name === 'ensemble' ? `${member}.` : '';
        for (const key of Object.keys(drawn)) {
          if (!key.startsWith(prefix) || key === 'combine') continue;
          assert.ok(key.slice(prefix.length) in LEARNERS[member].defaults, `${member} has no ${key}`);
        }
      }
    }),
    { seed: 2, numRuns: 200 },
  );
});

test('trials are kept by line; a torn one is dropped, another search’s refused', () => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-trials-'));
  try {
    const path = join(directory, 'out', 'trials.jsonl');
    const trial = (index: number): Trial => ({ trial: index, options: { x: index }, folds: [0.5], mean: 0.5 });
    const log = openTrials(path, { seed: 1 });
    assert.deepEqual(log.done, []);
    log.add(trial(0));
    log.add(trial(1));
    appendFileSync(path, '{"trial":2,"opt');
    const again = openTrials(path, { seed: 1 });
    assert.deepEqual(again.done, [trial(0), trial(1)]);
    again.add(trial(2));
    assert.equal(readFileSync(path, 'utf8').trim().split('\n').length, 4);
    assert.throws(() => openTrials(path, { seed: 2 }), /another search/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
