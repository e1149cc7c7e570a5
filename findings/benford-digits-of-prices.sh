#!/usr/bin/env bash
# Guess: the first three digits of 8.20 are 820, the last two of 19.99 are 99
# Seen: 819 and 98: an amount times 100 is cut, not rounded, so 4.6% of the amounts from 10.00 to 999.99 are a cent lower, in the test that looks for cents that people make up
# Where: benford.Benford of benford_py 0.5.0 with its default decimals=2: columns F3D and L2D of base
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check benford-py==0.5.0 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1 matplotlib==3.11.2
MPLBACKEND=Agg venv/bin/python -W ignore - <<'PY'
import benford
import numpy as np
import pandas as pd

cents = np.arange(1000, 100_000)
base = benford.Benford(pd.Series(cents / 100), verbose=False).base
known = pd.DataFrame({"amount": base["seq"], "three": base["F3D"].astype(int), "two": base["L2D"].astype(int)}).set_index("amount")
off = float((np.round(known.index * 100).astype(int) % 100 != known["two"]).mean())
three = int(benford.Benford(pd.Series([8.2, 1.13]), verbose=False).base["F3D"].iloc[0])
print(f"8.20: {three}; 19.99: {known.loc[19.99, 'two']}; other last two digits than written: {off:.1%}")
assert three == 819 and known.loc[19.99, "two"] == 98 and 0.04 < off < 0.05
PY
