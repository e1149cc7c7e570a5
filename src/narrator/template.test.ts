import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declined, suspectCase } from '../../test/support/subjects.ts';
import { numbersIn, numbersOf } from './numbers.ts';
import { tell } from './template.ts';

test('a decline in words: what, when by the clock of who paid, how likely, why, and what speaks for it', () => {
  assert.deepEqual(tell(declined), {
    summary:
      'A payment of $1,250.00 on Tuesday 3 March 2026 at 02:14 was declined: the risk of fraud is 97%. ' +
      'There were 6 different cards on this device in the last 10 minutes (usually 1), it is the first payment by this ' +
      'user (usually 12), and it was made at night. In its favour: the account is 900 days old (usually 400 days).',
    signals: ['device_cards_10m', 'user_total', 'night', 'account_age_days'],
    checks: ['inspect_device', 'inspect_account', 'inspect_user', 'ask_customer'],
    confidence: 'high',
    source: 'template',
  });
});

test('an approval says what speaks for it and asks for no checks', () => {
  const { summary, checks, confidence } = tell({ ...declined, decision: 'approve', score: 1, probability: 0.0061 });
  assert.equal(
    summary,
    'A payment of $1,250.00 on Tuesday 3 March 2026 at 02:14 was approved: the risk of fraud is 0.6%. ' +
      'The account is 900 days old (usually 400 days). ' +
      'Against it: there were 6 different cards on this device in the last 10 minutes (usually 1).',
  );
  assert.deepEqual([checks, confidence], [[], 'high']);
});

test('without a model, without reasons, with rules, it still says what is so', () => {
  const bare = { ...declined, reasons: [], degraded: true };
  assert.match(tell(bare).summary, /was declined without a score, because no model took part\.$/);
  assert.equal(tell(bare).confidence, 'low');
  const ruled = tell({
    ...declined,
    rules: [{ id: 'r1', version: 1, outcome: 'decline', mode: 'live', priority: 0 as const }],
  });
  assert.match(ruled.summary, /97%\. 1 rule applied: r1\. There were/);
  assert.equal(tell({ ...declined, oodWarning: ['amount'] }).confidence, 'medium');
});

test('a case in words', () => {
  const { summary, signals, checks } = tell(suspectCase);
  assert.equal(
    summary,
    '3 payments of $900.50 in all share one device, with 2 users and 3 cards. ' +
      'Made on Tuesday 3 March 2026 between 07:00 and 08:00 (UTC); ' +
      '2 were declined and 1 waits for review, with $812.25 at risk. ' +
      'The commonest reasons, each at its strongest: there were 6 different cards on this device in the last 10 minutes ' +
      '(usually 1), and it is the first payment by this user (usually 12). ' +
      'They are found in 3 and 1 of its payments. ' +
      '1 earlier case shares something with it and turned out as fraud.',
  );
  assert.deepEqual(signals, ['device_cards_10m', 'user_total']);
  assert.deepEqual(checks, ['inspect_device', 'inspect_account', 'ask_customer', 'inspect_earlier_frauds']);
});

test('a case says no more of its times, its reasons and what came before than it takes', () => {
  const { summary } = tell({
    ...{ ...suspectCase, transactions: 2, to: suspectCase.from, similar: 3, similarFrauds: 0 },
    reasons: suspectCase.reasons.slice(0, 1).map((reason) => ({ ...reason, transactions: 2 })),
  });
  assert.match(summary, /Made on Tuesday 3 March 2026 at 07:00 \(UTC\);/);
  assert.match(summary, /The commonest reason, at its strongest: .*\. It is found in all of its payments\./);
  assert.match(summary, /3 earlier cases share something with it; none of them turned out as fraud\.$/);
  const days = tell({ ...suspectCase, to: suspectCase.from + 86_400_000, transactions: 1, similar: 0 });
  assert.match(
    days.summary,
    /on Tuesday 3 March 2026 at 07:00 and the last on Wednesday 4 March 2026 at 07:00 \(UTC\)/,
  );
  assert.match(days.summary, /at risk\. There were 6 different cards on this device .* \(usually 12\)\.$/);
});

test('whatever it says, its numbers are those of the subject', () => {
  for (const subject of [declined, suspectCase]) {
    const allowed = numbersOf(subject);
    for (const number of numbersIn(tell(subject).summary)!) assert.ok(allowed.has(number), number);
  }
});
