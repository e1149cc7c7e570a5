#!/usr/bin/env bash
# Guess: FEEL counts in decimals of 34 digits, so 0.1 + 0.2 = 0.3, and 1.005 rounds half up to 1.01
# Seen: false, and 1: its numbers are JavaScript's, so a decision table that tests a sum of amounts for equality, or rounds a fee by the half cent, answers otherwise than an engine that keeps to DMN
# Where: evaluate of feelin 8.2.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts feelin@8.2.0
cat >check.mjs <<'JS'
import assert from 'node:assert/strict';
import { evaluate } from 'feelin';

const found = (text, amounts = {}) => {
  const { value } = evaluate(text, amounts);
  console.log(`${text}: ${value}`);
  return value;
};
assert.equal(found('0.1 + 0.2 = 0.3'), false);
assert.equal(found('round half up(1.005, 2)'), 1);
assert.equal(found('round half up(2.5, 0)'), 3);
assert.equal(found('paid + fee <= limit', { paid: 1.1, fee: 2.2, limit: 3.3 }), false);
JS
node check.mjs
