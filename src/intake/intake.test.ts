import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toMajor, toMinor } from '../domain/currency.ts';
import { AssayError } from '../domain/errors.ts';
import type { TransactionBody } from '../domain/fields.ts';
import { createRates, readRates } from '../domain/rates.ts';
import { takeAmendment } from './amendment.ts';
import { bodyHashes } from './body-hash.ts';
import { bodyHash, canonical } from './canonical.ts';
import { type Digits, parseJson } from './digits.ts';
import { takeIn } from './transaction.ts';

const transactionHash = (body: object) => bodyHashes(body as Record<string, unknown>).bodyHash;

const RULES = { rates: createRates('USD', { EUR: 1.08 }), ratesMaxAgeDays: 30 };
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const take = (body: Partial<TransactionBody>) =>
  takeIn({ userId: 'u', amount: 1, ...body }, { id: 'fresh', receivedAt: NOW }, RULES);

/** Paths of the faults that a body is refused for. */
function faults(body: Partial<TransactionBody>): string[] {
  try {
    take(body);
    return [];
  } catch (error) {
    assert.ok(error instanceof AssayError && error.code === 'invalid_request');
    return error.errors!.map(({ path }) => path);
  }
}

test('money is rounded, half up, as a decimal and not as a binary fraction', () => {
  for (const [amount, currency, minor] of [
    [1.005, 'USD', 101],
    [8.345, 'EUR', 835],
    [10.006, 'USD', 1001],
    [0.004, 'USD', 0],
    [1e-7, 'USD', 0],
    [1000.5, 'JPY', 1001],
    [1.2345, 'KWD', 1235],
    [1e12, 'USD', 1e14],
    [123456789012.345, 'USD', 12345678901235],
  ] as const)
    assert.equal(toMinor(amount, currency), minor, `${amount} ${currency}`);
  const { amount, amountMinor, amountBase, baseRate } = take({ amount: 10.006, currency: 'eur' });
  assert.deepEqual([amount, amountMinor, baseRate], [10.01, 1001, 1.08]);
  assert.ok(Math.abs(amountBase! - 10.8108) < 1e-9);
  assert.ok(Object.is(take({ amount: -0 }).amount, 0));
});

test('rounding moves an amount by at most half a minor unit, and again not at all', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.constantFrom('USD', 'JPY', 'KWD', 'EUR'),
      (amount, currency) => {
        const minor = toMinor(amount, currency);
        assert.ok(Number.isSafeInteger(minor));
        const major = toMajor(minor, currency);
        const half = { USD: 0.005, JPY: 0.5, KWD: 0.0005, EUR: 0.005 }[currency]!;
        assert.ok(Math.abs(major - amount) <= half + amount * Number.EPSILON, `${amount} → ${major}`);
        assert.equal(toMinor(major, currency), minor);
      },
    ),
    { seed: 7 },
  );
});

test('an unknown rate is a warning, an unknown currency a fault', () => {
  const yen = take({ amount: 5, currency: 'JPY' });
  assert.deepEqual([yen.amount, yen.amountMinor, yen.amountBase, yen.baseRate], [5, 5, null, null]);
  assert.match(yen.warnings.join(), /no rate from JPY to USD .* left out of sums/);
  assert.deepEqual(faults({ currency: 'ZZZ' }), ['/currency']);
  assert.ok(Number.isSafeInteger(take({ amount: 1e12, currency: 'KWD' }).amountMinor));
});

test('time keeps its offset; one too far ahead is the receipt', () => {
  const local = take({ transactionDate: '2025-12-31T23:30:00+02:00' });
  assert.deepEqual([local.time, local.offsetMinutes, local.dated], [Date.UTC(2025, 11, 31, 21, 30), 120, true]);
  const ahead = take({ transactionDate: new Date(NOW + 300_001).toISOString() });
  assert.deepEqual([ahead.time, ahead.warnings.length], [NOW, 1]);
  const justAhead = take({ transactionDate: new Date(NOW + 300_000).toISOString() });
  assert.deepEqual([justAhead.time, justAhead.warnings.length], [NOW + 300_000, 0]);
  const none = take({});
  assert.deepEqual([none.time, none.offsetMinutes, none.dated], [NOW, 0, false]);
  for (const text of ['yesterday', '2025-02-29T00:00:00Z', '2025-13-01T00:00:00Z', '1969-12-31T23:59:59Z', ''])
    assert.deepEqual(faults({ transactionDate: text }), ['/transactionDate'], text);
});

