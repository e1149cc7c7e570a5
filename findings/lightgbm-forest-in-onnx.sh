#!/usr/bin/env bash
# Guess: the converter knows LightGBM's random forests, whose probability is of the mean of the trees
# Seen: it writes the sum: probabilities off by more than 0.5, with nothing said; gbdt and dart come out right
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
fraud = (x[:, 0] - x[:, 1] + rng.logistic(size=3000) > 1).astype(int)
for boosting, options, right in (("gbdt", {}, True), ("dart", {}, True), ("rf", dict(subsample_freq=1, subsample=0.6), False)):
    model = lightgbm.LGBMClassifier(n_estimators=20, boosting_type=boosting, random_state=1, n_jobs=1, verbose=-1, **options).fit(x, fraud)
    file = onnxmltools.convert_lightgbm(model, initial_types=[("x", FloatTensorType([None, 4]))], target_opset=15, zipmap=False)
    shares = onnxruntime.InferenceSession(file.SerializeToString()).run(None, {"x": x})[1]
    off = np.abs(shares[:, 1] - model.predict_proba(x)[:, 1]).max()
    print(f"{boosting}: off by up to {off:.2g}")
    assert (off < 1e-5) if right else (off > 0.5)
PY
