#!/usr/bin/env bash
# Guess: a rule of JsonLogic that is kept as data answers the same in JavaScript and in Python
# Seen: "amount < 10" of a payment without an amount is true in json-logic-js and json-logic-engine, where null counts as 0, and false in json-logic-qubit; an empty text is missing to json-logic-js and json-logic-qubit, and not to json-logic-engine; -7 % 3 is -1 in JavaScript and 2 in Python
# Where: npm's json-logic-js 2.0.5 and json-logic-engine 5.0.7, PyPI's json-logic-qubit 0.9.1, all with their defaults
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check json-logic-qubit==0.9.1 six==1.17.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts json-logic-js@2.0.5 json-logic-engine@5.0.7
cat >cases.json <<'JSON'
[
  [{ "<": [{ "var": "amount" }, 10] }, {}],
  [{ "<": [{ "var": "amount" }, 10] }, { "amount": null }],
  [{ "<": [{ "var": "amount" }, 10] }, { "amount": "9" }],
  [{ "missing": ["country"] }, { "country": "" }],
  [{ "%": [-7, 3] }, {}]
]
JSON
cat >ask.cjs <<'JS'
const { apply } = require('json-logic-js');
const { LogicEngine } = require('json-logic-engine');
const engine = new LogicEngine();
const cases = require('./cases.json');
console.log(JSON.stringify([cases.map(([rule, payment]) => apply(rule, payment)), cases.map(([rule, payment]) => engine.run(rule, payment))]));
JS
node ask.cjs >javascript.json
venv/bin/python -W ignore - <<'PY'
import json
from json_logic import jsonLogic

cases = json.load(open("cases.json"))
names = ("json-logic-js", "json-logic-engine", "json-logic-qubit")
answers = json.load(open("javascript.json")) + [[jsonLogic(rule, payment) for rule, payment in cases]]
for at, (rule, payment) in enumerate(cases):
    print(json.dumps(rule), json.dumps(payment), {name: found[at] for name, found in zip(names, answers)})
assert answers == [[True, True, True, ["country"], -1], [True, True, True, [], -1], [False, False, True, ["country"], 2]]
PY
