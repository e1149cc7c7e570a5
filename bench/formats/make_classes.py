"""Classifiers as ONNX files, with every way to name two classes: what libraries say of P(fraud), for classes.ts.

    python make_classes.py <folder> [--small]

Labels × (scikit-learn, CatBoost, LightGBM, XGBoost) × ZipMap on and off. A case is the file, and case.json: rows, the library's own
P(fraud) of each, and which label is fraud. --small writes few trees: test fixtures are made so.
"""
import argparse
import base64
import json
import pathlib
import warnings

import catboost
import lightgbm as lgb
import numpy as np
import onnx
import onnxmltools
import xgboost as xgb
from onnxmltools.convert.common.data_types import FloatTensorType as MlFloat
from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
from skl2onnx import to_onnx, update_registered_converter
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

warnings.filterwarnings("ignore")
FEATURES = 6
# By name: the label of a legitimate payment and that of a fraud.
LABELS = {
    "01": (0, 1), "swapped": (1, 0), "minus": (-1, 1), "minus-fraud": (1, -1), "21": (1, 2), "12": (2, 1), "bool": (False, True),
    "fraud-legit": ("legit", "fraud"), "bad-good": ("good", "bad"), "fraud-genuine": ("genuine", "fraud"), "yes-no": ("no", "yes"),
    "text01": ("0", "1"), "one": (1, 1), "one-zero": (0, 0),
}
OPSET = {"": 17, "ai.onnx.ml": 3}


def made_up(rng, rows):
    x = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    x[:, 2] = np.round(x[:, 2], 1)
    odds = 1.5 * x[:, 0] - x[:, 1] + x[:, 2] * x[:, 3]
    return x, odds + rng.logistic(size=rows) > 1.5


def register():
    for library, model, alias, convert in (
        ("LightGbm", lgb.LGBMClassifier, "LightGbmLGBMClassifier", convert_lightgbm),
        ("XGBoost", xgb.XGBClassifier, "XGBoostXGBClassifier", convert_xgboost),
    ):
        update_registered_converter(model, alias, calculate_linear_classifier_output_shapes, convert,
                                    options={"zipmap": [True, False, "columns"], "nocl": [True, False], "raw_scores": [True, False]})


SKLEARN = {
    "logistic": lambda small: make_pipeline(StandardScaler(), LogisticRegression()),
    "forest": lambda small: RandomForestClassifier(4 if small else 30, max_depth=3 if small else 6, random_state=1),
    "extra": lambda small: ExtraTreesClassifier(4 if small else 30, max_depth=3 if small else 6, random_state=1),
    "boosting": lambda small: GradientBoostingClassifier(n_estimators=3 if small else 30, random_state=1),
    "mlp": lambda small: MLPClassifier((4,), max_iter=20, random_state=1),
    "naive": lambda small: GaussianNB(),
    "svc": lambda small: SVC(probability=True, random_state=1),
    "calibrated": lambda small: CalibratedClassifierCV(LogisticRegression(), method="sigmoid", cv=2),
    "lightgbm": lambda small: lgb.LGBMClassifier(n_estimators=3 if small else 20, verbose=-1, n_jobs=1),
    "xgboost": lambda small: xgb.XGBClassifier(n_estimators=3 if small else 20, n_jobs=1),
}
MARGINS = {
    "linear-svc": lambda: LinearSVC(),
    "ridge": lambda: RidgeClassifier(),
    "hinge": lambda: SGDClassifier(random_state=1),
    "raw-logistic": lambda: LogisticRegression(),
    "raw-boosting": lambda: GradientBoostingClassifier(n_estimators=5, random_state=1),
}


