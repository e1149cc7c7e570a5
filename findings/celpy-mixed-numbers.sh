#!/usr/bin/env bash
# Guess: a double beside a whole number behaves one way in all operators
# Seen: amount > 100 and amount * 2 > 10 go through, amount == 100 and amount in [100, 200] raise CELEvalError, though the language defines equality across numbers and no mixed multiplication
# Where: cel-python (celpy); @bufbuild/cel 0.6.1 has it the other way round: equality across types, and no mixed multiplication
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cel-python==0.5.0
venv/bin/python -W ignore - <<'PY'
import celpy
from celpy.adapter import json_to_cel

environment = celpy.Environment()
def ask(text, amount):
    try:
        return bool(environment.program(environment.compile(text)).evaluate({"amount": json_to_cel(amount)}))
    except celpy.CELEvalError:
        return "CELEvalError"
found = {text: ask(text, 100.0) for text in ("amount > 99", "amount * 2 > 10", "amount == 100", "amount in [100, 200]", "amount == 100.0")}
print(found)
assert found == {"amount > 99": True, "amount * 2 > 10": True, "amount == 100": "CELEvalError", "amount in [100, 200]": "CELEvalError", "amount == 100.0": True}
PY
