"""One cluster -> its referrals in date order, the links that hold it together, and the weakest of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from nrm_linkage.provenance import HOME_OFFICE_CAVEAT

__all__ = ["ClusterExplanation", "explain_cluster"]


@dataclass(frozen=True)
class ClusterExplanation:
    """`timeline`: one row a referral, in date order; `links`: one row a scored pair of members, strongest
    first.
    """

    cluster_id: str
    n_referrals: int
    confidence: float
    weakest_link_bits: float
    timeline: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    caveat: str = HOME_OFFICE_CAVEAT

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON: ids, dates, bits and assessments, and nothing else of any record."""
        return {
            "cluster_id": self.cluster_id,
            "n_referrals": self.n_referrals,
            "confidence": self.confidence,
            "weakest_link_bits": self.weakest_link_bits,
            "timeline": _records(self.timeline),
            "links": _records(self.links),
            "caveat": self.caveat,
        }


def explain_cluster(
    cluster: pd.Series, timeline: pd.DataFrame, repeats: pd.DataFrame, links: pd.DataFrame
) -> ClusterExplanation:
    """Put together what the tables of a run say of one cluster. `timeline`: `referral_id`, `referred`,
    `membership_probability` of its members; `repeats`, `links`: rows of those tables.
    """
    # All as objects: beside the first referral, which has none before it, ids that are numbers would turn
    # into fractions.
    said = (
        repeats.drop(columns=["cluster_id", "referral_id"])
        .astype(object)
        .set_index(repeats["referral_id"].astype(object))
        .reindex(timeline["referral_id"].astype(object))
        .reset_index(drop=True)
        .astype({"days_since_previous": "Int64"})
    )
    inside = links.sort_values(
        ["match_weight_bits", "referral_id_l", "referral_id_r"], ascending=[False, True, True]
    )
    shown = [
        "referral_id_l",
        "referral_id_r",
        "match_weight_bits",
        "match_probability",
        "same_person_probability",
        "found_by",
    ]
    return ClusterExplanation(
        cluster_id=str(cluster["cluster_id"]),
        n_referrals=int(cluster["n_referrals"]),
        confidence=float(cluster["confidence"]),
        weakest_link_bits=float(cluster["weakest_link_bits"]),
        timeline=pd.concat([timeline.reset_index(drop=True), said], axis=1),
        links=inside[shown].reset_index(drop=True),
    )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [
        {
            str(name): value.isoformat() if isinstance(value, pd.Timestamp) else value
            for name, value in row.items()
        }
        for row in plain.to_dict("records")
    ]
