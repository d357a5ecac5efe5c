"""The truth of an evaluation: the person of each referral, as given by the caller, in the run's own order."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.evaluation.groups import EvaluatedRun
from nrm_linkage.evaluation.tallies import Linked
from nrm_linkage.tables import Int32s, Int64s, Partition, Referrals

__all__ = ["EvaluatedLinkage", "judged_links", "people_of", "true_partition"]


class EvaluatedLinkage(Protocol):
    """What an evaluation reads of a `Linkage`."""

    @property
    def referrals(self) -> Any: ...
    @property
    def links(self) -> pd.DataFrame: ...
    @property
    def run(self) -> EvaluatedRun: ...


def people_of(linkage: EvaluatedLinkage, truth: Any) -> Int64s:
    """A code for the true person of each canonical row, int64 (n,), 0 to n_people - 1.

    `truth`: one label a referral, in the order of the referrals that were linked: Series, array or list.

    Raises
    ------
    InputError
        It is of another length, has missing labels, or is a Series whose index has the referrals' index in
        another order.
    """
    labels = truth if isinstance(truth, pd.Series) else pd.Series(list(truth), dtype=object)
    position = linkage.run.raw.position
    if len(labels) != len(position):
        raise InputError(
            f"truth has {len(labels)} labels for {len(position)} referrals; "
            "give one for each, in their order."
        )
    if labels.isna().any():
        raise InputError(
            "truth has missing labels; give every referral its person, also those with one referral."
        )
    if isinstance(truth, pd.Series) and isinstance(linkage.referrals, pd.DataFrame):
        own, given = linkage.referrals.index, truth.index
        if not own.equals(given) and len(own.difference(given)) == 0 and len(given.difference(own)) == 0:
            raise InputError(
                "truth has the referrals' index in another order: give truth.loc[linkage.referrals.index] "
                "where it goes by index, or truth.to_numpy() where it goes by position."
            )
    return pd.factorize(labels.iloc[position])[0].astype(np.int64)


def judged_links(linkage: EvaluatedLinkage, person: Int64s) -> Linked:
    """The rows of `.links`, by person."""
    ids = pd.Index(linkage.run.referrals.referral_id, dtype=object)
    left, right = (
        person[ids.get_indexer(pd.Index(linkage.links[name], dtype=object))]
        for name in ("referral_id_l", "referral_id_r")
    )
    return Linked(
        left,
        right,
        linkage.links["same_person_probability"].to_numpy(dtype=np.float64),
        linkage.links["same_cluster"].to_numpy(dtype=bool),
    )


def true_partition(rows: Referrals, person: Int64s) -> Partition:
    """The partition that a linkage without errors would have published, certain of itself. Rows that are not
    linkable stay alone. `person`: int64 (n,), as `people_of` gives it.
    """
    n_people = int(person.max(initial=-1)) + 1
    label = np.where(rows.linkable, person, n_people + np.arange(rows.n))
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    cluster = first[inverse].astype(np.int64)
    together = np.flatnonzero(np.bincount(cluster, minlength=rows.n)[cluster] > 1)
    draws: Int32s = cluster[together][None].astype(np.int32)
    return Partition(
        cluster=cluster,
        confidence=np.ones(rows.n),
        membership=np.ones(rows.n),
        uncertain=together,
        draws=draws,
        sampled=np.zeros(0, dtype=np.int64),
        chains_apart=np.zeros(0),
        chains_worth=np.zeros(0),
        component=cluster,
    )
