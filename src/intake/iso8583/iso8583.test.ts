import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AssayError } from '../../domain/errors.ts';
import { PLAIN_RULES } from '../../training/history-file.ts';
import { DEFAULT_MAP, type Iso8583Map, readIso8583Map } from './map.ts';
import { takeIso8583 } from './message.ts';

const NOW = Date.parse('2026-11-30T12:16:00Z');
const RECEIPT = { id: 'of_the_receipt', receivedAt: NOW };
const PAN = '4111111111111111';
const rules = (numbers: 'refuse' | 'tokenize' | 'allow' = 'refuse') => ({
  ...PLAIN_RULES,
  cards: { numbers, token: () => 'pan_token' },
});

/** A purchase in a shop, as a gateway has parsed it. */
const REQUEST = {
  ...{ mti: '0100', '2': 'tok_1', '3': '000000', '4': '000000001050', '7': '1130121530', '11': '000123' },
  ...{ '12': '131528', '13': '1130', '18': '5411', '19': '276', '22': '051', '25': '00', '32': '0000012345' },
  ...{ '37': '633512000123', '41': 'TERM0001', '42': 'MERCHANT0000001', '43': 'Laden   Berlin   DE', '49': '978' },
};

type Message = Record<string, unknown>;
const take = (message: Message, map: Iso8583Map = DEFAULT_MAP, how = rules(), receivedAt = NOW) =>
  takeIso8583(message, { ...RECEIPT, receivedAt }, how, map);

// biome-ignore lint/suspicious/noExplicitAny: a transaction of any shape is what is tested.
function decided(changes: Message, map?: Iso8583Map, how = rules(), receivedAt = NOW): any {
  const told = take({ ...REQUEST, ...changes }, map, how, receivedAt);
  assert.equal(told.kind, 'decide', JSON.stringify(told));
  return told.kind === 'decide' ? told.taken.transaction : undefined;
}

function told(message: Message, map?: Iso8583Map) {
  const one = take(message, map);
  assert.ok(one.kind === 'tell', JSON.stringify(one));
  return one.telling;
}

function faults(message: Message, map?: Iso8583Map, how = rules()): string[] {
  try {
    take(message, map, how);
  } catch (error) {
    assert.ok(error instanceof AssayError, String(error));
    return [error.code, ...(error.errors ?? []).map(({ path, message: what }) => `${path} ${what}`)];
  }
  return assert.fail('nothing was refused');
}

test('a request is a payment, each element where it belongs', () => {
  const { warnings, metadata, ...payment } = decided({});
  assert.deepEqual(
    [payment.id, payment.userId, payment.cardId, payment.merchantId, payment.mcc, payment.country],
    ['12345/633512000123/TERM0001', 'tok_1', 'tok_1', 'MERCHANT0000001', '5411', 'DE'],
  );
  assert.deepEqual(
    [payment.amount, payment.currency, payment.instrument, payment.type],
    [10.5, 'EUR', 'card', 'payment'],
  );
  assert.deepEqual([payment.remote, payment.initiator, payment.channel], [false, 'customer', 'pos']);
  assert.deepEqual([payment.time, payment.offsetMinutes], [Date.parse('2026-11-30T12:15:28Z'), 60]);
  assert.equal(metadata.merchantNameLocation, 'Laden   Berlin   DE');
  assert.ok(warnings.some((one: string) => /DE7 has no year: it is taken as of 2026/.test(one)));
});

