import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyRequest } from 'fastify';
import { AssayError } from '../domain/errors.ts';
import { parseTime } from '../intake/time.ts';
import { toCsv } from './csv.ts';
import { createAnswerMemory } from './idempotency.ts';
import { type Allowance, createRateLimiter } from './rate-limit.ts';
import { requestId } from './request-id.ts';
import { parseWindow } from './window.ts';

test('a window lets so many through, then says when to come back', () => {
  const limiter = createRateLimiter({ max: 3, windowMs: 10_000 });
  const take = (cost: number, now: number, caller = 'a') => limiter.take(caller, cost, now) as Allowance;
  assert.deepEqual(take(1, 0), { allowed: true, limit: 3, remaining: 2, resetSeconds: 10 });
  assert.equal(take(3, 100).allowed, false, 'a batch that does not fit');
  assert.equal(take(2, 200).remaining, 0, 'and that costs nothing');
  assert.deepEqual(take(1, 9_001), { allowed: false, limit: 3, remaining: 0, resetSeconds: 1 });
  assert.equal(take(1, 9_001, 'b').allowed, true, 'others are not held up');
  assert.equal(take(1, 10_000).allowed, true, 'the next window');
});

test('callers are forgotten beyond the bound, the longest unseen first', () => {
  const limiter = createRateLimiter({ max: 1, windowMs: 1_000_000, maxCallers: 4 });
  const take = (caller: string) => (limiter.take(caller, 1, 0) as Allowance).allowed;
  for (const caller of ['a', 'b', 'c', 'd']) assert.equal(take(caller), true);
  assert.equal(take('a'), false);
  assert.equal(take('e'), true);
  assert.equal(take('a'), false, 'seen lately, so kept');
  assert.equal(take('b'), true, 'forgotten');
});

function asking(key: string | undefined, url = '/score'): FastifyRequest {
  return { method: 'POST', url, headers: { 'idempotency-key': key }, apiKey: undefined } as unknown as FastifyRequest;
}

test('an answer is computed once for a key and body, for a day', async () => {
  let now = 0;
  let computed = 0;
  const memory = createAnswerMemory(() => now);
  const ask = (key: string | undefined, bodyHash = 'x', url?: string) =>
    memory.once(asking(key, url), () => ({ bodyHash, weight: 1, compute: async () => ++computed }));
  const [first, second] = await Promise.all([ask('k'), ask('k')]);
  assert.deepEqual(
    [first, second],
    [
      { answer: 1, replayed: false },
      { answer: 1, replayed: true },
    ],
  );
  await assert.rejects(ask('k', 'y'), (error) => error instanceof AssayError && error.code === 'idempotency_conflict');
  assert.equal((await ask('k', 'x', '/score/batch')).answer, 2, 'another route is another thing');
  assert.equal((await ask(undefined)).answer, 3);
  now = 86_400_000;
  assert.deepEqual(await ask('k', 'y'), { answer: 4, replayed: false });
  await assert.rejects(ask('x'.repeat(256)), /1 to 255/);
  await assert.rejects(ask(''), /1 to 255/);
});

test('a failure is not an answer, and memory is bounded by weight', async () => {
  const memory = createAnswerMemory(() => 0, 10);
  const fail = () => ({ bodyHash: 'x', weight: 1, compute: () => Promise.reject(new Error('no')) });
  await assert.rejects(memory.once(asking('f'), fail), /no/);
  let computed = 0;
  const ask = (key: string, weight: number) =>
    memory.once(asking(key), () => ({ bodyHash: 'x', weight, compute: async () => ++computed }));
  assert.equal((await ask('f', 1)).replayed, false);
  await ask('a', 6);
  await ask('b', 6);
  assert.equal((await ask('b', 6)).replayed, true);
  assert.equal((await ask('a', 6)).replayed, false, 'the older one went');
});

test('request ids are echoed where they are printable and short', () => {
  const next = requestId();
  const of = (sent?: string) => next({ headers: { 'x-request-id': sent } } as never);
  assert.equal(of('abc 1'), 'abc 1');
  for (const bad of ['x'.repeat(129), 'a\u0001', '', 'é', undefined]) assert.match(of(bad), /^[\w-]{12}-[0-9a-z]+$/);
  assert.notEqual(of(), of());
});

test('CSV: columns of all rows, quotes where needed, no formulas', () => {
  const text = toCsv([
    { id: 'a', note: 'say "hi", now', amount: -5 },
    { id: '=1+1', nested: { x: [1] }, none: null },
  ]);
  assert.equal(text, 'id,note,amount,nested,none\r\na,"say ""hi"", now",-5,,\r\n\'=1+1,,,"{""x"":[1]}",\r\n');
});

test('times and windows', () => {
  assert.deepEqual(parseTime('2026-01-02T03:04:05.678-05:30'), {
    time: Date.UTC(2026, 0, 2, 8, 34, 5, 678),
    offsetMinutes: -330,
  });
  assert.equal(parseTime('2026-01-02')?.time, Date.UTC(2026, 0, 2));
  assert.equal(parseTime('2016-12-31T23:59:60Z')?.time, Date.UTC(2017, 0, 1));
  for (const text of ['2026-01-02T24:00:00Z', '2026-1-2', '2026-01-02T03:04:05+99:00', 'now'])
    assert.equal(parseTime(text), undefined, text);
  assert.deepEqual(
    [parseWindow('15m'), parseWindow('7d'), parseWindow('0h'), parseWindow('2y')],
    [900_000, 604_800_000, undefined, undefined],
  );
  assert.equal(parseWindow('99999999w'), undefined);
});
