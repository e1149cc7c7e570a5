"""Models of other libraries and what these libraries say of 10,000 rows: the references that compare.ts reads.

    python make.py <folder> [--small]

Every case is a folder: the model file, case.json, rows.f64 (rows × features, row after row), and of the library probability.f64,
raw.f64 where it gives one, contributions.f64 (rows × (features + 1), the base value last). Of an ONNX model, probability.f64
is ONNX Runtime's, library.f64 that of the library that trained it. --small writes few rows and small
models as JSON with base64 columns, which is how test fixtures are made.
"""
import argparse
import base64
import json
import pathlib
import tempfile
import warnings

import catboost
import lightgbm as lgb
import numpy as np
import onnx
import onnxruntime as ort
import shap
import xgboost as xgb
from onnx import helper, numpy_helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
FEATURES = 10
CATEGORIES = {6: 40, 7: 5}


def matrix(rng, rows):
    """Numbers with ties and long tails, zeros, missing values, and two features of codes."""
    x = rng.normal(size=(rows, FEATURES))
    x[:, 1] = np.exp(2 * x[:, 1])
    x[:, 2] = np.round(x[:, 2], 1)
    x[:, 3] = np.where(rng.random(rows) < 0.5, 0, x[:, 3])
    x[:, 4] *= 1e6
    x[:, 5] *= 1e-6
    for feature, count in CATEGORIES.items():
        x[:, feature] = rng.integers(0, count, rows)
    x[:, [0, 3, 6, 8]] = np.where(rng.random((rows, 4)) < 0.08, np.nan, x[:, [0, 3, 6, 8]])
    return x


def labels(rng, x):
    z = np.nan_to_num(x)
    odds = z[:, 0] + np.log(z[:, 1]) * 0.5 + (z[:, 3] == 0) * z[:, 2] - z[:, 4] / 1e6 * (z[:, 5] > 0)
    odds += np.isin(z[:, 6], [1, 4, 7, 11, 30]) * 2 - np.isin(z[:, 7], [2, 3]) + np.isnan(x[:, 8]) * 1.5
    return (odds + rng.logistic(size=len(x)) > 3.5).astype(int)


def hard_rows(rng, x, thresholds):
    """Half of the rows get values that lie on a threshold or one step beside it, in float32 or float64, and codes never seen."""
    x = x.copy()
    for row in range(0, len(x), 2):
        for feature, values in thresholds.items():
            if len(values) == 0 or rng.random() < 0.3:
                continue
            t = values[rng.integers(len(values))]
            up = np.inf if rng.random() < 0.5 else -np.inf
            near = [t, np.nextafter(t, up), np.float64(np.nextafter(np.float32(t), np.float32(up))), (t + np.float64(np.nextafter(np.float32(t), np.float32(up)))) / 2]
            x[row, feature] = near[rng.integers(4)]
        if rng.random() < 0.3:
            x[row, rng.integers(FEATURES)] = [np.nan, 0.0, -0.0, 1e-36, -1e-35, 1e30, -1e30][rng.integers(7)]
    return x


def odd_codes(rng, x):
    """Codes that training did not see, and what is no code at all."""
    for row in range(0, len(x), 5):
        x[row, 6] = [-1, 41, 1000, 3.7, -0.5, np.nan, 5e8][rng.integers(7)]
    return x


