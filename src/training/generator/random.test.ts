import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom, createSampler } from './random.ts';

test('the same seed gives the same numbers, another seed gives others', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (one, two) => {
      fc.pre(one !== two);
      const draw = (seed: number) => {
        const random = createRandom(seed);
        return Array.from({ length: 8 }, () => random.float());
      };
      assert.deepEqual(draw(one), draw(one));
      assert.notDeepEqual(draw(one), draw(two));
    }),
  );
});

test('seeds that differ only above 32 bits differ', () => {
  assert.notEqual(createRandom(5).float(), createRandom(5 + 2 ** 32).float());
});

test('the sequence of a seed is pinned, so that streams stay the same between versions', () => {
  const random = createRandom(1);
  assert.deepEqual(
    Array.from({ length: 4 }, () => random.int(0, 1_000_000)),
    [563672, 585111, 895908, 946399],
  );
});

test('moments are those of the distributions', () => {
  const random = createRandom(3);
  const count = 50_000;
  let sum = 0;
  let squares = 0;
  let waits = 0;
  for (let i = 0; i < count; i++) {
    const value = random.normal();
    sum += value;
    squares += value * value;
    waits += random.exponential(4);
  }
  assert.ok(Math.abs(sum / count) < 0.02);
  assert.ok(Math.abs(squares / count - 1) < 0.03);
  assert.ok(Math.abs(waits / count - 4) < 0.1);
});

test('a sampler draws in proportion to the weights and never what weighs nothing', () => {
  const weights = [5, 0, 1, 3, 1];
  const sample = createSampler(weights);
  const random = createRandom(9);
  const counts = new Array(weights.length).fill(0);
  for (let i = 0; i < 50_000; i++) counts[sample(random)]++;
  for (const [i, weight] of weights.entries())
    assert.ok(Math.abs(counts[i] / 50_000 - weight / 10) < 0.01, `${counts}`);
  assert.equal(counts[1], 0);
});
