import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CURRENCIES, isCurrency } from './currency.ts';
import { currenciesOf } from './currency-signs.ts';

test('a sign or a code names its currencies, all of them ones that there are', () => {
  const signOf = (currency: string, currencyDisplay: 'narrowSymbol' | 'symbol') =>
    new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay })
      .formatToParts(1)
      .find(({ type }) => type === 'currency')!.value;
  let known = 0;
  for (const currency of CURRENCIES)
    for (const display of ['narrowSymbol', 'symbol'] as const) {
      const sign = signOf(currency, display);
      const found = sign === currency ? undefined : currenciesOf(sign);
      if (found === undefined) continue;
      known++;
      assert.ok(found.includes(currency), `${sign} is ${currency} too, not ${found} alone`);
      for (const code of found) assert.ok(isCurrency(code), code);
    }
  assert.ok(known > 100, `${known}`);
});

test('what is written otherwise is none', () => {
  assert.deepEqual(
    ['€', 'EUR', 'eur', 'kr.', 'Rs.', 'US$', 'F CFA'].map((sign) => currenciesOf(sign)?.[0]),
    ['EUR', 'EUR', 'EUR', 'DKK', 'INR', 'USD', 'XAF'],
  );
  for (const none of ['', '%', 'km', 'CR', 'GBp', 'XYZ', '$$', 'euro'])
    assert.equal(currenciesOf(none), undefined, none);
});