class Writer:
    def __init__(self, folder, small, only=""):
        self.folder, self.small, self.only = folder, small, only

    def case(self, name, model_file, content, rows, names, probability, raw=None, contributions=None, library=None,
             **facts):
        arrays = dict(rows=rows, probability=probability, raw=raw, contributions=contributions, library=library)
        arrays = {key: np.ascontiguousarray(value, dtype="<f8") for key, value in arrays.items() if value is not None}
        case = dict(name=name, model=model_file, count=len(rows), features=names, **facts)
        if self.small:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{name}.{model_file.split('.')[-1]}").write_bytes(content)
            case["model"] = f"{name}.{model_file.split('.')[-1]}"
            case["arrays"] = {key: base64.b64encode(value.tobytes()).decode() for key, value in arrays.items()}
            (self.folder / f"{name}.case.json").write_text(json.dumps(case, indent=1) + "\n")
            return
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / model_file).write_bytes(content)
        for key, value in arrays.items():
            (folder / f"{key}.f64").write_bytes(value.tobytes())
        (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n")
        print(f"made {name}", flush=True)


LIGHTGBM = {
    "lightgbm-gbdt": {},
    "lightgbm-categorical": dict(categorical=True),
    "lightgbm-zero-as-missing": dict(zero_as_missing=True, categorical=True),
    "lightgbm-no-missing": dict(use_missing=False),
    "lightgbm-dart": dict(boosting="dart", drop_rate=0.3),
    "lightgbm-rf": dict(boosting="rf", bagging_freq=1, bagging_fraction=0.6, feature_fraction=0.7, categorical=True),
    "lightgbm-goss": dict(data_sample_strategy="goss"),
    "lightgbm-sigmoid": dict(sigmoid=0.5, boost_from_average=False),
    "lightgbm-cross-entropy": dict(objective="cross_entropy"),
}


def make_lightgbm(writer, rows, rounds, leaves, train_rows):
    rng = np.random.default_rng(7)
    x = matrix(rng, train_rows)
    y = labels(rng, x)
    for name, options in LIGHTGBM.items():
        if writer.only not in name:
            continue
        options = dict(options)
        categorical = list(CATEGORIES) if options.pop("categorical", False) else "auto"
        parameters = dict(objective="binary", learning_rate=0.2, num_leaves=leaves, min_data_in_leaf=5, min_data_per_group=10,
                          cat_smooth=1, verbose=-1, seed=1, num_threads=1, deterministic=True) | options
        data = lgb.Dataset(x, y, categorical_feature=categorical, free_raw_data=False)
        booster = lgb.train(parameters, data, rounds)
        frame = booster.trees_to_dataframe()
        splits = frame[(frame.decision_type == "<=")]
        thresholds = {f: splits[splits.split_feature == f"Column_{f}"].threshold.astype(float).unique() for f in range(FEATURES)}
        test = hard_rows(rng, matrix(rng, rows), thresholds)
        if categorical != "auto":
            test = odd_codes(rng, test)
        raw = booster.predict(test, raw_score=True)
        if options.get("boosting") == "rf":
            # raw_score sums the votes of a random forest; the probability is of their mean.
            probability = booster.predict(test)
            raw = np.log(probability / (1 - probability))
        contributions = booster.predict(test, pred_contrib=True)
        if options.get("boosting") == "rf":
            # Nor does pred_contrib take the mean.
            contributions = contributions / rounds
        writer.case(name, "model.txt", booster.model_to_string().encode(), test, booster.feature_name(),
                    booster.predict(test), raw, contributions, shap="pred_contrib")
        if name == "lightgbm-gbdt":
            explainer = shap.TreeExplainer(booster)
            values = explainer.shap_values(test)
            values = values[-1] if isinstance(values, list) else values
            base = np.full((rows, 1), np.ravel(explainer.expected_value)[-1])
            writer.case("lightgbm-gbdt-shap", "model.txt", booster.model_to_string().encode(), test, booster.feature_name(),
                        booster.predict(test), raw, np.hstack([values, base]), shap="shap.TreeExplainer")


XGBOOST = {
    "xgboost-gbtree": (dict(), "json"),
    "xgboost-gbtree-ubj": (dict(base_score=0.2), "ubj"),
    "xgboost-dart": (dict(booster="dart", rate_drop=0.4), "json"),
    "xgboost-dart-ubj": (dict(booster="dart", rate_drop=0.4), "ubj"),
    "xgboost-categorical": (dict(categorical=True, max_cat_to_onehot=6), "json"),
    "xgboost-categorical-ubj": (dict(categorical=True, max_cat_to_onehot=1, grow_policy="lossguide", max_leaves=20), "ubj"),
    "xgboost-forest": (dict(num_parallel_tree=3, subsample=0.6, colsample_bynode=0.7), "json"),
    "xgboost-exact": (dict(tree_method="exact", max_delta_step=1), "json"),
    "xgboost-logitraw": (dict(objective="binary:logitraw", base_score=-1), "ubj"),
}


def make_xgboost(writer, rows, rounds, depth, train_rows):
    rng = np.random.default_rng(8)
    x = matrix(rng, train_rows)
    y = labels(rng, x)
    names = [f"feature {i}" for i in range(FEATURES)]
    for name, (options, extension) in XGBOOST.items():
        if writer.only not in name:
            continue
        options = dict(options)
        categorical = options.pop("categorical", False)
        types = ["c" if categorical and f in CATEGORIES else "q" for f in range(FEATURES)]
        kwargs = dict(feature_names=names, feature_types=types, enable_categorical=categorical)
        parameters = dict(objective="binary:logistic", max_depth=depth, eta=0.2, nthread=1, seed=1)
        booster = xgb.train({**parameters, **options}, xgb.DMatrix(x, y, **kwargs), rounds)
        content = bytes(booster.save_raw(extension))
        parsed = json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]
        trees = (parsed["gbtree"] if "gbtree" in parsed else parsed)["model"]["trees"]
        thresholds = {f: np.array([t["split_conditions"][n] for t in trees for n in range(len(t["left_children"]))
                                   if t["left_children"][n] >= 0 and t["split_indices"][n] == f and t["split_type"][n] == 0])
                      for f in range(FEATURES)}
        test = hard_rows(rng, matrix(rng, rows), thresholds)
        if categorical:
            test = odd_codes(rng, test)
        kwargs["enable_categorical"] = categorical
        data = xgb.DMatrix(test, **kwargs)
        raw = booster.predict(data, output_margin=True)
        probability = 1 / (1 + np.exp(-raw.astype(float))) if options.get("objective") == "binary:logitraw" else booster.predict(data)
        contributions = booster.predict(data, pred_contribs=True)
        writer.case(name, f"model.{extension}", content, test, names, probability, raw, contributions, shap="pred_contribs")