test('a time that no clock shows is a fault, and one without an offset is told', () => {
  const table: [text: string, time: string | undefined, told?: true][] = [
    ['2026-01-01T00:00:00', '2026-01-01T00:00:00.000Z', true],
    ['2026-01-01', '2026-01-01T00:00:00.000Z', true],
    ['2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.000Z'],
    // Seconds are put in at the end of a day of UTC, whatever the clocks show there.
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2017-01-01T00:59:60+01:00', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31 23:59:60', '2017-01-01T00:00:00.000Z', true],
    ['2026-03-05T12:30:60Z', undefined],
    ['2026-03-05T12:30:60', undefined],
    ['0099-05-05T00:00:00Z', undefined],
    ['0085-01-01', undefined],
  ];
  for (const [text, time, told = false] of table) {
    if (time === undefined) assert.deepEqual(faults({ transactionDate: text }), ['/transactionDate'], text);
    else {
      const taken = take({ transactionDate: text });
      assert.equal(new Date(taken.time).toISOString(), time, text);
      assert.equal(taken.warnings.includes('transactionDate has no offset and is read as UTC.'), told, text);
    }
  }
});

test('a card number is refused beside whatever else is wrong', () => {
  const cards = { numbers: 'refuse' as const, token: (digits: string) => digits };
  assert.throws(
    () =>
      takeIn(
        { amount: -1, cardId: '4111111111111111', ip: 'x' },
        { id: 'i', receivedAt: NOW },
        { ...RULES, cards },
        '/transactions/3',
      ),
    (error) =>
      error instanceof AssayError &&
      error.code === 'card_number' &&
      error
        .errors!.map(({ path }) => path.slice('/transactions/3'.length))
        .sort()
        .join() === '/amount,/cardId,/ip,/userId',
  );
});

test('fields are normalised, and every fault is named at once', () => {
  const { country, ip, channel, id } = take({ country: 'de', ip: '2001:DB8::1', channel: '' });
  assert.deepEqual([country, ip, channel, id], ['DE', '2001:db8::1', undefined, 'fresh']);
  assert.deepEqual(
    faults({ id: 'a\u0000', userId: 'x\ny', ip: '1.2.3', email: 'nobody', country: 'D1', cardId: '\ud800' }).sort(),
    ['/cardId', '/country', '/email', '/id', '/ip', '/userId'],
  );
  assert.deepEqual(faults({ ip: 'fe80::1%eth0' }), ['/ip']);
  assert.deepEqual(faults({ customerLocation: 'a\u0000b' }), ['/customerLocation']);
});

test('metadata is bounded in depth, number and size, and holds no name that poisons', () => {
  const nested = (levels: number): Record<string, unknown> => (levels === 1 ? { a: 1 } : { a: nested(levels - 1) });
  assert.deepEqual(faults({ metadata: nested(8) }), []);
  for (const metadata of [
    nested(9),
    Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`k${i}`, i])),
    { text: 'x'.repeat(17_000) },
    JSON.parse('{"__proto__":{"x":1}}'),
    { a: Number.POSITIVE_INFINITY },
    { a: 'b\u0000' },
    { '\udfff': 1 },
  ])
    assert.deepEqual(faults({ metadata }), ['/metadata']);
});

test('the hash of a body does not depend on the order of its fields, and on nothing that is ignored', () => {
  const one = { userId: 'u', amount: 1, metadata: { a: 1, b: [{ c: 1, d: 2 }] } };
  const other = { metadata: { b: [{ d: 2, c: 1 }], a: 1 }, amount: 1.0, userId: 'u', surplus: 5 };
  assert.equal(transactionHash(one), transactionHash(other));
  assert.notEqual(transactionHash(one), transactionHash({ ...one, amount: 2 }));
  assert.notEqual(transactionHash(one), transactionHash({ ...one, metadata: { a: 2 } }));
  assert.match(transactionHash(one), /^[0-9a-f]{32}$/);
});

test('canonical JSON is equal exactly for what says the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      assert.deepEqual(JSON.parse(canonical(value)), JSON.parse(JSON.stringify(value)));
      const shuffled = JSON.parse(JSON.stringify(value), (_, v) =>
        v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).reverse()) : v,
      );
      assert.equal(bodyHash(shuffled), bodyHash(value));
    }),
    { seed: 11 },
  );
  const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
  assert.throws(() => canonical(deep), /nested deeper/);
});

