import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CARD_RANGES } from './card-ranges.ts';
import { findCardNumbers, holdsCardNumber, isCardNumber } from './cards.ts';

/** Numbers that the schemes and processors publish for tests. */
const PUBLISHED = [
  '4111111111111111',
  '4222222222222',
  '4242424242424242',
  '5555555555554444',
  '2223003122003222',
  '378282246310005',
  '371449635398431',
  '30569309025904',
  '38520000023237',
  '36227206271667',
  '6011111111111117',
  '6011000990139424',
  '3530111333300000',
  '3566002020360505',
  '6200000000000005',
  '6205500000000000004',
  '6759649826438453',
  '2200000000000004',
  '6062828888666688',
];

test('numbers that are published for tests are found, by themselves and within a text', () => {
  for (const digits of PUBLISHED) {
    assert.ok(isCardNumber(digits), digits);
    assert.ok(holdsCardNumber(digits));
    const [found] = findCardNumbers(`paid with ${digits}, thanks`);
    assert.deepEqual(found, { start: 10, end: 10 + digits.length, digits });
    if (Number(digits) <= Number.MAX_SAFE_INTEGER) assert.ok(holdsCardNumber(Number(digits)));
  }
});

test('what is no card number stays one', () => {
  for (const text of [
    '4111111111111112',
    '411111111111',
    '41111111111111111111111',
    '1234567890123452',
    // A German article number whose last digit is both check digits.
    '4000000000006',
    '20261129123456',
    '2026-11-29 12:34:56',
    '1764451234567',
    'DE89370400440532013000',
    '+49 4111 111 1111',
    'c_9',
    '',
    '4111.1111.1111.1111',
    '4111    1111    1111    1111',
  ])
    assert.deepEqual(findCardNumbers(text), [], text);
  assert.ok(!holdsCardNumber(4111111111111112));
  assert.ok(!holdsCardNumber(Number.NaN));
  assert.ok(!holdsCardNumber(4111111111111.5));
});

test('a number stands on whole groups, whatever groups stand beside it', () => {
  const found = (text: string) => findCardNumbers(text).map(({ digits }) => digits);
  assert.deepEqual(found('4111 1111 1111 1111 12 27 123'), ['4111111111111111']);
  assert.deepEqual(found('29-11-2026 4111-1111-1111-1111'), ['4111111111111111']);
  assert.deepEqual(found('card_4111111111111111_x'), ['4111111111111111']);
  assert.deepEqual(found('4111111111111111/5555555555554444'), ['4111111111111111', '5555555555554444']);
  assert.deepEqual(found('4111 1111 1111 1111 5555 5555 5555 4444'), ['4111111111111111', '5555555555554444']);
  assert.deepEqual(found('４１１１　１１１１　１１１１　１１１１'), ['4111111111111111']);
  assert.deepEqual(found('٤١١١١١١١١١١١١١١١'), ['4111111111111111']);
});

/** Luhn's check digit by the table of doubled digits: another way than the code's. */
function checkDigit(body: string): number {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  const sum = [...body]
    .reverse()
    .reduce((total, digit, i) => total + (i % 2 === 0 ? doubled[Number(digit)] : Number(digit)), 0);
  return (10 - (sum % 10)) % 10;
}

const separators = fc.constantFrom(
  '',
  ' ',
  '-',
  ' - ',
  '\u00a0',
  '\u2011',
  '\t',
  '  ',
  '\u200b',
  '\u200e\u2060',
  '\u3164',
  '\ufe0f\u2800',
);

test('every range and length of the table, grouped in any way, is found; with another check digit it is not', () => {
  for (const [scheme, lengths, prefixes] of CARD_RANGES)
    for (const prefix of prefixes.split(' '))
      for (const end of prefix.split('-'))
        for (const length of lengths)
          fc.assert(
            fc.property(
              fc.array(fc.nat(9), { minLength: length, maxLength: length }),
              fc.array(separators, { minLength: length, maxLength: length }),
              (digits, between) => {
                const body = (end + digits.join('')).slice(0, length - 1);
                const number = body + checkDigit(body);
                // Visa's of 13 digits that are article numbers as well are left alone.
                if (length === 13 && number[0] === '4' && !isCardNumber(number)) return;
                assert.ok(isCardNumber(number), `${scheme} ${number}`);
                const written = Array.from(number, (digit, i) => (i === 0 ? digit : between[i] + digit)).join('');
                assert.deepEqual(
                  findCardNumbers(`(${written})`).map((found) => found.digits),
                  [number],
                );
                const wrong = body + ((checkDigit(body) + 1) % 10);
                assert.ok(!isCardNumber(wrong));
              },
            ),
            { numRuns: 10 },
          );
});
