import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratesSaid } from './rates-said.ts';

const rates = { base: 'USD', source: 'ECB', newest: '2026-10-30', state: 'ok', missing: {} } as const;

test('nothing is said while every amount has a rate that is not old', () => {
  assert.equal(ratesSaid(rates), undefined);
});

test('what is missing or old is said, the currencies with most payments first', () => {
  assert.match(ratesSaid({ ...rates, state: 'old' })!, /of 2026-10-30, and older/);
  assert.match(ratesSaid({ ...rates, state: 'none', newest: null })!, /only amounts in USD are added up/);
  assert.match(ratesSaid({ ...rates, missing: { KWD: 1 } })!, /^1 payment in KWD had no rate into USD/);
  assert.match(
    ratesSaid({ ...rates, missing: { AED: 2, KWD: 5, QAR: 2, SAR: 1, OMR: 1 } })!,
    /^11 payments in KWD, AED, QAR and 2 more had no rate/,
  );
});
