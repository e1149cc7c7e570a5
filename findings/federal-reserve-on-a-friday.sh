#!/usr/bin/env bash
# Guess: a package's Federal Reserve is open on Friday 3 July 2026: the Reserve Banks say that a holiday on a Saturday leaves the Friday before it open
# Seen: it is closed, and so are all Fridays before such a Saturday: ten in ten years on which ACH and Fedwire settle, so that a return of two banking days seems in time a day longer than it is
# Where: workalendar.usa.FederalReserveSystem; QuantLib's calendar of the same name is open
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check workalendar==17.0.0 QuantLib==1.44
venv/bin/python -W ignore - <<'PY'
from datetime import date, timedelta

import QuantLib
from workalendar.usa import FederalReserveSystem

theirs, other = FederalReserveSystem(), QuantLib.UnitedStates(QuantLib.UnitedStates.FederalReserve)
days = [date(2020, 1, 1) + timedelta(day) for day in range(365 * 10 + 3)]
closed = [day for day in days if not theirs.is_working_day(day) and other.isBusinessDay(QuantLib.Date(day.day, day.month, day.year))]
print(f"closed to workalendar, open to QuantLib, in ten years: {', '.join(map(str, closed))}")
assert date(2026, 7, 3) in closed and all(day.weekday() == 4 for day in closed) and len(closed) >= 8
PY
