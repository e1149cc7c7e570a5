import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stabilityIndex } from './stability.ts';

test('alike is 0, another shape is not, and the worse the shift the higher', () => {
  const reference = [9_000, 800, 150, 50];
  assert.ok(stabilityIndex([900, 80, 15, 5], reference)! < 0.001);
  const little = stabilityIndex([880, 90, 20, 10], reference)!;
  const much = stabilityIndex([600, 200, 100, 100], reference)!;
  assert.ok(little < 0.1 && much > 0.25 && little < much, `${little} ${much}`);
});

test('by hand', () => {
  // Shares of the reference 0.5 and 0.5; p = (30 + 10)/60 and (10 + 10)/60.
  const expected = (2 / 3 - 0.5) * Math.log(2 / 3 / 0.5) + (1 / 3 - 0.5) * Math.log(1 / 3 / 0.5);
  assert.ok(Math.abs(stabilityIndex([30, 10], [7, 7])! - expected) < 1e-12);
});

test('it is never negative, and nothing says nothing', () => {
  assert.equal(stabilityIndex([0, 0], [1, 2]), undefined);
  assert.equal(stabilityIndex([1, 2], [0, 0]), undefined);
  assert.equal(stabilityIndex([1, 2, 3], [1, 2]), undefined);
  const counts = fc.array(fc.nat(100_000), { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const index = stabilityIndex(a, b);
      return index === undefined || index >= -1e-12;
    }),
  );
});
