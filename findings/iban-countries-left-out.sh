#!/usr/bin/env bash
# Guess: two IBAN packages agree on the countries of SWIFT's registry
# Seen: iban calls valid numbers of Libya, Sudan, Burundi, Djibouti, Somalia, Nicaragua, Mongolia, Oman, Yemen, Honduras, the Falkland Islands and Russia false; ibantools and schwifty know them
# Where: npm's iban and ibantools; the examples are the registry's own
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts iban@0.0.14 ibantools@4.5.4
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const iban = require('iban');
const { isValidIBAN } = require('ibantools');
const numbers = ['LY83002048000020100120361', 'SD8811123456789012', 'BI4210000100010000332045181', 'DJ2100010000000154000100186',
  'SO211000001001000100141', 'NI45BAPR00000013000003558124', 'MN121234123456789123', 'OM810180000001299123456', 'YE15CBYE0001018861234567891234',
  'HN88CABF00000000000250005469', 'FK88SC123456789012', 'RU0204452560040702810412345678901'];
const differ = numbers.filter((number) => isValidIBAN(number) && !iban.isValid(number)).map((number) => number.slice(0, 2));
console.log('valid to ibantools, not to iban:', differ.join(' '));
assert.equal(differ.length, numbers.length);
JS
node check.cjs
