"""Trains and times LightGBM, XGBoost, scikit-learn and ONNX Runtime for run.ts: one JSON request a line, one answer."""

import ctypes
import json
import os
import platform
import sys
import time
import warnings

import lightgbm as lgb
import numpy as np
import onnxruntime
import shap
import sklearn
import xgboost as xgb
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import average_precision_score

warnings.filterwarnings("ignore")
data = {}
models = {}


def load(path, rows, features):
    raw = np.fromfile(path, dtype=np.uint8)
    numbers = rows * features * 8
    columns = raw[:numbers].view(np.float64).reshape(features, rows)
    return columns.T, raw[numbers:]


def measured(work):
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {"seconds": time.perf_counter() - wall, "cpuSeconds": time.process_time() - cpu}


def lightgbm_options(request):
    return {
        "objective": "binary",
        "num_leaves": request["leaves"],
        "learning_rate": request["learningRate"],
        "num_threads": request["threads"],
        "max_bin": 255,
        "min_data_in_leaf": 20,
        "min_sum_hessian_in_leaf": 1,
        "lambda_l2": 1,
        "verbose": -1,
    }


def train(request):
    """Binning and boosting together, and binning alone."""
    rows, labels = data["train"]
    options = lightgbm_options(request)
    binned, binning = measured(lambda: lgb.Dataset(rows, labels, params=options).construct())
    model, boosting = measured(lambda: lgb.train(options, binned, request["rounds"]))
    models[f"{request['rounds']}x{request['leaves']}"] = model
    later, answers = data["test"]
    return {
        "seconds": binning["seconds"] + boosting["seconds"],
        "cpuSeconds": binning["cpuSeconds"] + boosting["cpuSeconds"],
        "averagePrecision": average_precision_score(answers, model.predict(later)),
    }


