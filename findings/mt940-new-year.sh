#!/usr/bin/env bash
# Guess: an entry booked on 2 January for a value date of 31 December is of the new year
# Seen: it is 363 days before its value date: MT940 writes the entry date as month and day alone, and both parsers add the year of the value date, so a reconciliation by booking day looks for it a year back
# Where: transactions[].entryDate of mt940js and @centrapay/swift-parser; the Python package mt-940 5.1.1 gives the new year
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mt940js@1.3.5 @centrapay/swift-parser@1.0.1
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { Parser } = require('mt940js');
const swift = require('@centrapay/swift-parser');
const data = [':20:STATEMENT', ':25:10020030/1234567', ':28C:1/1', ':60F:C251231EUR100,', ':61:2512310102C20,50NTRFNONREF', ':86:paid on the last day', ':62F:C260102EUR120,50', '-'].join('\r\n');
for (const [name, statements] of [['mt940js', new Parser().parse(data)], ['swift-parser', swift.parse({ type: 'mt940', data })]]) {
  const [{ date, entryDate }] = statements[0].transactions;
  const day = (time) => time.toISOString().slice(0, 10);
  console.log(`${name}: value date ${day(date)}, entry date ${day(entryDate)}`);
  assert.deepEqual([day(date), day(entryDate)], ['2025-12-31', '2025-01-02']);
}
JS
node check.cjs
