#!/usr/bin/env bash
# Guess: two packages of ISO 4217 agree on which currencies there are
# Seen: currency-codes has no XCG, which took the guilder's place in Curaçao and Sint Maarten in 2025, and keeps ANG; dinero.js has it the other way. An ariary (MGA) has 2 digits in the one, as ISO 4217 prints, and 5 parts in the other: 1 unit of the smallest is 0.01 or 0.2
# Where: npm's currency-codes 2.2.0 and dinero.js 2.0.2 (dinero.js/currencies)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts currency-codes@2.2.0 dinero.js@2.0.2
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const codes = require('currency-codes');
const dinero = require('dinero.js/currencies');
for (const code of ['XCG', 'ANG', 'BGN', 'CUC', 'MGA', 'MRU']) {
  const [here, there] = [codes.code(code)?.digits ?? 'absent', dinero[code] ? `${dinero[code].base}^${dinero[code].exponent}` : 'absent'];
  console.log(`${code}: currency-codes ${here} digits, dinero.js ${there}`);
}
assert.ok(!codes.code('XCG') && dinero.XCG);
assert.ok(codes.code('ANG') && !dinero.ANG);
assert.deepEqual([codes.code('MGA').digits, dinero.MGA.base, dinero.MGA.exponent], [2, 5, 1]);
JS
node check.cjs
