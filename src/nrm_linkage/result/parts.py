"""A run's outcome -> the parts of a `Linkage`, by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from nrm_linkage.cluster import weakest_links
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.result.record import run_record
from nrm_linkage.result.run import LinkedRun, Outcome
from nrm_linkage.result.tables import (
    added_columns_table,
    clusters_table,
    issues_table,
    links_table,
    repeats_table,
    with_caveat,
)

__all__ = ["linkage_parts"]


def linkage_parts(run: LinkedRun, found: Outcome, give_back: Callable[[pd.DataFrame], Any]) -> dict[str, Any]:
    """A run's tables. `give_back` adds columns to the caller's frame, in his kind."""
    rows, partition, ids = run.referrals, run.partition, run.cluster_id
    repeats = repeats_table(rows, partition, ids)
    weakest_bits = weakest_links(rows.n, partition.cluster, found.people.within)
    clusters = clusters_table(rows, partition, ids, weakest_bits, repeats, found.people.decided)
    issues = issues_table(run, found.normalised.issues)
    added = added_columns_table(run, ids)
    links = links_table(
        *(run, found.model, found.candidates.rules, found.pairs),
        *(found.people.within, found.people.together, found.tables),
    )
    for table in (links, found.changes):
        table.attrs["caveat"] = HOME_OFFICE_CAVEAT
    return {
        "referrals": with_caveat(give_back(added)),
        "clusters": clusters,
        "repeats": repeats,
        "links": links,
        "data_issues": issues,
        "changes": found.changes,
        "model": found.model,
        "report": run_record(run, found, n_clustered=clusters["n_referrals"].tolist(), n_issues=len(issues)),
        "run": run,
        "added": added,
    }
