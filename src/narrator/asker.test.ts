import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { declined, honest } from '../../test/support/subjects.ts';
import { type Asker, type AskerOptions, createAsker } from './asker.ts';
import { createBreaker, createBudget } from './limits.ts';
import { type Brief, type Narrator, NarratorError } from './narrator.ts';

type Narrate = (brief: Brief, signal: AbortSignal) => Promise<unknown>;
const narratorOf = (narrate: Narrate): Narrator => ({ name: 'small', narrate, close: async () => {} });
const trouble = (retryAfterMs?: number) =>
  new NarratorError('busy', { retryable: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

describe('asking a model', () => {
  let nowMs = 0;
  let askers: Asker[] = [];
  beforeEach(() => {
    nowMs = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    for (const asker of askers) asker.close();
    askers = [];
    mock.timers.reset();
  });
  const askerOf = (narrate: Narrate, options: Partial<AskerOptions> = {}) => {
    const settings = { timeoutMs: 1000, perMinute: 60, sendPersonal: false, now: () => nowMs, random: () => 0.5 };
    const asker = createAsker({ narrator: narratorOf(narrate), ...settings, ...options });
    askers.push(asker);
    return asker;
  };
  /** Lets time pass in steps, with what it sets off. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      nowMs += 50;
      mock.timers.tick(50);
      for (let i = 0; i < 10; i++) await Promise.resolve();
    }
  };

  test('what it says is checked and signed', async () => {
    assert.deepEqual(await askerOf(async () => honest).ask(declined), {
      narrative: { ...honest, source: 'model', model: 'small' },
    });
    const liar = askerOf(async () => ({ ...honest, signals: ['user_frauds_30d'] }));
    assert.deepEqual(await liar.ask(declined), { failure: 'signal' });
    assert.equal(liar.open, false, 'a lie is no outage');
  });

  test('one that hangs is given up in time; with a few such calls nothing is asked any more', async () => {
    let calls = 0;
    let given = 0;
    const asker = askerOf(
      (_brief, signal) => {
        calls++;
        signal.addEventListener('abort', () => given++);
        return new Promise(() => {});
      },
      { breaker: { failures: 1000 } },
    );
    for (let i = 0; i < 20; i++) {
      const asked = asker.ask(declined);
      await pass(1050);
      assert.ok(['timeout', 'stuck'].includes(((await asked) as { failure: string }).failure));
    }
    assert.deepEqual([calls, given, asker.stuck], [4, 4, 4]);
    assert.ok(asker.waitMs() > 0);
  });

  test('troubles that pass are tried again with growing pauses, others are not', async () => {
    const at: number[] = [];
    const asker = askerOf(async () => {
      at.push(nowMs);
      if (at.length < 3) throw trouble();
      return honest;
    });
    const asked = asker.ask(declined);
    await pass(1000);
    assert.ok('narrative' in (await asked));
    assert.deepEqual([at[1] - at[0], at[2] - at[1]], [250, 500]);
    let calls = 0;
    const refused = askerOf(async () => {
      calls++;
      throw new Error('no such model');
    });
    assert.deepEqual(await refused.ask(declined), { failure: 'error' });
    assert.equal(calls, 1);
  });

  test('who asks to be left alone longer than there is time is left alone', async () => {
    let calls = 0;
    const asker = askerOf(async () => {
      calls++;
      throw trouble(5000);
    });
    assert.deepEqual(await asker.ask(declined), { failure: 'error' });
    assert.equal(calls, 1);
  });

  test('failures in succession open the breaker; a probe closes it', async () => {
    let broken = true;
    let calls = 0;
    const asker = askerOf(
      async () => {
        calls++;
        if (broken) throw new Error('down');
        return honest;
      },
      { breaker: { failures: 2, openMs: 1000 } },
    );
    await asker.ask(declined);
    await asker.ask(declined);
    assert.deepEqual(await asker.ask(declined), { failure: 'breaker' });
    assert.deepEqual([calls, asker.open, asker.waitMs()], [2, true, 1000]);
    nowMs += 1000;
    assert.deepEqual(await asker.ask(declined), { failure: 'error' }, 'the probe fails: open for twice as long');
    assert.equal(asker.waitMs(), 2000);
    nowMs += 2000;
    broken = false;
    assert.ok('narrative' in (await asker.ask(declined)));
    assert.equal(asker.open, false);
  });

  test('no more than the budget is asked, retries included', async () => {
    let calls = 0;
    const asker = askerOf(
      async () => {
        calls++;
        throw trouble();
      },
      { perMinute: 2, breaker: { failures: 1000 } },
    );
    const asked = asker.ask(declined);
    await pass(1000);
    assert.deepEqual(await asked, { failure: 'error' });
    assert.deepEqual(await asker.ask(declined), { failure: 'budget' });
    assert.equal(calls, 2);
    assert.equal(asker.waitMs(), 29_000);
  });

  test('closing ends what is under way', async () => {
    const asker = askerOf(() => new Promise(() => {}));
    const asked = asker.ask(declined);
    await Promise.resolve();
    asker.close();
    assert.deepEqual(await asked, { failure: 'timeout' });
  });

  test('a narrator that throws before it promises is an error like any', async () => {
    const asker = askerOf(() => {
      throw new TypeError('no');
    });
    assert.deepEqual(await asker.ask(declined), { failure: 'error' });
  });
});

test('a budget fills evenly and holds a minute at most', () => {
  const budget = createBudget(60, 0);
  for (let i = 0; i < 60; i++) assert.ok(budget.take(0));
  assert.equal(budget.take(0), false);
  assert.equal(budget.waitMs(0), 1000);
  assert.equal(budget.take(1000), true);
  for (let i = 0; i < 60; i++) assert.ok(budget.take(1e9), 'however long it was quiet');
  assert.equal(budget.take(1e9), false);
});

test('an open breaker lets one through at a time', () => {
  const breaker = createBreaker({ failures: 1, openMs: 10, maxOpenMs: 15 });
  assert.ok(breaker.pass(0));
  breaker.failed(0);
  assert.deepEqual([breaker.pass(9), breaker.pass(10), breaker.pass(10)], [false, true, false]);
  breaker.failed(10);
  assert.deepEqual([breaker.pass(24), breaker.pass(25)], [false, true], 'no longer than the most');
});
