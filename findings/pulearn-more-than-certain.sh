#!/usr/bin/env bash
# Guess: predict_proba of a positive-unlabelled classifier gives shares that sum to 1
# Seen: both columns are divided by the estimated label frequency: rows sum to 1/c, 7.15 here, and a single share is as large
# Where: pulearn.ElkanotoPuClassifier, as frauds are labelled in part
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pulearn==0.2.0 scikit-learn==1.9.1 numpy==2.4.6
venv/bin/python -W ignore - <<'PY'
import numpy as np
from pulearn import ElkanotoPuClassifier
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(1)
x = rng.normal(size=(3000, 2))
fraud = x[:, 0] + 0.5 * rng.logistic(size=3000) > 1
known = np.where(fraud & (rng.random(3000) < 0.3), 1, -1)
model = ElkanotoPuClassifier(estimator=LogisticRegression(), hold_out_ratio=0.2, random_state=1).fit(x, known)
shares = model.predict_proba(x)
print(f"label frequency c {model.c:.3f}; rows sum to {shares.sum(axis=1).min():.2f}..{shares.sum(axis=1).max():.2f}, largest share {shares.max():.2f}")
assert np.allclose(shares.sum(axis=1), 1 / model.c) and shares.max() > 1.5
PY
