import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrayJournal } from '../../test/support/array-journal.ts';
import { byAmount } from '../../test/support/serving.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { type CanaryState, foldCanary, percentOf, planOf, takesPart } from './canary.ts';
import { canaryActs } from './canary-acts.ts';
import { createGuard } from './guard/guard.ts';
import type { Serving } from './judge.ts';
import type { Promotion } from './roster.ts';

const entityTypes = ['user', 'card'];
const NONE: CanaryState = { canary: null, ended: null };
const record = (type: 'model.canary' | 'model.promote', at: number, data: object) =>
  ({ type, at, key: '', data, sequence: at, version: 1 }) as unknown as JournalRecord;
const start = (at: number, version = 'new') =>
  record('model.canary', at, {
    action: 'start',
    version,
    name: 'm',
    steps: [10, 50, 100],
    minutes: 2,
    entity: 'user',
  });

test('who is in is the same everywhere, stays in as the share grows, and is as many as it says', () => {
  const { canary } = foldCanary(NONE, start(1));
  const inAt = (step: number) =>
    Array.from({ length: 4_000 }, (_, i) => i + 1).filter((key) =>
      takesPart({ ...canary!, step }, [key, 7], entityTypes),
    );
  const [ten, fifty, all] = [inAt(0), inAt(1), inAt(2)];
  assert.ok(Math.abs(ten.length - 400) < 80 && Math.abs(fifty.length - 2_000) < 150, `${ten.length} ${fifty.length}`);
  assert.equal(all.length, 4_000);
  assert.ok(ten.every((key) => fifty.includes(key)));
  assert.ok(!takesPart({ ...canary!, step: 2 }, [0, 7], entityTypes), 'without the entity nobody is');
});

test('records told twice, late or of another canary change nothing; a promotion ends any', () => {
  const begun = foldCanary(NONE, start(5));
  const raise = record('model.canary', 9, { action: 'raise', version: 'new', startedAt: 5, step: 1 });
  const raised = foldCanary(begun, raise);
  assert.deepEqual([percentOf(raised.canary!), raised.canary!.since], [50, 9]);
  assert.equal(foldCanary(raised, record('model.canary', 12, raise.data)), raised);
  const late = { action: 'stop', version: 'new', startedAt: 4 };
  assert.equal(foldCanary(raised, record('model.canary', 12, late)), raised);
  const ended = foldCanary(raised, record('model.canary', 13, { ...late, startedAt: 5, reason: 'why', guard: true }));
  assert.deepEqual(ended, { canary: null, ended: { version: 'new', at: 13, reason: 'why', guard: true } });
  assert.equal(foldCanary(raised, record('model.promote', 14, { version: 'other' })).canary, null);
});

test('steps rise, and are of an entity that there is', () => {
  assert.deepEqual(planOf({}, entityTypes), { steps: [10, 50, 100], minutes: 60, entity: 'user' });
  assert.throws(() => planOf({ steps: [50, 10] }, entityTypes), /must rise/);
  assert.throws(() => planOf({ entity: 'planet' }, entityTypes), /one of user, card/);
});

const amount = byAmount.features.names.indexOf('amount');
const model = (version: string, scoreOf: (value: number) => number): Serving => ({
  ...byAmount,
  model: { ...byAmount.model, version, score: (vector) => scoreOf(vector[amount]) },
});
const usual = (value: number) => (value - 500) / 100;

/** A model that decides for a share, ten payments a second of it; looked at every five seconds. */
async function run(minutes: number, scoreOf: (value: number) => number) {
  const journal = arrayJournal();
  let now = Date.UTC(2026, 0, 1);
  let state = foldCanary(NONE, start(now));
  journal.subscribe((one) => {
    state = foldCanary(state, one);
  });
  const champion = model('old', usual);
  const canary = model('new', scoreOf);
  const promoted: string[] = [];
  const acts = canaryActs({
    entityTypes,
    champion: () => champion,
    canary: () => state.canary,
    announced: (_version, then) => then(canary),
    append: (data) =>
      journal.enqueue({ type: 'model.canary', at: now, key: `c:${journal.records.length}`, data: { ...data } }),
    promote: async (version) => {
      promoted.push(version);
      state = foldCanary(state, record('model.promote', now, { version }));
    },
    log: { info: () => {} },
  });
  const roster = {
    ...acts,
    champion,
    promotions: [] as Promotion[],
    servingOf: () => undefined,
    promote: () => assert.fail('the champion is left alone'),
    get canary() {
      return state;
    },
    get canaryServing() {
      return state.canary ? canary : undefined;
    },
  };
  const errors: string[] = [];
  const log = { error: (_: object, message: string) => void errors.push(message) };
  const guard = createGuard({ journal, roster, log, clock: () => now, stopwatch: () => 0, everyMs: 1e9 });
  const shares: number[] = [];
  for (let second = 0; second < minutes * 60; second++) {
    for (let i = 0; i < 3 && state.canary; i++) {
      const vector = new Float64Array(byAmount.features.names.length);
      vector[amount] = 100 + ((second * 37 + i * 211) % 700);
      const probability = 1 / (1 + Math.exp(-scoreOf(vector[amount])));
      const transaction = {
        id: `t${second}-${i}`,
        userId: 'u',
        time: now,
        offsetMinutes: 0,
        amountBase: vector[amount],
      };
      const decision = { decision: 'approve', probability, model: { name: 'm', version: 'new' } };
      const data = { transaction, decision, entities: [], location: 0, bodyHash: '' };
      journal.enqueue({ type: 'decision', at: now, key: `t:${second}-${i}`, data, vector });
    }
    now += 1000;
    if (second % 5 === 4) await guard.look();
    const percent = state.canary ? percentOf(state.canary) : -1;
    if (percent !== shares.at(-1)) shares.push(percent);
  }
  guard.close();
  return { shares, promoted, errors, state };
}

test('it decides for more while it does as the champion does, and for all in the end', async () => {
  const { shares, promoted, errors } = await run(5, usual);
  assert.deepEqual([shares, promoted, errors], [[10, 50, -1], ['new'], []]);
});

test('it is ended where it has one score for all; the champion decides on', async () => {
  const { shares, promoted, state } = await run(3, () => 0.5);
  assert.deepEqual([shares, promoted], [[10, -1], []]);
  assert.deepEqual([state.ended!.guard, /same score/.test(state.ended!.reason!)], [true, true]);
});