def others(request):
    """XGBoost's, scikit-learn's and ONNX Runtime's model of the same size; the last is LightGBM's, converted."""
    rows, labels = data["train"]
    name = f"{request['rounds']}x{request['leaves']}"
    models["xgboost" + name] = xgb.train(
        {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "grow_policy": "lossguide",
            "max_leaves": request["leaves"],
            "max_depth": 0,
            "max_bin": 256,
            "eta": request["learningRate"],
            "nthread": request["threads"],
        },
        xgb.DMatrix(rows, labels),
        request["rounds"],
    )
    models["sklearn" + name] = HistGradientBoostingClassifier(
        max_iter=request["rounds"],
        max_leaf_nodes=request["leaves"],
        learning_rate=request["learningRate"],
        l2_regularization=1,
        early_stopping=False,
    ).fit(rows[:100_000], labels[:100_000])
    converted = convert_lightgbm(
        models[name], initial_types=[("x", FloatTensorType([None, rows.shape[1]]))], zipmap=False, target_opset=15
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    models["onnx" + name] = onnxruntime.InferenceSession(
        converted.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return {}


def each(work, count):
    """Seconds a call: the best of nine runs of `count` calls, which other programs disturbed least."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        for i in range(count):
            work(i)
        times.append((time.perf_counter() - start) / count)
    return min(times)


def one_row(request):
    """LightGBM by its C interface for single rows; the others as Python calls them."""
    name = f"{request['rounds']}x{request['leaves']}"
    rows = np.ascontiguousarray(data["test"][0][:1000])
    singles = [np.ascontiguousarray(rows[i : i + 1], dtype=np.float32) for i in range(1000)]
    session, booster = models["onnx" + name], models["xgboost" + name]
    return {
        "LightGBM, C": single_row_fast(models[name], rows),
        "XGBoost, Python": each(lambda i: booster.inplace_predict(singles[i]), 100),
        "ONNX Runtime, Python": each(lambda i: session.run(["probabilities"], {"x": singles[i]}), 1000),
        "scikit-learn": each(lambda i: models["sklearn" + name].predict_proba(rows[i : i + 1]), 10),
    }


def single_row_fast(model, rows):
    library = lgb.basic._LIB
    handle, fast = model._handle, ctypes.c_void_p()
    raw_score, float64 = 1, 1
    lgb.basic._safe_call(
        library.LGBM_BoosterPredictForMatSingleRowFastInit(
            handle, raw_score, 0, -1, float64, rows.shape[1], b"num_threads=1", ctypes.byref(fast)
        )
    )
    length, out = ctypes.c_int64(), (ctypes.c_double * 1)()
    addresses = [ctypes.c_void_p(rows[i].ctypes.data) for i in range(len(rows))]
    predict, where = library.LGBM_BoosterPredictForMatSingleRowFast, ctypes.byref(length)
    return each(lambda i: predict(fast, addresses[i], where, out), 1000)


def batch(request):
    """Seconds for a million rows, on one thread: the best of three."""
    name = f"{request['rounds']}x{request['leaves']}"
    later = data["test"][0]
    rows = np.ascontiguousarray(np.tile(later, (1_000_000 // len(later), 1)))
    narrow = rows.astype(np.float32)
    session, booster = models["onnx" + name], models["xgboost" + name]
    booster.set_param({"nthread": 1})
    ways = {
        "LightGBM": lambda: models[name].predict(rows, num_threads=1),
        "XGBoost": lambda: booster.inplace_predict(narrow),
        "ONNX Runtime": lambda: session.run(["probabilities"], {"x": narrow}),
        "scikit-learn": lambda: models["sklearn" + name].predict_proba(rows),
    }
    result = {}
    for way, work in ways.items():
        times = [measured(work)[1] for _ in range(3)]
        result[way] = {key: min(time[key] for time in times) for key in times[0]}
    return result


def attribution(request):
    """Seconds a row of exact attribution, on one thread, and what `shap` says of LightGBM's model for the first rows."""
    name = f"{request['rounds']}x{request['leaves']}"
    rows = np.ascontiguousarray(data["test"][0][:500])
    booster = models["xgboost" + name]
    matrix = xgb.DMatrix(rows)
    model = models[name]
    model.save_model(os.path.join(request["directory"], "lightgbm.txt"))
    explained = shap.TreeExplainer(model)
    values = np.asarray(explained.shap_values(rows))
    values = values[..., -1] if values.ndim == 3 else values
    base = np.ravel(explained.expected_value)[-1]
    np.column_stack([values, np.full(len(rows), base)]).astype(np.float64).tofile(
        os.path.join(request["directory"], "shap.bin")
    )
    return {
        "LightGBM": each(lambda _: model.predict(rows, pred_contrib=True, num_threads=1), 1) / len(rows),
        "XGBoost": each(lambda _: booster.predict(matrix, pred_contribs=True), 1) / len(rows),
        "shap": each(lambda _: explained.shap_values(rows[:50]), 1) / 50,
    }


def forest(request):
    rows, labels = data["train"]
    model = RandomForestClassifier(
        n_estimators=request["trees"],
        max_leaf_nodes=request["leaves"],
        max_depth=request["depth"],
        min_samples_leaf=request["minRows"],
        max_features="sqrt",
        random_state=request["seed"],
        n_jobs=1,
    )
    narrow = rows.astype(np.float32)
    _, time = measured(lambda: model.fit(narrow, labels))
    later, answers = data["test"]
    found = model.predict_proba(later)[:, 1]
    return {**time, "averagePrecision": average_precision_score(answers, found)}


def read(request):
    for part in ("train", "test"):
        place = request[part]
        data[part] = load(place["path"], place["rows"], place["features"])
    return {}


def versions(_):
    return {
        "python": platform.python_version(),
        "lightgbm": lgb.__version__,
        "scikit-learn": sklearn.__version__,
        "xgboost": xgb.__version__,
        "onnxruntime": onnxruntime.__version__,
        "shap": shap.__version__,
    }


actions = {f.__name__: f for f in (versions, read, train, forest, others, one_row, batch, attribution)}
answers = os.fdopen(os.dup(1), "w")
# What libraries print must not mix with the answers.
os.dup2(2, 1)
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(actions[request["do"]](request)), file=answers, flush=True)
