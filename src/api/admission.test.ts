import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import Fastify from 'fastify';
import { createAdmission, refuseBeyond, TURN } from './admission.ts';
import type { Api } from './api.ts';

/**
 * One server and what comes to it, by a clock of its own: each decision takes `serviceMs`, one comes every `everyMs` (all `burst` of them
 * at once), and is read when the loop next reads: between two turns.
 */
function simulate(options: {
  everyMs: number;
  serviceMs: number;
  forMs: number;
  burst?: number;
  waiting?: number;
  delayMs?: number;
}) {
  const { everyMs, serviceMs, forMs, burst = 1, waiting = 10, delayMs = 50 } = options;
  let now = 0;
  let next: (() => void) | undefined;
  const admission = createAdmission({
    waiting,
    delayMs,
    stopwatch: () => now,
    afterReading: (callback) => {
      next = callback;
    },
  });
  const decided: { at: number; ms: number }[] = [];
  const refused: { at: number; ms: number }[] = [];
  let durable: (() => void)[] = [];
  let came = 0;
  const read = (at: number) => {
    came++;
    if (admission.isFull()) {
      refused.push({ at, ms: now - at });
      return;
    }
    admission.atTurn(() => {
      const leave = admission.enter();
      now += serviceMs;
      durable.push(() => {
        decided.push({ at, ms: now - at });
        leave();
      });
    });
  };
  let due = 0;
  while (due < forMs || next || durable.length > 0) {
    // What was decided in a turn is durable once the loop goes round.
    for (const leave of durable.splice(0)) leave();
    const turn = next;
    next = undefined;
    turn?.();
    for (; due <= now && due < forMs; due += everyMs) for (let i = 0; i < burst; i++) read(due);
    if (!next && durable.length === 0) now = Math.max(now, due);
  }
  durable = [];
  return { came, decided, refused };
}

const longest = (waits: { ms: number }[]) => waits.reduce((most, { ms }) => Math.max(most, ms), 0);

test('what can be decided is let in, however long it goes on', () => {
  const { came, decided } = simulate({ everyMs: 5, serviceMs: 4, forMs: 20_000 });
  assert.equal(decided.length, came);
});

test('bursts of as many as may always wait are worked off, one after the other', () => {
  const { came, decided } = simulate({ everyMs: 2_000, burst: 100, serviceMs: 15, waiting: 100, forMs: 60_000 });
  assert.equal(decided.length, came);
});

test('beyond what it can do it turns away at once, and those who are let in wait no longer than the bound and a turn', () => {
  for (const factor of [1.5, 2, 4, 20]) {
    const { came, decided, refused } = simulate({ everyMs: 2 / factor, serviceMs: 2, forMs: 30_000 });
    assert.equal(decided.length + refused.length, came, 'nobody is lost');
    assert.ok(longest(refused) <= TURN * 2, `${factor}: who is refused has waited for one turn`);
    // Before the pace is known only the floor and the age of the oldest speak.
    assert.ok(longest(decided.slice(200)) <= 50 + 2 * TURN * 2, `${factor}: ${longest(decided.slice(200))}`);
    assert.ok(decided.length > (0.98 * 30_000) / 2, 'it works as fast as it can');
  }
});

test('a slow machine is held to the floor alone, a fast one to the delay', () => {
  const most = (serviceMs: number, waiting: number) =>
    longest(simulate({ everyMs: serviceMs / 3, serviceMs, waiting, forMs: serviceMs * 5_000 }).decided.slice(1_500));
  assert.ok(most(10, 20) <= 20 * 10 + 2 * TURN * 10);
  assert.ok(most(0.1, 20) > 20, 'as many as the delay allows, and not only the floor');
  assert.ok(most(0.1, 20) <= 50 + 2 * TURN * 0.1, `${most(0.1, 20)}`);
});

test('after the rush all are let in again as soon as the line is short', () => {
  let now = 0;
  const admission = createAdmission({ waiting: 2, delayMs: 50, stopwatch: () => now, afterReading: () => {} });
  const leave = [admission.enter(), admission.enter()];
  now = 50;
  assert.equal(admission.isFull(), false);
  now = 51;
  assert.equal(admission.isFull(), true, 'the oldest has waited too long');
  leave[0]();
  leave[0]();
  assert.equal(admission.isFull(), false, 'and who leaves twice has left once');
});

test('turns keep their order, and nobody is left in the line', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3 * TURN), { maxLength: 20 }), (arrivals) => {
      const pending: (() => void)[] = [];
      const admission = createAdmission({
        waiting: 1_000,
        delayMs: 50,
        stopwatch: () => 0,
        afterReading: (next) => pending.push(next),
      });
      const went: number[] = [];
      let came = 0;
      for (const count of arrivals) {
        const before = went.length;
        pending.shift()?.();
        for (let i = 0; i < count; i++) {
          const one = came++;
          admission.atTurn(() => went.push(one));
        }
        assert.ok(went.length - before <= 2 * TURN, 'the loop reads after so many');
        assert.ok(pending.length <= 1);
      }
      while (pending.length > 0) pending.shift()!();
      assert.deepEqual(
        went,
        Array.from({ length: came }, (_, i) => i),
      );
    }),
  );
});

test('so many may always wait, and with a bound of 0 all may', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 60 }), fc.constantFrom(0, 50), (steps, delayMs) => {
      let now = 0;
      const waiting = delayMs === 0 ? 1 : steps.length + 1;
      const admission = createAdmission({ waiting, delayMs, stopwatch: () => now });
      for (const step of steps) {
        now += step;
        assert.equal(admission.isFull(), false);
        admission.enter();
      }
    }),
  );
});

test('who is turned away is told when to come again; what decides nothing is let in; who has gone is not decided', async () => {
  const app = Fastify() as unknown as Api;
  let full = true;
  let isHeld = false;
  const held: (() => void)[] = [];
  const decided: unknown[] = [];
  refuseBeyond(app, {
    isFull: () => full,
    atTurn: (go) => (isHeld ? void held.push(go) : go()),
    enter: () => () => {},
  });
  app.post('/decides', { config: { decides: true } }, async ({ body }) => {
    decided.push(body);
    return 'decided';
  });
  app.get('/health', async () => 'healthy');
  const post = { method: 'POST', url: '/decides', payload: { amount: 1 } } as const;
  const refused = await app.inject(post);
  assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [503, '1']);
  assert.equal(refused.json().code, 'unavailable');
  assert.equal((await app.inject('/health')).statusCode, 200);
  full = false;
  assert.equal((await app.inject(post)).statusCode, 200);
  assert.equal(decided.length, 1);

  isHeld = true;
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const gone = new AbortController();
  const ask = (signal?: AbortSignal) =>
    fetch(`${url}/decides`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"amount":2}',
      ...(signal ? { signal } : {}),
    });
  const left = new Promise((resolve) => app.server.once('connection', (socket) => socket.once('close', resolve)));
  const given = assert.rejects(ask(gone.signal));
  while (held.length < 1) await setImmediate();
  gone.abort();
  await Promise.all([given, left]);
  const stays = ask();
  while (held.length < 2) await setImmediate();
  for (const go of held) go();
  assert.equal((await stays).status, 200);
  assert.deepEqual(decided.at(-1), { amount: 2 });
  assert.equal(decided.length, 2, 'the one that left is not among them');
  await app.close();
});
