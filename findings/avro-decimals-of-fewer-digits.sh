#!/usr/bin/env bash
# Guess: an amount of 1.5 in a decimal of scale 2 comes back as 1.50, or is refused for its scale
# Seen: it comes back as 0.15, and 100 as 1.00, without a word: the digits are written as they stand, whatever the number's own decimals; 1.50 is right, as is 1.505 refused. fastavro writes all of them right, by the same schema
# Where: avro.io.DatumWriter of PyPI's avro 1.12.2 on decimal.Decimal, bytes and fixed alike
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check avro==1.12.2 fastavro==1.13.1
venv/bin/python -W ignore - <<'PY'
import io
import json
from decimal import Decimal

import avro.io
import avro.schema
import fastavro

decimal = {"logicalType": "decimal", "precision": 12, "scale": 2}
kinds = {"bytes": {"type": "bytes", **decimal}, "fixed": {"type": "fixed", "name": "Amount", "size": 8, **decimal}}

def there_and_back(amount, kind):
    schema = {"type": "record", "name": "Payment", "fields": [{"name": "amount", "type": kinds[kind]}]}
    ours, theirs, parsed = io.BytesIO(), io.BytesIO(), fastavro.parse_schema(schema)
    avro.io.DatumWriter(avro.schema.parse(json.dumps(schema))).write({"amount": amount}, avro.io.BinaryEncoder(ours))
    fastavro.schemaless_writer(theirs, parsed, {"amount": amount})
    return [str(fastavro.schemaless_reader(io.BytesIO(file.getvalue()), parsed)["amount"]) for file in (ours, theirs)]

for text, seen in (("1.50", "1.50"), ("1.5", "0.15"), ("100", "1.00"), ("-0.5", "-0.05"), ("1E+3", "0.01")):
    for kind in kinds:
        written, right = there_and_back(Decimal(text), kind)
        print(f"{text} as {kind}: avro {written}, fastavro {right}")
        assert written == seen and Decimal(right) == Decimal(text)
PY
