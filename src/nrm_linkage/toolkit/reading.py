"""Frames of the recordlinkage toolkit -> `Referrals`: one frame, or two read as one.

The toolkit knows a record by the label of its frame's index, so a column of referral ids is not read: a
repeated id is no error there. Two frames are read together, because codes of values are comparable only
within one `Referrals`; a field that one of them lacks is missing in its rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nrm_linkage.config import LinkageConfig
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.schema import OUTPUT_COLUMNS, arrange, recognise
from nrm_linkage.schema.headings import field_table
from nrm_linkage.tables import Int64s, RawReferrals, Referrals

__all__ = ["Fields", "read_frame", "read_frames", "read_together"]

Fields = Mapping[str, pd.Series]
"""Canonical field -> its column."""


def read_frame(
    frame: pd.DataFrame, columns: Mapping[str, object] | None, config: LinkageConfig
) -> tuple[Referrals, Int64s]:
    """A frame in comparable form, and the frame's row of each of its rows."""
    raw = _arranged(frame, columns)
    return normalise_referrals(raw, config).referrals, raw.position


def read_frames(
    frames: Sequence[pd.DataFrame],
    columns: Sequence[Mapping[str, object] | None],
    config: LinkageConfig,
) -> Referrals:
    """Several frames in comparable form, the rows of the first, then those of the next.

    A row is no technical duplicate of another here: that two frames hold one submission is what linking them
    is to find.
    """
    arranged = [_arranged(frame, own) for frame, own in zip(frames, columns, strict=True)]
    parts = [_as_given(raw) for raw in arranged]
    return read_together(parts, [len(frame) for frame in frames], config)


def read_together(parts: Sequence[Fields], sizes: Sequence[int], config: LinkageConfig) -> Referrals:
    """Parts of one table in comparable form, one under the other. `sizes`: their numbers of rows."""
    n_rows = sum(sizes)
    fields = [name for name in field_table() if any(name in part for part in parts)]
    rows = np.arange(n_rows, dtype=np.int64)
    raw = RawReferrals(
        columns={name: (_under_one_another(name, parts, sizes),) for name in fields},
        referral_id=rows.astype(object),
        position=rows,
        duplicate_of=rows,
    )
    return normalise_referrals(raw, config).referrals


def _arranged(frame: pd.DataFrame, columns: Mapping[str, object] | None) -> RawReferrals:
    own = frame.drop(columns=[name for name in OUTPUT_COLUMNS if name in frame.columns])
    return arrange(own, recognise(own, {**(columns or {}), "referral_id": None}))


def _as_given(raw: RawReferrals) -> Fields:
    """The fields in the frame's own row order; those of several columns are not about the person."""
    back = np.argsort(raw.position)
    single = {name: used[0] for name, used in raw.columns.items() if field_table()[name].many != "yes"}
    return {name: column.iloc[back].reset_index(drop=True) for name, column in single.items()}


def _under_one_another(name: str, parts: Sequence[Fields], sizes: Sequence[int]) -> pd.Series:
    given = [
        part[name] if name in part else pd.Series([None] * size, dtype=object)
        for part, size in zip(parts, sizes, strict=True)
    ]
    if len({column.dtype for column in given}) > 1:
        given = [column.astype(object) for column in given]
    return pd.concat(given, ignore_index=True)
