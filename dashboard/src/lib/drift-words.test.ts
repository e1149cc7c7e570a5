import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merchantOf, seriesWords } from './drift-words.ts';

test('what is looked at is told in words, whatever a merchant is called', () => {
  for (const [name, words, merchant] of [
    ['score', 'Score', undefined],
    ['#flagged', 'Held or declined', undefined],
    ['@country:DE:amount', 'Amount, country DE', undefined],
    ['@merchantId:a:score:b:score', 'Score, merchant a:score:b', 'a:score:b'],
    ['@channel:two\nlines:score', 'Score, channel two\nlines', undefined],
    ['hour', 'The hour of the day', undefined],
    ['x9_of_theirs', 'X9_of_theirs', undefined],
  ] as const) {
    assert.equal(seriesWords(name), words);
    assert.equal(merchantOf(name), merchant, name);
  }
});
