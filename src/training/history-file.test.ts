import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CORE_ENTITIES, entityKey } from '../domain/entity.ts';
import { hash53 } from '../domain/hash.ts';
import { createRates } from '../domain/rates.ts';
import type { Transaction } from '../domain/transaction.ts';
import { entityKeys, eventOf } from '../engine/event.ts';
import { type ColumnMap, HANDBOOK_MAP, readColumnMap } from './column-map.ts';
import { CSV_HEADER, toCsv } from './generator/format.ts';
import type { HistoryRow } from './history.ts';
import { openHistory } from './history-file.ts';
import { MAPS } from './layouts.ts';
import { OutOfOrder } from './out-of-order.ts';

const entityTypes = [...CORE_ENTITIES, 'terminal'];

async function rows(t: { after: (done: () => Promise<void>) => void }, text: string, map: ColumnMap, more = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'assay-formats-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'f.csv');
  await writeFile(path, text);
  const found: HistoryRow[] = [];
  const history = openHistory(path, map, { entityTypes, ...more });
  const read = () => {
    found.length = 0;
    return history((row) => {
      found.push({ ...row, event: { ...row.event, entities: row.event.entities.slice() } });
    });
  };
  await read().catch((error) => {
    if (!(error instanceof OutOfOrder)) throw error;
    return read();
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
    type: 'payment' as const,
    cardBin: '424242',
    cardLast4: undefined,
    cardBrand: 'visa',
    cardCountry: 'US',
    cardFunding: 'credit',
    instrument: 'card',
    remote: true,
    initiator: 'customer',
    payeeId: undefined,
    mcc: '5732',
    life: {},
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
  const found = await rows(t, text, MAPS.assay, {
    rules: { rates: createRates('USD', { EUR: 1.5 }), ratesMaxAgeDays: 1 },
  });
  for (const [i, source] of [generated, bare].entries()) {
    const transaction = { ...source, amountBase: source.amount * 1.5 } as unknown as Transaction;
    const naming = { entityTypes, entityFields: { terminal: 'metadata.terminal' } };
    // Where one's own columns are read is no part of it: the source here has what only the generator knows.
    const { details: _, personal: __, ...event } = eventOf(transaction, entityKeys(transaction, naming));
    const { details, personal, ...read } = found[i].event;
    assert.deepEqual(read, event);
    assert.equal(details, personal);
    assert.equal((details as Transaction).cardBrand, 'visa');
  }
  const truths = found.map(({ id, fraud, labelledAt, card }) => ({ id, fraud, labelledAt, card }));
  assert.deepEqual(truths, [
    { id: 'ord_1', fraud: true, labelledAt: generated.labelledAt, card: entityKey('card', 'c_9') },
    { id: 'ord_2', fraud: false, labelledAt: Number.NaN, card: entityKey('user', 'auth0|7') },
  ]);
});

test('the handbook: customer is user and card, terminal is merchant, seconds count from April 2018', async (t) => {
  const header = 'TRANSACTION_ID,TX_TIME_SECONDS,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_FRAUD,TX_FRAUD_SCENARIO';
  const [row] = await rows(t, `${header}\n7,86401,596,3156,57.16,1,2\n`, HANDBOOK_MAP);
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
  const columns = { userId: 'who', amount: 'paid', transactionDate: 'step', isFraud: 'class', 'metadata.till': 'till' };
  await writeFile(
    path,
    JSON.stringify({ columns, timeUnit: 'seconds', timeOrigin: '2020-01-01T00:00:00Z', fraudValue: 'yes' }),
  );
  const map = await readColumnMap(path);
  const [row] = await rows(t, 'step,who,paid,class,till\n60.5,ann,3,yes,t1\n', map, {
    entityFields: { terminal: 'metadata.till' },
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
    ['userId,amount\n1,2\n', /no column transactionDate \(for transactionDate\); there are userId, amount/],
    [`${header},1,2026-01-01T00:00:00Z,0\n`, /line 2: userId is required/],
    [`${header}u,abc,2026-01-01T00:00:00Z,0\n`, /line 2: amount "abc" must be a number/],
    [`${header}u,,2026-01-01T00:00:00Z,0\n`, /line 2: amount is required/],
    [`${header}u,-1,2026-01-01T00:00:00Z,0\n`, /amount "-1" must be >= 0/],
    [`${header}u,1,2026-02-30,0\n`, /transactionDate "2026-02-30" must be an RFC 3339 time from 1970 on/],
    [`${header}u,1,2026-01-01T00:00:00Z,maybe\n`, /isFraud "maybe" must be 0 or 1/],
    [
      `${header},x,2026-02-30,maybe\n`,
      /line 2: transactionDate .*; userId is required; amount "x" .*; isFraud "maybe"/,
    ],
  ];
  for (const [text, pattern] of wrong) await assert.rejects(rows(t, text, MAPS.assay), pattern);
});

test('what is assumed of a file is told, and what looks wrong with the whole of it', async (t) => {
  const notes: string[] = [];
  const onNotes = (told: string[]) => void notes.push(...told);
  const day = (n: number) => `2024-05-${String(n).padStart(2, '0')} 10:00:00`;
  const lines = Array.from({ length: 20 }, (_, i) => `o${i},u,1,${day(i + 1)},QQ,7`);
  const text = ['id,userId,amount,transactionDate,country,shoeSize', ...lines, 'o99,u,1,1970-01-20 10:00:00,US,7'].join(
    '\n',
  );
  const rules = { rates: createRates('USD', {}), ratesMaxAgeDays: 30, transactionMinDate: Date.UTC(2000, 0, 1) };
  const now = Date.UTC(2024, 4, 18);
  assert.equal((await rows(t, text, MAPS.assay, { rules, onNotes, now })).length, 21);
  const expected = [
    /^Times without an offset are taken as of UTC\.$/,
    /^The rows are not in order: they are sorted by time/,
    /^Columns that are not used: shoeSize\.$/,
    /^line 22: transactionDate 1970-01-20 is before 2000-01-01 \(TRANSACTION_MIN_DATE\)/,
    /^20 rows, the first at line 2: country QQ is not a code of ISO 3166-1/,
    /^line 22: transactionDate 1970-01-20 is far from the rest, 2024-05-01 to 2024-05-1\d\.$/,
    /^line 21: transactionDate 2024-05-20 is still to come; rows are taken as of their own dates\.$/,
  ];
  assert.equal(notes.length, expected.length, notes.join('\n'));
  for (const [i, pattern] of expected.entries()) assert.match(notes[i], pattern);
});

test('times stand in two columns, with an order, in a zone of their own', async (t) => {
  const columns = { userId: 'who', amount: 'paid', transactionDate: ['Date', 'Time'] };
  const text = 'who,paid,Date,Time\nann,3,4/18/15,2:47\nann,4,4/19/15,12:01\n';
  const found = await rows(t, text, { columns, timeZone: 'America/New_York' });
  assert.deepEqual(
    found.map(({ event }) => [new Date(event.time).toISOString(), event.offsetMinutes]),
    [
      ['2015-04-18T06:47:00.000Z', -240],
      ['2015-04-19T16:01:00.000Z', -240],
    ],
  );
});

test('a row that repeats another is left out, one with its id and other values is bad', async (t) => {
  const header = 'id,userId,amount,transactionDate';
  const row = (id: string, amount: number) => `${id},u,${amount},2026-01-01T00:00:00Z`;
  const notes: string[] = [];
  const onNotes = (told: string[]) => void notes.push(...told);
  const text = [header, row('a', 1), row('a', 1), row('b', 1)].join('\n');
  assert.deepEqual(
    (await rows(t, text, MAPS.assay, { onNotes })).map(({ id }) => id),
    ['a', 'b'],
  );
  assert.match(notes.join(), /1 rows repeat an earlier one and are left out/);
  await assert.rejects(
    rows(t, [header, row('a', 1), row('a', 2)].join('\n'), MAPS.assay),
    /line 3: id "a" stands in an earlier row/,
  );
  const many = Array.from({ length: 10_000 }, (_, i) => row(`n${i}`, i));
  assert.equal((await rows(t, [header, ...many].join('\n'), MAPS.assay)).length, 10_000, 'no two are taken for one');
});
