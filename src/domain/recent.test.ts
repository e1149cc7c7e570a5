import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recent } from './recent.ts';

test('what is remembered is what would be computed, whatever the text, and no more than was asked for', () => {
  let calls = 0;
  const upper = recent((text) => {
    calls++;
    return text === '' ? undefined : text.toUpperCase();
  }, 3);
  const texts = ['', 'a', 'ß\ud800 beyond twelve units', 'x'.repeat(100), 'b', 'c', 'd', 'a'];
  for (const text of [...texts, ...texts]) assert.equal(upper(text), text === '' ? undefined : text.toUpperCase());
  calls = 0;
  for (let i = 0; i < 10; i++) upper('ß\ud800 beyond twelve units');
  assert.equal(calls, 1);
  for (let i = 0; i < 10; i++) upper('x'.repeat(100));
  assert.equal(calls, 11, 'long texts are not kept');
});