test('the rate is that of the day before the payment, in a file too, and an old one is told', () => {
  const rates = createRates('USD', {}, readRates('Date,USD,JPY\n2025-12-01,1.2,150\n2026-01-02,1.1,160\n', 'test'));
  const rules = { rates, ratesMaxAgeDays: 30 };
  const paid = (transactionDate: string) =>
    takeIn({ userId: 'u', amount: 1000, currency: 'JPY', transactionDate }, { id: 'i', receivedAt: NOW }, rules);
  assert.equal(paid('2025-12-02T00:00:00Z').amountBase, 8);
  assert.deepEqual(paid('2025-12-02T00:00:00Z').warnings, []);
  // Still the day before, since that of 2 January is published on it.
  const { amountBase, baseRate, warnings } = paid('2026-01-02T03:00:00Z');
  assert.deepEqual([amountBase, baseRate], [8, 0.008]);
  assert.match(warnings.join(), /of 2025-12-01, more than 30 days before this payment/);
  assert.equal(paid('2025-11-30T00:00:00Z').amountBase, null);
  const { changes } = takeAmendment(
    { amount: 2000 },
    { amount: 1000, currency: 'JPY', transactionDate: '2025-12-02T00:00:00Z' },
    NOW,
    rules,
  );
  assert.equal(changes.amountBase, 16);
});

test('an amendment keeps public and personal fields apart; null removes', () => {
  const current = { amount: 10, currency: 'JPY', transactionDate: '2026-01-02T03:04:05Z' };
  const { changes, personal, warnings } = takeAmendment(
    { amount: 7.6, country: 'UK', email: 'q@r.s', ip: null, productCategory: null, cardId: 'c2', id: 'other' },
    current,
    NOW,
    RULES,
  );
  assert.deepEqual(personal, { email: 'q@r.s', ip: null });
  assert.deepEqual(changes, {
    amount: 8,
    amountMinor: 8,
    amountBase: null,
    baseRate: null,
    currency: 'JPY',
    productCategory: null,
    cardId: 'c2',
    country: 'GB',
  });
  assert.deepEqual(
    [/7\.6 is rounded to 8/, /no rate from JPY/, /UK is read as GB/].map((text) => text.test(warnings.join())),
    [true, true, true],
    'what is assumed is told as of a new one',
  );
  assert.throws(() => takeAmendment({ id: 'other' }, current, NOW, RULES), /at least one field/);
  assert.throws(() => takeAmendment({ ip: 'x' }, current, NOW, RULES), /IPv4/);
});

test('fields that are none are left out, and the answer says so', () => {
  const taken = take({ merchant_id: 'm', ammount: 2, 'a\u0000\ud800': 1 } as object);
  assert.equal('merchant_id' in taken, false);
  assert.deepEqual(taken.warnings, [
    'Not a field of a transaction, and left out: "merchant_id" (did you mean merchantId?), "ammount" (did you mean amount?), "a\\u0000\\ud800".',
  ]);
  const many = take(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}`.padStart(300, 'x'), i])));
  assert.match(many.warnings[0], / and 495 more\.$/);
  assert.ok(many.warnings[0].length < 400, 'bounded');
  assert.deepEqual(take({ channel: 'web', metadata: { anything: 1 } }).warnings, []);
});

test('a body is compared with records of the first version as that version hashed it', () => {
  const body = { userId: 'u', amount: 1, metadata: { a: 1 } };
  assert.deepEqual(bodyHashes(body), { bodyHash: '9589397573cc82e06d4788f7ce2ecc88' }, 'as ever');
  // That version knew no mcc, and read a long number as the nearest there is.
  assert.equal(bodyHashes({ ...body, mcc: '5732' }).formerHash, bodyHashes(body).bodyHash);
  const long = parseJson('{"userId":"u","amount":1,"metadata":{"a":12345678901234567891}}') as Record<string, unknown>;
  const rounded = { ...body, metadata: { a: 12345678901234567000 } };
  assert.equal(bodyHashes(long).formerHash, bodyHashes(rounded).bodyHash);
  assert.notEqual(bodyHashes(long).bodyHash, bodyHashes(rounded).bodyHash);
  assert.deepEqual(bodyHashes({ ...body, ip: null, type: null }), bodyHashes(body), 'null is absence');
});

test('numbers that a double holds are numbers, others keep their digits', () => {
  const same = ['0.1', '1.50', '1e3', '123456789012345.0', '9007199254740991', '0.30000000000000004', '1E-7', '-0'];
  for (const text of same)
    assert.equal((parseJson(`[${text}, "1234567890123456"]`) as unknown[])[0], Number(text), text);
  for (const text of ['9007199254740993', '0.1234567890123456789', '-12345678901234567891', '1234567890123456789e-3'])
    assert.equal((parseJson(`[${text}]`) as Digits[])[0].source, text);
  const deep = `${'['.repeat(200_000)}12345678901234567891${']'.repeat(200_000)}`;
  assert.throws(() => parseJson(deep), SyntaxError);
});
