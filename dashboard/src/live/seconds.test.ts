import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeconds } from './seconds.ts';

test('decisions are counted by their second, and seconds without any are zeros', () => {
  const seconds = createSeconds(6);
  seconds.add(100_200, 'approve');
  seconds.add(100_900, 'decline');
  seconds.add(102_000, 'review');
  assert.deepEqual(
    seconds.last(104_500).map(({ at, approve, review, decline }) => [at, approve, review, decline]),
    [
      [99, 0, 0, 0],
      [100, 1, 0, 1],
      [101, 0, 0, 0],
      [102, 0, 1, 0],
      [103, 0, 0, 0],
    ],
  );
});

test('a place is used again, and what comes too late for it is left out', () => {
  const seconds = createSeconds(4);
  seconds.add(10_000, 'approve');
  seconds.add(14_000, 'approve');
  seconds.add(10_500, 'approve');
  const last = seconds.last(15_000);
  assert.equal(last.at(-1)!.at, 14);
  assert.equal(last.at(-1)!.approve, 1);
});
