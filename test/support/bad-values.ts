/** Values that no door takes: the field, the value as JSON, and what is said of it. Add to it whatever got through. */
export type BadValue = readonly [field: string, json: string, message: RegExp];

const text = (value: string) => JSON.stringify(value);
const NUMBER = /^must be a number$/;
const TIME = /^must be an RFC 3339 time from 1970 on$/;
const IP = /^must be an IPv4 or IPv6 address$/;
const EMAIL = /^must be an e-mail address$/;
const COUNTRY = /^must be an ISO 3166-1 alpha-2 code$/;
const CURRENCY = /^must be an ISO 4217 code$/;
const CONTROL = /^must not contain control characters$/;
const NUL = /^must not contain the character U\+0000$/;
const LONG = /^must not have more than \d+ characters$/;
const CARD = /^holds what is a card number/;
const RESERVED = /^is a word of the API’s own addresses; choose another$/;

/** These can stand in a file too, as text or number. */
export const BAD_VALUES: readonly BadValue[] = [
  ['id', text('alerts'), RESERVED],
  ['id', text('finalize'), RESERVED],
  ['id', text('stats'), RESERVED],
  ['id', text('user'), RESERVED],
  ['id', text('a\tb'), CONTROL],
  ['id', text('x'.repeat(256)), LONG],
  ['userId', text('u\u0007'), CONTROL],
  ['userId', text('é'.repeat(256)), LONG],
  ['amount', text('abc'), NUMBER],
  ['amount', text('1,50'), NUMBER],
  ['amount', text('0x10'), NUMBER],
  ['amount', text('NaN'), NUMBER],
  ['amount', text('Infinity'), NUMBER],
  ['amount', '-0.01', /^must be >= 0$/],
  ['amount', '-1e300', /^must be >= 0$/],
  ['amount', '1e999', /^must be a finite number; this one overflows$/],
  ['amount', '2e12', /^must be <= 1000000000000$/],
  ['currency', text('QQQ'), CURRENCY],
  ['currency', text('EURO'), CURRENCY],
  // Pence and cents as markets write them.
  ['currency', text('GBp'), CURRENCY],
  ['currency', text('ZAc'), CURRENCY],
  ['currency', text('€'), CURRENCY],
  ['type', text('refund'), /^must be one of payment, login, registration, payout$/],
  ['type', text('Payment'), /^must be one of/],
  ['productCategory', text('x'.repeat(256)), LONG],
  ['productCategory', text('a\u0000b'), NUL],
  ['customerLocation', text('y'.repeat(256)), LONG],
  ['channel', text('z'.repeat(65)), LONG],
  ['accountAgeDays', '-1', /^must be >= 0$/],
  ['accountAgeDays', '1000001', /^must be <= 1000000$/],
  ['accountAgeDays', text('two years'), NUMBER],
  ['transactionDate', text('yesterday'), TIME],
  ['transactionDate', text('2026-02-30T00:00:00Z'), TIME],
  ['transactionDate', text('2025-02-29'), TIME],
  ['transactionDate', text('2025-13-01T00:00:00Z'), TIME],
  ['transactionDate', text('2025-01-01T24:00:00Z'), TIME],
  ['transactionDate', text('2025-01-01T10:60:00Z'), TIME],
  ['transactionDate', text('2025-01-01T10:00:00+25:00'), TIME],
  ['transactionDate', text('1969-12-31T23:59:59Z'), TIME],
  ['transactionDate', text('01/02/2025 10:00'), TIME],
  ['transactionDate', text('1700000000'), TIME],
  ['merchantId', text('m\n'), CONTROL],
  ['cardId', text('c\u007f'), CONTROL],
  ['cardId', text('4242424242424242'), CARD],
  ['cardId', text('4242 4242 4242 4242'), CARD],
  ['cardId', text('5555-5555-5555-4444'), CARD],
  ['deviceId', text('d'.repeat(300)), LONG],
  ['payeeId', text('p\r'), CONTROL],
  ['ip', text('1.2.3'), IP],
  ['ip', text('256.1.1.1'), IP],
  ['ip', text('1.2.3.4:80'), IP],
  ['ip', text('01.2.3.4'), IP],
  ['ip', text('fe80::1%eth0'), IP],
  ['ip', text('::g'), IP],
  ['email', text('nobody'), EMAIL],
  ['email', text('a@b@c'), EMAIL],
  ['email', text('a b@c.de'), EMAIL],
  ['email', text('@c.de'), EMAIL],
  ['country', text('DEU'), COUNTRY],
  ['country', text('D'), COUNTRY],
  ['country', text('D1'), COUNTRY],
  ['cardCountry', text('Germany'), COUNTRY],
  ['latitude', '90.001', /^must be <= 90$/],
  ['latitude', '-91', /^must be >= -90$/],
  ['latitude', text('40.7N'), NUMBER],
  ['longitude', '180.5', /^must be <= 180$/],
  ['longitude', '-181', /^must be >= -180$/],
  ['cardBin', text('12345'), /^must be 6 to 8 digits$/],
  ['cardBin', text('123456789'), /^must be 6 to 8 digits$/],
  ['cardBin', text('41111a'), /^must be 6 to 8 digits$/],
  ['cardLast4', text('42425'), /^must be 4 digits$/],
  ['cardLast4', text('４２４２'), /^must be 4 digits$/],
  ['cardBrand', text('b'.repeat(65)), LONG],
  ['cardFunding', text('credit\u0000'), NUL],
  ['instrument', text('i'.repeat(65)), LONG],
  ['remote', text('maybe'), /^must be a boolean$/],
  ['initiator', text('bank'), /^must be one of customer, merchant$/],
  ['mcc', text('573'), /^must be 4 digits$/],
  ['mcc', text('57321'), /^must be 4 digits$/],
];

/** These only JSON can say, or only a file can say otherwise. */
export const BAD_JSON: readonly BadValue[] = [
  // In a file they are numbers.
  ['amount', text('1 000'), NUMBER],
  ['amount', text('$5'), NUMBER],
  ['id', '7', /^must be a string$/],
  ['id', '""', /^must not be empty$/],
  ['userId', '{}', /^must be a string$/],
  ['userId', '"  "', /^must not be empty$/],
  ['cardId', '"\\u00a0"', /^must not be empty$/],
  ['userId', '"\\ud800"', /^must be well-formed Unicode/],
  ['amount', '"12.50"', NUMBER],
  ['amount', 'true', NUMBER],
  ['amount', '[1]', NUMBER],
  ['transactionDate', '1700000000000', /^must be a string$/],
  ['country', '49', /^must be a string$/],
  ['cardBin', '424242', /^must be a string$/],
  ['remote', '1', /^must be a boolean$/],
  ['metadata', '[]', /^must be an object$/],
  ['metadata', '"x"', /^must be an object$/],
  ['metadata', '{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":1}}}}}}}}}', /^must not be nested deeper than 8 levels$/],
  ['metadata', '{"x":"a\\u0000"}', NUL],
  ['metadata', '{"x":1e999}', /^must hold finite numbers only$/],
  ['metadata', '{"card":"4242424242424242"}', CARD],
];
