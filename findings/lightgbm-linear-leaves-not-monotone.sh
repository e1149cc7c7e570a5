#!/usr/bin/env bash
# Guess: with monotone_constraints no payment's score falls as its chargebacks grow, with linear leaves either, or training is refused
# Seen: it trains without a word and falls: the constraint orders the leaves, not the slopes within them. Without linear_tree it holds
# Where: linear_tree=True with monotone_constraints in LightGBM
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check lightgbm==4.7.0 numpy==2.4.6
venv/bin/python -W ignore - <<'PY'
import lightgbm
import numpy as np

rng = np.random.default_rng(0)
payments = np.c_[np.round(10 * np.exp(rng.normal(size=3000))), rng.normal(size=(3000, 2))]
margin = -2 + 0.1 * payments[:, 0] * (payments[:, 2] > 0) - 0.05 * payments[:, 0] * (payments[:, 2] < -1)
fraud = (rng.random(3000) < 1 / (1 + np.exp(-margin))).astype(int)
grid = np.linspace(0, 100, 200)

def largest_fall(**more):
    model = lightgbm.train({"objective": "binary", "num_leaves": 8, "verbose": -1, "num_threads": 1, "monotone_constraints": [1, 0, 0], **more}, lightgbm.Dataset(payments, fraud), 20)
    rows = [np.c_[grid, np.tile(payment[1:], (200, 1))] for payment in payments[:200]]
    scores = model.predict(np.concatenate(rows)).reshape(200, 200)
    return float((np.maximum.accumulate(scores, 1) - scores).max())

linear, constant = largest_fall(linear_tree=True), largest_fall()
print(f"largest fall of a probability as the first feature grows: {linear:.3f} with linear leaves, {constant:.3f} without")
assert linear > 0.02 and constant < 1e-9
PY
