import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_CASE_REASONS, parseCaseReasons, unfitReason } from './case-reason.ts';
import { nextInTurn } from './desk.ts';

test('whoever comes after the last one is next; who may not be given one is passed over', () => {
  const members = ['a', 'b', 'c'];
  const table: [last: string | null, may: string, next: string | undefined][] = [
    [null, 'abc', 'a'],
    ['a', 'abc', 'b'],
    ['c', 'abc', 'a'],
    ['a', 'ac', 'c'],
    ['a', 'a', 'a'],
    ['b', '', undefined],
    ['gone', 'abc', 'a'],
    ['gone', 'bc', 'b'],
  ];
  for (const [last, may, next] of table)
    assert.equal(
      nextInTurn(members, last, (member) => may.includes(member)),
      next,
      `${last}, of ${may}`,
    );
  assert.equal(
    nextInTurn([], null, () => true),
    undefined,
  );
});

test('reasons are read, and what is none of a resolution is told with the nearest', () => {
  assert.ok(parseCaseReasons(DEFAULT_CASE_REASONS).length > 8);
  const reasons = parseCaseReasons('fraud:stolen_card, legitimate : known_customer,other');
  assert.deepEqual(reasons, [
    { resolution: 'fraud', word: 'stolen_card' },
    { resolution: 'legitimate', word: 'known_customer' },
    { word: 'other' },
  ]);
  const table: [resolution: 'fraud' | 'legitimate' | 'unsure', word: string, says: RegExp | undefined][] = [
    ['fraud', 'stolen_card', undefined],
    ['fraud', 'other', undefined],
    ['unsure', 'other', undefined],
    ['legitimate', 'stolen_card', /no reason of legitimate/],
    ['fraud', 'stolen-crad', /did you mean stolen_card/],
  ];
  for (const [resolution, word, says] of table) {
    const fault = unfitReason(reasons, resolution, word);
    if (says) assert.match(fault ?? '', says);
    else assert.equal(fault, undefined, `${resolution} ${word}`);
  }
  for (const [text, says] of [
    ['Fraud:x', /none of fraud, legitimate, unsure/],
    ['fraud:Stolen Card', /not of the form/],
    ['a,,b', /not of the form/],
    ['fraud:a, fraud:a', /fraud:a stands twice/],
    [Array.from({ length: 51 }, (_, i) => `w${i}`).join(), /51 words/],
  ] as const)
    assert.throws(() => parseCaseReasons(text), says);
});
