#!/usr/bin/env bash
# Guess: zero_as_missing is either converted or refused
# Seen: it is ignored: zeros go by comparison, and probabilities of rows with a zero are off by more than 0.05, those of other rows are right
# Where: onnxmltools.convert_lightgbm
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check lightgbm==4.7.0 scikit-learn==1.9.1 numpy==2.4.6 onnx==1.23.2 onnxmltools==1.16.0 onnxconverter-common==1.16.0 onnxruntime==1.32.0
venv/bin/python -W ignore - <<'PY'
import lightgbm
import numpy as np
import onnxmltools
import onnxruntime
from onnxmltools.convert.common.data_types import FloatTensorType

onnxruntime.set_default_logger_severity(3)
rng = np.random.default_rng(1)
x = rng.normal(size=(3000, 4)).astype(np.float32)
x[rng.random(x.shape) < 0.2] = 0
fraud = (x[:, 0] - x[:, 1] + 2 * (x[:, 2] == 0) + rng.logistic(size=3000) > 1.5).astype(int)
model = lightgbm.LGBMClassifier(n_estimators=20, zero_as_missing=True, random_state=1, n_jobs=1, verbose=-1).fit(x, fraud)
file = onnxmltools.convert_lightgbm(model, initial_types=[("x", FloatTensorType([None, 4]))], target_opset=15, zipmap=False)
shares = onnxruntime.InferenceSession(file.SerializeToString()).run(None, {"x": x})[1]
off = np.abs(shares[:, 1] - model.predict_proba(x)[:, 1])
zero = (x == 0).any(axis=1)
print(f"rows with a zero: off by up to {off[zero].max():.2g}; other rows: {off[~zero].max():.2g}")
assert off[zero].max() > 0.05 and off[~zero].max() < 1e-5
PY
