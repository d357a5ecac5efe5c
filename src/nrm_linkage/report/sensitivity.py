"""How the published clusters would move with the cost of a false link against a missed one.

One row a cost, cheapest false link first. The posterior, and with it the estimate of `repeat_referrals`, is
the same in all of them: a cost chooses which of its partitions is published, and so what `.clusters` holds.
The row of the run's own cost is what was published, human judgements and all; the others are chosen by the
draws alone. Expected false and missed links hold under the model; pairs that the draws never join are in
neither.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from nrm_linkage.cluster import Togetherness, decided_at, togetherness
from nrm_linkage.errors import InputError
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report.disclosure import shares_to_nearest
from nrm_linkage.tables import Int64s, Partition

__all__ = ["COSTS", "published_sensitivity", "sensitivity"]

COSTS = (1 / 9, 1 / 3, 1.0, 3.0, 9.0, 99.0)
"""Same-person probabilities of 0.1, 0.25, 0.5, 0.75, 0.9 and 0.99 are enough to join (chosen by us)."""


FEWEST_PEOPLE: tuple[tuple[int, int], ...] = ((600, 1), (120, 5))
"""Of how many people shares are published, and to how many per cent: what a share leaves open is six people
or more, so that no difference of 1 to 9 people between two costs is told to within 2 (chosen by us)."""


def published_sensitivity(table: pd.DataFrame) -> pd.DataFrame:
    """What of the table may be published: shares, no number of people, referrals or links."""
    own = float(table.loc[table["published"], "people_in_clusters"].iloc[0])
    shares = pd.DataFrame(
        {
            "people_to_published": table["people_in_clusters"] / max(own, 1.0),
            "expected_precision": table["expected_precision"],
            "expected_recall": table["expected_recall"],
        }
    )
    fewest = table["people_in_clusters"].clip(upper=own).min()
    steps = [per_cent for people, per_cent in FEWEST_PEOPLE if fewest >= people]
    shown = shares_to_nearest(shares, steps[0]) if steps else shares * np.nan
    result = pd.concat([table[["false_link_cost", "joined_above"]], shown, table["published"]], axis=1)
    result.attrs = table.attrs | {"audience": "publication"}
    return result


def sensitivity(partition: Partition, costs: Sequence[float], published_cost: float) -> pd.DataFrame:
    """One row a cost; the columns are in `Linkage.sensitivity`.

    Raises
    ------
    InputError
        There is no cost, or one is not a number above 0.
    """
    wanted = sorted({float(cost) for cost in costs})
    if not wanted or not all(math.isfinite(cost) and cost > 0 for cost in wanted):
        raise InputError("costs must be numbers above 0: what a false link costs, a missed one costing 1.")
    together = togetherness(partition)
    n_rows = len(partition.cluster)
    table = pd.DataFrame(
        [
            {
                "false_link_cost": cost,
                "joined_above": cost / (1 + cost),
                **_counted(
                    partition.cluster
                    if math.isclose(cost, published_cost)
                    else decided_at(n_rows, together, cost / (1 + cost)),
                    together,
                ),
                "published": math.isclose(cost, published_cost),
            }
            for cost in wanted
        ]
    )
    table.attrs["caveat"] = HOME_OFFICE_CAVEAT
    return table


def _counted(cluster: Int64s, together: Togetherness) -> dict[str, float | int]:
    size = np.bincount(cluster, minlength=1)
    linked = int((size * (size - 1) // 2).sum())
    right, missed = 0.0, 0.0
    for rows, often in together:
        joined = cluster[rows][:, None] == cluster[rows][None, :]
        upper = np.triu(np.ones_like(joined), 1)
        right += float(often[joined & upper].sum())
        missed += float(often[~joined & upper].sum())
    return {
        "people_in_clusters": int(np.count_nonzero(size > 1)),
        "referrals_in_clusters": int(size[size > 1].sum()),
        "links": linked,
        "expected_false_links": linked - right,
        "expected_missed_links": missed,
        "expected_precision": right / linked if linked else math.nan,
        "expected_recall": right / (right + missed) if right + missed else math.nan,
    }
