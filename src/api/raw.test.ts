import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentOf, jsonOf, messageOf } from '../../test/support/iso-messages.ts';
import { AssayError } from '../domain/errors.ts';
import { createRates } from '../domain/rates.ts';
import { statusOf, statusReport } from '../intake/iso20022/report.ts';
import { type RawMessage, rawMessage, readRaw } from './raw.ts';

const rules = { rates: createRates('USD', { EUR: 1.1 }), ratesMaxAgeDays: 30 };
const place = { partition: 3, offset: 41, timestamp: 1_700_000_000_000, headers: {} };
const message = (body: unknown, more: object = {}) => ({
  ...place,
  value: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  ...more,
});

function decided(one: RawMessage) {
  const asked = readRaw(one, rules);
  assert.ok(asked.kind === 'decide');
  return asked.taken;
}

test('a message follows the rules of the API', () => {
  const { transaction, bodyHash } = decided(message({ id: 'o1', userId: 'u', amount: 10.005, currency: 'eur' }));
  assert.equal(transaction.id, 'o1');
  assert.equal(transaction.currency, 'EUR');
  assert.equal(transaction.amountMinor, 1001);
  assert.equal(transaction.time, place.timestamp);
  assert.equal(bodyHash.length, 32);
});

test('without an id it is named by its place, each time it is delivered', () => {
  const first = decided(message({ userId: 'u', amount: 1 }));
  assert.deepEqual(decided(message({ userId: 'u', amount: 1 })), first);
  const next = decided(message({ userId: 'u', amount: 1 }, { offset: 42 }));
  assert.notEqual(next.transaction.id, first.transaction.id);
});

test('what cannot be read says why', () => {
  const refused = (body: unknown, code: string, words: RegExp) =>
    assert.throws(
      () => readRaw(message(body), rules),
      (error) => error instanceof AssayError && error.code === code && words.test(error.message),
    );
  refused('{"userId":', 'malformed_json', /JSON/);
  refused('{"userId":"u","amount":1,"amount":2}', 'invalid_request', /amount is given twice/);
  refused('[]', 'invalid_request', /object/);
  refused({ userId: 'u' }, 'invalid_request', /amount is required/);
  refused({ userId: 'u', amount: 1, currency: 'XXXX' }, 'invalid_request', /currency/);
  refused({ id: 'stats', userId: 'u', amount: 1 }, 'invalid_request', /id/);
  refused(`{"userId":"u","amount":1,"metadata":{"x":"${'y'.repeat(1024 * 1024)}"}}`, 'too_large', /1 MiB/);
});

test('what a server hands on comes out as it took it in', () => {
  const body = { id: 'o2', userId: 'u|1', amount: 5, transactionDate: '2023-01-01T10:00:00+02:00', metadata: { a: 1 } };
  const taken = { ...decided(message(body)), alias: 'i:k:1', by: 'key_1' };
  const { key, value, headers } = rawMessage(taken);
  assert.equal(key, 'u|1');
  assert.deepEqual(decided(message(value, { headers })), taken);
  // Whoever else reads the topic finds a transaction as a client sends it.
  const { time, amountMinor, metadata } = decided(message(value)).transaction;
  assert.deepEqual([time, amountMinor, metadata], [taken.transaction.time, 500, { a: 1 }]);
});

test('a message of ISO 20022 with one payment is that payment, in XML and in JSON', () => {
  const tree = messageOf('pacs.008.001.08', { optional: 3, choose: 0 });
  const uetr = '5f1c0e2a-9b7d-4e3f-8a6b-2c4d6e8f0a1b';
  const inJson = { Document: { FIToFICstmrCdtTrf: jsonOf(tree) } };
  for (const value of [documentOf('pacs.008.001.08', tree), inJson]) {
    const { id, amountMinor, currency, cardId } = decided(message(value)).transaction;
    assert.deepEqual([id, amountMinor, currency, cardId], [uetr, 100, 'EUR', 'DE89370400440532013000']);
  }
  assert.throws(() => readRaw(message('<Document>'), rules), /cannot be read/);
  assert.throws(() => readRaw(message(documentOf('pacs.008.001.08', tree)), rules, { format: 'json' }), /Not JSON/);
});

test('what is told of a payment comes in by the same topic, from a bank as well', () => {
  const event = { type: 'settled', at: '2023-11-14T22:00:00Z' };
  const told = { transactionId: 'o1', event };
  const telling = { transactionId: 'o1', kind: 'event', body: event, warnings: [] };
  const receipt = { id: 'raw_1700000000000_3_41', receivedAt: place.timestamp };
  for (const format of ['auto', 'json'] as const)
    assert.deepEqual(readRaw(message(told), rules, { format }), { kind: 'tell', tellings: [telling], receipt });
  const names = { OrgnlUETR: '5f1c0e2a-9b7d-4e3f-8a6b-2c4d6e8f0a1b' };
  const of = { messageId: 'm1', message: 'pacs.008.001.08', names };
  const statuses = (['decline', 'review'] as const).map((decision) => statusOf(decision, [], of));
  const asked = readRaw(message(statusReport(statuses, 'r1', '2023-11-14T22:00:00.000Z')), rules);
  assert.ok(asked.kind === 'tell');
  const [refused, ...others] = asked.tellings;
  assert.deepEqual([refused.transactionId, refused.body.type, others], [names.OrgnlUETR, 'refused', []]);
  const pending = statusReport(statuses.slice(1), 'r2', '2023-11-14T22:00:00.000Z');
  assert.deepEqual(readRaw(message(pending), rules), { kind: 'nothing' });
});
