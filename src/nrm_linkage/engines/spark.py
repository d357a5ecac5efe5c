"""Rows in a Spark cluster: collected to the driver, linked there, and handed back as a Spark frame.

The stages run in the driver's memory; a run of a few million referrals fits there. It does not distribute the
comparison. Values come as Python objects of their Spark types and go back under the caller's own schema, so
no column changes its type on the way. Spark keeps no row order: rows come back as they were collected.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from nrm_linkage.errors import InputError

__all__ = ["SparkFrames"]


class SparkFrames:
    """pyspark DataFrame in, pyspark DataFrame out. One object serves one run."""

    name = "spark"

    def __init__(self) -> None:
        self._rows: list[Any] = []
        self._fields: list[Any] = []

    def to_pandas(self, referrals: Any) -> pd.DataFrame:
        """All rows, in the driver; every column of dtype object."""
        self._rows, self._fields = referrals.collect(), list(referrals.schema.fields)
        columns = [
            pd.Series([row[position] for row in self._rows], dtype=object)
            for position in range(len(referrals.columns))
        ]
        frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(len(self._rows)))
        return frame.set_axis(list(referrals.columns), axis=1)

    def with_rows(self, referrals: Any, frame: pd.DataFrame) -> Any:
        """The frame with further rows below, under its own schema.

        Raises
        ------
        InputError
            They do not fit its schema.
        """
        from pyspark.sql import types

        n_rows, n_columns = len(self._rows), len(self._fields)
        if len(frame) == n_rows:
            return referrals
        kept = frame.iloc[n_rows:]
        values = [_plain_values(kept.iloc[:, at]) for at in range(kept.shape[1])]
        unknown = types.NullType()  # also of the caller's columns that hold nothing
        more = [types.StructField(str(name), unknown) for name in kept.columns[n_columns:]]
        fields = [*self._fields, *more]
        for at in (at for at, field in enumerate(fields) if field.dataType == unknown):
            kind = _spark_type(kept.iloc[:, at], types)
            fields[at] = types.StructField(fields[at].name, kind)
            if kind == types.StringType():
                values[at] = [None if value is None else str(value) for value in values[at]]
        below = list(zip(*values, strict=True))
        try:
            referrals.sparkSession.createDataFrame(below, schema=types.StructType(fields), verifySchema=True)
        except (TypeError, ValueError):  # theirs quote the value
            raise InputError(
                "referrals kept of previous= do not fit the types of the referrals' columns; pass all "
                "extracts with the same schema, or as text."
            ) from None
        nothing = (None,) * len(more)
        self._rows, self._fields = [*((*row, *nothing) for row in self._rows), *below], fields
        return referrals

    def with_columns(self, referrals: Any, frame: pd.DataFrame, added: pd.DataFrame) -> Any:
        """The rows as they were collected, with the columns of `added`."""
        from pyspark.sql import types

        extra = [_plain_values(added[name]) for name in added.columns]
        rows = [(*row, *values) for row, values in zip(self._rows, zip(*extra, strict=True), strict=True)]
        fields = [types.StructField(name, _spark_type(added[name], types)) for name in added.columns]
        schema = types.StructType([*self._fields, *fields])
        return referrals.sparkSession.createDataFrame(rows, schema=schema, verifySchema=False)


def _plain_values(column: pd.Series) -> list[Any]:
    """Python values; missing is None."""
    return list(column.astype(object).where(column.notna(), None))


def _spark_type(column: pd.Series, types: Any) -> Any:
    kind = pd.api.types.infer_dtype(column, skipna=True)
    return {"integer": types.LongType(), "floating": types.DoubleType()}.get(kind, types.StringType())
