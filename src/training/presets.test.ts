import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogueOf } from './presets.ts';

const DAY = 86_400;
const config = { entityTypes: ['user', 'card', 'merchant'], schema: undefined };
const delaysOf = (name: string, delayDays?: number) =>
  new Map(catalogueOf(name, config, delayDays).map((one) => [one.name, one.delaySeconds ?? 0] as const));

test('features that wait until labels are known wait as long as a file’s labels take', () => {
  for (const [list, waiting] of [
    ['default', ['fraud_together_90d', 'fraud_together_ever', 'card_fraud_share_of_last_10']],
    ['handbook', ['terminal_risk_7d', 'terminal_fraud_run', 'terminal_least_fraud_30d']],
  ] as const) {
    for (const days of [undefined, 7, 30, 0]) {
      const delays = delaysOf(list, days);
      for (const name of waiting) assert.equal(delays.get(name), (days ?? 7) * DAY, `${name} after ${days} days`);
    }
  }
  // Its name says its delay.
  assert.equal(delaysOf('default', 30).get('merchant_fraud_share_30d_delay_7d'), 7 * DAY);
});
