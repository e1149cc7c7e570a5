import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waterfall } from './waterfall.ts';

const reason = (code: string, contribution: number) => ({ code, value: 1, contribution, message: code });

test('steps begin at the base value, join, and end at the score however many are shown', () => {
  const reasons = [2.5, -1.25, 0.75, -0.5, 0.125].map((part, i) => reason(`r${i}`, part));
  for (const shown of [0, 1, 3, 5, 9]) {
    const steps = waterfall(-4, reasons, shown);
    assert.equal(steps.length, Math.min(shown + 1, 5));
    assert.equal(steps[0].from, -4);
    for (let i = 1; i < steps.length; i++) assert.equal(steps[i].from, steps[i - 1].to);
    assert.equal(steps.at(-1)!.to, -4 + 1.625);
  }
});

test('what is not shown is one step that says how many it stands for', () => {
  const steps = waterfall(0, [reason('a', 1), reason('b', 0.5), reason('c', 0.25)], 1);
  assert.deepEqual(
    steps.map(({ text, to }) => [text, to]),
    [
      ['A', 1],
      ['2 smaller reasons together', 1.75],
    ],
  );
});
