#!/usr/bin/env bash
# Guess: a merchant seen once, with fraud, is drawn almost wholly to the mean: that is what a James-Stein estimate is for
# Seen: it is 1.0, as if certain, while target and m-estimate encoders give 0.2 and 0.54: a category whose rows agree has no variance, so none of it is drawn in; five rows without fraud are 0 alike
# Where: category_encoders.JamesSteinEncoder of category-encoders 2.11.2, default model "independent"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6 pandas==2.3.3 statsmodels==0.15.0 patsy==1.0.3
venv/bin/pip install -q --no-compile --disable-pip-version-check --no-deps category-encoders==2.11.2
venv/bin/python -W ignore - <<'PY'
import category_encoders
import pandas as pd

rows = [("seen once", 1)] + [("five good", 0)] * 5 + [("large", 1)] * 30 + [("large", 0)] * 364
merchants, fraud = pd.DataFrame({"merchant": [row[0] for row in rows]}), pd.Series([row[1] for row in rows])
asked = pd.DataFrame({"merchant": ["seen once", "five good", "large"]})
found = {}
for encoder in ("JamesSteinEncoder", "TargetEncoder", "MEstimateEncoder"):
    values = getattr(category_encoders, encoder)(cols=["merchant"]).fit(merchants, fraud).transform(asked)["merchant"]
    found[encoder] = [round(float(value), 3) for value in values]
print("mean", round(float(fraud.mean()), 3), found)
assert found["JamesSteinEncoder"][:2] == [1, 0] and found["TargetEncoder"][0] < 0.3
PY
