#!/usr/bin/env bash
# Guess: ShapValues add up to the raw score, whatever the shape of the trees
# Seen: they do for symmetric trees; with grow_policy Lossguide or Depthwise (depth 7, ten trees) rows are off by more than 0.4 in log-odds
# Where: get_feature_importance(type='ShapValues'), whose documentation says that the contributions and the last column sum to the raw prediction
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check catboost==1.2.10 numpy==2.4.6
venv/bin/python -W ignore - <<'PY'
import catboost
import numpy as np

rng = np.random.default_rng(1)
x = rng.normal(size=(3000, 3))
fraud = (x[:, 0] + x[:, 1] * x[:, 2] + rng.logistic(size=3000) > 1).astype(int)
for policy, adds_up in (("SymmetricTree", True), ("Depthwise", False), ("Lossguide", False)):
    model = catboost.CatBoostClassifier(iterations=10, depth=7, grow_policy=policy, learning_rate=0.5, random_seed=1, thread_count=1,
                                        verbose=0, allow_writing_files=False).fit(x, fraud)
    parts = model.get_feature_importance(catboost.Pool(x[:30]), type="ShapValues").sum(axis=1)
    off = np.abs(parts - model.predict(x[:30], prediction_type="RawFormulaVal")).max()
    print(f"{policy}: contributions miss the raw score by up to {off:.3g}")
    assert (off < 1e-9) if adds_up else (off > 0.4)
PY
