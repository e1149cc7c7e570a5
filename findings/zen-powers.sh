#!/usr/bin/env bash
# Guess: an engine whose numbers are decimals of 28 digits takes the square root of 100 to be 10
# Seen: 9.99999999537: powers with a fraction are good to about nine digits, so `100 ^ 0.5 >= 10` is false, as is every limit that such a power should just reach; whole powers, and 0.1 + 0.2 == 0.3, are exact
# Where: operator ^ of @gorules/zen-engine 0.54.0, evaluateExpression
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @gorules/zen-engine@0.54.0
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { evaluateExpression } = require('@gorules/zen-engine');
(async () => {
  const found = {};
  for (const text of ['100 ^ 0.5', '1000000 ^ 0.5', '100 ^ 0.5 >= 10', '10 ^ 2', '0.1 + 0.2 == 0.3']) found[text] = await evaluateExpression(text, {});
  console.log(found);
  assert.ok(found['100 ^ 0.5'] < 10 - 1e-9 && found['1000000 ^ 0.5'] < 1000 - 1e-9);
  assert.equal(found['100 ^ 0.5 >= 10'], false);
  assert.equal(found['10 ^ 2'], 100);
  assert.equal(found['0.1 + 0.2 == 0.3'], true);
})();
JS
node check.cjs
