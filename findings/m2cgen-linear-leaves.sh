#!/usr/bin/env bash
# Guess: m2cgen carries the slopes of LightGBM's linear leaves over into its code, or refuses such a model
# Seen: it writes each leaf's constant alone, without a word: probabilities off by more than 0.05, as for no model with plain leaves
# Where: m2cgen.export_to_python 0.10.0, and by the same reading of the dump its other languages, for linear_tree=True of LightGBM 4.7.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check m2cgen==0.10.0 lightgbm==4.7.0 scikit-learn==1.9.1 numpy==2.4.6
venv/bin/python -W ignore - <<'PY'
import lightgbm
import m2cgen
import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(size=(1000, 3))
y = (2 * x[:, 0] + x[:, 1] + rng.normal(size=1000) > 1).astype(int)
off = {}
for linear in (False, True):
    model = lightgbm.LGBMClassifier(n_estimators=10, num_leaves=7, linear_tree=linear, verbose=-1, n_jobs=1).fit(x, y)
    code = {}
    exec(m2cgen.export_to_python(model), code)
    found = [code["score"](list(row))[1] for row in x[:50]]
    off[linear] = float(np.abs(found - model.predict_proba(x[:50])[:, 1]).max())
print("apart by", off[False], "with plain leaves,", off[True], "with linear leaves")
assert off[False] < 1e-12 and off[True] > 0.05
PY
