import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createQueue } from './heap.ts';

test('items come out by time, equal times in the order of pushing', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (times) => {
      const queue = createQueue<{ time: number; order: number }>(1000);
      for (const [order, time] of times.entries()) queue.push({ time, order });
      const out = Array.from({ length: times.length }, () => queue.pop());
      const expected = times
        .map((time, order) => ({ time, order }))
        .sort((a, b) => a.time - b.time || a.order - b.order);
      assert.deepEqual(out, expected);
      assert.equal(queue.pop(), undefined);
    }),
  );
});

test('the bound is kept', () => {
  const queue = createQueue<{ time: number }>(2);
  queue.push({ time: 1 });
  queue.push({ time: 2 });
  assert.throws(() => queue.push({ time: 3 }), /planned ahead/);
  assert.equal(queue.size, 2);
});
