"""Pairs -> a form for a person to fill in: the pair, room for the decision, and what may help to decide.

What is filled in comes back through `decisions=` (`review.decisions`), which reads the form's own columns and
no other. Values stand in it only where they are passed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from nrm_linkage.tables import Int64s

__all__ = ["TO_FILL_IN", "review_form"]

TO_FILL_IN = ("decision", "decided_by", "decided_at", "reason")


def review_form(
    pairs: pd.DataFrame, recorded: Mapping[str, Sequence[pd.Series]], rows: tuple[Int64s, Int64s]
) -> pd.DataFrame:
    """The form; its columns are in `Linkage.review_form`. `pairs`: `referral_id_l`, `referral_id_r` and what
    else the form should show; `recorded`: field -> its columns as recorded, none where no value may be shown;
    `rows`: where the two referrals of each pair stand in these.

    >>> import numpy as np
    >>> pairs = pd.DataFrame({"referral_id_l": ["R1"], "referral_id_r": ["R2"], "found_by": ["birth date"]})
    >>> form = review_form(pairs, {}, (np.array([0]), np.array([1])))
    >>> list(form)[2:]
    ['decision', 'decided_by', 'decided_at', 'reason', 'found_by']
    """
    ids = ["referral_id_l", "referral_id_r"]
    empty = {name: pd.Series(None, index=pairs.index, dtype=object) for name in TO_FILL_IN}
    shown = {
        f"{name}_{side}": _cells(columns, of).set_axis(pairs.index)
        for name, columns in recorded.items()
        for side, of in zip("lr", rows, strict=True)
    }
    form = pd.concat([pairs[ids], pd.DataFrame(empty), pd.DataFrame(shown, index=pairs.index)], axis=1)
    return pd.concat([form, pairs.drop(columns=ids)], axis=1).reset_index(drop=True)


def _cells(columns: Sequence[pd.Series], rows: Int64s) -> pd.Series:
    """What the columns of a field hold in some rows, as text; None where they hold nothing."""
    parts = [column.iloc[rows] for column in columns]
    texts = [
        "; ".join(str(value) for value in values if not pd.isna(value)) or None
        for values in zip(*parts, strict=True)
    ]
    return pd.Series(texts, dtype=object)
