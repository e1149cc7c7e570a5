"""Rows of lists as frames, for notebooks. pandas and polars are optional."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped, unused-ignore]
    import polars

#: Fields of answers that are moments.
_MOMENTS = ("createdAt", "transactionDate", "finalizedAt", "updatedAt", "at", "openedAt", "lastAlertAt", "resolvedAt")


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """One level: what is nested stays as it is but for ``model`` and ``effective``, whose parts become columns such as ``model.version``."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if name in ("model", "effective") and isinstance(value, Mapping):
            flat.update({f"{name}.{part}": each for part, each in value.items()})
        else:
            flat[name] = value
    return flat


def pandas_frame(rows: Iterable[Mapping[str, Any]]) -> "pandas.DataFrame":
    """A row each; moments are UTC times."""
    import pandas

    frame = pandas.DataFrame([_flat(row) for row in rows])
    for name in _MOMENTS:
        if name in frame:
            frame[name] = pandas.to_datetime(frame[name], utc=True, format="ISO8601")
    return frame


def polars_frame(rows: Iterable[Mapping[str, Any]]) -> "polars.DataFrame":
    """A row each; moments are UTC times. What is nested and differs from row to row is JSON text."""
    import json

    import polars

    flat = [_flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    columns: dict[str, list[Any]] = {}
    for name in names:
        values = [row.get(name) for row in flat]
        nested = any(isinstance(value, (dict, list)) for value in values)
        columns[name] = [None if v is None else json.dumps(v) for v in values] if nested else values
    frame = polars.DataFrame(columns, strict=False)
    moments = [name for name in _MOMENTS if name in frame.columns and frame[name].dtype == polars.String]
    return frame.with_columns(polars.col(name).str.to_datetime(time_zone="UTC", time_unit="ms") for name in moments)
