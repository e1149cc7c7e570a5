import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { isCurrency } from './currency.ts';
import { createRates, readRates } from './rates.ts';

const day = (text: string) => Date.parse(`${text}Z`);
const HISTORY = `Date,USD,JPY,HRK,
2026-10-30,1.1172,175.68,N/A,
2026-10-29,1.113,175.92,N/A,
2022-12-30,1.0666,140.66,7.5365,
`;

test('the rate is the last one published before the UTC date, not that of the day', () => {
  const rates = createRates('USD', {}, readRates(HISTORY, 'test'));
  assert.deepEqual(rates.at('EUR', day('2026-10-30T23:59:59.999')), { rate: 1.113, date: '2026-10-29' });
  assert.deepEqual(rates.at('EUR', day('2026-10-31T00:00')), { rate: 1.1172, date: '2026-10-30' });
  assert.deepEqual(rates.at('EUR', day('2030-01-01T00:00')), { rate: 1.1172, date: '2026-10-30' });
  assert.equal(rates.at('JPY', day('2026-10-30T10:00'))?.rate, Number((1.113 / 175.92).toPrecision(10)));
  assert.equal(rates.at('EUR', day('2022-12-30T10:00')), undefined);
  assert.deepEqual(rates.at('USD', 0), { rate: 1 });
  assert.equal(rates.newest, '2026-10-30');
});

test('a currency that is no longer quoted has no rate; one that never was has none', () => {
  const rates = createRates('EUR', {}, readRates(HISTORY, 'test'));
  assert.equal(rates.at('HRK', day('2023-01-02T00:00'))?.date, '2022-12-30');
  assert.equal(rates.at('HRK', day('2026-10-31T00:00')), undefined);
  assert.equal(rates.at('AED', day('2026-10-31T00:00')), undefined);
  assert.equal(createRates('AED', {}, readRates(HISTORY, 'test')).at('EUR', day('2026-10-31T00:00')), undefined);
});

test('what a person set comes before the history and has no date', () => {
  const rates = createRates('USD', { EUR: 1.5, AED: 0.27 }, readRates(HISTORY, 'test'));
  assert.deepEqual(rates.at('EUR', 0), { rate: 1.5 });
  assert.deepEqual(rates.at('AED', 0), { rate: 0.27 });
  assert.equal(createRates('USD', {}).at('EUR', 0), undefined);
  assert.equal(createRates('USD', {}).newest, null);
});

test('a file that makes no sense is refused by its line', () => {
  const refused = (text: string, message: RegExp) => assert.throws(() => readRates(text, 'r.csv'), message);
  refused('', /must begin with Date/);
  refused('Day,USD\n2026-01-01,1', /must begin with Date/);
  refused('Date,dollar\n2026-01-01,1', /"dollar" .* no currency/);
  refused('Date,USD\n', /no rates/);
  refused('Date,USD\n2026-02-30,1', /line 2: "2026-02-30" is no date/);
  refused('Date,USD\n2026-02-20,0', /line 2: "0" is no rate/);
  refused('Date,USD\n2026-02-20,1,2\n2026-02-21,x', /line 3: "x" is no rate/);
  const other = createRates('EUR', {}, readRates('Date/USD,EUR\n2026-02-20,0.5', 'r.csv'));
  assert.equal(other.at('USD', day('2026-02-21T00:00'))?.rate, 0.5);
});

test('the history that ships: daily from 1999, as the ECB published it', () => {
  const path = join(import.meta.dirname, '..', '..', 'data', 'rates.csv.gz');
  const history = readRates(gunzipSync(readFileSync(path)).toString(), 'ECB');
  assert.ok(history.days.length > 7_000);
  for (const code of history.columns.keys()) assert.ok(isCurrency(code), code);
  for (let i = 1; i < history.days.length; i++) {
    const gap = history.days[i] - history.days[i - 1];
    assert.ok(gap > 0 && gap <= 6, `${history.days[i]}`);
  }
  const rates = createRates('EUR', {}, history);
  // Published by the ECB for these days.
  assert.equal(rates.at('USD', day('1999-01-05T00:00'))?.rate, Number((1 / 1.1789).toPrecision(10)));
  assert.equal(rates.at('JPY', day('2026-10-31T12:00'))?.rate, Number((1 / 175.68).toPrecision(10)));
  assert.equal(rates.at('ISK', day('2012-06-01T00:00')), undefined);
  assert.equal(rates.at('RUB', day('2026-06-01T00:00')), undefined);
});
