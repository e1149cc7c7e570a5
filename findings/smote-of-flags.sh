#!/usr/bin/env bash
# Guess: 54% of the frauds come from a new device, so about 54% of those that SMOTE makes do, whether the flag is 0 and 1 or 0.0 and 1.0
# Seen: 32% where the column holds whole numbers: what lies between 0 and 1 is cut to 0, and counts lose nearly half a unit, without a word; 54% with floats. Each column of a pandas frame is cut for itself, so a frame as read_csv makes it has this
# Where: imblearn.over_sampling.SMOTE of imbalanced-learn 0.14.2, whose SMOTENC is for categories
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check imbalanced-learn==0.14.2 scikit-learn==1.9.1 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1
venv/bin/python -W ignore - <<'PY'
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE

rng = np.random.default_rng(0)
fraud = (rng.random(6000) < 0.03).astype(int)
payments = pd.DataFrame({
    "amount": np.exp(rng.normal(3 + fraud, 0.5)),
    "newDevice": (rng.random(6000) < np.where(fraud, 0.5, 0.1)).astype(int),
    "cardsOfDevice": rng.poisson(np.where(fraud, 2, 0.5)),
})
means = {"frauds": payments[fraud == 1].mean()}
for kind, frame in (("made of whole numbers", payments), ("made of floats", payments.astype(float))):
    means[kind] = SMOTE(random_state=0).fit_resample(frame, fraud)[0][6000:].mean()
print(pd.DataFrame(means).round(3))
flags, counts = (pd.DataFrame(means).loc[column] for column in ("newDevice", "cardsOfDevice"))
assert flags["made of whole numbers"] < 0.65 * flags["frauds"] and abs(flags["made of floats"] - flags["frauds"]) < 0.03
assert counts["made of whole numbers"] < counts["frauds"] - 0.3 and abs(counts["made of floats"] - counts["frauds"]) < 0.15
PY
