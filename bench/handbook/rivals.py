"""Tunes scikit-learn and XGBoost on the validation folds and writes test scores. Called by rivals.ts; prints JSON."""

import json
import sys
import time
import warnings

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

FOLDER, FEATURES, THREADS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
SEED = 1
# A number of epochs is a setting here, not a failure to converge.
warnings.filterwarnings("ignore", category=ConvergenceWarning)


def part(name):
    x = np.fromfile(f"{FOLDER}/{name}.x", dtype=np.float64).reshape(-1, FEATURES)
    return x, np.fromfile(f"{FOLDER}/{name}.y", dtype=np.uint8)


def boosted(**options):
    return XGBClassifier(tree_method="hist", n_jobs=THREADS, random_state=SEED, **options)


def forest(**options):
    return RandomForestClassifier(n_estimators=100, n_jobs=THREADS, random_state=SEED, **options)


def logistic(**options):
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500, **options))


def network(**options):
    return make_pipeline(StandardScaler(), MLPClassifier(random_state=SEED, **options))


STEPS = dict(learning_rate=0.03, subsample=0.7, colsample_bytree=0.5)
CONTENDERS = {
    "XGBoost": [
        boosted(n_estimators=200, max_depth=3, **STEPS),
        boosted(n_estimators=200, max_depth=4, **STEPS),
        boosted(n_estimators=200, max_depth=6, **STEPS),
        boosted(n_estimators=400, max_depth=3, **STEPS),
        # As the handbook tried it.
        boosted(n_estimators=50, max_depth=3, learning_rate=0.3),
        boosted(n_estimators=100, max_depth=3, learning_rate=0.3),
        boosted(n_estimators=100, max_depth=6, learning_rate=0.1),
        boosted(n_estimators=100, max_depth=9, learning_rate=0.1),
    ],
    "scikit-learn forest": [
        forest(max_depth=8, min_samples_leaf=5),
        forest(max_depth=20, min_samples_leaf=5),
        forest(),
        forest(min_samples_leaf=3),
    ],
    "scikit-learn logistic": [logistic(C=0.05), logistic(C=1), logistic(C=10), logistic(C=100)],
    "scikit-learn MLP": [
        network(hidden_layer_sizes=(64, 32), max_iter=12, learning_rate_init=0.003),
        network(hidden_layer_sizes=(64, 32), max_iter=12),
        network(hidden_layer_sizes=(128, 64), max_iter=12),
        network(hidden_layer_sizes=(64, 32), max_iter=12, alpha=1e-2, batch_size=256),
    ],
}

def described(model):
    last = model[-1] if hasattr(model, "steps") else model
    plain = type(last)().get_params()
    return {key: value for key, value in last.get_params().items() if sound(value) and value != plain.get(key)}


def sound(value):
    # JSON knows no NaN.
    return value is not None and value == value


folds = [(part(f"v{i}.train"), part(f"v{i}.test")) for i in range(4)]
tests = [(part(f"t{i}.train"), part(f"t{i}.test")) for i in range(4)]
report = {}
for name, candidates in CONTENDERS.items():
    merits = []
    for model in candidates:
        scores = []
        for (x, y), (later, labels) in folds:
            model.fit(x, y)
            scores.append(average_precision_score(labels, model.predict_proba(later)[:, 1]))
        merits.append(float(np.mean(scores)))
    best = int(np.argmax(merits))
    seconds = []
    for i, ((x, y), (later, _)) in enumerate(tests):
        began = time.process_time()
        candidates[best].fit(x, y)
        seconds.append(time.process_time() - began)
        candidates[best].predict_proba(later)[:, 1].astype(np.float64).tofile(f"{FOLDER}/{name}.{i}.scores")
    report[name] = {"options": described(candidates[best]), "validation": merits[best], "seconds": seconds}
    print(f"{name} done", file=sys.stderr)
print(json.dumps(report))
