import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentOf, jsonOf, messageOf } from '../../test/support/iso-messages.ts';
import { AssayError } from '../domain/errors.ts';
import { createRates } from '../domain/rates.ts';
import { rawMessage, readRaw } from './raw.ts';

const rules = { rates: createRates('USD', { EUR: 1.1 }), ratesMaxAgeDays: 30 };
const place = { partition: 3, offset: 41, timestamp: 1_700_000_000_000, headers: {} };
const message = (body: unknown, more: object = {}) => ({
  ...place,
  value: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  ...more,
});

test('a message follows the rules of the API', () => {
  const { transaction, bodyHash } = readRaw(message({ id: 'o1', userId: 'u', amount: 10.005, currency: 'eur' }), rules);
  assert.equal(transaction.id, 'o1');
  assert.equal(transaction.currency, 'EUR');
  assert.equal(transaction.amountMinor, 1001);
  assert.equal(transaction.time, place.timestamp);
  assert.equal(bodyHash.length, 32);
});

test('without an id it is named by its place, each time it is delivered', () => {
  const first = readRaw(message({ userId: 'u', amount: 1 }), rules);
  assert.deepEqual(readRaw(message({ userId: 'u', amount: 1 }), rules), first);
  const next = readRaw(message({ userId: 'u', amount: 1 }, { offset: 42 }), rules);
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
  const taken = { ...readRaw(message(body), rules), alias: 'i:k:1', by: 'key_1' };
  const { key, value, headers } = rawMessage(taken);
  assert.equal(key, 'u|1');
  assert.deepEqual(readRaw(message(value, { headers }), rules), taken);
  // Whoever else reads the topic finds a transaction as a client sends it.
  const { time, amountMinor, metadata } = readRaw(message(value), rules).transaction;
  assert.deepEqual([time, amountMinor, metadata], [taken.transaction.time, 500, { a: 1 }]);
});

test('a message of ISO 20022 with one payment is that payment, in XML and in JSON', () => {
  const tree = messageOf('pacs.008.001.08', { optional: 3, choose: 0 });
  const uetr = '5f1c0e2a-9b7d-4e3f-8a6b-2c4d6e8f0a1b';
  const inJson = { Document: { FIToFICstmrCdtTrf: jsonOf(tree) } };
  for (const value of [documentOf('pacs.008.001.08', tree), inJson]) {
    const { id, amountMinor, currency, cardId } = readRaw(message(value), rules).transaction;
    assert.deepEqual([id, amountMinor, currency, cardId], [uetr, 100, 'EUR', 'DE89370400440532013000']);
  }
  const report = documentOf('pacs.002.001.12', messageOf('pacs.002.001.12', { optional: 1, choose: 0 }));
  assert.throws(() => readRaw(message(report), rules), /has 0 payments/);
  assert.throws(() => readRaw(message('<Document>'), rules), /cannot be read/);
  assert.throws(() => readRaw(message(documentOf('pacs.008.001.08', tree)), rules, 'json'), /Not JSON/);
});
