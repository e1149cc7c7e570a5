import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrayJournal } from '../../../test/support/array-journal.ts';
import { byAmount } from '../../../test/support/serving.ts';
import type { Serving } from '../judge.ts';
import type { Promotion } from '../roster.ts';
import { createGuard, decidedBefore, isArmed } from './guard.ts';

const amount = byAmount.features.names.indexOf('amount');
const width = byAmount.features.names.length;

/** By the amount as it is, or as it is broken. */
function model(version: string, scoreOf: (amount: number) => number = (value) => (value - 500) / 100): Serving {
  return { ...byAmount, model: { ...byAmount.model, version, score: (vector) => scoreOf(vector[amount]) } };
}

function setUp(promotions: Partial<Promotion>[] = [{ version: 'new', previous: 'old' }]) {
  const journal = arrayJournal();
  const versions = new Map([
    ['old', model('old')],
    ['new', model('new')],
  ]);
  const told = promotions as Promotion[];
  let now = Date.UTC(2026, 0, 1);
  let stopwatch = 0;
  const roster = {
    get champion() {
      return versions.get(told.at(-1)?.version ?? 'new');
    },
    promotions: told,
    servingOf: (version: string) => versions.get(version),
    async promote(version: string, _by?: string, reason?: string, fellBack?: true) {
      const promotion = { version, name: 'm', previous: told.at(-1)!.version, reason, fellBack, at: now } as Promotion;
      told.push(promotion);
      return promotion;
    },
  };
  const errors: string[] = [];
  const log = { error: (_: object, message: string) => void errors.push(message) };
  const guard = createGuard({ ...{ journal, roster, log }, clock: () => now, stopwatch: () => stopwatch });
  let random = 1;
  const next = () => {
    random = (random * 16807) % 2147483647;
    return random / 2147483647;
  };
  return {
    ...{ guard, told, versions, errors },
    /** So many seconds of ten payments each, looked at every five. */
    async run(seconds: number, scoreOf: (amount: number) => number, amounts = () => 100 + 700 * next()) {
      for (let second = 0; second < seconds; second++) {
        for (let i = 0; i < 10; i++) {
          const vector = new Float64Array(width);
          vector[amount] = amounts();
          const probability = 1 / (1 + Math.exp(-scoreOf(vector[amount])));
          const decision = { decision: 'approve', probability, model: { name: 'm', version: told.at(-1)!.version } };
          const transaction = {
            id: `t${second}-${i}`,
            userId: 'u',
            time: now,
            offsetMinutes: 0,
            amountBase: vector[amount],
          };
          const data = { transaction, decision, entities: [], location: 0, bodyHash: '' };
          await journal.enqueue({ type: 'decision', at: now, key: `t:${now}:${i}`, data, vector }).durable;
        }
        now += 1000;
        if (second % 5 === 4) await guard.look();
      }
    },
    slow(version: string, ms: number) {
      const serving = versions.get(version)!;
      const { score } = serving.model;
      serving.model.score = (vector) => {
        stopwatch += ms;
        return score(vector);
      };
    },
    failing(times: number) {
      for (let i = 0; i < times; i++) guard.failed('new', now);
    },
  };
}

const usual = (value: number) => (value - 500) / 100;
const fellBack = (told: readonly Promotion[]) => told.filter((each) => each.fellBack);

test('a champion that fails, or has one score for all, falls back once and says why', async () => {
  const failing = setUp();
  await failing.run(10, usual);
  failing.failing(8);
  await failing.guard.look();
  await failing.guard.look();
  assert.equal(fellBack(failing.told).length, 1);
  assert.match(failing.told.at(-1)!.reason!, /new fell back: it failed on 8 of 108/);

  const constant = setUp();
  await constant.run(60, () => 0.5);
  assert.equal(fellBack(constant.told).length, 1);
  assert.match(constant.told.at(-1)!.reason!, /same score/);
  assert.equal(constant.told.at(-1)!.version, 'old');
});

test('its own shift falls back within a minute; one that the version before shows too does not', async () => {
  const broken = setUp();
  await broken.run(300, usual);
  await broken.run(60, (value) => usual(value) + 4);
  assert.equal(fellBack(broken.told).length, 1);
  assert.match(broken.told.at(-1)!.reason!, /shifted/);

  const attack = setUp();
  await attack.run(300, usual);
  await attack.run(120, usual, () => 800);
  assert.equal(fellBack(attack.told).length, 0);
});

test('ten times as slow falls back; a machine that is busy, and the slower model as it always was, do not', async () => {
  const slow = setUp();
  slow.slow('new', 0.4);
  slow.slow('old', 0.4);
  await slow.run(300, usual);
  slow.slow('new', 8);
  await slow.run(60, usual);
  assert.match(slow.told.at(-1)!.reason ?? '', /8\.4 ms/);

  const busy = setUp();
  busy.slow('new', 0.4);
  busy.slow('old', 0.4);
  await busy.run(300, usual);
  busy.slow('new', 8);
  busy.slow('old', 8);
  await busy.run(120, usual);
  assert.equal(fellBack(busy.told).length, 0);
});

test('it acts once, and a person’s word stands', async () => {
  const again = setUp();
  await again.run(60, () => 0.5);
  // A person puts it back: it stays, whatever it does.
  again.told.push({ version: 'new', name: 'm', previous: 'old', at: 0, by: 'somebody' });
  await again.run(120, () => 0.5);
  assert.equal(fellBack(again.told).length, 1);
  for (const [armed, promotions] of [
    [false, []],
    [true, [{ version: 'b', previous: 'a' }]],
    [false, [{ version: 'a', previous: 'b', fellBack: true as const }]],
    [
      true,
      [
        { version: 'a', previous: 'b', fellBack: true as const },
        { version: 'c', previous: 'a' },
      ],
    ],
  ] as const)
    assert.equal(isArmed(promotions), armed);
});

test('without a version before it there is nothing to fall back to, which is said once', async () => {
  const alone = setUp([{ version: 'new', previous: null }]);
  await alone.run(10, usual);
  alone.failing(50);
  await alone.guard.look();
  await alone.guard.look();
  assert.equal(fellBack(alone.told).length, 0);
  assert.equal(alone.errors.length, 1);
});

test('promoted again while it decides: what it would fall back to is what decided before, never itself', async () => {
  const confirmed = setUp([
    { version: 'new', previous: 'old' },
    { version: 'new', previous: 'new' },
  ]);
  assert.deepEqual([confirmed.guard.state().armed, confirmed.guard.state().before], [true, 'old']);
  await confirmed.run(60, () => 0.5);
  assert.deepEqual([fellBack(confirmed.told).length, confirmed.told.at(-1)!.version], [1, 'old']);
  // A person says that it shall be so: what failed is nothing to fall back to.
  confirmed.told.push({ version: 'old', name: 'm', previous: 'old', at: 0, by: 'somebody' });
  assert.deepEqual([confirmed.guard.state().armed, confirmed.guard.state().before], [false, null]);

  const first = setUp([{ version: 'new', previous: 'new' }]);
  assert.deepEqual([first.guard.state().armed, first.guard.state().before], [false, null]);

  const told = [
    { version: 'a', previous: null },
    { version: 'b', previous: 'a' },
    { version: 'b', previous: 'b' },
    { version: 'a', previous: 'b' },
  ];
  for (const [version, before] of [
    ['b', 'a'],
    ['a', 'b'],
    ['c', null],
  ] as const)
    assert.equal(decidedBefore(told, version), before);
});
