#!/usr/bin/env bash
# Guess: a classifier without predict_proba either does not convert, or its scores are not called probabilities
# Seen: LinearSVC and RidgeClassifier come out with an output called probabilities: margins, one number a row, below 0 and above 1
# Where: skl2onnx.to_onnx
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6 onnx==1.23.2 skl2onnx==1.20.0 onnxruntime==1.32.0
venv/bin/python -W ignore - <<'PY'
import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.linear_model import RidgeClassifier
from sklearn.svm import LinearSVC

rng = np.random.default_rng(1)
x = rng.normal(size=(2000, 4)).astype(np.float32)
fraud = np.where(x[:, 0] - x[:, 1] + rng.logistic(size=2000) > 1, "fraud", "legit")
for model in (LinearSVC(random_state=1), RidgeClassifier()):
    model.fit(x, fraud)
    session = onnxruntime.InferenceSession(to_onnx(model, x[:1], target_opset={"": 17, "ai.onnx.ml": 3}).SerializeToString())
    scores = session.run(["probabilities"], {"X": x})[0]
    print(f"{type(model).__name__}: probabilities of shape {scores.shape[1:]} from {scores.min():.3g} to {scores.max():.3g}")
    assert not hasattr(model, "predict_proba") and scores.min() < -0.5
PY
