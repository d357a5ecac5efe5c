"""One cluster -> its referrals in date order, what holds it together, what speaks against it, and how else
its referrals may part.

In this order: the timeline with the assessment of each repeat; every scored pair of members; the strongest
path between any two of them, which runs along the strongest spanning tree, and the weakest link of that tree,
the bridge without which the cluster would fall in two; the pairs that no blocking rule brought together; the
pairs that contradict the cluster; the most probable ways to part the members into people, counted in the
run's joint draws; referrals outside that may belong to it; and what humans decided of its members. Nothing
here decides anything.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.explain.tree import Tree, strongest_tree
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.tables import Int32s, Int64s

__all__ = ["Bridge", "ClusterExplanation", "DrawnPeople", "explain_cluster"]

AGAINST_BITS = -3.0
"""A field whose line is at or below this speaks against one person: eight times as frequent among strangers
(chosen by us).
"""

ALTERNATIVES = 5
"""Ways to part a cluster that are shown, the most probable first (chosen by us)."""

BESIDE_PROBABILITY = 0.01
"""Referrals outside are shown that belong to the cluster in this share of the draws at least (chosen by us).
"""

LINK_COLUMNS = (
    *("referral_id_l", "referral_id_r", "match_weight_bits", "match_probability"),
    *("same_person_probability", "found_by"),
)


@dataclass(frozen=True)
class Bridge:
    """The weakest link of the strongest spanning tree: without it the members fall into `side_l` and
    `side_r`.
    """

    referral_id_l: Any
    referral_id_r: Any
    match_weight_bits: float
    side_l: tuple[Any, ...]
    side_r: tuple[Any, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        ids = {"referral_id_l": self.referral_id_l, "referral_id_r": self.referral_id_r}
        sides = {"side_l": list(self.side_l), "side_r": list(self.side_r)}
        return {**ids, "match_weight_bits": self.match_weight_bits, **sides}


@dataclass(frozen=True, repr=False, eq=False)
class DrawnPeople:
    """The joint draws of the members and of whoever is drawn together with one of them. `referral_id`: object
    (k,), the members first; `n_members`; `label`: int32 (n_draws, k), the cluster of each in each draw.
    """

    referral_id: np.ndarray[tuple[int], np.dtype[np.object_]]
    n_members: int
    label: Int32s


@dataclass(frozen=True)
class ClusterExplanation:
    """What holds a cluster together, and what does not.

    Attributes
    ----------
    timeline
        One row a referral, in date order, undated ones last, with the assessment of each repeat.
    links
        One row a pair of members, strongest first: ids, bits, probabilities, `found_by`.
    paths
        One row a pair of members: `path`, the ids along the strongest way from one to the other, and
        `weakest_bits`, its weakest link.
    bridge
        The weakest link of the tree of strongest links; None where no pair of members was scored.
    not_compared
        Pairs of members that no blocking rule brought together: they are in one cluster through others.
    contradicting
        Pairs of members that alone would not be joined, or that a field speaks against by three bits or more:
        `against`, the fields with level and bits.
    alternatives
        The most probable ways to part the members into people: `probability`, `people` (a tuple of tuples of
        ids), `n_people`, `published`. From the joint draws of the run, human decisions obeyed; they take the
        parameters first, so that the published way need not be as probable as `confidence` says.
    may_belong
        Referrals outside that the draws join with a member: `referral_id`, `probability`.
    decisions
        What humans decided of a member and another referral, inside or outside: `referral_id_l`,
        `referral_id_r`, `decision`, `standing`, `decided_on`, `who_recorded`, `why_recorded`
        (`HumanDecision`); with `show="values"` also `decided_by`, `decided_at`, `reason` as recorded.
    """

    cluster_id: str
    n_referrals: int
    confidence: float
    weakest_link_bits: float
    decided_by_human: bool
    timeline: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    paths: pd.DataFrame = field(repr=False)
    bridge: Bridge | None = field(repr=False)
    not_compared: pd.DataFrame = field(repr=False)
    contradicting: pd.DataFrame = field(repr=False)
    alternatives: pd.DataFrame = field(repr=False)
    may_belong: pd.DataFrame = field(repr=False)
    decisions: pd.DataFrame = field(repr=False)
    caveat: str = HOME_OFFICE_CAVEAT

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON: ids, dates, bits and assessments, and nothing else of any record
        unless the explanation was asked for with `show="values"`.
        """
        tables = (
            *("timeline", "links", "paths", "not_compared", "contradicting", "alternatives", "may_belong"),
            "decisions",
        )
        return {
            "cluster_id": self.cluster_id,
            "n_referrals": self.n_referrals,
            "confidence": self.confidence,
            "weakest_link_bits": self.weakest_link_bits,
            "decided_by_human": self.decided_by_human,
            **{name: _records(getattr(self, name)) for name in tables},
            "bridge": None if self.bridge is None else self.bridge.to_dict(),
            "caveat": self.caveat,
        }

    def to_json(self) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False, default=str)

    def strongest_path(self, a: Any, b: Any) -> tuple[Any, ...]:
        """The referral ids along the strongest way from one member to another; empty where there is none."""
        for row in self.paths.to_dict("records"):
            if {row["referral_id_l"], row["referral_id_r"]} == {a, b}:
                path: tuple[Any, ...] = row["path"]
                return path if path[0] == a else path[::-1]
        return ()

    def words(self) -> str:
        """The explanation in lines of text, by referral id, without values."""
        from nrm_linkage.explain.telling import cluster_words

        return "\n".join([*cluster_words(self), self.caveat])

    def __str__(self) -> str:
        return self.words()

    def _repr_html_(self) -> str:
        from nrm_linkage.explain.pictures import cluster_html

        return cluster_html(self)


