import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import Fastify from 'fastify';
import { createAdmission, refuseBeyond, STANDING_MS } from './admission.ts';
import type { Api } from './api.ts';
import { sendProblem } from './problem.ts';

/** A queue in front of one server, by a clock of its own: each decision takes `serviceMs`, one comes every `everyMs`. */
function simulate(options: { everyMs: number; serviceMs: number; forMs: number; waiting?: number; delayMs?: number }) {
  const { everyMs, serviceMs, forMs, waiting = 10, delayMs = 50 } = options;
  let now = 0;
  const admission = createAdmission({ waiting, delayMs, stopwatch: () => now });
  const queue: { at: number; leave: () => void }[] = [];
  const delays: { at: number; ms: number }[] = [];
  const refused: number[] = [];
  let came = 0;
  let freeAt = 0;
  const serve = (until: number) => {
    while (queue.length > 0 && Math.max(freeAt, queue[0].at) + serviceMs <= until) {
      const { at, leave } = queue.shift()!;
      freeAt = Math.max(freeAt, at) + serviceMs;
      delays.push({ at, ms: freeAt - at });
      leave();
    }
  };
  for (let at = 0; at < forMs; at += everyMs) {
    serve(at);
    now = at;
    came++;
    if (admission.isFull()) refused.push(at);
    else queue.push({ at, leave: admission.enter() });
  }
  serve(Number.POSITIVE_INFINITY);
  return { came, delays, refused };
}

test('what can be decided is let in, however long it goes on', () => {
  const { refused } = simulate({ everyMs: 5, serviceMs: 4, forMs: 20_000 });
  assert.equal(refused.length, 0);
});

test('a burst is worked off without a refusal, though some wait long', () => {
  const { refused, delays } = simulate({ everyMs: 0.5, serviceMs: 4, forMs: 100 });
  assert.equal(refused.length, 0);
  assert.ok(delays.some(({ ms }) => ms > 500));
});

test('bursts that follow each other closely, each worked off before the next, are no overload', () => {
  let now = 0;
  const admission = createAdmission({ waiting: 10, delayMs: 50, stopwatch: () => now });
  for (let burst = 0; burst < 20; burst++) {
    const inside = Array.from({ length: 200 }, () => {
      assert.equal(admission.isFull(), false, `burst ${burst}`);
      return admission.enter();
    });
    for (const leave of inside) {
      now += 2;
      leave();
    }
    now += 100;
  }
});

test('beyond what it can do it turns away, and those who are let in wait no longer than the bound and their turn', () => {
  for (const factor of [1.5, 2, 4]) {
    const { came, delays, refused } = simulate({ everyMs: 4 / factor, serviceMs: 4, forMs: 60_000 });
    assert.equal(delays.length + refused.length, came, 'nobody is lost');
    // The queue that stood when it began is worked off first.
    const settled = delays.filter(({ at }) => at > 30_000);
    assert.ok(Math.max(...settled.map(({ ms }) => ms)) <= 50 + 2 * 4 + 10 * 4, `${factor}`);
    assert.ok(settled.length > (0.95 * 30_000) / 4, 'it works as fast as it can');
  }
});

test('after the rush all are let in again at once, and a burst is a burst again', () => {
  let now = 0;
  const admission = createAdmission({ waiting: 2, delayMs: 50, stopwatch: () => now });
  const leave = [admission.enter(), admission.enter()];
  now = 60;
  assert.equal(admission.isFull(), false, 'late, but not for long');
  now = 60 + STANDING_MS;
  assert.equal(admission.isFull(), true);
  for (const one of leave) one();
  assert.equal(admission.isFull(), false, 'nobody waits');
  const again = [admission.enter(), admission.enter()];
  now += STANDING_MS + 60;
  assert.equal(admission.isFull(), false, 'it begins anew');
  for (const one of again) one();
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

test('who is turned away is told when to come again; what decides nothing is let in', async () => {
  const app = Fastify() as unknown as Api;
  let full = true;
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
  refuseBeyond(app, { isFull: () => full, enter: () => () => {} });
  app.post('/decides', { config: { decides: true } }, async () => 'decided');
  app.get('/health', async () => 'healthy');
  const refused = await app.inject({ method: 'POST', url: '/decides', payload: { amount: 1 } });
  assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [503, '1']);
  assert.equal(refused.json().code, 'unavailable');
  assert.equal((await app.inject('/health')).statusCode, 200);
  full = false;
  assert.equal((await app.inject({ method: 'POST', url: '/decides' })).statusCode, 200);
});
