#!/usr/bin/env bash
# Guess: the uplift of the top quarter is of the scores: the same rows in another order give the same
# Seen: 0.021 in one order and 0.006 in another, where scores are rounded to tenths, and of one constant score -0.020 and -0.008: rows that tie at the edge get in by their place; qini_auc_score does not move
# Where: sklift.metrics.uplift_at_k of scikit-uplift 0.5.1, both strategies, for who is called or challenged first
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6 pandas==2.3.3 matplotlib==3.11.2
venv/bin/pip install -q --no-compile --disable-pip-version-check --no-deps scikit-uplift==0.5.1
venv/bin/python -W ignore - <<'PY'
import numpy as np
from sklift.metrics import qini_auc_score, uplift_at_k

rng = np.random.default_rng(0)
outcome, treated = rng.integers(0, 2, 1000), rng.integers(0, 2, 1000)
score, order = np.round(rng.random(1000), 1), rng.permutation(1000)
top = lambda score, strategy: [round(float(uplift_at_k(outcome[rows], score[rows], treated[rows], strategy=strategy, k=0.25)), 4) for rows in (slice(None), order)]
found = {strategy: top(score, strategy) for strategy in ("overall", "by_group")} | {"constant": top(np.zeros(1000), "overall")}
qini = [qini_auc_score(outcome[rows], score[rows], treated[rows]) for rows in (slice(None), order)]
print(found, "qini", qini)
assert all(abs(one - other) > 0.005 for one, other in found.values()) and abs(qini[0] - qini[1]) < 1e-12
PY
