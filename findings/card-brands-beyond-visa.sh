#!/usr/bin/env bash
# Guess: packages that name a card's brand agree on a number of 16 or 19 digits that UnionPay or Mir issue, or leave it unnamed
# Seen: UnionPay's test number of 19 digits is Maestro's to creditcards, Mastercard's to creditcard.js and UnionPay's to the others; a Mir card is Mastercard's to creditcardutils; Verve's is Maestro's or Aura's, though creditcard.js calls each number valid
# Where: npm's creditcards 5.0.0, creditcard.js 3.0.58, creditcardutils 1.0.0, credit-card-type 10.3.0; the numbers are for tests, and pass Luhn
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts creditcards@5.0.0 creditcard.js@3.0.58 creditcardutils@1.0.0 credit-card-type@10.3.0
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { card } = require('creditcards');
const { getCreditCardNameByNumber, isValid } = require('creditcard.js');
const utils = require('creditcardutils');
const types = require('credit-card-type');

const brands = (number) => {
  assert.ok(isValid(number));
  const found = [card.type(number), getCreditCardNameByNumber(number), utils.parseCardType(number), types(number)[0]?.type].map((name) => name ?? 'none');
  console.log(number, found.join(' | '));
  return found;
};
console.log('number, then creditcards | creditcard.js | creditcardutils | credit-card-type');
const none = 'Credit card is invalid!';
assert.deepEqual(brands('5555555555554444'), ['Mastercard', 'Mastercard', 'mastercard', 'mastercard']);
assert.deepEqual(brands('6205500000000000004'), ['Maestro', 'Mastercard', 'unionpay', 'unionpay']);
assert.deepEqual(brands('2200000000000053'), ['none', none, 'mastercard', 'mir']);
assert.deepEqual(brands('5060990580000217499'), ['Maestro', 'Aura', 'none', 'verve']);
JS
node check.cjs
