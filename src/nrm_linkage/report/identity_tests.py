"""Identity tests: what clusters hold that one person can hardly have, without any truth.

A cluster says that its referrals are of one person. Each test looks for something that would then be
impossible or strange, in pairs of a cluster's referrals or in the whole of it (after Harron and others, "A
guide to evaluating linkage quality", 2017, and Hagger-Johnson and others, "Identifying possible false
matches", 2015, who looked for stays in two hospitals at once). A test counts as taken only where the records
hold what it needs.

What a failure is NOT: proof of a false link. Records of one person contradict one another too, by slips, by
disputed ages, by places named in two ways; `also_fails` says how. And a test that is passed is no proof
either: relatives and co-victims pass most of them. `share_of_strangers` says how much a test can see, as the
share of random pairs of referrals of two clusters that fail it (the same day not asked of them). `weighed`
says whether linkage weighed the same values: then few failures are no evidence, since a link that fails had
to outweigh it. No estimate of false links is made of all this: it would need true links never to fail, and
false ones to fail as strangers do; docs/method.md says how far from that both are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report.identity_rules import TESTS, Columns, IdentityTest, RowPairs
from nrm_linkage.tables import Int32s, Int64s, Mask, Partition, Referrals

__all__ = ["failing_clusters", "identity_tests"]

STRANGER_PAIRS = 20_000
"""Random pairs that `share_of_strangers` is over: at most 0.4 points of standard error (chosen by us)."""

NOTE = (
    "A failed test is a reason to look, and no proof of a false link; a test that is passed proves nothing. "
    "share_of_strangers says how often random pairs of two clusters fail."
)


def identity_tests(rows: Referrals, columns: Columns, partition: Partition) -> pd.DataFrame:
    """One row a test, "any test" last; the columns are in `Linkage.identity_tests`."""
    left, right = _pairs_within(partition.cluster)
    n_clusters = int((np.bincount(partition.cluster, minlength=1) > 1).sum())
    strangers = RowPairs(rows, columns, *_strangers(rows, partition))
    of_any_failing = np.zeros(rows.n, dtype=bool)
    records = []
    for test in TESTS:
        pairs_tested, pairs_failing, tested, failing = _found(test, rows, columns, partition, left, right)
        share_of_strangers = np.nan
        if test.judge is not None:
            can, fails = test.judge(strangers)
            share_of_strangers = _share(int((can & fails).sum()), int(can.sum()))
        of_any_failing |= failing
        records.append(
            {
                "test": test.name,
                "meaning": test.meaning,
                "also_fails": test.also_fails,
                "weighed": test.weighed,
                "clusters_tested": int(tested.sum()),
                "clusters_failing": int(failing.sum()),
                "share": _share(int(failing.sum()), int(tested.sum())),
                "pairs_tested": pairs_tested,
                "pairs_failing": pairs_failing,
                "share_of_strangers": share_of_strangers,
            }
        )
    failing_any = int(of_any_failing.sum())
    whole = {"test": "any test", "meaning": "At least one of the tests fails.", "also_fails": ""}
    counts = {"clusters_tested": n_clusters, "clusters_failing": failing_any}
    records.append({**whole, **counts, "share": _share(failing_any, n_clusters)})
    table = pd.DataFrame(records)
    for name in ("pairs_tested", "pairs_failing"):
        table[name] = table[name].astype("Int64")
    table["weighed"] = table["weighed"].astype("boolean")
    table.attrs = {"caveat": HOME_OFFICE_CAVEAT, "note": NOTE}
    return table


def failing_clusters(
    rows: Referrals, columns: Columns, partition: Partition, ids: npt.NDArray[np.object_]
) -> pd.DataFrame:
    """One row a cluster and a test that it fails, by cluster id and in the order of the tests: `cluster_id`,
    `test`. `ids`: object (n,), the cluster id of each row."""
    left, right = _pairs_within(partition.cluster)
    parts = []
    for number, test in enumerate(TESTS):
        *_, failing = _found(test, rows, columns, partition, left, right)
        found = pd.DataFrame({"cluster_id": ids[failing], "test": test.name, "number": number})
        parts.append(found)
    table = pd.concat(parts).sort_values(["cluster_id", "number"], ignore_index=True).drop(columns="number")
    table = table.astype(object).infer_objects()
    table.attrs = {"caveat": HOME_OFFICE_CAVEAT, "note": NOTE}
    return table


def _found(
    test: IdentityTest, rows: Referrals, columns: Columns, partition: Partition, left: Int32s, right: Int32s
) -> tuple[int | None, int | None, Mask, Mask]:
    """Pairs tested and failing (None for a test of whole clusters), and clusters tested and failing: bool
    (n,), at the smallest row of each."""
    cluster = partition.cluster
    if test.judge is None:
        return None, None, np.bincount(cluster, minlength=rows.n) > 1, test.whole(rows, cluster)
    can, fails = test.judge(RowPairs(rows, columns, left, right))
    if test.same_day:
        can &= rows.referred[left] == rows.referred[right]
    fails &= can
    tested, failing = np.zeros(rows.n, dtype=bool), np.zeros(rows.n, dtype=bool)
    tested[cluster[left[can]]] = True
    failing[cluster[left[fails]]] = True
    return int(can.sum()), int(fails.sum()), tested, failing


def _pairs_within(cluster: Int64s) -> tuple[Int32s, Int32s]:
    """All pairs of rows of one cluster, the smaller row left."""
    order = np.argsort(cluster, kind="stable")
    of = cluster[order]
    left, right = [], []
    for distance in range(1, int(np.bincount(cluster, minlength=1).max(initial=0))):
        same = np.flatnonzero(of[distance:] == of[:-distance])
        left.append(order[same])
        right.append(order[same + distance])
    empty = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate([empty, *left]).astype(np.int32),
        np.concatenate([empty, *right]).astype(np.int32),
    )


def _strangers(rows: Referrals, partition: Partition) -> tuple[Int32s, Int32s]:
    """Random pairs of linkable rows of two clusters, the same for the same rows."""
    linkable = np.flatnonzero(rows.linkable)
    if len(linkable) < 2:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    drawn = linkable[np.random.default_rng(0).integers(0, len(linkable), (2, STRANGER_PAIRS))]
    left, right = drawn[:, partition.cluster[drawn[0]] != partition.cluster[drawn[1]]].astype(np.int32)
    return left, right


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
