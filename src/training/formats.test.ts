import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { CORE_ENTITIES, entityKey } from '../domain/entity.ts';
import { hash53 } from '../domain/hash.ts';
import type { Transaction } from '../domain/transaction.ts';
import { entityKeys, eventOf } from '../engine/event.ts';
import { assayFormat, type Format, handbookFormat, mappedFormat, openHistory, readColumnMap } from './formats.ts';
import { CSV_HEADER, toCsv, rfc3339 as written } from './generator/format.ts';
import type { HistoryRow } from './history.ts';
import { rfc3339 } from './values.ts';

const entityTypes = [...CORE_ENTITIES, 'terminal'];

async function rows(t: { after: (done: () => Promise<void>) => void }, text: string, format: Format, more = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'assay-formats-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'f.csv');
  await writeFile(path, text);
  const found: HistoryRow[] = [];
  await openHistory(path, format, { entityTypes, ...more })((row) => {
    found.push({ ...row, event: { ...row.event, entities: row.event.entities.slice() } });
  });
  return found;
}

test("the generator's rows become the very events that the server makes of their bodies", async (t) => {
  const generated = {
    id: 'ord_1',
    userId: 'auth0|7',
    amount: 100.5,
    currency: 'EUR',
    productCategory: 'Electronics',
    customerLocation: 'New York',
    accountAgeDays: 365,
    time: Date.UTC(2026, 2, 1, 23, 30, 15, 250),
    offsetMinutes: -300,
    merchantId: 'm_7',
    cardId: 'c_9',
    deviceId: 'd_3',
    ip: '203.0.113.9',
    email: 'A@B.co',
    country: 'US',
    latitude: 40.71,
    longitude: -74,
    channel: 'web',
    isFraud: true,
    fraudKind: 'card_testing' as const,
    labelledAt: Date.UTC(2026, 3, 1),
  };
  const bare = {
    ...generated,
    id: 'ord_2',
    productCategory: undefined,
    customerLocation: undefined,
    accountAgeDays: undefined,
    cardId: undefined,
    email: undefined,
    latitude: undefined,
    longitude: undefined,
    isFraud: false,
    labelledAt: undefined,
  };
  const text = CSV_HEADER + toCsv(generated) + toCsv(bare);
  const found = await rows(t, text, assayFormat, { currencyRates: { EUR: 1.5 } });
  for (const [i, source] of [generated, bare].entries()) {
    const transaction = { ...source, amountBase: source.amount * 1.5 } as unknown as Transaction;
    const naming = { entityTypes, entityFields: { terminal: 'metadata.terminal' } };
    assert.deepEqual(found[i].event, eventOf(transaction, entityKeys(transaction, naming)));
  }
  const truths = found.map(({ id, fraud, labelledAt, card }) => ({ id, fraud, labelledAt, card }));
  assert.deepEqual(truths, [
    { id: 'ord_1', fraud: true, labelledAt: generated.labelledAt, card: entityKey('card', 'c_9') },
    { id: 'ord_2', fraud: false, labelledAt: Number.NaN, card: entityKey('user', 'auth0|7') },
  ]);
});

test('the handbook: customer is user and card, terminal is merchant, seconds count from April 2018', async (t) => {
  const header = 'TRANSACTION_ID,TX_TIME_SECONDS,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_FRAUD_SCENARIO';
  const [row] = await rows(t, `${header}\n7,86401,596,3156,57.16,1,2\n`, handbookFormat);
  assert.equal(row.event.id, hash53('7'));
  assert.equal(row.event.time, Date.UTC(2018, 3, 2, 0, 0, 1));
  assert.equal(row.event.amount, 57.16);
  assert.equal(row.event.entities[0], entityKey('user', '596'));
  assert.equal(row.event.entities[1], entityKey('card', '596'));
  assert.equal(row.event.entities[4], entityKey('merchant', '3156'));
  assert.deepEqual([row.fraud, row.labelledAt], [true, Number.NaN]);
});

test('a foreign file is read by a column map, configured entities included', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-map-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'map.json');
  const columns = { userId: 'who', amount: 'paid', transactionDate: 'step', isFraud: 'class' };
  await writeFile(
    path,
    JSON.stringify({ columns, timeUnit: 'seconds', timeOrigin: '2020-01-01T00:00:00Z', fraudValue: 'yes' }),
  );
  const format = mappedFormat(await readColumnMap(path));
  const [row] = await rows(t, 'step,who,paid,class,till\n60.5,ann,3,yes,t1\n', format, {
    entityFields: { terminal: 'till' },
  });
  assert.equal(row.event.time, Date.UTC(2020, 0, 1, 0, 1, 0, 500));
  assert.equal(row.id, 'row-1');
  assert.equal(row.event.entities[6], entityKey('terminal', 't1'));
  assert.equal(row.fraud, true);
  await writeFile(path, '{"columns": 3}');
  await assert.rejects(readColumnMap(path), /needs \{"columns"/);
});

test('what is wrong with a row or a header is said', async (t) => {
  const header = 'userId,amount,transactionDate,isFraud\n';
  const wrong: [string, RegExp][] = [
    ['userId,amount\n1,2\n', /no column transactionDate/],
    [`${header},1,2026-01-01T00:00:00Z,0\n`, /line 2: userId is empty/],
    [`${header}u,abc,2026-01-01T00:00:00Z,0\n`, /line 2: amount abc is not a number/],
    [`${header}u,,2026-01-01T00:00:00Z,0\n`, /line 2: amount {2}is not a number of at least 0/],
    [`${header}u,-1,2026-01-01T00:00:00Z,0\n`, /amount -1 is not/],
    [`${header}u,1,2026-02-30,0\n`, /2026-02-30 is not an RFC 3339 time/],
    [`${header}u,1,2026-01-01T00:00:00Z,maybe\n`, /isFraud maybe is neither 0 nor 1/],
  ];
  for (const [text, pattern] of wrong) await assert.rejects(rows(t, text, assayFormat), pattern);
});

test('times are read as they are written', () => {
  const out = { time: 0, offsetMinutes: 0 };
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: -14 * 60, max: 14 * 60 }),
      (time, offsetMinutes) => {
        assert.deepEqual(rfc3339(written(time, offsetMinutes), out), { time, offsetMinutes });
      },
    ),
  );
  assert.equal(rfc3339('2023-09-15t12:00:00.123456+05:30', out).time, Date.UTC(2023, 8, 15, 6, 30, 0, 123));
  for (const text of ['', '2023-09-15', '2023-13-15T12:00:00Z', '2023-09-15T25:00:00Z', '2023-09-15T12:00:00']) {
    assert.throws(() => rfc3339(text, out), /not an RFC 3339 time/, text);
  }
});
