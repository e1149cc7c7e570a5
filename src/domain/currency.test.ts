import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CURRENCIES,
  currencyWarning,
  FUNDS,
  isCurrency,
  minorDigits,
  toMajor,
  toMinor,
  WITHDRAWN_CURRENCIES,
} from './currency.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const NO_UNIT = 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ');

test('all 17,576 triples: 178 active codes, the withdrawn ones, and no other', () => {
  assert.equal(CURRENCIES.length, 178);
  assert.equal(WITHDRAWN_CURRENCIES.length, 130);
  assert.deepEqual(
    WITHDRAWN_CURRENCIES.filter((code) => CURRENCIES.includes(code)),
    [],
  );
  const all = new Set([...CURRENCIES, ...WITHDRAWN_CURRENCIES]);
  for (const a of LETTERS)
    for (const b of LETTERS) for (const c of LETTERS) assert.equal(isCurrency(a + b + c), all.has(a + b + c));
  for (const text of ['', 'usd', 'USDT', 'US', '€']) assert.ok(!isCurrency(text));
});

test('active codes are those that circulate by CLDR, with funds and units, less what was withdrawn since', () => {
  // CLDR by Node's ICU, an independent source. It follows the standard by some months.
  for (const code of Intl.supportedValuesOf('currency'))
    assert.ok(CURRENCIES.includes(code) || /^(ANG|BGN|CUC|HRK|SLL|ZWL)$/.test(code), code);
  assert.deepEqual(
    CURRENCIES.filter((code) => !Intl.supportedValuesOf('currency').includes(code)),
    [...FUNDS, ...NO_UNIT, 'UYW', 'VED', 'XAD'].filter((code) => !/XDR|XSU/.test(code)).sort(),
  );
});

test('minor units of all active codes are those of the standard', () => {
  const expected: Record<number, string> = {
    0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    3: 'BHD IQD JOD KWD LYD OMR TND',
    4: 'CLF UYW',
  };
  for (const code of CURRENCIES) {
    const digits = Number(Object.keys(expected).find((key) => expected[Number(key)].includes(code)) ?? 2);
    assert.equal(minorDigits(code), digits, code);
    const unit = 10 ** -digits;
    assert.equal(toMinor(unit, code), 1, code);
    assert.equal(toMajor(123_456, code), 123_456 / 10 ** digits, code);
  }
  assert.equal(toMinor(1.005, 'USD'), 101);
  assert.equal(toMinor(1.00005, 'CLF'), 10_001);
  assert.equal(toMinor(1e-7, 'CLF'), 0);
});

test('what is withdrawn or has no minor unit is warned, funds codes are not', () => {
  for (const code of WITHDRAWN_CURRENCIES) assert.match(currencyWarning(code)!, new RegExp(`${code} is withdrawn`));
  for (const code of NO_UNIT) assert.match(currencyWarning(code)!, new RegExp(`${code} no minor unit`));
  for (const code of CURRENCIES) if (!NO_UNIT.includes(code)) assert.equal(currencyWarning(code), undefined);
  for (const code of FUNDS) assert.ok(CURRENCIES.includes(code));
});

test('minor units are those of the decimal that a number prints as, however they are found', () => {
  let state = 9;
  const random = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
  for (let i = 0; i < 100_000; i++) {
    const amount = Number((random() * 10 ** Math.floor(random() * 13)).toFixed(Math.floor(random() * 7)));
    for (const [code, digits] of [
      ['USD', 2],
      ['KWD', 3],
      ['CLF', 4],
    ] as const) {
      if (amount >= 1e-6)
        assert.equal(toMinor(amount, code), Math.round(Number(`${amount}e${digits}`)), `${amount} ${code}`);
    }
  }
});