describe('elements', () => {
  const cases: [string, Message, (payment: ReturnType<typeof decided>) => unknown, unknown][] = [
    ['yen have no smaller unit', { '49': '392', '4': '000000001050' }, (p) => [p.amount, p.currency], [1050, 'JPY']],
    ['dinars of Bahrain have three digits', { '49': '048' }, (p) => [p.amount, p.currency], [1.05, 'BHD']],
    [
      'a number has lost its zeros',
      { '49': 48, '19': 40, '18': 742 },
      (p) => [p.currency, p.country, p.mcc],
      ['BHD', 'AT', '0742'],
    ],
    ['letters do as well', { '49': 'CHF', '19': 'ch' }, (p) => [p.currency, p.country], ['CHF', 'CH']],
    ['names with DE', { '4': undefined, DE004: '000000000100' }, (p) => p.amount, 1],
    ['a web shop', { '22': '812', '25': '59' }, (p) => [p.remote, p.channel, p.initiator], [true, 'web', undefined]],
    ['by mail or telephone', { '22': '012', '25': '08' }, (p) => [p.remote, p.channel], [true, 'moto']],
    ['keyed in a shop says nothing of who was where', { '22': '012' }, (p) => p.remote, undefined],
    ['a refund pays the cardholder', { '3': '200000' }, (p) => p.type, 'payout'],
    ['an account number before the card', { '102': 'acct_7' }, (p) => [p.userId, p.cardId], ['acct_7', 'tok_1']],
    ['a masked number', { '2': '411111******1111' }, (p) => [p.cardBin, p.cardLast4], ['411111', '1111']],
    ['a card of another country', { '20': '250' }, (p) => p.cardCountry, 'FR'],
    [
      'blanks that fill up',
      { '42': 'SHOP 1         ', '41': 'T1      ' },
      (p) => [p.merchantId, p.id],
      ['SHOP 1', '12345/633512000123/T1'],
    ],
    ['null is absence', { '18': null }, (p) => p.mcc, undefined],
    ['without a reference number the id is of STAN and time', { '37': undefined }, (p) => p.id, '12345/1130121530/123'],
    ['without either it is of the receipt', { '37': undefined, '11': undefined }, (p) => p.id, 'of_the_receipt'],
    [
      'a repetition is its first',
      { mti: '0101' },
      (p) => [p.id, p.metadata.message],
      ['12345/633512000123/TERM0001', '0100'],
    ],
  ];
  for (const [name, changes, of, expected] of cases) test(name, () => assert.deepEqual(of(decided(changes)), expected));

  test('card numbers go by CARD_NUMBERS, as user and as card', () => {
    assert.deepEqual(faults({ ...REQUEST, '2': PAN }).slice(0, 1), ['card_number']);
    assert.match(faults({ ...REQUEST, '2': PAN })[1], /^\/2 /);
    assert.match(faults({ ...REQUEST, '102': PAN })[1], /^\/102 /);
    const kept = decided({ '2': PAN, '43': `of ${PAN}` }, DEFAULT_MAP, rules('tokenize'));
    assert.deepEqual([kept.userId, kept.cardId, kept.cardBin], ['pan_token', 'pan_token', undefined]);
    assert.doesNotMatch(JSON.stringify(kept), /4111/);
    const allowed = decided({ '2': PAN }, DEFAULT_MAP, rules('allow'));
    assert.deepEqual([allowed.cardId, allowed.cardBin, allowed.cardLast4], [PAN, '41111111', '1111']);
  });

  test('what is not mapped is told by its number, and never by what it holds', () => {
    const { warnings, ...payment } = decided({
      '35': `${PAN}=2912`,
      '52': 'SECRETPIN',
      '48': 'PRIVATE48',
      '60': 'X60',
      foo: 'FOO',
    });
    const all = warnings.join('\n');
    assert.match(all, /DE35 \(track data\), DE52 \(PIN data\): never kept/);
    assert.match(all, /DE48, DE60: not in the map, left out/);
    assert.match(all, /"foo"/);
    assert.doesNotMatch(all + JSON.stringify(payment), /4111|SECRETPIN|PRIVATE48|X60|FOO/);
  });
});

describe('times without a year', () => {
  const cases: [string, string, Message, string | undefined, number, RegExp][] = [
    [
      'of the year before, just after New Year',
      '2027-01-01T00:00:30Z',
      { '7': '1231235950', '12': '235950', '13': '1231' },
      '2026-12-31T23:59:50Z',
      0,
      /of 2026/,
    ],
    [
      'of the next year, where our clock is behind',
      '2026-12-31T23:59:50Z',
      { '7': '0101000010', '12': undefined },
      '2027-01-01T00:00:10Z',
      0,
      /of 2027/,
    ],
    [
      'the 29th of February is in a leap year',
      '2027-06-01T00:00:00Z',
      { '7': '0229120000', '12': undefined },
      '2028-02-29T12:00:00Z',
      0,
      /of 2028/,
    ],
    ['east of UTC by a half hour', '2026-11-30T12:16:00Z', { '12': '174530' }, '2026-11-30T12:15:30Z', 330, /of 2026/],
    [
      'west over midnight',
      '2026-11-30T02:16:00Z',
      { '7': '1130021530', '12': '211530', '13': '1129' },
      '2026-11-30T02:15:30Z',
      -300,
      /of 2026/,
    ],
    [
      'no clock’s time: that of DE7 counts',
      '2026-11-30T12:16:00Z',
      { '12': '112233', '13': '1001' },
      '2026-11-30T12:15:30Z',
      0,
      /no clock/,
    ],
    [
      'by the till alone it is UTC, and said',
      '2026-11-30T12:16:00Z',
      { '7': undefined },
      '2026-11-30T13:15:28Z',
      0,
      /taken as UTC/,
    ],
    [
      'none at all is the receipt',
      '2026-11-30T12:16:00Z',
      { '7': undefined, '12': undefined },
      undefined,
      0,
      /time of receipt/,
    ],
  ];
  for (const [name, at, changes, expected, offset, warning] of cases)
    test(name, () => {
      const receivedAt = Date.parse(at);
      const payment = decided(changes, DEFAULT_MAP, rules(), receivedAt);
      const isAhead = expected !== undefined && Date.parse(expected) > receivedAt + 300_000;
      assert.equal(payment.time, expected === undefined || isAhead ? receivedAt : Date.parse(expected));
      assert.equal(payment.offsetMinutes, offset);
      assert.match(payment.warnings.join('\n'), warning);
    });

  test('a zone of the map is that of the till', () => {
    const map = readIso8583Map('{"timeZone": "America/New_York"}', 'map.json');
    const payment = decided({ '12': '071528' }, map);
    assert.deepEqual([payment.time, payment.offsetMinutes], [Date.parse('2026-11-30T12:15:28Z'), -300]);
  });

  test('a date that there is not is refused', () => {
    assert.deepEqual(faults({ ...REQUEST, '7': '1330121530' })[1], '/7 is no date and time of these years');
    assert.match(faults({ ...REQUEST, '13': '0231' })[1], /^\/13 is no date/);
  });
});

