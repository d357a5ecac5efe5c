"""An explained cluster in lines of text, by referral id, without values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from nrm_linkage.explain.decided import human_decisions
from nrm_linkage.explain.pair import said_probability

if TYPE_CHECKING:
    from nrm_linkage.explain.cluster import ClusterExplanation

__all__ = ["cluster_words", "decisions_said", "listed", "people_said", "referral_said"]


def cluster_words(cluster: ClusterExplanation) -> list[str]:
    """What is known of a cluster, one sentence a line."""
    lines = [
        f"{cluster.n_referrals} referrals, of one person with a probability of "
        f"{said_probability(cluster.confidence)} under the model"
        + (", some of them decided by a human" if cluster.decided_by_human else "")
    ]
    for row in cluster.timeline.to_dict("records"):
        lines.append(referral_said(row))
    bridge = cluster.bridge
    if bridge is not None:
        lines.append(
            f"weakest bridge: {bridge.referral_id_l} and {bridge.referral_id_r}, "
            f"{bridge.match_weight_bits:+.1f} bits; without it, {listed(bridge.side_l)} would be apart from "
            f"{listed(bridge.side_r)}"
        )
    n_links = len(cluster.links)
    lines.append(
        f"pairs that no blocking rule brought together: {len(cluster.not_compared)} of {n_links}; pairs that "
        f"contradict the cluster: {len(cluster.contradicting)}"
    )
    for row in cluster.alternatives.to_dict("records"):
        lines.append(
            f"probability {said_probability(row['probability'])}: {people_said(row['people'])}"
            + (" (published)" if row["published"] else "")
        )
    for row in cluster.may_belong.to_dict("records"):
        lines.append(f"{row['referral_id']} may belong to it, with a probability of {row['probability']:.2g}")
    lines += [f"human decision, {said}" for said in decisions_said(cluster.decisions)]
    return lines


def decisions_said(decisions: pd.DataFrame) -> list[str]:
    """A cluster's human decisions, a line each, without values."""
    return [one.words() for one in human_decisions(decisions)]


def people_said(people: tuple[tuple[Any, ...], ...]) -> str:
    """Who are one person, in words.

    >>> people_said((("R1", "R2"), ("R3",)))
    'R1 and R2 one person; R3 another'
    """
    if len(people) == 1:
        return "all one person"
    return "; ".join(
        f"{listed(one)} {'another' if number else 'one person'}" for number, one in enumerate(people)
    )


def referral_said(row: Mapping[Any, Any]) -> str:
    """One referral of a cluster's timeline, with the assessment of a repeat."""
    when = "undated" if pd.isna(row["referred"]) else row["referred"].date().isoformat()
    said = f"{when}: {row['referral_id']}"
    if row.get("instance_assessment") is None or pd.isna(row["instance_assessment"]):
        return f"{said}, the first"
    days = "" if pd.isna(row["days_since_previous"]) else f", {int(row['days_since_previous'])} days later"
    reasons = f" ({row['reasons']})" if row["reasons"] else ""
    return f"{said}{days}, {row['instance_assessment']}{reasons}"


def listed(ids: Sequence[Any]) -> str:
    """Ids in a sentence."""
    return " and ".join(map(str, ids)) if len(ids) < 3 else f"{', '.join(map(str, ids[:-1]))} and {ids[-1]}"
