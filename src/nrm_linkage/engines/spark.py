"""Rows in a Spark cluster: collected to the driver, linked there, and handed back as a Spark frame.

The stages run in the driver's memory; a run of a few million referrals fits there. It does not distribute the comparison.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["SparkFrames"]


class SparkFrames:
    """pyspark DataFrame in, pyspark DataFrame out."""

    name = "spark"

    def to_pandas(self, referrals: Any) -> pd.DataFrame:
        """All rows, in the driver."""
        frame: pd.DataFrame = referrals.toPandas()
        return frame

    def with_columns(self, referrals: Any, frame: pd.DataFrame, added: pd.DataFrame) -> Any:
        """The rows as collected into `frame`, with the columns of `added`."""
        joined = pd.concat([frame, added.set_axis(frame.index)], axis=1)
        return referrals.sparkSession.createDataFrame(joined)
