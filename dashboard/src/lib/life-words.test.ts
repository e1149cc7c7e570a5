import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Label, Transaction } from '../api/types.ts';
import { disputeReason, disputeWords, effectiveWhy, eventWords, isHeld, standings, truth } from './life-words.ts';
import { timeline } from './timeline.ts';

const day = (n: number) => `2026-03-0${n}T12:00:00.000Z`;
const label = (
  id: string,
  word: Label['label'],
  source: Label['source'],
  n: number,
  more: Partial<Label> = {},
): Label => ({
  ...{ id, label: word, source, recordedAt: day(n) },
  ...more,
});
const payment: Transaction = {
  ...{ id: 'p', type: 'payment', userId: 'u', amount: 20, currency: 'EUR', transactionDate: day(1), createdAt: day(1) },
  ...{ status: 'pending', decision: 'review', labelState: 'blocked' },
};

test('each state of truth has a word of its own and says why', () => {
  const states = [
    truth(payment),
    truth({ ...payment, review: { action: 'cancel', at: day(2) } }),
    truth({ ...payment, decision: 'decline' }),
    truth({ ...payment, labelState: 'presumed' }),
    truth({ ...payment, labelState: 'immature' }),
    truth({
      ...payment,
      labelState: 'fraud',
      effective: { label: 'fraud', source: 'dispute', disputeId: 'd', at: day(2) },
    }),
    truth({ ...payment, labelState: undefined }),
  ];
  assert.deepEqual(
    states.map((state) => state?.word),
    [
      'Unknown while held',
      'Unknown, as it was stopped',
      'Unknown, as it was stopped',
      'Presumed legitimate',
      'Unknown yet',
      'Confirmed fraud',
      undefined,
    ],
  );
  assert.equal(states[5]?.why, 'Dispute d says so; scheme and bank come before analysts and customers.');
  assert.match(
    effectiveWhy({ effective: { label: 'fraud', source: 'customer', pinned: true, at: day(2) } })!,
    /^Pinned/,
  );
  assert.deepEqual(
    [isHeld(payment), isHeld({ ...payment, status: 'finalized' }), isHeld({ ...payment, decision: 'approve' })],
    [true, false, false],
  );
});

test('labels: the newest word of a voice counts, a pin is a voice of its own, and `none` takes both back', () => {
  const table: [labels: Label[], effective: Transaction['effective'], expected: string[]][] = [
    [
      [label('a', 'fraud', 'analyst', 1), label('b', 'legitimate', 'analyst', 2), label('c', 'fraud', 'customer', 3)],
      { label: 'legitimate', source: 'analyst', at: day(2) },
      ['overtaken', 'in force', 'stands behind it'],
    ],
    [
      [label('a', 'fraud', 'analyst', 1, { pinned: true }), label('b', 'legitimate', 'analyst', 2)],
      { label: 'fraud', source: 'analyst', at: day(1), pinned: true },
      ['in force', 'stands behind it'],
    ],
    [
      [label('a', 'fraud', 'analyst', 1, { pinned: true }), label('b', 'none', 'analyst', 2)],
      undefined,
      ['overtaken', 'takes back'],
    ],
    [
      [
        label('a', 'fraud', 'analyst', 1),
        label('b', 'fraud', 'analyst', 2, { pinned: true }),
        label('c', 'none', 'analyst', 3, { pinned: true }),
      ],
      { label: 'fraud', source: 'analyst', at: day(1) },
      ['in force', 'overtaken', 'takes back'],
    ],
    [
      // Told later, but of an earlier day.
      [
        label('a', 'fraud', 'chargeback', 4, { occurredAt: day(3) }),
        label('b', 'legitimate', 'chargeback', 5, { occurredAt: day(2) }),
      ],
      { label: 'fraud', source: 'chargeback', at: day(3) },
      ['in force', 'overtaken'],
    ],
  ];
  for (const [labels, effective, expected] of table) assert.deepEqual(standings({ labels, effective }), expected);
});

test('events and disputes are told with their amounts, codes and checks', () => {
  assert.deepEqual(
    eventWords({ id: 'e', type: 'refused', at: day(1), code: '05', avs: 'N', cvc: 'M', threeDS: 'Y' }, payment),
    ['Refused by the issuer', 'code 05 · address check N · security code M · 3-D Secure Y'],
  );
  assert.deepEqual(eventWords({ id: 'e', type: 'refunded', at: day(1), amount: 5 }, payment), [
    'Refunded, €5.00 of €20.00',
    '',
  ]);
  assert.deepEqual(eventWords({ id: 'e', type: 'settled', at: day(1), amount: 20 }, payment), ['Settled', '']);
  assert.equal(disputeReason({ scheme: 'visa', reasonCode: '10.4', reason: 'other fraud' }), 'Visa 10.4: other fraud');
  assert.equal(disputeReason({ scheme: 'jcb', reasonCode: '546' }), 'jcb 546, a code that is not known here');
  assert.equal(disputeWords('dp', { kind: 'early_warning', status: 'reversed' }), 'Early warning dp: taken back');
});

test('the timeline has every moment once, by when it happened, with who did it', () => {
  const news = { kind: 'dispute', scheme: 'visa', reasonCode: '10.4', amount: 20, currency: 'EUR' } as const;
  const moments = timeline(
    {
      ...payment,
      labels: [label('a', 'fraud', 'analyst', 6, { note: 'Known' })],
      events: [{ id: 'e', type: 'authorized', at: day(2), recordedAt: day(5) }],
      disputes: [
        {
          ...{ id: 'dp', ...news, reportedAt: day(4), status: 'lost', label: 'fraud', reason: 'other fraud' },
          history: [
            { ...news, status: 'open', reportedAt: day(3), recordedAt: day(3), sequence: 8 },
            { ...news, status: 'lost', reportedAt: day(4), recordedAt: day(4), sequence: 9 },
          ],
        },
      ],
      review: { action: 'release', at: day(7), reason: 'Called back' },
    },
    [
      { at: day(1), type: 'decided', by: null, byName: null, detail: { decision: 'review', score: 12 } },
      { at: day(5), type: 'event', by: null, byName: null, detail: {} },
      { at: day(6), type: 'labelled', by: 'k', byName: 'Ann', detail: {} },
      { at: day(7), type: 'review', by: 'k', byName: 'Bob', detail: { reason: 'Called back' } },
      { at: day(8), type: 'finalized', by: null, byName: null, detail: null },
    ],
  );
  assert.deepEqual(
    moments.map(({ words, note, by, toldAt }) => [words, note ?? '', by, toldAt]),
    [
      ['Sent to review with score 12', '', undefined, undefined],
      ['Authorized by the issuer', '', undefined, day(5)],
      ['Dispute dp: open', 'Visa 10.4: other fraud · €20.00', undefined, undefined],
      ['Dispute dp: lost', 'Visa 10.4: other fraud · €20.00', undefined, undefined],
      ['Labelled fraud by analyst', 'Known', 'Ann', undefined],
      ['Released', 'Called back', 'Bob', undefined],
      ['Finalized', '', undefined, undefined],
    ],
  );
  assert.equal(new Set(moments.map(({ key }) => key)).size, moments.length);
});
