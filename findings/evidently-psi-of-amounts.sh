#!/usr/bin/env bash
# Guess: a PSI over the default 0.1 where all amounts are ten times what they were
# Seen: 0.01 and no drift: bins of equal width over both samples put nearly all of a long tail into the first; of their logarithms it is 0.6
# Where: evidently.legacy.calculations.stattests.psi_stat_test, the PSI that a report's drift preset uses by name
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check evidently==0.7.23 'pandas==2.3.3'
venv/bin/python -W ignore - <<'PY'
import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests import psi_stat_test
from evidently.legacy.core import ColumnType

rng = np.random.default_rng(0)
before, after = (pd.Series(np.exp(3 * rng.normal(size=5000))) for _ in range(2))
after *= 10
psi = lambda a, b: psi_stat_test.func(a, b, ColumnType.Numerical, 0.1)
(amounts, drifted), (logarithms, _) = psi(before, after), psi(np.log(before), np.log(after))
print(f"amounts times ten: PSI {amounts:.4f}, drift {drifted}; their logarithms: {logarithms:.2f}")
assert amounts < 0.02 and not drifted and logarithms > 0.4
PY
