"""A run's outcome -> `Linkage`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from nrm_linkage.cluster import cluster_ids, weakest_links
from nrm_linkage.result.linkage import Linkage
from nrm_linkage.result.record import run_record
from nrm_linkage.result.run import LinkedRun, Outcome
from nrm_linkage.result.tables import (
    added_columns_table,
    clusters_table,
    issues_table,
    links_table,
    repeats_table,
)

__all__ = ["assemble"]


def assemble(run: LinkedRun, found: Outcome, give_back: Callable[[pd.DataFrame], Any]) -> Linkage:
    """Put a run's tables together. `give_back` adds columns to the caller's frame, in his kind."""
    rows, partition = run.referrals, run.partition
    ids = cluster_ids(partition.cluster, rows.referral_id, rows.referred)[rows.duplicate_of]
    repeats = repeats_table(rows, partition, ids)
    weakest_bits = weakest_links(rows.n, partition.cluster, found.within)
    clusters = clusters_table(rows, partition, ids, weakest_bits, repeats, found.decided)
    issues = issues_table(run, found.normalised.issues)
    added = added_columns_table(run, ids)
    return Linkage(
        referrals=give_back(added),
        clusters=clusters,
        repeats=repeats,
        links=links_table(
            run, found.model, found.candidates.rules, found.pairs, found.within, found.together
        ),
        data_issues=issues,
        changes=pd.DataFrame({"cluster_id": [], "change": [], "from_cluster_ids": []}, dtype=object),
        model=found.model,
        report=run_record(run, found, n_clustered=clusters["n_referrals"].tolist(), n_issues=len(issues)),
        run=run,
        added=added,
    )