CATBOOST = {
    "catboost-symmetric": dict(),
    "catboost-lossguide": dict(grow_policy="Lossguide", max_leaves=12),
    "catboost-depthwise": dict(grow_policy="Depthwise", nan_mode="Max"),
    "catboost-words": dict(words=True, nan_mode="Max"),
    "catboost-cross-entropy": dict(loss_function="CrossEntropy", boost_from_average=True),
}


def make_catboost(writer, rows, rounds, depth, train_rows):
    rng = np.random.default_rng(10)
    x = matrix(rng, train_rows)
    y = labels(rng, x)
    for name, options in CATBOOST.items():
        if writer.only not in name:
            continue
        options = dict(options)
        target = np.where(y == 1, "fraud", "legit") if options.pop("words", False) else y
        parameters = dict(iterations=rounds, depth=depth, learning_rate=0.3, thread_count=1, random_seed=1, verbose=0, allow_writing_files=False)
        model = catboost.CatBoost(parameters | dict(loss_function="Logloss") | options).fit(x, target)
        with tempfile.TemporaryDirectory() as folder:
            model.save_model(f"{folder}/model.json", format="json")
            content = pathlib.Path(folder, "model.json").read_bytes()
        thresholds = {f["feature_index"]: np.array(f["borders"]) for f in json.loads(content)["features_info"]["float_features"]}
        test = hard_rows(rng, matrix(rng, rows), thresholds)
        sign = -1 if target is not y else 1
        raw = sign * np.asarray(model.predict(test, prediction_type="RawFormulaVal"))
        shap_values = sign * model.get_feature_importance(catboost.Pool(test), type="ShapValues")
        writer.case(name, "model.json", content, test, [str(i) for i in range(FEATURES)], 1 / (1 + np.exp(-raw)), raw, shap_values, shap="ShapValues")


def make_xgboost_missing(writer, rows, train_rows):
    """Told that −999 is missing, and stopped early: what predict_proba says."""
    rng = np.random.default_rng(11)
    x = matrix(rng, train_rows)
    y = labels(rng, x)
    if writer.only not in "xgboost-missing":
        return
    x = np.where(np.isnan(x), -999, x)
    model = xgb.XGBClassifier(n_estimators=200, max_depth=3, learning_rate=0.5, missing=-999, early_stopping_rounds=2, n_jobs=1)
    model.fit(x[::2], y[::2], eval_set=[(x[1::2], y[1::2])], verbose=0)
    test = matrix(rng, rows)
    test = np.where(np.isnan(test) & (rng.random(test.shape) < 0.8), -999, test)
    writer.case("xgboost-missing", "model.json", bytes(model.get_booster().save_raw("json")), test, [f"f{i}" for i in range(FEATURES)],
                model.predict_proba(test)[:, 1], missing=-999, rounds=model.best_iteration + 1, trained=model.get_booster().num_boosted_rounds())


def keras_like(mlp):
    """What tf2onnx writes of Sequential([Dense(64, relu), Dense(32, relu), Dense(1, sigmoid)]), with the weights of a trained network."""
    nodes, constants, value = [], [], "dense_input"
    for layer, (weights, bias) in enumerate(zip(mlp.coefs_, mlp.intercepts_)):
        name = f"sequential/dense_{layer}"
        constants += [numpy_helper.from_array(weights.astype(np.float32), f"{name}/MatMul/ReadVariableOp:0"),
                      numpy_helper.from_array(bias.astype(np.float32), f"{name}/BiasAdd/ReadVariableOp:0")]
        last = layer == len(mlp.coefs_) - 1
        activation = "Sigmoid" if last else "Relu"
        output = "dense_2" if last else f"{name}/{activation}:0"
        nodes += [helper.make_node("MatMul", [value, constants[-2].name], [f"{name}/MatMul:0"]),
                  helper.make_node("Add", [f"{name}/MatMul:0", constants[-1].name], [f"{name}/BiasAdd:0"]),
                  helper.make_node(activation, [f"{name}/BiasAdd:0"], [output])]
        value = output
    graph = helper.make_graph(nodes, "tf2onnx",
                              [helper.make_tensor_value_info("dense_input", onnx.TensorProto.FLOAT, ["unk__1", FEATURES])],
                              [helper.make_tensor_value_info("dense_2", onnx.TensorProto.FLOAT, ["unk__2", 1])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], producer_name="tf2onnx")
    model.ir_version = 8
    return model


