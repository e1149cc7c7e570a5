#!/usr/bin/env bash
# Guess: an address of Bitcoin's newest kind (bc1p, since 2021; BIP 350) is valid to whatever takes bc1q
# Seen: it is invalid to python-stdnum and wallet-address-validator, whose checksum is the older kind's alone: payouts to it look like typing errors. multicoin-address-validator and bitcoin-address-validation take it
# Where: stdnum.bitcoin; validate(address, "BTC")
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check python-stdnum==2.2
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts wallet-address-validator@0.2.4 multicoin-address-validator@0.5.26 bitcoin-address-validation@4.0.0
# Examples of BIP 173 and BIP 350.
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const python = (address) => execFileSync('venv/bin/python', ['-c', 'import sys; from stdnum import bitcoin; print(bitcoin.is_valid(sys.argv[1]))', address], { encoding: 'utf8' }).trim() === 'True';
const validators = {
  'python-stdnum': python,
  'wallet-address-validator': (address) => require('wallet-address-validator').validate(address, 'BTC'),
  'multicoin-address-validator': (address) => require('multicoin-address-validator').validate(address, 'BTC'),
  'bitcoin-address-validation': (address) => require('bitcoin-address-validation').validate(address),
};
const older = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
const newest = 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0';
const seen = Object.entries(validators).map(([name, valid]) => [name, valid(older), valid(newest)]);
for (const [name, q, p] of seen) console.log(`${name}: bc1q ${q}, bc1p ${p}`);
assert.ok(seen.every(([, q]) => q));
assert.deepEqual(seen.map(([, , p]) => p), [false, false, true, true]);
JS
node check.cjs
