#!/usr/bin/env bash
# Guess: the Python code of a model gives what the model gives, of missing values too; or is refused
# Seen: with nan_mode="Max" missing values go with the largest, and in the code with the smallest: probabilities off by 0.4. The ONNX file of the same model is right
# Where: save_model(format="python") of CatBoost
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check catboost==1.2.10 numpy==2.4.6 onnxruntime==1.32.0
venv/bin/python -W ignore - <<'PY'
import numpy as np
import onnxruntime
from catboost import CatBoostClassifier

rng = np.random.default_rng(0)
payments = rng.normal(size=(3000, 2))
payments[rng.random(3000) < 0.2, 1] = np.nan
missing = np.isnan(payments[:, 1])
fraud = rng.random(3000) < np.where(missing, 0.5, 0.1)
model = CatBoostClassifier(iterations=20, depth=3, nan_mode="Max", verbose=0, thread_count=1, allow_writing_files=False).fit(payments, fraud.astype(int))
of_model = model.predict_proba(payments)[:, 1]
model.save_model("scorer.py", format="python")
model.save_model("model.onnx", format="onnx")
ours = {}
exec(open("scorer.py").read(), ours)
of_code = np.array([1 / (1 + np.exp(-ours["apply_catboost_model"](list(map(float, row))))) for row in payments])
of_onnx = np.array([one[1] for one in onnxruntime.InferenceSession("model.onnx").run(None, {"features": payments.astype("f4")})[1]])
off = lambda other, rows: float(abs(other - of_model)[rows].max())
print(f"code: off by {off(of_code, ~missing):.1e} where nothing is missing, {off(of_code, missing):.2f} where something is; ONNX {off(of_onnx, missing):.1e}")
print(f"payments without the field: the model says {of_model[missing].mean():.2f}, its code {of_code[missing].mean():.2f}, {fraud[missing].mean():.2f} were fraud")
assert off(of_code, ~missing) < 1e-9 and off(of_code, missing) > 0.2 and off(of_onnx, missing) < 1e-5
PY
