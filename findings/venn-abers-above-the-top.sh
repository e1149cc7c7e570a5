#!/usr/bin/env bash
# Guess: at a base rate of 0.7%, a score a hair above the highest calibration score gets about what that one gets, one percent
# Seen: 0.50: of its two probabilities, one is as if this very payment were fraud, and with nothing above it that is 1; so a new maximum passes a threshold of one half, however low the scores are
# Where: VennAbers.predict_proba of venn-abers 1.5.4; the method itself has it so
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6 pandas==2.3.3
venv/bin/pip install -q --no-compile --disable-pip-version-check --no-deps venn-abers==1.5.4
venv/bin/python -W ignore - <<'PY'
import numpy as np
from venn_abers import VennAbers

rng = np.random.default_rng(0)
scores = rng.random(2000) * 0.02
fraud = (rng.random(2000) < scores).astype(int)
both = lambda p: np.column_stack([1 - p, p])
calibrator = VennAbers()
calibrator.fit(both(scores), fraud)
asked = np.array([0.01, 0.019, scores.max() + 1e-6])
found = calibrator.predict_proba(both(asked))[0][:, 1]
print("base rate", fraud.mean(), dict(zip(asked.round(5).tolist(), found.round(4).tolist())))
assert found[0] < 0.02 and found[1] < 0.05 and found[2] > 0.5
PY
