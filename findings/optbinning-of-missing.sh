#!/usr/bin/env bash
# Guess: payments without the field, 39% of them fraud, get the weight of evidence of the table's row "Missing", and that row's rate where rates are asked for
# Seen: the table says -1.31 and 39%, transform gives 0 and a rate of 0%, the lowest of all; so a scorecard has the row with its weight, and 0 points. metric_missing="empirical" gives what the table says, and must be said at each call
# Where: OptimalBinning.transform and Scorecard of optbinning 1.0.0 with their defaults
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1 matplotlib==3.11.2 ortools==9.15.6755
venv/bin/pip install -q --no-compile --disable-pip-version-check --no-deps optbinning==1.0.0 ropwr==1.2.0 cvxpy==1.9.3 qdldl==0.1.9.post1 sparsediffpy==0.6.1
venv/bin/python -W ignore - <<'PY'
import numpy as np
import pandas as pd
from optbinning import BinningProcess, OptimalBinning, Scorecard
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(0)
age, missing = rng.normal(size=4000), rng.random(4000) < 0.2
fraud = (rng.random(4000) < np.where(missing, 0.4, np.where(age > 1, 0.2, 0.05))).astype(int)
age[missing] = np.nan
binning = OptimalBinning(name="accountAge").fit(age, fraud)
row = binning.binning_table.build().set_index("Bin").loc["Missing"]
of = lambda metric, **how: float(binning.transform([np.nan], metric=metric, **how)[0])
print(f"the table's row: WoE {row['WoE']:.2f}, rate {row['Event rate']:.1%}; transformed: {of('woe')}, {of('event_rate'):.1%}; "
      f"said: {of('woe', metric_missing='empirical'):.2f}, {of('event_rate', metric_missing='empirical'):.1%}")
payments = pd.DataFrame({"accountAge": age})
card = Scorecard(BinningProcess(["accountAge"]), LogisticRegression()).fit(payments, fraud)
points = card.table(style="detailed").set_index("Bin").loc["Missing"]
scored = card.predict_proba(payments[missing])[:, 1].mean()
print(f"scorecard: Missing has WoE {points['WoE']:.2f} and {abs(points['Points']):g} points; its payments score {scored:.1%}, {fraud[missing].mean():.1%} were fraud")
assert row["WoE"] < -1 and row["Event rate"] > 0.35 and of("woe") == of("event_rate") == 0
assert of("woe", metric_missing="empirical") < -1 and of("event_rate", metric_missing="empirical") > 0.35
assert points["WoE"] < -1 and points["Points"] == 0 and scored < fraud[missing].mean() - 0.1
PY
