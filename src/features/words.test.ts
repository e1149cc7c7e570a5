import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityTypesWith } from '../domain/entity.ts';
import type { TransactionType } from '../domain/fields.ts';
import { trainingCatalogue } from './catalogue.ts';
import type { FeatureDefinition } from './definition.ts';
import { handbookBetter } from './handbook.ts';
import { money } from './money.ts';
import { describe, duration, figure } from './words.ts';

const catalogue = trainingCatalogue(entityTypesWith());
const named = (name: string) => [...catalogue, ...handbookBetter].find((one) => one.name === name)!;
const say = (name: string, value: number, usual?: number) =>
  describe(named(name), value, usual === undefined ? undefined : { p50: usual });

test('values are told in plain words, against what is usual', () => {
  const cases: [said: string, expected: string][] = [
    [say('device_cards_10m', 6, 1), '6 different cards on this device in the last 10 minutes (usually 1)'],
    [say('device_cards_10m', 1, 1), '1 card on this device in the last 10 minutes, which is usual'],
    [say('user_cards_24h', 0, 1), '0 cards used by this user in the last 24 hours (usually 1)'],
    [say('card_merchants_1h', 3, 1), '3 different merchants paid with this card in the last hour (usually 1)'],
    [
      say('user_distance_from_usual_km', 0.04, 0.3),
      '0 km from the nearest place where this user paid recently (usually 0.3 km)',
    ],
    [say('user_count_1h', 1, 1), '1 payment by this user in the last hour, which is usual'],
    [say('user_count_24h', 1204, 2), '1,204 payments by this user in the last 24 hours (usually 2)'],
    [say('user_sum_7d', 1250.5, 80), '$1,250.50 paid by this user in the last 7 days (usually $80.00)'],
    [say('amount_below_round', 0.01, 20), 'the amount is $0.01 under a multiple of 50 (usually $20.00)'],
    [say('user_amount_to_median', 12.34, 1), 'the amount is 12 times the typical payment by this user (usually 1)'],
    [say('user_new_device', 1, 0), 'the first time this user is seen with this device'],
    [say('user_speed_kmh', 7200, 3), '7,200 km/h would be needed to get here since the last payment (usually 3 km/h)'],
    [say('device_known_days', 0, 40), 'this device was never seen before (usually 40 days)'],
    [say('user_since_last', 5400, 86_400), '1.5 hours since the last payment by this user (usually 1 day)'],
    [
      say('merchant_fraud_share_30d', 0.125, 0),
      '13% of payments at this merchant in the last 30 days were confirmed as fraud (usually 0%)',
    ],
    [
      say('merchant_fraud_share_30d_delay_7d', 0.02, 0.02),
      '2% of payments at this merchant in the 30 days up to 7 days ago were confirmed as fraud, which is usual',
    ],
    [say('card_ever_frauds', 1, 0), '1 confirmed fraud with this card so far (usually 0)'],
    [say('ip_ever_legitimate', 3), '3 payments from this network address confirmed as legitimate so far'],
    [say('device_since_ever_fraud', 86_400 * 200), '200 days since the last confirmed fraud ever seen on this device'],
    [say('device_since_ever_fraud', Number.NaN), 'no fraud on this device is known'],
    [
      say('merchant_ever_fraud_share', 0.04, 0.01),
      'about 4% of all payments at this merchant were confirmed as fraud so far (usually 1%)',
    ],
    [
      say('card_fraud_share_of_last_10', 0.25, 0),
      'about 25% of the last 10 payments with this card up to 7 days ago were confirmed as fraud (usually 0%)',
    ],
    [
      say('fraud_together_90d', 0.4, 0.01),
      'joint suspicion is about 40%, by confirmed frauds among payments of each that takes part in the 90 days up to 7 days ago (usually 1%)',
    ],
    [
      say('terminal_least_fraud_14d', 12.5, 80),
      'the smallest confirmed fraud at this merchant in the 14 days up to 7 days ago was $12.50 (usually $80.00)',
    ],
    [
      say('terminal_last_fraud_customer_frauds', 1, 4),
      'the user behind the latest confirmed fraud at this merchant had 1 confirmed fraud in all in the 30 days up to 7 days ago (usually 4)',
    ],
    [
      say('terminal_last_fraud_to_median', 5, 1),
      'the latest confirmed fraud at this merchant in the 30 days up to 7 days ago was 5 times the typical payment of its user (usually 1)',
    ],
    [say('terminal_last_fraud_to_median', Number.NaN), 'no fraud at this merchant is known'],
    [say('fraud_together_ever', Number.NaN), 'no user, card or other entity is given'],
    [say('card_refused_1h', 5, 0), '5 payments with this card in the last hour were refused by the issuer (usually 0)'],
    [
      say('merchant_refused_share_24h', 0.5, 0.02),
      '50% of payments at this merchant in the last 24 hours were refused by the issuer (usually 2%)',
    ],
    [say('bin_cards_1h', 9, 1), '9 different cards of this BIN in the last hour (usually 1)'],
    [say('payee_users_24h', 4, 1), '4 different users who paid this payee in the last 24 hours (usually 1)'],
    [say('user_new_payee', 1, 0), 'the first time this user is seen with this payee'],
    [say('network_refused_1h', Number.NaN), 'no network is given'],
    [say('category_risk', -4.6, -5.3), '1% of the payments of this category were fraud in training (usually 0.5%)'],
    [say('hour', 23, 14), 'made between 23:00 and 00:00'],
    [say('weekday', 6), 'made on a Sunday'],
    [say('account_age_days', Number.NaN, 3), 'the age of the account is not given'],
  ];
  for (const [said, expected] of cases) assert.equal(said, expected);
});

