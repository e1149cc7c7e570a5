#!/usr/bin/env bash
# Guess: a fitted detector gives a row one score, whatever rows are scored beside it
# Seen: ECOD's score of a row moves with the batch: it is ranked among the training rows and its company, so one payment alone scores otherwise than with others
# Where: pyod.models.ecod.ECOD.decision_function
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyod==3.6.7 numpy==2.4.6
venv/bin/python -W ignore - <<'PY'
import numpy as np
from pyod.models.ecod import ECOD
from pyod.models.iforest import IForest

rng = np.random.default_rng(0)
x = rng.normal(size=(500, 3))
for detector, moves in ((ECOD(), True), (IForest(random_state=0), False)):
    detector.fit(x)
    alone = detector.decision_function(x[:1])[0]
    beside = detector.decision_function(np.vstack([x[:1], rng.normal(loc=8, size=(200, 3))]))[0]
    print(f"{type(detector).__name__}: alone {alone:.4f}, beside 200 unusual rows {beside:.4f}")
    assert (abs(alone - beside) > 0.1) == moves
PY