def explain_cluster(
    cluster: pd.Series,
    timeline: pd.DataFrame,
    repeats: pd.DataFrame,
    links: pd.DataFrame,
    drawn: DrawnPeople,
    decisions: pd.DataFrame,
    joined_above_bits: float,
) -> ClusterExplanation:
    """Put together what the tables of a run say of one cluster. `timeline`: `referral_id`, `referred`,
    `membership_probability` of its members; `repeats`, `links`: rows of those tables; `decisions`: as
    in the result; `joined_above_bits`: the match weight above which a pair alone is joined.
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
    ).reset_index(drop=True)
    members = timeline["referral_id"].tolist()
    place = {value: number for number, value in enumerate(members)}
    left, right = (inside[f"referral_id_{side}"].map(place).to_numpy(dtype=np.int64) for side in "lr")
    tree = strongest_tree(len(members), left, right, inside["match_weight_bits"].to_numpy(dtype=np.float64))
    met = inside["found_by"] != "same component"
    return ClusterExplanation(
        cluster_id=str(cluster["cluster_id"]),
        n_referrals=int(cluster["n_referrals"]),
        confidence=float(cluster["confidence"]),
        weakest_link_bits=float(cluster["weakest_link_bits"]),
        decided_by_human=bool(cluster["decided_by_human"]),
        timeline=pd.concat([timeline.reset_index(drop=True), said], axis=1),
        links=inside[list(LINK_COLUMNS)],
        paths=_paths(members, tree),
        bridge=_bridge(members, tree),
        not_compared=inside.loc[~met, list(LINK_COLUMNS[:5])].reset_index(drop=True),
        contradicting=_contradicting(inside, joined_above_bits),
        alternatives=_alternatives(drawn),
        may_belong=_may_belong(drawn),
        decisions=decisions,
    )


def _paths(members: Sequence[Any], tree: Tree) -> pd.DataFrame:
    rows = []
    for a in range(len(members)):
        for b in range(a + 1, len(members)):
            path, weakest = tree.path(a, b)
            if path:
                rows.append((members[a], members[b], tuple(members[at] for at in path), weakest))
    return pd.DataFrame(rows, columns=["referral_id_l", "referral_id_r", "path", "weakest_bits"])


def _bridge(members: Sequence[Any], tree: Tree) -> Bridge | None:
    if not len(tree.bits):
        return None
    at = int(np.argmin(tree.bits))
    a, b = int(tree.left[at]), int(tree.right[at])
    side = tree.without(at).component(a)
    return Bridge(
        referral_id_l=members[a],
        referral_id_r=members[b],
        match_weight_bits=float(tree.bits[at]),
        side_l=tuple(members[place] for place in range(len(members)) if side[place]),
        side_r=tuple(members[place] for place in range(len(members)) if not side[place]),
    )


def _contradicting(links: pd.DataFrame, joined_above_bits: float) -> pd.DataFrame:
    fields = [str(name)[6:] for name in links.columns if str(name).startswith("level_")]
    against = []
    for row in links.to_dict("records"):
        lines = sorted((row[f"bits_{name}"], name) for name in fields if row[f"bits_{name}"] <= AGAINST_BITS)
        said = [f"{name.replace('_', ' ')}: {row[f'level_{name}']} ({bits:+.1f})" for bits, name in lines]
        against.append("; ".join(said))
    table = links[list(LINK_COLUMNS[:3])].assign(against=pd.Series(against, index=links.index, dtype=object))
    speaks = (links["match_weight_bits"] <= joined_above_bits) | (table["against"] != "")
    return table[speaks].sort_values("match_weight_bits", kind="stable", ignore_index=True)


def _alternatives(drawn: DrawnPeople) -> pd.DataFrame:
    """The ways in which the draws part the members, the most frequent first."""
    ids = drawn.referral_id[: drawn.n_members].tolist()
    of_members = _smallest_places(drawn.label[:, : drawn.n_members])
    ways, times = np.unique(of_members, axis=0, return_counts=True)
    order = np.lexsort((*ways.T[::-1], -times))[:ALTERNATIVES]
    rows = []
    for way, count in zip(ways[order].tolist(), times[order].tolist(), strict=True):
        people = tuple(
            tuple(one for one, of in zip(ids, way, strict=True) if of == label) for label in sorted(set(way))
        )
        rows.append((count / len(of_members), len(people), people, len(people) == 1))
    return pd.DataFrame(rows, columns=["probability", "n_people", "people", "published"])


def _smallest_places(label: Int32s) -> Int64s:
    """For each draw and member the place of the first member with the same label, int64 (n_draws, k)."""
    return np.asarray((label[:, :, None] == label[:, None, :]).argmax(axis=2), dtype=np.int64)


def _may_belong(drawn: DrawnPeople) -> pd.DataFrame:
    members, others = drawn.label[:, : drawn.n_members], drawn.label[:, drawn.n_members :]
    share = (others[:, :, None] == members[:, None, :]).any(axis=2).mean(axis=0)
    table = pd.DataFrame(
        {"referral_id": pd.Series(drawn.referral_id[drawn.n_members :], dtype=object), "probability": share}
    )
    table = table[table["probability"] >= BESIDE_PROBABILITY]
    return table.sort_values("probability", ascending=False, kind="stable", ignore_index=True)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(name): _plain(value) for name, value in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, pd.Timestamp) else value
