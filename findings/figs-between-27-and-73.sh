#!/usr/bin/env bash
# Guess: predict_proba of rules of which one holds 2% frauds and another 27% says about that
# Seen: FIGS says 28% and 39%: its sums, from -1 to 1, go through a sigmoid, which leaves 27% to 73% for all there is. RuleFit says 0.02% and 5%. A single tree of the same package says 2% and 27%
# Where: FIGSClassifier and RuleFitClassifier of imodels with their defaults
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check imodels==3.0.4 numpy==2.4.6 scikit-learn==1.9.1 six==1.17.0
OMP_NUM_THREADS=1 venv/bin/python -W ignore - <<'PY'
import imodels
import numpy as np

rng = np.random.default_rng(0)
payments = rng.normal(size=(4000, 3))
often = payments[:, 0] > 1
fraud = (rng.random(4000) < np.where(often, 0.3, 0.02)).astype(int)
print(f"frauds: {fraud[~often].mean():.1%} and {fraud[often].mean():.1%}")
seen = {}
for name in ("FIGSClassifier", "RuleFitClassifier", "GreedyTreeClassifier"):
    p = getattr(imodels, name)().fit(payments, fraud).predict_proba(payments)[:, 1]
    seen[name] = (p[~often].mean(), p[often].mean(), p.min(), p.max())
    print(f"{name}: {p[~often].mean():.2%} and {p[often].mean():.1%}, from {p.min():.2%} to {p.max():.1%}")
figs, rulefit, tree = seen.values()
assert 0.26 < figs[2] and figs[3] < 0.74 and figs[0] > 0.2
assert rulefit[0] < 0.002 and rulefit[1] < 0.1 and abs(tree[1] - fraud[often].mean()) < 0.01
PY