describe('refusals', () => {
  const { '2': _, ...nobody } = REQUEST;
  const cases: [string, Message, RegExp][] = [
    ['no type', { '4': '1' }, /^\/mti is required/],
    ['a type that is none', { ...REQUEST, mti: '01' }, /^\/mti must be 4 digits/],
    ['another version', { ...REQUEST, mti: '1100' }, /^\/mti is 1100, of another version/],
    ['a type that the map does not say', { ...REQUEST, mti: '0220' }, /^\/mti is 0220.*decide, answer, reversal/],
    ['letters in an amount', { ...REQUEST, '4': 'ABCDEFGHIJKL' }, /^\/4 must be up to 12 digits/],
    ['an amount with a point', { ...REQUEST, '4': '10.50' }, /^\/4 must be up to 12 digits/],
    ['a number with a fraction', { ...REQUEST, '4': 10.5 }, /^\/4 must be a text or a whole number/],
    ['no amount', { ...REQUEST, '4': undefined }, /^\/4 is required \(amount\)/],
    ['a currency that there is not', { ...REQUEST, '49': '001' }, /^\/49 is 001, no number of ISO 4217/],
    ['a country that there is not', { ...REQUEST, '19': '999' }, /^\/19 is 999, no number of ISO 3166-1/],
    ['an element twice', { ...REQUEST, F4: '1' }, /^\/F4 is element 4, which stands as 4 already/],
    ['nobody', nobody, /^\/102 is required \(userId\)/],
    ['an answer without one', { ...REQUEST, mti: '0110' }, /^\/39 is required/],
    ['an answer of nothing', { mti: '0110', '39': '00' }, /^\/DE32\+DE37\+DE41 or DE32\+DE7\+DE11 is not all there/],
  ];
  for (const [name, message, expected] of cases)
    test(name, () => assert.match(faults(message).slice(1).join('\n'), expected));
});

describe('what is told of a payment', () => {
  const { transactionId: id } = told({ ...REQUEST, mti: '0110', '39': '00' });
  const original = '010000012311301215300000001234500000000000';
  const cases: [string, Message, Record<string, unknown>][] = [
    ['approved', { mti: '0110', '39': '00' }, { type: 'authorized', code: '00' }],
    [
      'approved for a part',
      { mti: '0110', '39': '10', '4': '000000000500' },
      { type: 'authorized', code: '10', amount: 5 },
    ],
    ['refused', { mti: '0210', '39': '51' }, { type: 'refused', code: '51' }],
    ['a reversed authorization', { mti: '0400', '90': original }, { type: 'voided' }],
    ['the advice of it, repeated', { mti: '0421', '90': original }, { type: 'voided' }],
    ['reversed money', { mti: '0420', '90': original.replace('0100', '0200') }, { type: 'refunded' }],
    [
      'a part of it',
      { mti: '0400', '90': original, '95': '000000000400000000000000000000000000000000' },
      { type: 'voided', amount: 6.5 },
    ],
    ['without the original', { mti: '0400' }, { type: 'voided' }],
  ];
  for (const [name, changes, expected] of cases)
    test(name, () => {
      const one = told({ ...REQUEST, ...changes });
      assert.deepEqual([one.transactionId, one.body], [id, { at: '2026-11-30T12:15:28.000Z', ...expected }]);
    });

  test('a reversal finds its payment by the original data where there is no reference number', () => {
    const { '37': _, ...request } = REQUEST;
    const reversal = told({ ...request, mti: '0400', '11': '000999', '7': '1130123000', '90': original });
    assert.equal(reversal.transactionId, decided({ '37': undefined }).id);
  });

  test('an amount is told in the payment’s currency, and never of another or of none', () => {
    const { '49': _, ...request } = REQUEST;
    assert.match(faults({ ...request, mti: '0110', '39': '10' })[1], /^\/49 is required where an amount is told/);
    assert.doesNotThrow(() => told({ ...request, mti: '0110', '39': '00' }).assertFits!('USD'));
    const partly = told({ ...REQUEST, mti: '0110', '39': '10' });
    assert.doesNotThrow(() => partly.assertFits!('EUR'));
    assert.throws(() => partly.assertFits!('USD'), { message: /49 is EUR, and the payment is in USD/ });
  });

  test('more left than there was is refused; network messages and inquiries ask for nothing', () => {
    assert.match(faults({ ...REQUEST, mti: '0400', '95': '000000009999' })[1], /^\/95 leaves more than DE4/);
    assert.equal(take({ mti: '0800', '70': '301' }).kind, 'nothing');
    assert.equal(take({ ...REQUEST, '3': '310000' }).kind, 'nothing');
  });
});

