#!/usr/bin/env bash
# Guess: of values of the same instant ASOF JOIN takes the same one however many rows are joined: the last, as pandas and polars do
# Seen: up to 63 payments get the first that was written, 64 and more the last: the join is done in another way then. What is checked on a few payments is not what a history is trained with
# Where: ASOF JOIN of DuckDB, merge_asof of pandas, join_asof of polars
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check duckdb==2.0.1 pandas==3.1.1 polars==2.1.0
venv/bin/python -W ignore - <<'PY'
from datetime import datetime, timedelta

import duckdb
import pandas
import polars

noon = datetime(2026, 1, 1, 12)
duckdb.execute("create table limits as select timestamp '2026-01-01 12:00' as time, unnest([100, 200, 300]) as amount")

def of_duckdb(payments):
    duckdb.execute(f"create or replace table payments as select timestamp '2026-01-01 12:00' + to_seconds(i) as time from range({payments}) u(i)")
    return duckdb.sql("select amount, count(*) from payments asof join limits on payments.time >= limits.time group by all").fetchall()

def of_frames(payments):
    left = {"time": [noon + timedelta(seconds=i) for i in range(payments)]}
    right = {"time": [noon] * 3, "amount": [100, 200, 300]}
    by_pandas = pandas.merge_asof(pandas.DataFrame(left), pandas.DataFrame(right), on="time")["amount"].unique().tolist()
    return by_pandas, polars.DataFrame(left).join_asof(polars.DataFrame(right), on="time")["amount"].unique().to_list()

few, many = of_duckdb(63), of_duckdb(64)
print(f"DuckDB: amount and payments {few}, {many}; pandas and polars {of_frames(63)}, {of_frames(64)}")
assert few == [(100, 63)] and many == [(300, 64)] and of_frames(63) == of_frames(64) == ([300], [300])
PY