test('what was written of payments is said of logins, registrations and payouts as it is true of them', () => {
  const of = (type: TransactionType, name: string, value: number, usual?: number) =>
    describe(named(name), value, usual === undefined ? undefined : { p50: usual }, 'USD', type);
  const cases: [said: string, expected: string][] = [
    [of('login', 'user_total', 0), 'the first login by this user'],
    [of('login', 'user_count_1h', 7, 1), '7 logins by this user in the last hour (usually 1)'],
    [
      of('login', 'device_users_24h', 6, 1),
      '6 different users on this device in logins in the last 24 hours (usually 1)',
    ],
    [of('login', 'user_new_device', 1), 'the first login in which this user is seen with this device'],
    [of('login', 'user_new_device', 0), 'this user has been seen with this device in logins before'],
    [of('login', 'device_known_days', 0), 'this device was never seen in a login before'],
    [of('login', 'device_known_days', 3), 'this device was first seen in a login 3 days ago'],
    [of('login', 'amount', Number.NaN), 'a login has no amount'],
    [of('login', 'user_amount_to_median', Number.NaN), 'a login has no amount'],
    [of('login', 'user_since_last', Number.NaN), 'no earlier logins by this user to compare with'],
    [
      of('login', 'user_speed_kmh', 7200, 3),
      '7,200 km/h would be needed to get here since the last login (usually 3 km/h)',
    ],
    [
      of('login', 'user_distance_from_usual_km', 900),
      '900 km from the nearest place where this user logged in recently',
    ],
    [of('login', 'category_risk', -4.6), '1% of the payments of this category were fraud in training'],
    [
      of('registration', 'ip_users_1h', 9, 1),
      '9 different users from this network address in registrations in the last hour (usually 1)',
    ],
    [of('registration', 'user_sum_7d', 0, 80), 'nothing is paid in a registration'],
    [of('payout', 'user_total', 0), 'the first payout by this user'],
    [of('payout', 'user_sum_7d', 1250.5, 80), '$1,250.50 paid out by this user in the last 7 days (usually $80.00)'],
    [of('payout', 'user_new_payee', 1), 'the first payout in which this user is seen with this payee'],
    [
      of('payout', 'payee_users_24h', 4, 1),
      '4 different users seen with this payee in payouts in the last 24 hours (usually 1)',
    ],
    [of('payout', 'amount', Number.NaN), 'there is no amount, or no rate into the base currency'],
  ];
  for (const [said, expected] of cases) assert.equal(said, expected);
});

test('nothing is said of payments where there are none, whatever the feature', () => {
  for (const type of ['login', 'registration', 'payout'] as const)
    for (const definition of [...catalogue, ...handbookBetter]) {
      if (definition.operation === 'encoding') continue;
      for (const value of [0, 1, 2.5, Number.NaN])
        assert.doesNotMatch(
          describe(definition, value, { p50: 1 }, 'USD', type),
          /payment| paid (?!in a |out )|undefined/,
        );
    }
});

test('every operation of the catalogues has words of its own', () => {
  for (const definition of [...catalogue, ...handbookBetter]) {
    for (const value of [0, 1, 2.5, -3]) {
      const text = describe(definition, value, { p50: 1 });
      assert.doesNotMatch(text, /undefined|NaN|_|entity/, definition.name);
      assert.notEqual(text, `${definition.name} is ${figure(value)}`);
    }
  }
});

test('an operation or an entity that words do not know is still told', () => {
  const definition: FeatureDefinition = { name: 'ship_count', operation: 'count', entity: 'ship', windowSeconds: 60 };
  assert.equal(describe(definition, 2, undefined), '2 payments of this ship in the last minute');
  assert.equal(describe({ name: 'my_thing', operation: 'other' }, 2, undefined), 'my thing is 2');
});

test('numbers, times and money', () => {
  assert.deepEqual([figure(1e15), figure(-1e308)], ['1.00e+15', '-1.00e+308']);
  assert.deepEqual([figure(-0.01), figure(9.96), figure(12_345.6), figure(1.25)], ['0', '10', '12,346', '1.3']);
  assert.deepEqual(
    [duration(0), duration(1), duration(59), duration(60), duration(90_000)],
    ['0 seconds', '1 second', '59 seconds', '1 minute', '1 day'],
  );
  assert.equal(money(1e6, 'EUR'), '€1,000,000.00');
});
