#!/usr/bin/env bash
# Guess: a reversed credit (RC) takes its amount out of the account, so it comes out negative, as a debit does
# Seen: mt-940 makes it positive: only the mark D is negative, so a payment and its recall add up to twice the payment, and the sum of entries is not the difference of the balances
# Where: transactions[].data['amount'] of mt-940 5.1.1; mt940js 1.3.5 and @centrapay/swift-parser 1.0.1 make it negative
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check mt-940==5.1.1
venv/bin/python -W ignore - <<'PY'
import mt940

statement = "\r\n".join([
    ":20:STATEMENT", ":25:10020030/1234567", ":28C:1/1", ":60F:C260105EUR1000,00",
    ":61:2601050105C50,00NTRFNONREF", ":86:came in",
    ":61:2601060106RC50,00NTRFNONREF", ":86:was recalled",
    ":62F:C260106EUR1000,00", "-",
])
parsed = mt940.parse(statement)
amounts = [entry.data["amount"].amount for entry in parsed]
opened, closed = (parsed.data[name].amount.amount for name in ("final_opening_balance", "final_closing_balance"))
print("entries", [f"{entry.data['status']} {entry.data['amount'].amount}" for entry in parsed], "sum", sum(amounts), "balances apart by", closed - opened)
assert amounts == [50, 50] and closed == opened
PY
