"""Cluster ids from run to run: which live on, which are new, and what happened to each cluster.

In this order: an earlier id goes where the first referral of its cluster went (by date, then by id; of those
that are still there); of several ids that meet in one cluster, that of the cluster of two or more whose first
referral is the oldest lives on, and where there is none that of the oldest single; a cluster that no id came
to gets a new one, which no earlier run of the chain has given; then the changes are named.

A cluster is, as in `.clusters`, one of two or more referrals, now or before. Its change is the first of these
that holds:

- merged: two or more earlier clusters are in it;
- split: referrals of its earlier cluster are elsewhere now (a row for every part, singles too);
- created: no earlier cluster is in it;
- grown: it has a referral that was new, or a single;
- withdrawn: its earlier cluster lost a referral, or all of them;
- revised: it has the same referrals, and a value of one was changed.

Clusters of the same unchanged referrals have no row, and neither have singles. A technical duplicate is no
referral of its own: it goes with what it repeats. Nothing here decides who is one person.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.cluster.identity import cluster_ids
from nrm_linkage.provenance import id_hashes
from nrm_linkage.tables import Days, Int64s, Mask, Partition, Referrals

__all__ = ["CHANGES", "Earlier", "Lineage", "date_ranks", "follow", "ids_made_of"]

CHANGES = ("created", "grown", "merged", "split", "revised", "withdrawn")

Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, repr=False, eq=False)
class Earlier:
    """The clusters of an earlier run, one entry a row of that run, (m,).

    `cluster_id`: object; `duplicate_of`: int64, the row that it repeats, itself where none; `rank`: int64,
    its place in date order; `row`: int64, its row now, -1 where it is withdrawn; `revised`: bool, its values
    were changed. `past_ids`: ids that runs before gave, and that one no more. `erased`: ids that must not be
    given or kept, because they are made of an id that is erased.
    """

    cluster_id: Objects
    duplicate_of: Int64s
    rank: Int64s
    row: Int64s
    revised: Mask
    past_ids: Set[str]
    erased: Set[str] = frozenset()


@dataclass(frozen=True, repr=False, eq=False)
class Lineage:
    """`cluster_id`: one a row, object (n,), technical duplicates' that of what they repeat; `changes`: the
    table of `Linkage.changes`; `past_ids`: ids that earlier runs gave and this one does not.
    """

    cluster_id: Objects
    changes: pd.DataFrame
    past_ids: frozenset[str]


def follow(partition: Partition, rows: Referrals, earlier: Earlier | None) -> Lineage:
    """Ids of a run, and what happened since the one before; `earlier` is None where there was none."""
    made = cluster_ids(partition.cluster, rows.referral_id, rows.referred)
    if earlier is None:
        return Lineage(made[rows.duplicate_of], _table([]), frozenset())
    label = partition.cluster[rows.duplicate_of]
    then = _rows_then(earlier, label)
    taken = {*then["cluster_id"], *earlier.past_ids}
    carried = _carried(then, earlier.erased)
    of_label = np.full(rows.n, None, dtype=object)
    for one in np.unique(label).tolist():
        of_label[one] = carried.get(one) or _unused(made[one], taken)
        taken.add(of_label[one])
    ids = of_label[label]
    past = (set(then["cluster_id"]) | earlier.past_ids) - set(ids) - earlier.erased
    changes = _changes(then, _referrals_now(rows, label, earlier), of_label)
    return Lineage(ids, changes, frozenset(past))


def date_ranks(referred: Days) -> Int64s:
    """The place of each row in date order, undated ones last, then by row, int64 (n,)."""
    dated_last = np.where(np.isnat(referred), np.datetime64("9999-12-31", "D"), referred)
    rank = np.empty(len(referred), dtype=np.int64)
    rank[np.lexsort((np.arange(len(referred)), dated_last))] = np.arange(len(referred))
    return rank


def ids_made_of(referral_id: Objects, known: Set[str]) -> frozenset[str]:
    """Those of some cluster ids that are made of these referral ids."""
    found: set[str] = set()
    for value in id_hashes(referral_id).tolist():
        first = f"c{value:016x}"
        number, made = 1, first
        while made in known:
            found.add(made)
            number, made = number + 1, _numbered(first, number + 1)
    return frozenset(found)


def _numbered(first: str, number: int) -> str:
    """The id that serves where `first` and those up to this number were given before."""
    return f"c{id_hashes(np.array([f'{first} {number}'], dtype=object))[0]:016x}"


def _unused(first: str, taken: Set[str]) -> str:
    number, made = 1, first
    while made in taken:
        number, made = number + 1, _numbered(first, number + 1)
    return made


def _rows_then(earlier: Earlier, label: Int64s) -> pd.DataFrame:
    """One row a row of the earlier run: its cluster then and now (-1: withdrawn), in the order of dates."""
    there = earlier.row >= 0
    now = np.full(len(earlier.row), -1, dtype=np.int64)
    now[there] = label[earlier.row[there]]
    table = pd.DataFrame(
        {
            "cluster_id": pd.Series(earlier.cluster_id, dtype=object),
            "referral": earlier.duplicate_of,
            "rank": earlier.rank[earlier.duplicate_of],
            "now": now,
            "revised": earlier.revised,
        }
    )
    table["n_then"] = table.groupby("cluster_id")["referral"].transform("nunique").astype(np.int64)
    return table.sort_values("rank", kind="stable", ignore_index=True)


def _carried(then: pd.DataFrame, erased: Set[str]) -> dict[int, str]:
    """Label of a cluster now -> the earlier id that lives on in it."""
    age = then.drop_duplicates("cluster_id").set_index("cluster_id")["rank"]
    heirs = then[(then["now"] >= 0) & ~then["cluster_id"].isin(erased)].drop_duplicates("cluster_id")
    heirs = heirs.assign(single=heirs["n_then"] < 2, age=heirs["cluster_id"].map(age))
    heirs = heirs.sort_values(["single", "age"], kind="stable").drop_duplicates("now")
    return dict(zip(heirs["now"].tolist(), heirs["cluster_id"].tolist(), strict=True))


def _referrals_now(rows: Referrals, label: Int64s, earlier: Earlier) -> pd.DataFrame:
    """For each cluster now: `size`, its referrals, and `n_new`, those of which no row was there before."""
    known = np.zeros(rows.n, dtype=bool)
    known[rows.duplicate_of[earlier.row[earlier.row >= 0]]] = True
    own = np.flatnonzero(rows.duplicate_of == np.arange(rows.n))
    table = pd.DataFrame({"now": label[own], "new": ~known[own]}).groupby("now")["new"]
    return pd.DataFrame({"size": table.size(), "n_new": table.sum()})


def _changes(then: pd.DataFrame, now: pd.DataFrame, of_label: Objects) -> pd.DataFrame:
    """What happened to each cluster, as the module says. `now`: `_referrals_now`."""
    there = then[then["now"] >= 0]
    spread = there.groupby("cluster_id")["now"].nunique()
    left = there.groupby("cluster_id")["referral"].nunique()
    parts = there.groupby(["now", "cluster_id"], as_index=False).agg(
        n_then=("n_then", "first"), revised=("revised", "any")
    )
    was_cluster = parts["n_then"] > 1
    parts["clusters"] = was_cluster.astype(np.int64)
    parts["elsewhere"] = was_cluster & (parts["cluster_id"].map(spread) > 1)
    parts["lost"] = was_cluster & (parts["cluster_id"].map(left) < parts["n_then"])
    of = parts.groupby("now").agg(
        parts=("clusters", "size"),
        clusters=("clusters", "sum"),
        elsewhere=("elsewhere", "any"),
        lost=("lost", "any"),
        revised=("revised", "any"),
    )
    of = now.join(of).fillna({"parts": 0, "clusters": 0}).astype({"clusters": np.int64})
    change = np.select(
        [
            of["clusters"] > 1,
            of["elsewhere"].eq(True),
            (of["clusters"] == 0) & (of["size"] > 1),
            (of["clusters"] == 1) & ((of["n_new"] > 0) | (of["parts"] > 1)),
            of["lost"].eq(True),
            (of["clusters"] == 1) & of["revised"].eq(True),
        ],
        ["merged", "split", "created", "grown", "withdrawn", "revised"],
        "",
    )
    changed = of.index.to_numpy()[change != ""]
    came_from = parts[parts["now"].isin(changed)].groupby("now")["cluster_id"].agg(list)
    gone = sorted(set(then.loc[then["n_then"] > 1, "cluster_id"]) - set(there["cluster_id"]))
    return _table(
        [
            *zip(
                of_label[changed].tolist(),
                change[change != ""].tolist(),
                [tuple(sorted(came_from.get(label, ()))) for label in changed.tolist()],
                strict=True,
            ),
            *((cluster, "withdrawn", (cluster,)) for cluster in gone),
        ]
    )


def _table(rows: list[tuple[str, str, tuple[str, ...]]]) -> pd.DataFrame:
    rows = sorted(rows)
    names = ("cluster_id", "change", "from_cluster_ids")
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pd.DataFrame(
        {name: pd.Series(list(values), dtype=object) for name, values in zip(names, columns, strict=True)}
    )
