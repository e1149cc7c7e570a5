import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amountsIn, wordsIn } from './search.ts';

test('amounts as people write them', () => {
  for (const [text, amounts, currency] of [
    ['100', [100]],
    ['100.50', [100.5]],
    ['100,5', [100.5]],
    ['1,000', [1, 1000]],
    ['1.000', [1, 1000]],
    ['1,234.5', [1234.5]],
    ['1.234,5', [1234.5]],
    ['1,234,567', [1234567]],
    ['usd 12', [12], 'USD'],
    ['12.5 EUR', [12.5], 'EUR'],
    ['€ 9', [9]],
    ['$9', [9]],
    ['c_9', []],
    ['12 34', []],
    ['1.2.3', []],
    ['', []],
  ] as const) {
    const found = amountsIn(text);
    assert.deepEqual([found.amounts, found.currency], [amounts, currency], text);
  }
});

test('words', () => {
  assert.deepEqual(wordsIn(" It's “a Ring”, Łódź:* & | !"), ['it', 's', 'a', 'ring', 'łódź']);
  assert.deepEqual(wordsIn('…'), []);
});
