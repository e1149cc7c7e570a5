#!/usr/bin/env bash
# Guess: the area under precision and recall of a model that gives everyone the same score is the share of frauds, 2%
# Seen: 0.51: a line is drawn from a precision of 1 at a recall of 0 to the first score that exists, and half of it counts. The two scores of a rule get 0.51 where scikit-learn says 0.26. The fewer scores, the better it looks
# Where: the metric PRAUC of CatBoost, here by catboost.utils.eval_metric
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check catboost==1.2.10 numpy==2.4.6 scikit-learn==1.9.1
venv/bin/python -W ignore - <<'PY'
import numpy as np
from catboost.utils import eval_metric
from sklearn.metrics import average_precision_score

fraud = np.r_[np.ones(80, int), np.zeros(3920, int)]
nothing = np.zeros(4000)
# A rule that finds half of the frauds and stops 1% of the rest.
rule = np.r_[np.repeat([1.0, 0.0], [40, 40]), np.repeat([1.0, 0.0], [39, 3881])]
order = np.random.default_rng(0).random(4000)
both = lambda scores: (eval_metric(fraud, scores, "PRAUC")[0], average_precision_score(fraud, scores))
for name, scores in (("one score", nothing), ("a rule", rule), ("scores at random", order)):
    print("{}: PRAUC {:.3f}, average precision {:.3f}".format(name, *both(scores)))
assert both(nothing)[0] > 0.5 and both(nothing)[1] == 0.02
assert both(rule)[0] > both(rule)[1] + 0.2 and both(order)[0] < 0.05
PY
