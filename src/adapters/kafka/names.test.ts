import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createNameWindow } from './names.ts';

const WINDOW = 8;
const keys = fc.array(fc.nat({ max: 12 }), { maxLength: 80 });

test('whether a key is taken depends on the window before it alone, wherever a reader began', () => {
  fc.assert(
    fc.property(keys, fc.nat(), (sequence, pick) => {
      const whole = createNameWindow(WINDOW);
      const expected = sequence.map((key, offset) => {
        const before = sequence.slice(Math.max(0, offset - WINDOW), offset);
        const taken = whole.take(offset, `k${key}`, []);
        assert.equal(taken, before.includes(key));
        return taken;
      });
      const begin = sequence.length === 0 ? 0 : pick % sequence.length;
      const late = createNameWindow(WINDOW);
      for (let offset = begin; offset < sequence.length; offset++) {
        const taken = late.take(offset, `k${sequence[offset]}`, []);
        if (offset >= begin + WINDOW) assert.equal(taken, expected[offset]);
      }
      assert.ok(whole.size <= WINDOW + 1);
    }),
  );
});

test('a name stays with its first record; what a void record says of itself does not count', () => {
  const names = createNameWindow(100);
  assert.equal(names.take(0, 'a', ['x', 'a']), false);
  assert.equal(names.take(1, 'b', ['x']), false);
  assert.equal(names.take(2, 'a', ['y']), true);
  assert.equal(names.first('x'), 0);
  assert.equal(names.first('a'), 0);
  assert.equal(names.first('y'), undefined);
  assert.equal(names.first('c'), undefined);
});
