import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTable, keysOf, removeKey, setValue, valueAt } from './table.ts';

/** Keys that fall on few slots, at the end of the table too, and ones beyond 32 bits. */
const key = fc.oneof(
  fc.integer({ min: 1, max: 40 }).map((n) => 64 * n),
  fc.integer({ min: 1, max: 40 }).map((n) => 64 * 1024 * n - 64),
  fc.integer({ min: 1, max: 20 }).map((n) => n * 2 ** 40 + 63 * 64),
);

test('a table holds what a map does, whatever is put and removed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.integer({ min: 0, max: 2 })), { maxLength: 300 }), (steps) => {
      const [table, map] = [createTable<number>(), new Map<number, number>()];
      for (const [i, [key, act]] of steps.entries()) {
        if (act === 0) {
          removeKey(table, key);
          map.delete(key);
        } else {
          setValue(table, key, i);
          map.set(key, i);
        }
        assert.equal(valueAt(table, key), map.get(key));
      }
      assert.equal(table.size, map.size);
      assert.deepEqual([...keysOf(table)].sort(), [...map.keys()].sort());
      for (const [key] of steps) assert.equal(valueAt(table, key), map.get(key));
    }),
    { seed: 5, numRuns: 300 },
  );
});
