#!/usr/bin/env bash
# Guess: a flag set on 10% of the older payments and on 90% of the newer has a high PSI, and is dropped
# Seen: its PSI is 0 and it is kept, as is a count of chargebacks that was above 0 in 1% and is in 20%: by default bins hold equal shares, and where one value fills most of them a single bin is left, which always holds 100%. With strategy="equal_width" they are 3.3 and 0.7
# Where: feature_engine.selection.DropHighPSIFeatures of feature-engine 1.9.4
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1
venv/bin/pip install -q --no-compile --disable-pip-version-check feature-engine==1.9.4
venv/bin/python -W ignore - <<'PY'
import numpy as np
import pandas as pd
from feature_engine.selection import DropHighPSIFeatures

rng = np.random.default_rng(0)
order = np.arange(4000)
older, amounts = order < 2000, np.exp(rng.normal(3, 1, 4000))
payments = pd.DataFrame({
    "order": order,
    "newDevice": (rng.random(4000) < np.where(older, 0.1, 0.9)).astype(int),
    "chargebacks": (rng.random(4000) < np.where(older, 0.01, 0.2)) * rng.integers(1, 5, 4000),
    "amount": np.where(older, amounts, amounts * 10),
})
found = {}
for strategy in ("equal_frequency", "equal_width"):
    selection = DropHighPSIFeatures(split_col="order", strategy=strategy).fit(payments)
    found[strategy] = {name: round(float(psi), 2) for name, psi in selection.psi_values_.items()}
    print(strategy, found[strategy], "dropped:", selection.features_to_drop_)
assert DropHighPSIFeatures().strategy == "equal_frequency"
assert found["equal_frequency"]["newDevice"] == found["equal_frequency"]["chargebacks"] == 0 < 1 < found["equal_frequency"]["amount"]
assert found["equal_width"]["newDevice"] > 3 and found["equal_width"]["chargebacks"] > 0.5
PY
