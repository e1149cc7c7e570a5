#!/usr/bin/env bash
# Guess: ROCAUC is 1 where every fraud scores higher than every other payment
# Seen: 0.5 where all scores lie below 0.1, as calibrated ones do at a low base rate: ten thresholds over 0..1 by default; RollingROCAUC says 1
# Where: river.metrics.ROCAUC
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check river==0.26.1
venv/bin/python -W ignore - <<'PY'
from river import metrics

rows = [(False, 0.001 + i * 1e-5) for i in range(90)] + [(True, 0.01 + i * 1e-5) for i in range(10)]
found = {}
for name, metric in (("ROCAUC()", metrics.ROCAUC()), ("ROCAUC(n_thresholds=1000)", metrics.ROCAUC(n_thresholds=1000)), ("RollingROCAUC()", metrics.RollingROCAUC())):
    for fraud, score in rows:
        metric.update(fraud, score)
    found[name] = metric.get()
print(found)
assert found["ROCAUC()"] == 0.5 and found["RollingROCAUC()"] == 1
PY
