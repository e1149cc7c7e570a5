#!/usr/bin/env bash
# Guess: of two payments at 00:05 the last ten minutes hold the same in pandas and in polars, and in the windows of SQL
# Seen: pandas counts the rows before a payment and itself, so the first of the two does not know of the second; polars counts both for both, as RANGE of DuckDB does. A count made in polars for training knows a payment that had not been decided yet. With closed="left" both leave out the whole instant
# Where: Series.rolling("10min"), DataFrame.rolling and rolling_sum_by of polars, all of them with closed="right"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check pandas==3.1.1 polars==2.1.0 duckdb==2.0.1
venv/bin/python -W ignore - <<'PY'
from datetime import datetime, timedelta

import duckdb
import pandas
import polars

times = [datetime(2026, 1, 1, 0, minute) for minute in (0, 5, 5, 12)]
series, frame = pandas.Series(1, index=times), polars.DataFrame({"time": times, "one": [1] * 4}).sort("time")
one = polars.col("one")
of_pandas = {closed: series.rolling("10min", closed=closed).sum().fillna(0).astype(int).tolist() for closed in ("right", "left")}
of_polars = {closed: frame.rolling("time", period="10m", closed=closed).agg(one.sum())["one"].to_list() for closed in ("right", "left")}
by = frame.select(one.rolling_sum_by("time", "10m", closed="right"))["one"].to_list()
duckdb.execute("create table payment (time timestamp)")
duckdb.executemany("insert into payment values (?)", [[time] for time in times])
of_sql = [n for n, in duckdb.sql("select count(*) over (order by time range between interval 10 minute preceding and current row) from payment order by time").fetchall()]
print(f"pandas {of_pandas}\npolars {of_polars}, rolling_sum_by {by}\nDuckDB {of_sql}")
assert of_pandas == {"right": [1, 2, 3, 3], "left": [0, 1, 1, 2]}
assert of_polars == {"right": [1, 3, 3, 3], "left": [0, 1, 1, 2]} and by == of_sql == [1, 3, 3, 3]
PY
