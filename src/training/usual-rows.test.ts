import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssayError } from '../domain/errors.ts';
import { FIELD_NAMES, type FieldName } from '../domain/fields.ts';
import { createRates } from '../domain/rates.ts';
import type { Transaction } from '../domain/transaction.ts';
import { parseTime } from '../intake/time.ts';
import { type IntakeRules, takeIn } from '../intake/transaction.ts';
import { usualRows } from './usual-rows.ts';
import { fieldValue } from './values.ts';

/** Texts of a column that a file may hold, good ones and all kinds of bad ones. */
const TEXTS: Partial<Record<FieldName, string[]>> = {
  id: ['ord_1', 'a b', 'x'.repeat(255), 'x'.repeat(256), 'stats', 'tab\there', 'é', '\ud800', '\u007f'],
  userId: ['u', 'auth0|7', '', '\u0000', 'ü'.repeat(255), 'ü'.repeat(256)],
  amount: [
    '0',
    '12.5',
    '1.005',
    '-0',
    '-1',
    '1e3',
    '1000000000000',
    '1000000000001',
    '.5',
    '5.',
    'NaN',
    '',
    '0x1',
    '9.999',
  ],
  currency: ['USD', 'EUR', 'eur', 'JPY', 'DEM', 'XXX', 'QQQ', '', 'EURO', 'XAU', 'CHF'],
  type: ['', 'payment', 'login', 'payout', 'Payment'],
  productCategory: ['Electronics', '', 'a\tb', '\u0000', 'é', 'x'.repeat(256), '\udc00'],
  accountAgeDays: ['365', '-1', '1000001', '1e6', 'old', ''],
  cardId: ['c_9', '4242424242424242', '4242 4242 4242 4242', '4242424242424241', '', 'c'.repeat(40)],
  payeeId: ['acct', ' ', '\n'],
  ip: ['203.0.113.9', '2001:DB8:0:0::1', '::ffff:1.2.3.4', '1.2.3', '', 'fe80::1%eth0', '01.2.3.4'],
  email: ['a@b.co', 'A@B.co', 'a@b@c', 'a b@c', '@', 'ü@x.de', '', `${'a'.repeat(318)}@b`, 'a\u0001@b'],
  country: ['US', 'us', 'UK', 'QQ', 'USA', '', 'SU', 'XK', 'ＵＳ'],
  latitude: ['40.71', '90', '90.0000000000000001', '-91', ''],
  channel: ['web', 'WEB', '', 'x'.repeat(65)],
  cardBin: ['424242', '42424', '42424242', '424242424', '４２４２４２'],
  cardLast4: ['4242', '0001', '42'],
  cardCountry: ['GB', 'UK', 'gb', '1'],
  remote: ['true', '0', 'YES', 'maybe', ''],
  initiator: ['customer', 'merchant', 'me', ''],
  mcc: ['5732', '573', ''],
};
const TIMES = [
  '2026-03-01T10:00:00Z',
  '1999-12-31T23:59:60Z',
  '2026-03-01T10:00:00.250-05:00',
  '2026-03-01',
  '1970-01-01T00:00:00Z',
];

const rates = createRates('USD', { EUR: 1.1, JPY: 0.0067, DEM: 0.6 });
const RULES: IntakeRules[] = [
  { rates, ratesMaxAgeDays: 1 },
  { rates, ratesMaxAgeDays: 1, transactionMinDate: Date.UTC(2000, 0, 1) },
  { rates, ratesMaxAgeDays: 1, cards: { numbers: 'refuse', token: (digits) => `t${digits.length}` } },
  { rates, ratesMaxAgeDays: 1, cards: { numbers: 'tokenize', token: (digits) => `t${digits.length}` } },
];

/** A row by the intake alone; undefined where it is refused. */
function whole(
  fields: readonly string[],
  names: readonly FieldName[],
  time: string,
  id: string | undefined,
  rules: IntakeRules,
) {
  const body: Record<string, unknown> = id === undefined ? {} : { id };
  for (const [i, name] of names.entries()) if (fields[i] !== '') body[name] = fieldValue(name, fields[i]);
  const instant = parseTime(time)!;
  try {
    return takeIn(body, { id: '', receivedAt: instant.time, instant }, rules);
  } catch (error) {
    assert.ok(error instanceof AssayError);
    return undefined;
  }
}

test('a usual row is the transaction that the intake makes of it, and what the intake refuses or warns of is none', () => {
  let state = 11;
  const below = (most: number) =>
    Math.floor(((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32) * most);
  const all = FIELD_NAMES.filter((name) => TEXTS[name] !== undefined);
  const counted = { usual: 0, refused: 0, unusual: 0 };
  for (let i = 0; i < 5_000; i++) {
    const names = all.filter((name) => name === 'userId' || name === 'amount' || below(4) > 0);
    const rules = RULES[below(RULES.length)];
    const read = usualRows(new Map(names.map((name, at) => [name, [at]])), rules);
    // Mostly the first text, which is good, so that rows fail by one field or two.
    const fields = names.map((name) => TEXTS[name]![below(12) === 0 ? below(TEXTS[name]!.length) : 0]);
    const id = names.includes('id') && fields[names.indexOf('id')] !== '' ? undefined : 'row-1';
    const time = TIMES[below(TIMES.length)];
    const usual: Transaction | undefined = read(fields, parseTime(time)!, id);
    const expected = whole(fields, names, time, id, rules);
    if (usual === undefined) counted[expected === undefined ? 'refused' : 'unusual']++;
    else {
      counted.usual++;
      assert.deepStrictEqual(
        usual,
        expected,
        JSON.stringify(Object.fromEntries(names.map((name, at) => [name, fields[at]]))),
      );
    }
  }
  for (const count of Object.values(counted)) assert.ok(count > 200, JSON.stringify(counted));
});

test('each text alone: the way of usual rows takes none that the intake refuses, and most that it takes without a word', () => {
  let [taken, plain] = [0, 0];
  for (const rules of RULES)
    for (const [name, texts] of Object.entries(TEXTS) as [FieldName, string[]][])
      for (const text of texts) {
        const names = [...new Set<FieldName>(['id', 'userId', 'amount', name])];
        const fields = names.map((other) => (other === name ? text : TEXTS[other]![0]));
        const id = fields[0] === '' ? 'row-1' : undefined;
        const usual = usualRows(new Map(names.map((other, at) => [other, [at]])), rules)(
          fields,
          parseTime(TIMES[0])!,
          id,
        );
        const expected = whole(fields, names, TIMES[0], id, rules);
        if (expected?.warnings.length === 0) plain++;
        if (usual === undefined) continue;
        taken++;
        assert.deepStrictEqual(usual, expected, `${name} ${JSON.stringify(text)}`);
      }
  assert.ok(taken > 0.8 * plain, `${taken} of ${plain}`);
});
