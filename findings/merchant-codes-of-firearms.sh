#!/usr/bin/env bash
# Guess: a list of merchant category codes has those that rules are written for: 5723 (guns and ammunition, since 2022), 6540 (loads of stored value), 5262 (marketplaces), 5552 (charging of cars)
# Seen: 5723 is in neither, and mcc has none of the four, though it has 7800 to 7802 of the same years: such a merchant has no category, and a rule by category passes over it
# Where: mcc (npm), iso18245 (PyPI)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check iso18245==1.4.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mcc@2.2.0
codes='5723 6540 5262 5552 7800 5411'
cat >check.cjs <<'JS'
console.log(process.argv.slice(2).filter((code) => require('mcc').get(code) === undefined).join(' '));
JS
node check.cjs $codes >lacks.txt
venv/bin/python - $codes <<'PY'
import sys

import iso18245

def lacks(code):
    try:
        return not iso18245.get_mcc(code)
    except iso18245.MCCNotFound:
        return True

python, javascript = [code for code in sys.argv[1:] if lacks(code)], open("lacks.txt").read().split()
print(f"not in iso18245: {python}; not in mcc: {javascript}")
assert python == ["5723"] and javascript == ["5723", "6540", "5262", "5552"]
PY
