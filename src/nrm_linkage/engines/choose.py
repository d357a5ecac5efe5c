"""Which engine moves the rows of a given input."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nrm_linkage.engines.local import ArrowFrames, PandasFrames
from nrm_linkage.errors import ConfigError, InputError
from nrm_linkage.tables import Engine

__all__ = ["choose_engine"]

ENGINES = ("auto", "local", "spark")


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
        raise ConfigError(f"engine must be one of {', '.join(ENGINES)}")
    is_spark = type(referrals).__module__.startswith("pyspark.")
    if engine == "spark" or is_spark:
        if not is_spark:
            raise InputError('engine="spark" takes a pyspark DataFrame; leave engine out for frames in memory.')
        if engine == "local":
            raise InputError('engine="local" takes frames in memory; call .toPandas() on the pyspark DataFrame first.')
        from nrm_linkage.engines.spark import SparkFrames

        return SparkFrames()
    if isinstance(referrals, pd.DataFrame):
        return PandasFrames()
    if hasattr(referrals, "__arrow_c_stream__"):
        return ArrowFrames()
    raise InputError(
        "the referrals must be a pandas DataFrame, a frame that hands over Arrow (polars, pyarrow, duckdb), or a pyspark "
        "DataFrame; read the file with pandas.read_csv(..., dtype=str) first."
    )
