#!/usr/bin/env bash
# Guess: +52 1 55… and +52 55…, one mobile as it was written until 2019 and is now, are the same E.164 number
# Seen: they are two, and the older, which is how customers of long standing and chat services have it, is no valid number at all; Argentina's two ways of writing a mobile are brought to one
# Where: phonenumbers and libphonenumber-js; phonenumbers' is_number_match says SHORT_NSN_MATCH
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check phonenumbers==9.0.43
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts libphonenumber-js@1.13.16
venv/bin/python - <<'PY'
import phonenumbers as numbers

def of(text, country=None):
    number = numbers.parse(text, country)
    return numbers.format_number(number, numbers.PhoneNumberFormat.E164), numbers.is_valid_number(number)

mexico, argentina = [of("+5215512345678"), of("+525512345678")], [of("011 15 2345 6789", "AR"), of("+5491123456789")]
print(f"Python: {mexico}, {argentina}")
assert mexico == [("+5215512345678", False), ("+525512345678", True)] and argentina[0] == argentina[1]
assert numbers.is_number_match("+5215512345678", "+525512345678") == numbers.MatchType.SHORT_NSN_MATCH
PY
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { parsePhoneNumber } = require('libphonenumber-js/max');
const mexico = ['+5215512345678', '+525512345678'].map((text) => parsePhoneNumber(text)).map((number) => [number.number, number.isValid()]);
console.log(`JavaScript: ${JSON.stringify(mexico)}`);
assert.deepEqual(mexico, [['+5215512345678', false], ['+525512345678', true]]);
JS
node check.cjs
