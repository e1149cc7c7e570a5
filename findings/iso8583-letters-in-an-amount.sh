#!/usr/bin/env bash
# Guess: a builder of ISO 8583 messages refuses letters in an amount or a card number, as it refuses a wrong length
# Seen: lengths are checked, contents are not: the amount ABCDEFGHIJKL and a card number that ends in X are written, and read back
# Where: PyPI's pyiso8583, encode and decode with the shipped ASCII specification, in which fields 2 and 4 are numeric
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyiso8583==4.0.1
venv/bin/python -W ignore - <<'PY'
import iso8583
from iso8583.specs import default_ascii as specification

for field, value in (("4", "ABCDEFGHIJKL"), ("2", "411111111111111X")):
    raw, _ = iso8583.encode({"t": "0100", field: value}, specification)
    back, _ = iso8583.decode(raw, specification)
    print(field, bytes(raw), "→", back[field])
    assert back[field] == value
try:
    iso8583.encode({"t": "0100", "4": "10050"}, specification)
    raise SystemExit("a short amount is no longer refused")
except iso8583.EncodeError as error:
    print(error)
PY
