import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentence } from './explanation.ts';
import { outcomeOf } from './thresholds.ts';

const reason = (message: string, contribution: number) => ({ code: message, value: 1, contribution, message });

test('a sentence names the outcome, its risk and what speaks for it', () => {
  const reasons = [
    reason('6 cards on this device', 2),
    reason('an old account', -1),
    reason('a new device', 0.5),
    reason('night', 0.4),
  ];
  assert.equal(
    sentence('decline', 0.97, reasons),
    'Declined: the risk of fraud is 97%. 6 cards on this device; a new device.',
  );
  assert.equal(
    sentence('approve', 0.0031, reasons),
    'Approved: the risk of fraud is 0.3%. In its favour: an old account.',
  );
  assert.equal(sentence('review', 0.0004, []), 'Sent to review: the risk of fraud is under 0.1%.');
  assert.equal(sentence('decline', 0.9999, []), 'Declined: the risk of fraud is over 99.9%.');
});

test('thresholds belong to the stricter side', () => {
  const thresholds = { review: 0.1, decline: 0.9 };
  assert.equal(outcomeOf(0.0999, thresholds), 'approve');
  assert.equal(outcomeOf(0.1, thresholds), 'review');
  assert.equal(outcomeOf(0.9, thresholds), 'decline');
});
