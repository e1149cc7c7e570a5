import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCursor, writeCursor } from './cursor.ts';

test('a cursor reads back as it was written, and nothing else is one', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.nat(), (place, tie) => {
      assert.deepEqual(readCursor(writeCursor(place, tie)), { place, tie });
    }),
  );
  for (const text of ['', 'x', '1', '1.', '.1', '-1.1', '1.1.1', ' 1.1', '1e3.1', `${'9'.repeat(21)}.1`])
    assert.equal(readCursor(text), undefined, text);
});
