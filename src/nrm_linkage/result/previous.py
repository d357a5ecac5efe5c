"""A run that follows an earlier one: which rows it has, what is known of them from before, and what the
report says of it.

The rows of both extracts are linked together, as one frame, with the earlier run's model: so linking in two
steps is linking at once. What comes from the earlier run besides its rows and its model are the ids of its
clusters and the judgements that bound it.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nrm_linkage.cluster import Earlier, date_ranks
from nrm_linkage.config import LinkageConfig
from nrm_linkage.result.run import LinkedRun
from nrm_linkage.review import Decisions
from nrm_linkage.schema import Extended, Recognised, extended
from nrm_linkage.tables import Int64s, Mask, RawReferrals

__all__ = ["Since", "earlier_clusters", "since", "with_earlier_rows"]

_SETTINGS_OF_THE_EXTRACT = ("latest_date", "extract")
"""Settings that may differ between two runs without a word about it."""


@dataclass(frozen=True, repr=False, eq=False)
class Since:
    """What a run has of the one before. `earlier`, `judged`: by rows of this run, None where there was none;
    `counts`, `notes`: for the report.
    """

    earlier: Earlier | None
    judged: Decisions | None
    counts: dict[str, int]
    notes: tuple[str, ...]


def with_earlier_rows(
    frame: pd.DataFrame, recognised: Recognised, run: LinkedRun | None, config: LinkageConfig
) -> Extended:
    """The rows given, with those of an earlier run that are kept; alone where there was none.

    Raises
    ------
    InputError
        The two cannot be known by one kind of id.
    """
    if run is None:
        nobody = np.zeros(0, dtype=np.int64)
        return Extended(frame, recognised, 0, nobody, nobody.astype(bool))
    keep = config.extract != "full"
    return extended(frame, recognised, run.frame, run.recognised, run.raw, keep=keep)


def since(run: LinkedRun | None, both: Extended, raw: RawReferrals, config: LinkageConfig) -> Since:
    """What is known of the rows from the earlier run. `raw`: the frame of `both`, arranged."""
    if run is None:
        return Since(None, None, {}, ())
    row_at = np.append(np.argsort(raw.position), -1)
    row = row_at[both.place]
    n_then, n_gone, n_revised = len(row), int((row < 0).sum()), int(both.revised.sum())
    counts = {
        "of the previous run, kept": n_then - n_gone - n_revised,
        "of the previous run, revised": n_revised,
        "of the previous run, withdrawn": n_gone,
        "new since the previous run": len(raw.position) - (n_then - n_gone),
    }
    return Since(
        earlier=earlier_clusters(run, row, both.revised),
        judged=run.judged.moved(np.append(raw.duplicate_of, -1)[row]),
        counts=counts,
        notes=_notes(run, both, config, n_gone),
    )


def earlier_clusters(run: LinkedRun, row: Int64s, revised: Mask, erased: Set[str] = frozenset()) -> Earlier:
    """A run's clusters, for the run after it. `row`: the row there of each of its rows, -1 where gone."""
    return Earlier(
        cluster_id=run.cluster_id,
        duplicate_of=run.referrals.duplicate_of,
        rank=date_ranks(run.referrals.referred),
        row=row,
        revised=revised,
        past_ids=run.past_ids,
        erased=erased,
    )


def _notes(run: LinkedRun, both: Extended, config: LinkageConfig, n_gone: int) -> tuple[str, ...]:
    if config.extract == "full":
        taken = (
            f"the referrals were taken for the full extract: {n_gone:,} of the previous run that are not "
            'among them were withdrawn; extract = "new rows" keeps them'
        )
    else:
        taken = (
            f"the referrals were taken for new rows only: {both.n_kept:,} of the previous run that are not "
            'among them were kept; extract = "full" withdraws them'
        )
    then, now = run.config.to_dict(), config.to_dict()
    differ = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    differ = [name for name in differ if name not in _SETTINGS_OF_THE_EXTRACT]
    if not differ:
        return (taken,)
    return taken, f"settings that differ from the previous run's: {', '.join(differ)}"
