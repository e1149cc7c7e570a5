import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBody, toValues } from './fields.ts';
import { PRESETS, type Preset, tell } from './presets.ts';

test('what the form holds of a story is what it sends, of every type', () => {
  for (const preset of Object.keys(PRESETS) as Preset[]) {
    const { form, before } = tell(preset, 'x', Date.UTC(2026, 0, 1));
    const { type = 'payment' } = form;
    assert.deepEqual(toBody(type, toValues(form)), form, preset);
    for (const body of before) assert.equal(body.type ?? 'payment', preset === 'cashOut' ? 'payment' : type, preset);
  }
});

test('a login sends no amount that was typed before, a flag is a flag, and what is no number is left to the server', () => {
  const values = { userId: 'u', amount: '12', currency: 'USD', payeeId: 'p', remote: 'true', accountAgeDays: 'old' };
  assert.deepEqual(toBody('login', values), { type: 'login', userId: 'u', accountAgeDays: 'old' });
  assert.deepEqual(toBody('payout', values), {
    ...{ type: 'payout', userId: 'u', amount: 12, currency: 'USD', payeeId: 'p', remote: true, accountAgeDays: 'old' },
  });
  assert.deepEqual(toBody('payment', { userId: 'u', amount: '0', remote: 'false' }), {
    ...{ userId: 'u', amount: 0, remote: false },
  });
});
