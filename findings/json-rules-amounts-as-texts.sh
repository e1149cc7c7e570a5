#!/usr/bin/env bash
# Guess: greaterThan takes numbers alone, so two amounts written as texts ("9.50", "10.00") are refused or read as numbers
# Seen: they are compared by the alphabet, "9.50" above "10.00" and "100.00" below "99.00": the check that a fact is a number accepts a text that begins with one; beside a bare number it compares as a number
# Where: operators greaterThan, lessThan and their inclusive forms of json-rules-engine, for money kept as decimal text
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts json-rules-engine@7.3.1
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { Engine } = require('json-rules-engine');
const hits = async (amount, value) => {
  const engine = new Engine([{ conditions: { all: [{ fact: 'amount', operator: 'greaterThan', value }] }, event: { type: 'review' } }]);
  const found = (await engine.run({ amount })).events.length === 1;
  console.log(`${JSON.stringify(amount)} greaterThan ${JSON.stringify(value)}: ${found}`);
  return found;
};
(async () => {
  assert.equal(await hits('9.50', '10.00'), true);
  assert.equal(await hits('100.00', '99.00'), false);
  assert.equal(await hits('9.50', 10), false);
  assert.equal(await hits('100.00', 99), true);
  assert.equal(await hits('refused', '10.00'), false);
})();
JS
node check.cjs
