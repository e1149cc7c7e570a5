#!/usr/bin/env bash
# Guess: the type inferred for an amount keeps the number it was inferred from
# Seen: a fraction is inferred as Avro's float, 32 bits: 1234567.89 comes back as 1234567.875, and 0.1 as 0.10000000149011612; whole amounts are int, so the next payment with cents does not fit
# Where: avsc's Type.forValue, by which schemas for a topic are often begun
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts avsc@5.7.9
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { Type } = require('avsc');
const payment = { amount: 1234567.89 };
const type = Type.forValue(payment);
const back = type.fromBuffer(type.toBuffer(payment));
console.log(JSON.stringify(type.schema().fields), back.amount);
assert.equal(type.schema().fields[0].type, 'float');
assert.equal(back.amount, 1234567.875);
assert.equal(Type.forValue({ amount: 100 }).isValid({ amount: 100.5 }), false);
JS
node check.cjs
