#!/usr/bin/env bash
# Guess: an input declared as doubles is either converted for all tree models or refused by the converter
# Seen: it converts all; ONNX Runtime then loads the random forest, and refuses extra trees, a single tree and boosting (Type Error: tensor(double) of output arg)
# Where: skl2onnx.to_onnx with DoubleTensorType, opset 17 and ai.onnx.ml 3
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
from skl2onnx.common.data_types import DoubleTensorType
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

rng = np.random.default_rng(1)
x = rng.normal(size=(500, 4))
fraud = (x[:, 0] - x[:, 1] > 0.5).astype(int)
for model, loads in ((RandomForestClassifier(5, random_state=1), True), (ExtraTreesClassifier(5, random_state=1), False),
                     (DecisionTreeClassifier(random_state=1), False), (GradientBoostingClassifier(n_estimators=5), False)):
    file = to_onnx(model.fit(x, fraud), initial_types=[("x", DoubleTensorType([None, 4]))], target_opset={"": 17, "ai.onnx.ml": 3},
                   options={id(model): {"zipmap": False}})
    try:
        onnxruntime.InferenceSession(file.SerializeToString())
        found = "loads"
    except Exception as error:
        found = str(error)[:110]
    print(f"{type(model).__name__}: {found}")
    assert (found == "loads") == loads and (loads or "tensor(double)" in found)
PY
