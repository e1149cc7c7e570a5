#!/usr/bin/env bash
# Guess: the label output of CatBoost's ONNX file gives one of the labels that the model was trained on
# Seen: trained on 1 and 2, ONNX Runtime answers 0 and 1, though the file lists classlabels_int64s [1, 2] and its probabilities are keyed 1 and 2; words come out as they should
# Where: CatBoost save_model(format='onnx') in ONNX Runtime's TreeEnsembleClassifier with weights for both classes
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check catboost==1.2.10 numpy==2.4.6 onnxruntime==1.32.0
venv/bin/python -W ignore - <<'PY'
import catboost
import numpy as np
import onnxruntime

rng = np.random.default_rng(1)
x = rng.normal(size=(2000, 4)).astype(np.float32)
fraud = x[:, 0] - x[:, 1] + rng.logistic(size=2000) > 1
for legitimate, bad, expected in ((1, 2, {0, 1}), (-1, 1, {0, 1}), ("legit", "fraud", {"legit", "fraud"})):
    model = catboost.CatBoostClassifier(iterations=10, depth=3, random_seed=1, thread_count=1, verbose=0, allow_writing_files=False)
    model.fit(x, np.where(fraud, bad, legitimate)).save_model("model.onnx", format="onnx")
    labels, shares = onnxruntime.InferenceSession("model.onnx").run(None, {"features": x[:200]})
    seen, keys = set(np.asarray(labels).tolist()), set(shares[0])
    print(f"trained on {legitimate} and {bad}: labels {sorted(map(str, seen))}, keys of probabilities {sorted(map(str, keys))}")
    assert seen == expected and keys == {legitimate, bad}
PY
