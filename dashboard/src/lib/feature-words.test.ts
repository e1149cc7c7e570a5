import assert from 'node:assert/strict';
import { test } from 'node:test';
import { featureWords } from './feature-words.ts';

test('features are named in words, and an unknown one by its own name', () => {
  assert.equal(featureWords('device_cards_1h'), 'Different cards on the device in an hour');
  assert.equal(featureWords('merchant_fraud_share_30d_delay_7d'), 'Share of fraud at the merchant in 30 days');
  assert.equal(featureWords('user_new_location'), 'First time of the user with this place');
  assert.equal(featureWords('terminal_count_90d'), 'Terminal count 90d');
  assert.equal(featureWords('night'), 'Made at night');
});
