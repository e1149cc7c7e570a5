import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssayError } from '../domain/errors.ts';
import { takeTelling, tellingOf } from './telling.ts';

const subject = { time: Date.parse('2026-11-01T12:00:00Z'), currency: 'JPY', amount: 500, now: Date.UTC(2026, 10, 30) };
const event = { type: 'refunded', at: '2026-11-02T00:00:00Z' };
const cards = { numbers: 'refuse' as const, token: () => 't' };

test('what is told names its payment and is one thing; a transaction is none of it', () => {
  assert.equal(tellingOf({ userId: 'u', amount: 1, event }), undefined);
  assert.equal(tellingOf({ amount: 1 }), undefined);
  assert.equal(tellingOf([event]), undefined);
  for (const kind of ['event', 'dispute', 'label'] as const)
    assert.deepEqual(tellingOf({ transactionId: 'p', [kind]: {} }), {
      ...{ transactionId: 'p', kind, body: {}, warnings: [] },
    });
});

const refused: [string, object, string[]][] = [
  ['no payment', { event }, ['/transactionId must be a string']],
  ['two things', { transactionId: 'p', event, label: {} }, ['/label is told by itself, not beside event']],
  ['a misspelt name', { transactionId: 'p', event, lable: {} }, ['/lable is nothing that stands beside event']],
  ['no object', { transactionId: 'p', event: 'settled' }, ['/event must be an object']],
  [
    'all of it at once',
    { transactionId: 7, event: 1 },
    ['/transactionId must be a string', '/event must be an object'],
  ],
];
for (const [name, message, expected] of refused)
  test(`refused: ${name}`, () => {
    assert.throws(
      () => tellingOf(message),
      ({ code, errors }: AssayError) => {
        assert.equal(code, 'invalid_request');
        assert.deepEqual(
          errors!.map((one) => `${one.path} ${one.message}`),
          expected,
        );
        return true;
      },
    );
  });

test('a card number in a note is refused with its place', () => {
  const label = { label: 'fraud', source: 'customer', note: 'it was 4111 1111 1111 1111' };
  assert.throws(
    () => tellingOf({ transactionId: 'p', label }, cards),
    (error) => error instanceof AssayError && error.errors?.[0].path === '/label/note' && !/4111/.test(error.message),
  );
});

const warned: [string, Parameters<typeof takeTelling>[0], RegExp | undefined][] = [
  ['a refund of more than was paid', { kind: 'event', body: { ...event, amount: 501 } }, /more than the payment's 500/],
  ['a refund of all of it', { kind: 'event', body: { ...event, amount: 500 } }, undefined],
  ['parts of a yen', { kind: 'event', body: { ...event, amount: 10.4 } }, /10\.4/],
  [
    'fraud with a code of no fraud',
    { kind: 'label', body: { label: 'fraud', source: 'chargeback', reasonCode: '13.1' } },
    /no code of fraud/,
  ],
  [
    'fraud with a code that one scheme has for fraud',
    { kind: 'label', body: { label: 'fraud', source: 'chargeback', reasonCode: '10.4' } },
    undefined,
  ],
  ['an own code', { kind: 'label', body: { label: 'fraud', source: 'analyst', reasonCode: 'ours' } }, undefined],
  [
    'a dispute of more than was paid',
    {
      kind: 'dispute',
      body: {
        id: 'd',
        kind: 'dispute',
        scheme: 'visa',
        reasonCode: '10.4',
        reportedAt: event.at,
        status: 'open',
        amount: 900,
      },
    },
    /more than the payment's 500 JPY/,
  ],
];
for (const [name, telling, words] of warned)
  test(`${words ? 'told' : 'nothing to tell'}: ${name}`, () => {
    const { warnings } = takeTelling(telling, subject, 'id');
    if (words) assert.match(warnings.join('\n'), words);
    else assert.deepEqual(warnings, []);
  });
