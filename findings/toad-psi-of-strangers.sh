#!/usr/bin/env bash
# Guess: the PSI of two columns that share no value is large
# Seen: it is 0, as if nothing had moved: only values seen on both sides are counted, so two samples of one continuous feature give 0 as well as ten times the amounts do
# Where: toad.metrics.PSI without a combiner
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check toad==0.1.7 scikit-learn==1.9.1 setuptools==80.9.0 'numpy==2.4.6' 'pandas==3.1.1'
venv/bin/python -W ignore - <<'PY'
import numpy as np
import pandas as pd
from toad.metrics import PSI

rng = np.random.default_rng(1)
amounts = pd.Series(np.exp(rng.normal(size=5000)))
moved = {
    "all web, then all app": PSI(pd.Series(["app"] * 100), pd.Series(["web"] * 100)),
    "amounts times ten": PSI(amounts * 10, amounts),
}
shared = PSI(pd.Series(["web"] * 20 + ["app"] * 80), pd.Series(["web"] * 80 + ["app"] * 20))
print({what: float(psi) for what, psi in moved.items()}, "web and app in other shares:", round(float(shared), 3))
assert all(psi == 0 for psi in moved.values()) and shared > 1
PY
