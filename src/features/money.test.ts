import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { money } from './money.ts';

const CURRENCIES = ['USD', 'EUR', 'GBP', 'JPY', 'KWD', 'CHF', 'CLF', 'XAF', 'INR', 'UYW'];
const formats = new Map(
  CURRENCIES.map((currency) => [
    currency,
    new Intl.NumberFormat('en-GB', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }),
  ]),
);
const same = (value: number, currency: string) =>
  assert.equal(money(value, currency), formats.get(currency)!.format(value), `${value} ${currency}`);

test('money is written as the formatter writes it', () => {
  for (const currency of CURRENCIES) {
    for (const value of [0, -0, 0.005, 0.5, 1.005, 1.5, 2.675, 999.995, 999.999, 1000, 1e6, 1e9, 1e12, -5.5, 0.1 + 0.2])
      same(value, currency);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 999_999_999.995, 1_234_567.891])
      same(value, currency);
  }
});

test('so is any number, and any that lies between two minor units', () => {
  const currency = fc.constantFrom(...CURRENCIES);
  const tie = fc
    .tuple(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom(1, 10, 100, 1000, 1e4))
    .map(([n, by]) => (n + 0.5) / by);
  fc.assert(fc.property(fc.oneof(fc.double(), fc.double({ min: 0, max: 1e7 }), tie), currency, same), {
    numRuns: 3_000,
  });
});
