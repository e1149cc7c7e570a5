#!/usr/bin/env bash
# Guess: what a converter is given stops where the classifier stops: after early stopping, at the best round
# Seen: m2cgen, given the classifier itself, and treelite write all rounds, those of no use too: probabilities off by up to 0.5. onnxmltools stops at the best round, as the classifier does
# Where: m2cgen, treelite and onnxmltools on an XGBClassifier with early_stopping_rounds
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check xgboost==3.2.0 scikit-learn==1.9.1 numpy==2.4.6 treelite==4.8.1 m2cgen==0.10.0 onnxmltools==1.16.0 skl2onnx==1.20.0 onnx==1.23.2 onnxruntime==1.32.0
OMP_NUM_THREADS=1 venv/bin/python -W ignore - <<'PY'
import m2cgen
import numpy as np
import onnxmltools
import onnxruntime
import treelite
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

rng = np.random.default_rng(0)
payments = rng.normal(size=(3000, 3)).astype("f4")
fraud = (rng.random(3000) < 1 / (1 + np.exp(2 - payments[:, 0]))).astype(int)
model = xgboost.XGBClassifier(n_estimators=200, max_depth=6, learning_rate=0.5, n_jobs=1, early_stopping_rounds=20, base_score=0.5)
model.fit(payments[:2000], fraud[:2000], eval_set=[(payments[2000:], fraud[2000:])], verbose=False)
of_model = model.predict_proba(payments)[:, 1]
code = {}
exec(m2cgen.export_to_python(model), code)
session = onnxruntime.InferenceSession(onnxmltools.convert_xgboost(model, initial_types=[("payments", FloatTensorType([None, 3]))]).SerializeToString())
others = {
    "m2cgen": np.array([code["score"](list(map(float, row)))[1] for row in payments]),
    "treelite": np.asarray(treelite.gtil.predict(treelite.frontend.from_xgboost(model.get_booster()), payments)).ravel(),
    "onnxmltools": np.asarray(session.run(None, {"payments": payments})[1])[:, 1],
}
off = {name: float(abs(scores - of_model).max()) for name, scores in others.items()}
print(f"best round {model.best_iteration + 1} of {model.get_booster().num_boosted_rounds()}; off by", {name: round(by, 4) for name, by in off.items()})
assert off["m2cgen"] > 0.3 and off["treelite"] > 0.3 and off["onnxmltools"] < 1e-4
PY
