import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from './random.ts';
import { createWorld } from './world.ts';

const start = Date.parse('2026-01-01T00:00:00Z');

test('the same seed makes the same payments, dated forwards', () => {
  const make = () => {
    const world = createWorld(createRandom(7), start);
    return Array.from({ length: 500 }, () => world.next());
  };
  const payments = make();
  assert.deepEqual(make(), payments);
  const times = payments.map(({ body }) => Date.parse(body.transactionDate!));
  assert.ok(times.every((time, i) => time > (times[i - 1] ?? start)));
});

test('people pay at a human pace', () => {
  const world = createWorld(createRandom(1), start);
  for (let i = 0; i < 3_000; i++) world.next();
  const perPersonAndDay = 3_000 / 160 / ((world.time() - start) / 86_400_000);
  assert.ok(perPersonAndDay > 0.2 && perPersonAndDay < 3, `${perPersonAndDay}`);
});

test('some payments are fraud, most are not, and card testing is one device with many cards', () => {
  const world = createWorld(createRandom(3), start);
  world.attack('cardTesting');
  const payments = Array.from({ length: 2_000 }, () => world.next());
  const frauds = payments.filter(({ fraud }) => fraud);
  assert.ok(frauds.length > 20 && frauds.length < 200, `${frauds.length} frauds`);
  const device = frauds[0].body.deviceId;
  const cards = new Set(frauds.filter(({ body }) => body.deviceId === device).map(({ body }) => body.cardId));
  assert.ok(cards.size >= 10, `${cards.size} cards`);
});
