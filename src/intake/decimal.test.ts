import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortDecimal } from './decimal.ts';

test('a short decimal is the number that its text is, to the bit', () => {
  let state = 7;
  const below = (most: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % most;
  for (let i = 0; i < 200_000; i++) {
    const digits = Array.from({ length: 1 + below(15) }, () => below(10)).join('');
    const at = below(digits.length + 1);
    const text = `${below(2) ? '-' : ''}${digits.slice(0, at)}${below(3) ? '.' : ''}${digits.slice(at)}`;
    assert.ok(Object.is(shortDecimal(text), Number(text)), text);
  }
});

test('what is not short is left to others', () => {
  for (const text of ['', '-', '.', '-.', '1e3', '+1', ' 1', '1 ', '1.2.3', '1234567890123456', '٣', '0x1', '--1'])
    assert.ok(Number.isNaN(shortDecimal(text)), text);
});
