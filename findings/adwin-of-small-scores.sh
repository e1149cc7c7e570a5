#!/usr/bin/env bash
# Guess: ADWIN, which has no setting for a scale, notices that scores went from 0.5% to 2% equally soon whether they are written 0.02 or 2
# Seen: after 32 payments where they are percent, after 96 as tenths, and after 576 as probabilities: its bound has a part that is fit for values over the whole of 0..1, and scores of fraud lie in the lowest hundredths of it
# Where: river.drift.ADWIN of river 0.26.1 with its defaults
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check river==0.26.1 numpy==2.4.6
venv/bin/python -W ignore - <<'PY'
import numpy as np
from river import drift

rng = np.random.default_rng(1)
scores = np.concatenate([rng.beta(1, 199, 4000), rng.beta(1, 49, 4000)])
noticed = {}
for scale in (1, 10, 100, 100_000):
    detector = drift.ADWIN()
    for at, score in enumerate(scores):
        detector.update(float(score * scale))
        if detector.drift_detected:
            noticed[scale] = at - 4000 + 1
            break
print("payments after the change until it is noticed, by what scores are multiplied with:", noticed)
assert noticed[1] > 500 and noticed[10] < 150 and 0 < noticed[100] < 50 and noticed[100_000] == noticed[100]
PY
