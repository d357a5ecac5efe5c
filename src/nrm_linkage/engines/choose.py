"""Which engine moves the rows of a given input."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nrm_linkage.engines.local import ArrowFrames, PandasFrames
from nrm_linkage.errors import ConfigError, InputError
from nrm_linkage.tables import Engine

__all__ = ["choose_engine"]

ENGINES = ("auto", "local", "spark")

_READ_IT = "read the file with pandas.read_csv(..., dtype=str) first."
_HINTS = {
    "LazyFrame": "call .collect() on the lazy frame first.",
    "list": "make one with pandas.DataFrame(...) first.",
    "dict": "make one with pandas.DataFrame(...) first.",
    "NoneType": "they are None.",
}


def choose_engine(engine: str, referrals: Any) -> Engine:
    """The engine for this input. `engine`: "auto" follows the kind of input; "local" and "spark" insist.

    Raises
    ------
    ConfigError
        There is no such engine.
    InputError
        The input is no frame, or not one that the engine takes.
    """
    if engine not in ENGINES:
        raise ConfigError(f"engine must be one of {', '.join(map(repr, ENGINES))}.")
    is_spark = type(referrals).__module__.startswith("pyspark.sql.")
    if engine == "spark" and not is_spark:
        raise InputError('engine="spark" takes a pyspark DataFrame; leave engine out for frames in memory.')
    if engine == "local" and is_spark:
        raise InputError(
            'engine="local" takes frames in memory; call .toPandas() on the pyspark DataFrame first.'
        )
    if is_spark and hasattr(referrals, "collect"):
        from nrm_linkage.engines.spark import SparkFrames

        return SparkFrames()
    if isinstance(referrals, pd.DataFrame):
        return PandasFrames()
    if hasattr(referrals, "__arrow_c_stream__") and not isinstance(referrals, pd.Series):
        return ArrowFrames()
    raise InputError(
        "the referrals must be a pandas DataFrame, a frame that hands over Arrow (polars, pyarrow, "
        "duckdb), or a "
        f"pyspark DataFrame; {_HINTS.get(type(referrals).__name__, _READ_IT)}"
    )