def run_onnx(content, feeds):
    session = ort.InferenceSession(content)
    outputs = session.run(None, feeds)
    scores = outputs[-1]
    if isinstance(scores, list):
        return np.array([row[1] for row in scores], dtype=float)
    return np.asarray(scores, dtype=float).reshape(len(scores), -1)[:, -1]


def make_onnx(writer, rows, train_rows, hidden, trees):
    rng = np.random.default_rng(9)
    x = matrix(rng, train_rows)
    y = labels(rng, x)
    whole = np.nan_to_num(x).astype(np.float32)
    scaler = StandardScaler().fit(whole)
    test = matrix(rng, rows).astype(np.float32)
    test_whole = np.nan_to_num(test)
    names = [f"feature_{i}" for i in range(FEATURES)]
    one_input = [("float_input", FloatTensorType([None, FEATURES]))]

    def wanted(name):
        return writer.only in name

    if wanted("onnx-keras"):
        mlp = MLPClassifier(hidden, max_iter=8, random_state=1).fit(scaler.transform(whole), y)
        content = keras_like(mlp).SerializeToString()
        scaled = ((test_whole.astype(float) - scaler.mean_) / scaler.scale_).astype(np.float32)
        library = 1 / (1 + np.exp(-forward(mlp, scaled.astype(float))))
        writer.case("onnx-keras", "model.onnx", content, test_whole, names, run_onnx(content, {"dense_input": scaled}), library=library,
                    given=names, scaling=dict(mean=scaler.mean_.tolist(), scale=scaler.scale_.tolist()))
    sklearn_models = {
        "onnx-sklearn-logistic": (make_pipeline(StandardScaler(), LogisticRegression()), whole, test_whole, {}),
        "onnx-sklearn-mlp": (make_pipeline(StandardScaler(), MLPClassifier(hidden, max_iter=8, random_state=1)), whole, test_whole,
                             dict(zipmap=False)),
        "onnx-sklearn-forest": (RandomForestClassifier(trees, max_depth=8, random_state=1), whole, test_whole, dict(zipmap=False)),
        "onnx-sklearn-boosting": (GradientBoostingClassifier(n_estimators=trees, random_state=1), whole, test_whole, {}),
    }
    for name, (model, train, rows_of, options) in sklearn_models.items():
        if not wanted(name):
            continue
        model.fit(train, y)
        content = to_onnx(model, initial_types=one_input, target_opset={"": 17, "ai.onnx.ml": 3},
                          options={id(model): options} if options else None).SerializeToString()
        writer.case(name, "model.onnx", content, rows_of, names, run_onnx(content, {"float_input": rows_of}),
                    library=model.predict_proba(rows_of)[:, 1], given=names)
    if wanted("onnx-inputs-by-name"):
        model = make_pipeline(StandardScaler(), LogisticRegression()).fit(whole, y)
        inputs = [(name, FloatTensorType([None, 1])) for name in names]
        content = to_onnx(model, initial_types=inputs, target_opset={"": 17, "ai.onnx.ml": 3}).SerializeToString()
        feeds = {name: test_whole[:, [i]] for i, name in enumerate(names)}
        writer.case("onnx-inputs-by-name", "model.onnx", content, test_whole, names, run_onnx(content, feeds),
                    library=model.predict_proba(test_whole)[:, 1])


def forward(mlp, value):
    """Log-odds of a network, in float64."""
    for layer, (weights, bias) in enumerate(zip(mlp.coefs_, mlp.intercepts_)):
        value = value @ weights.astype(np.float32).astype(float) + bias.astype(np.float32).astype(float)
        if layer < len(mlp.coefs_) - 1:
            value = np.maximum(value, 0)
    return value[:, 0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", help="part of the names of the cases to make", default="")
    arguments = parser.parse_args()
    writer = Writer(arguments.folder, arguments.small, arguments.only)
    small = arguments.small
    rows = 50 if small else 10_000
    make_lightgbm(writer, rows, *((4, 6, 1500) if small else (100, 31, 20_000)))
    make_xgboost(writer, rows, *((3, 3, 1500) if small else (100, 6, 20_000)))
    make_catboost(writer, rows, *((3, 3, 1500) if small else (100, 6, 20_000)))
    make_xgboost_missing(writer, rows, 1500 if small else 20_000)
    make_onnx(writer, rows, *((1500, (6, 4), 3) if small else (20_000, (64, 32), 60)))


if __name__ == "__main__":
    main()
