"""Features of `recordlinkage.compare` over the pairs of a linkage: something to look at or review with.

What they say here is no evidence in the match weight; a `FeatureField` is.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from recordlinkage import Compare
from recordlinkage.base import BaseCompare, BaseCompareFeature

from nrm_linkage.block import candidate_pairs
from nrm_linkage.errors import ConfigError, InputError, NrmLinkageError
from nrm_linkage.result import Linkage
from nrm_linkage.toolkit.running import in_canonical_order, numbered, reason_without_values

__all__ = ["compare_features", "computed"]

IDS = ["referral_id_l", "referral_id_r"]

_EXPECTED = (
    "features must be those of recordlinkage.compare, or a recordlinkage.Compare: for example "
    '[recordlinkage.compare.String("Surname", "Surname", method="jarowinkler")].'
)


def compare_features(linkage: Linkage, features: Any, pairs: str | pd.DataFrame = "links") -> pd.DataFrame:
    """What features of the recordlinkage toolkit say of a linkage's pairs.

    Parameters
    ----------
    linkage
        The linkage; the features see its referrals under the caller's own headings.
    features
        A feature, several, or a `recordlinkage.Compare`.
    pairs
        "links": the rows of `.links`; "candidates": all candidate pairs of the run, found again; or a frame
        with `referral_id_l` and `referral_id_r`.

    Returns
    -------
    DataFrame
        One row a pair, in the order of `pairs`, keyed by `referral_id_l` and `referral_id_r`; one column a
        value, called by its feature's label or kind. `linkage.links.join(values, on=["referral_id_l",
        "referral_id_r"])` puts them beside the links.

    Raises
    ------
    ConfigError
        Something is no feature.
    InputError
        The pairs cannot be used, or a feature ended in an error.

    Examples
    --------
    >>> import pandas as pd, recordlinkage
    >>> from nrm_linkage import link_referrals
    >>> linkage = link_referrals(
    ...     pd.DataFrame(
    ...         {
    ...             "NRM reference": ["R1", "R2", "R3"],
    ...             "Forename": ["Zamira", "Zamirra", "Ruth"],
    ...             "Surname": ["Testaj", "Testaj", "Example"],
    ...             "DOB": ["14/05/2001", "2001-05-14", "02/02/1990"],
    ...         }
    ...     ),
    ...     progress=False,
    ... )
    >>> jaro = recordlinkage.compare.String("Forename", "Forename", method="jaro")
    >>> compare_features(linkage, jaro).round(2)
                                 String
    referral_id_l referral_id_r
    R1            R2               0.95
    """
    asked = _features(features)
    keys, rows = _pairs(linkage, pairs)
    frame = in_canonical_order(linkage.run.frame, linkage.run.raw)
    columns = [computed(feature, rows, frame, f"the feature {type(feature).__name__}") for feature in asked]
    table = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(len(rows)))
    return table.set_axis(numbered(table.columns), axis=1).set_axis(keys, axis=0)


def _features(features: Any) -> list[Any]:
    if isinstance(features, BaseCompare):
        return list(features.features)
    several = isinstance(features, Iterable) and not isinstance(features, (str, bytes))
    asked = list(features) if several else [features]
    for number, feature in enumerate(asked, start=1):
        if not isinstance(feature, BaseCompareFeature):
            raise ConfigError(f"{_EXPECTED} Number {number} is a {type(feature).__name__}.")
    return asked


def _pairs(linkage: Linkage, pairs: str | pd.DataFrame) -> tuple[pd.MultiIndex, pd.MultiIndex]:
    """The ids of the pairs, and their canonical rows."""
    run = linkage.run
    ids = run.referrals.referral_id
    if isinstance(pairs, str) and pairs == "candidates":
        found = candidate_pairs(run.referrals, run.config, found=run.found)
        rows = pd.MultiIndex.from_arrays([found.left, found.right])
        return pd.MultiIndex.from_arrays([ids[found.left], ids[found.right]], names=IDS), rows
    if isinstance(pairs, str) and pairs == "links":
        pairs = linkage.links
    if not isinstance(pairs, pd.DataFrame) or not set(IDS) <= set(pairs.columns):
        raise InputError(
            'pairs must be "links", "candidates", or a pandas DataFrame with the columns '
            f"{' and '.join(IDS)}."
        )
    row_of = {value: row for row, value in enumerate(ids)}
    sides = [[row_of.get(value) for value in pairs[name]] for name in IDS]
    n_unknown = sum(row is None for side in sides for row in side)
    if n_unknown:
        raise InputError(f"pairs: {n_unknown} ids are not among the referrals; leave their rows out.")
    rows = pd.MultiIndex.from_arrays([np.array(side, dtype=np.int64) for side in sides])
    return pd.MultiIndex.from_arrays([pairs[name].array for name in IDS], names=IDS), rows


def computed(feature: Any, rows: pd.MultiIndex, frame: pd.DataFrame, called: str) -> pd.DataFrame:
    """The columns of one feature, in the order of the pairs. `called`: what an error calls it."""

    def compute(pairs: pd.MultiIndex, records: pd.DataFrame) -> pd.DataFrame:
        values: pd.DataFrame = Compare([copy.deepcopy(feature)]).compute(pairs, records)
        return values

    kind = type(feature).__name__
    try:
        values = compute(rows, frame.copy())
    except NrmLinkageError:
        raise
    except Exception as error:
        reason = reason_without_values(error, frame, lambda records: compute(rows[:0], records))
        raise InputError(
            f"{called} failed on the referrals: {reason}. See that it names your own headings."
        ) from None
    names = [kind] * values.shape[1] if feature.label is None else [str(name) for name in values.columns]
    return values.set_axis(names, axis=1).reset_index(drop=True)
