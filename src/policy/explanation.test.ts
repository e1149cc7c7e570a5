import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityTypesWith } from '../domain/entity.ts';
import { trainingCatalogue } from '../features/catalogue.ts';
import { describe } from '../features/words.ts';
import { reasonsFor, sentence } from './explanation.ts';
import { sentenceOf, series } from './phrases.ts';
import { outcomeOf } from './thresholds.ts';

const reason = (message: string, contribution: number, code = message) => ({ code, value: 1, contribution, message });

test('a sentence names the outcome, its risk and what speaks for it', () => {
  const reasons = [
    reason('6 cards on this device', 2),
    reason('the account is 3 years old', -1),
    reason('the first payment by this user', 0.5),
    reason('made at night', 0.4),
  ];
  assert.equal(
    sentence('decline', 0.97, reasons),
    'Declined: the risk of fraud is 97%. There were 6 cards on this device, and it is the first payment by this user.',
  );
  assert.equal(
    sentence('approve', 0.0031, reasons),
    'Approved: the risk of fraud is 0.3%. The account is 3 years old.',
  );
  assert.equal(sentence('review', 0.0004, []), 'Sent to review: the risk of fraud is under 0.1%.');
  assert.equal(sentence('decline', 0.9999, []), 'Declined: the risk of fraud is over 99.9%.');
});

test('one thing over several lengths of time is said once', () => {
  const reasons = ['user_count_1h', 'user_count_24h', 'merchant_fraud_share_30d', 'merchant_fraud_share_30d_delay_7d'];
  const told = reasonsFor(
    'decline',
    reasons.map((code, i) => reason('1 payment', 4 - i, code)),
    3,
  );
  assert.deepEqual(
    told.map(({ code }) => code),
    ['user_count_1h', 'merchant_fraud_share_30d'],
  );
});

test('messages become sentences', () => {
  const said = {
    '6 cards on this device': 'there were 6 cards on this device',
    '1 payment by this user': 'there was 1 payment by this user',
    '0 payments by this user': 'there were no payments by this user',
    '$1,250.00 paid by this user in the last 24 hours': '$1,250.00 was paid by this user in the last 24 hours',
    '2 minutes since the last payment': 'it came 2 minutes after the last payment',
    '0 seconds since the last payment': 'it came at once after the last payment',
    '40 km from the last payment': 'it was made 40 km from the last payment',
    '12% of the payments were fraud': '12% of the payments were fraud',
    'made at night': 'it was made at night',
    'no card is given': 'no card is given',
    'no earlier payments to compare with': 'there are no earlier payments to compare with',
    'the amount is 1 times the typical payment': 'the amount is about the typical payment',
    'the account is 0 seconds old': 'the account is new',
  };
  for (const [message, text] of Object.entries(said)) assert.equal(sentenceOf(message), text);
  assert.equal(series(['a', 'b', 'c']), 'a, b and c');
});

test('every message of the catalogue becomes a sentence with one verb more than none', () => {
  const VERB = / (?:is|are|was|were|has|came|averaged|would) /;
  for (const definition of trainingCatalogue(entityTypesWith()))
    for (const value of [0, 1, 4, 2500, Number.NaN]) {
      const said = sentenceOf(describe(definition, value, { p50: 3 }));
      assert.match(said, VERB, `${definition.name} ${value}: ${said}`);
      assert.doesNotMatch(said, /^\d.*(?:there|it) (?:is|was) (?:there|it) /);
    }
});

test('thresholds belong to the stricter side', () => {
  const thresholds = { review: 0.1, decline: 0.9 };
  assert.equal(outcomeOf(0.0999, thresholds), 'approve');
  assert.equal(outcomeOf(0.1, thresholds), 'review');
  assert.equal(outcomeOf(0.9, thresholds), 'decline');
});