def write(folder, name, content, x, probability, **facts):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.onnx").write_bytes(content)
    encode = lambda a: base64.b64encode(np.ascontiguousarray(a, dtype="<f8").tobytes()).decode()
    facts |= dict(name=name, rows=len(x), width=x.shape[1], x=encode(x), probability=encode(probability))
    (folder / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n")


def p_of(model, x, fraud):
    classes = list(model.classes_)
    return model.predict_proba(x)[:, classes.index(fraud)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    register()
    rng = np.random.default_rng(3)
    x, fraud = made_up(rng, 3000)
    test, _ = made_up(rng, 40 if given.small else 2000)
    initial = [("x", FloatTensorType([None, FEATURES]))]
    failed = []
    for labels, (no, yes) in LABELS.items():
        y = np.where(fraud, yes, no)
        for name, make in SKLEARN.items():
            for zipmap in (True, False, "columns"):
                case = f"{name}-{labels}-zip{'map' if zipmap is True else zipmap or 'less'}"
                if given.only not in case:
                    continue
                try:
                    model = make(given.small).fit(x, y)
                    last = model.steps[-1][1] if hasattr(model, "steps") else model
                    content = to_onnx(model, initial_types=initial, target_opset=OPSET, options={id(last): {"zipmap": zipmap}}).SerializeToString()
                    write(given.folder, case, content, test, p_of(last, model[:-1].transform(test) if hasattr(model, "steps") else test, yes),
                          fraud=str(yes), classes=[str(c) for c in last.classes_], kind="classes", labels=labels)
                except Exception as error:  # what does not convert is told, not made
                    failed.append((case, f"{type(error).__name__}: {str(error)[:150]}"))
        for name in ("catboost", "catboost-onnxml", "lightgbm-onnxml", "xgboost-onnxml"):
            for zipmap in (True, False):
                case = f"{name}-{labels}-zip{'map' if zipmap else 'less'}"
                if given.only not in case:
                    continue
                try:
                    if name.startswith("catboost"):
                        model = catboost.CatBoostClassifier(iterations=4 if given.small else 20, depth=3, verbose=0, thread_count=1, allow_writing_files=False).fit(x, y)
                        path = given.folder / "catboost.tmp"
                        given.folder.mkdir(parents=True, exist_ok=True)
                        model.save_model(str(path), format="onnx")
                        file = onnx.load(str(path))
                        path.unlink()
                        if not zipmap:
                            file = without_zipmap(file)
                        content = file.SerializeToString()
                    elif name.startswith("lightgbm"):
                        model = lgb.LGBMClassifier(n_estimators=3 if given.small else 20, verbose=-1, n_jobs=1).fit(x, y)
                        content = onnxmltools.convert_lightgbm(model, initial_types=[("x", MlFloat([None, FEATURES]))], target_opset=15, zipmap=zipmap).SerializeToString()
                    else:
                        model = xgb.XGBClassifier(n_estimators=3 if given.small else 20, n_jobs=1).fit(x, y)
                        content = onnxmltools.convert_xgboost(model, initial_types=[("x", MlFloat([None, FEATURES]))], target_opset=15).SerializeToString()
                    write(given.folder, case, content, test, p_of(model, test, yes if not isinstance(model.classes_[0], str) else str(yes)),
                          fraud=str(yes), classes=[str(c) for c in model.classes_], kind="classes", labels=labels)
                except Exception as error:
                    failed.append((case, f"{type(error).__name__}: {str(error)[:150]}"))
    for name, make in MARGINS.items():
        if given.only not in name:
            continue
        model = make().fit(x, np.where(fraud, "fraud", "legit"))
        options = {id(model): {"raw_scores": True, "zipmap": False}} if name.startswith("raw") else {id(model): {"zipmap": False}}
        try:
            content = to_onnx(model, initial_types=initial, target_opset=OPSET, options=options).SerializeToString()
        except Exception:
            content = to_onnx(model, initial_types=initial, target_opset=OPSET).SerializeToString()
        sign = 1 if model.classes_[1] == "fraud" else -1
        write(given.folder, f"margin-{name}", content, test, sign * model.decision_function(test), fraud="fraud",
              classes=list(model.classes_), kind="margin")
    if given.only in "doubles-forest":
        model = SKLEARN["forest"](given.small).fit(x.astype(float), fraud.astype(int))
        hard = test.astype(float)
        for row in range(len(hard)):
            tree = model.estimators_[row % len(model.estimators_)].tree_
            node = rng.integers(tree.node_count)
            if tree.feature[node] >= 0:
                hard[row, tree.feature[node]] = np.nextafter(tree.threshold[node], [np.inf, -np.inf][row % 2])
        content = to_onnx(model, initial_types=[("x", DoubleTensorType([None, FEATURES]))], target_opset=OPSET, options={id(model): {"zipmap": False}}).SerializeToString()
        write(given.folder, "doubles-forest", content, hard, p_of(model, hard, 1), fraud="1", classes=["0", "1"], kind="classes", labels="01")
    if given.only in "isolation":
        model = IsolationForest(n_estimators=3 if given.small else 20, max_samples=32, random_state=1).fit(x)
        content = to_onnx(model, initial_types=initial, target_opset=OPSET).SerializeToString()
        write(given.folder, "isolation", content, test, -model.decision_function(test), fraud="", classes=[], kind="isolation")
    for case, why in failed:
        print(f"not made: {case}: {why}")


def without_zipmap(file):
    zips = [node for node in file.graph.node if node.op_type == "ZipMap"]
    for node in zips:
        file.graph.node.remove(node)
        for output in file.graph.output:
            if output.name == node.output[0]:
                output.CopyFrom(onnx.helper.make_tensor_value_info(node.input[0], onnx.TensorProto.FLOAT, [None, 2]))
    return file


if __name__ == "__main__":
    main()
