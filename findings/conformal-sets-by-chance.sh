#!/usr/bin/env bash
# Guess: the same payment, asked twice of the same fitted classifier, has the same p-value and the same set of labels
# Seen: not: half the calls say {legitimate}, half say nothing at all, and the p-value of the commonest score lies anywhere between 0.4 and 1: each call breaks ties by a new random number, and scores of a few rules or leaves are mostly ties. With smoothing=False it is one and the same
# Where: predict_p and predict_set of crepes' ConformalClassifier with their defaults
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check crepes==0.9.1 numpy==2.4.6 pandas==2.3.3 scikit-learn==1.9.1
venv/bin/python -W ignore - <<'PY'
import numpy as np
from crepes import ConformalClassifier

# Nonconformity of 1,000 payments, by a score of three leaves.
classifier = ConformalClassifier().fit(np.repeat([0.02, 0.05, 0.4], [600, 300, 100]))
rare, common = np.array([[0.4, 0.6]]), np.array([[0.02, 0.98]])
sets = lambda **how: [tuple(classifier.predict_set(rare, confidence=0.95, **how)[0].tolist()) for _ in range(200)]
p = [float(classifier.predict_p(common)[0, 0]) for _ in range(200)]
seen = sets()
counts = {one: seen.count(one) for one in sorted(set(seen))}
print(f"one payment asked 200 times: {counts}; a common one's p-value from {min(p):.2f} to {max(p):.2f}; not smoothed: {set(sets(smoothing=False))}")
assert len(counts) == 2 and min(counts.values()) > 50 and min(p) < 0.5 and max(p) > 0.9
assert len(set(sets(smoothing=False))) == 1
PY
