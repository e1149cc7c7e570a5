import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from './id.ts';

test('an id holds its time, version and variant', () => {
  const id = newId(0x017f22e279b0, (size) => new Uint8Array(size).fill(0xff));
  assert.equal(id, '017f22e2-79b0-7fff-bfff-ffffffffffff');
});

test('ids of later milliseconds sort later', () => {
  const ids = Array.from({ length: 200 }, (_, i) => newId(1_700_000_000_000 + i * 997));
  assert.deepEqual([...ids].sort(), ids);
});
