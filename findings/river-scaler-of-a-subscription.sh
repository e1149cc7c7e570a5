#!/usr/bin/env bash
# Guess: after fifty payments of exactly 10, one of 1,000 is far from the mean
# Seen: it is 0, the mean itself: where nothing has varied yet, whatever comes is scaled to 0, by StandardScaler, MinMaxScaler and RobustScaler alike. After one payment of 10.01 the same 1,000 is 700,000. scikit-learn's StandardScaler says 990
# Where: transform_one of the scalers in river.preprocessing
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check river==0.26.1 scikit-learn==1.9.1 numpy==2.4.6
venv/bin/python -W ignore - <<'PY'
import numpy as np
from river import preprocessing
from sklearn.preprocessing import StandardScaler

seen, scalers = {}, [preprocessing.StandardScaler(), preprocessing.MinMaxScaler(), preprocessing.RobustScaler()]
for scaler in scalers:
    for _ in range(50):
        scaler.learn_one({"amount": 10.0})
    seen[type(scaler).__name__] = scaler.transform_one({"amount": 1000.0})["amount"]
batch = float(StandardScaler().fit(np.full((50, 1), 10.0)).transform([[1000.0]])[0, 0])
scalers[0].learn_one({"amount": 10.01})
then = scalers[0].transform_one({"amount": 1000.0})["amount"]
print(f"1,000 after fifty times 10: {seen}; of scikit-learn {batch:g}; after one of 10.01 too {then:,.0f}")
assert set(seen.values()) == {0} and batch == 990 and then > 100_000
PY