describe('a map of one’s own', () => {
  test('names elements, and says what they are', () => {
    const map = readIso8583Map(
      JSON.stringify({
        names: { type: 0, pan: 2, amt: 4, merchantMail: 48 },
        fields: { deviceId: 41, email: ['merchantMail'], userId: 2, payeeId: null },
        metadata: { network: 24, terminal: null },
        left: [60],
        conditions: { '52': { remote: true, initiator: 'merchant' } },
        processing: { '91': 'payout' },
        messages: { '0120': 'decide', '0220': 'settled' },
        approved: ['00'],
      }),
      'map.json',
    );
    const { mti: _, '2': __, '4': ___, ...rest } = REQUEST;
    const message = {
      ...rest,
      type: '0120',
      pan: 'tok_1',
      amt: 1050,
      merchantMail: 'a@b.co',
      '24': '003',
      '60': 'x',
      '25': '52',
      '22': '100',
      '3': '910000',
      '103': 'p',
    };
    const one = take(message, map);
    assert.ok(one.kind === 'decide');
    const { transaction } = one.taken;
    assert.deepEqual(
      [transaction.deviceId, transaction.email, transaction.initiator, transaction.type],
      ['TERM0001', 'a@b.co', 'merchant', 'payout'],
    );
    assert.deepEqual(
      [transaction.payeeId, transaction.metadata!.terminal, transaction.metadata!.network],
      [undefined, undefined, '003'],
    );
    assert.doesNotMatch(transaction.warnings.join('\n'), /DE60|DE48/);
    assert.equal(told({ ...rest, type: '0220', amt: 1050 }, map).body.type, 'settled');
    assert.equal(told({ ...rest, type: '0110', '39': '10', amt: 1 }, map).body.type, 'refused');
    assert.match(faults({ ...message, amt: 'x' }, map)[1], /^\/amt must be/);
  });

  const cases: [string, string, RegExp][] = [
    ['not JSON', '{"names": {', /^map.json: /],
    ['not an object', '[]', /needs an object/],
    ['a key', '{\n "name": {}}', /^map.json, line 2: a map has no "name" \(did you mean names\?\)/],
    [
      'a field',
      '{"fields": {\n\n"merchant": 42}}',
      /^map.json, line 3: fields: a transaction has no "merchant" \(did you mean merchantId\?\)/,
    ],
    ['a field with a way of its own', '{"fields": {"amount": 6}}', /amount comes by DE4/],
    ['an element', '{"fields": {"deviceId": 129}}', /deviceId: 129 is no element/],
    ['a name', '{"names": {"pan": "two"}}', /pan: "two" is no element/],
    ['a name that is a number already', '{"names": {"DE4": 5}}', /DE4 is element 4 by itself/],
    ['track data', '{"metadata": {"track": 35}}', /element 35 is track data, which is never kept/],
    ['the card number', '{"metadata": {"pan": 2}}', /the card number; it goes where fields say/],
    ['a use', '{"messages": {"0220": "settle"}}', /0220 cannot be "settle" \(did you mean settled\?\)/],
    ['a type', '{"messages": {"0221": "settled"}}', /"0221" is not a type such as 0120/],
    ['a mode', '{"conditions": {"52": {"remot": true}}}', /a mode has no "remot" \(did you mean remote\?\)/],
    ['a code', '{"approved": [0]}', /0 is no value of DE39/],
    ['a zone', '{"timeZone": "Europe/Pari"}', /no time zone Europe\/Pari/],
    ['an id', '{"id": [37]}', /id must be a list/],
  ];
  for (const [name, text, expected] of cases)
    test(`${name} that is wrong is told`, () =>
      assert.throws(() => readIso8583Map(text, 'map.json'), { message: expected }));
});
