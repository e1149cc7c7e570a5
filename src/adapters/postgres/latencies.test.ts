import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLatencies } from './latencies.ts';

const threeDigits = fc
  .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 6 }))
  .map(([digits, zeros]) => digits * 10 ** zeros);

test('percentiles are those of the sorted latencies, again after it was cleared', () => {
  const latencies = createLatencies();
  fc.assert(
    fc.property(fc.array(fc.tuple(threeDigits, fc.integer({ min: 1, max: 9 })), { maxLength: 60 }), (counted) => {
      latencies.clear();
      for (const [us, count] of counted) latencies.add(us, count);
      const sorted = counted.flatMap(([us, count]) => new Array<number>(count).fill(us)).sort((a, b) => a - b);
      const naive = [1, 50, 95, 100].map(
        (percent) => (sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0) / 1000,
      );
      assert.deepEqual(latencies.percentiles([1, 50, 95, 100]), naive);
    }),
  );
});
