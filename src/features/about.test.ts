import assert from 'node:assert/strict';
import { test } from 'node:test';
import { about } from './about.ts';
import { defaultCatalogue } from './catalogue.ts';
import { handbookBetter } from './handbook.ts';
import { statelessCatalogue } from './stateless.ts';

const named = (name: string) => about(defaultCatalogue.find((definition) => definition.name === name)!);

test('what a feature is about, in words', () => {
  assert.equal(named('device_cards_10m'), 'different cards on this device in the last 10 minutes');
  assert.equal(named('user_new_country'), 'first time of this user with this country');
  assert.equal(named('merchant_fraud_share_30d_delay_7d').includes('in the 30 days up to 7 days ago'), true);
});

test('every feature of the catalogues has words of its own, and no two the same', () => {
  for (const catalogue of [defaultCatalogue, handbookBetter, statelessCatalogue]) {
    const said = catalogue.map(about);
    for (const [i, text] of said.entries()) {
      assert.doesNotMatch(text, /undefined|NaN|_|entity/, catalogue[i].name);
      assert.notEqual(text, catalogue[i].name);
    }
    assert.equal(new Set(said).size, said.length);
  }
});

test('what the words do not know is named', () => {
  assert.equal(about({ name: 'my_thing', operation: 'other' }), 'my thing');
  assert.equal(
    about({ name: 'ship_count', operation: 'count', entity: 'ship', windowSeconds: 60 }),
    'payments of this ship in the last minute',
  );
});
