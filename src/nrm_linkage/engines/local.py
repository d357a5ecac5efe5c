"""Rows in this process's memory: pandas frames, and anything that hands over Arrow (polars, pyarrow, duckdb,
...).

The caller's frame is never changed, and what he does to it later changes no result: pandas frames are copied,
and an Arrow stream is read once. Frames that are not pandas come back as their own kind where that kind can
be made from Arrow, otherwise as a pyarrow Table.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from nrm_linkage.errors import InputError

__all__ = ["ArrowFrames", "PandasFrames"]


class PandasFrames:
    """pandas in, pandas out, same index."""

    name = "local"

    def to_pandas(self, referrals: Any) -> pd.DataFrame:
        """A copy of the frame."""
        frame: pd.DataFrame = referrals.copy()
        return frame

    def with_columns(self, referrals: Any, frame: pd.DataFrame, added: pd.DataFrame) -> Any:
        """A new frame with the columns of `added`, which has the rows in the same order."""
        joined = pd.concat([frame, added.set_axis(frame.index)], axis=1)
        joined.attrs = dict(frame.attrs)
        return joined


class ArrowFrames:
    """Anything with `__arrow_c_stream__` in, the same kind out. One object serves one run."""

    name = "local"

    def __init__(self) -> None:
        self._table: pa.Table = pa.table({})

    def to_pandas(self, referrals: Any) -> pd.DataFrame:
        """The frame as pandas; integers with nulls stay integers.

        Raises
        ------
        InputError
            The stream does not hold a table.
        """
        try:
            self._table = pa.RecordBatchReader.from_stream(referrals).read_all()
        except (pa.ArrowException, TypeError, ValueError):
            raise InputError(
                "the referrals hand over Arrow data that is not a table; give a frame with one "
                "column a field."
            ) from None
        columns = [_as_pandas(column) for column in self._table.columns]
        frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(len(self._table)))
        return frame.set_axis(self._table.column_names, axis=1)

    def with_columns(self, referrals: Any, frame: pd.DataFrame, added: pd.DataFrame) -> Any:
        """The frame's own Arrow columns, untouched, with those of `added`."""
        extra = _as_arrow(added)
        library = type(referrals).__module__.partition(".")[0]
        if library == "polars":
            import polars

            return polars.DataFrame(referrals).hstack(polars.DataFrame(polars.from_arrow(extra)))
        table = self._table
        for name in extra.column_names:
            table = table.append_column(extra.schema.field(name), extra.column(name))
        if library in ("duckdb", "_duckdb"):
            import duckdb

            return duckdb.from_arrow(table)
        return table


def _as_arrow(added: pd.DataFrame) -> pa.Table:
    """The added columns as Arrow; a column without any value is text, so that types do not hang on the
    data."""
    table = pa.Table.from_pandas(added, preserve_index=False).replace_schema_metadata()
    types = [pa.string() if pa.types.is_null(field.type) else field.type for field in table.schema]
    return table.cast(pa.schema(list(zip(table.column_names, types, strict=True))))


def _as_pandas(column: pa.ChunkedArray) -> pd.Series:
    """A column as pandas; as Python objects where Arrow cannot (lists of polars' own text, for one)."""
    try:
        series: pd.Series = column.to_pandas(types_mapper=_nullable_integers)
    except pa.ArrowNotImplementedError:
        series = pd.Series(column.to_pylist(), dtype=object)
    return series


def _nullable_integers(kind: pa.DataType) -> Any:
    return pd.Int64Dtype() if pa.types.is_integer(kind) else None
