"""A run <-> what stands on disk (`runs`): the tables, the partition with its draws, the model and the report.

What is not saved is read again from the saved input: loading normalises it with the run's own settings, which
gives the same comparable form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import LinkageModel
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report import LinkageReport
from nrm_linkage.result.run import LinkedRun
from nrm_linkage.runs import SavedRun
from nrm_linkage.schema import arrange, recognise
from nrm_linkage.tables import FoundPairs, Partition

__all__ = ["from_saved", "to_saved"]

TABLES = ("clusters", "repeats", "links", "data_issues", "changes")
FOR_PEOPLE = ("clusters", "repeats")
FOUND = "found_pairs"


def to_saved(
    tables: Mapping[str, pd.DataFrame],
    run: LinkedRun,
    added: pd.DataFrame,
    model: LinkageModel,
    report: LinkageReport,
) -> SavedRun:
    """What to write. `tables`: those named in `TABLES`."""
    partition, everybody = run.partition, np.arange(run.referrals.n)
    apart = np.full(run.referrals.n, np.nan)
    apart[partition.sampled] = partition.chains_apart
    people = pd.DataFrame(
        {
            "cluster": partition.cluster,
            "confidence": partition.confidence,
            "membership": partition.membership,
            "uncertain": np.isin(everybody, partition.uncertain),
            "sampled": np.isin(everybody, partition.sampled),
            "chains_apart": apart,
        }
    )
    draws = pd.DataFrame(partition.draws.T, columns=[str(draw) for draw in range(len(partition.draws))])
    columns = {name: [str(label) for label in labels] for name, labels in run.recognised.columns.items()}
    found, finders = _found_to_saved(run.found)
    return SavedRun(
        tables={**tables, **found, "input": run.frame, "added": added, "people": people, "draws": draws},
        documents={"model": model.to_dict(), "report": report.to_dict(), "columns": columns, **finders},
        for_people=FOR_PEOPLE,
    )


def from_saved(saved: SavedRun) -> dict[str, Any]:
    """The parts of a `Linkage`, by name."""
    report = LinkageReport.from_dict(saved.documents["report"])
    config = LinkageConfig.from_dict(dict(report.config))
    frame, added, people = (saved.tables[name] for name in ("input", "added", "people"))
    columns = {name: list(labels) for name, labels in saved.documents["columns"].items()}
    recognised = recognise(frame, columns, by_heading=False)
    raw = arrange(frame, recognised)
    partition = Partition(
        cluster=people["cluster"].to_numpy(),
        confidence=people["confidence"].to_numpy(),
        membership=people["membership"].to_numpy(),
        uncertain=np.flatnonzero(people["uncertain"]),
        draws=np.ascontiguousarray(saved.tables["draws"].to_numpy(dtype=np.int32).T),
        sampled=np.flatnonzero(people["sampled"]),
        chains_apart=people.loc[people["sampled"], "chains_apart"].to_numpy(),
    )
    tables = {name: saved.tables[name] for name in TABLES}
    for name in FOR_PEOPLE:
        tables[name].attrs["caveat"] = HOME_OFFICE_CAVEAT
    referrals = normalise_referrals(raw, config).referrals
    return {
        **tables,
        "referrals": pd.concat([frame, added.set_axis(frame.index)], axis=1),
        "added": added,
        "model": LinkageModel.from_dict(saved.documents["model"]),
        "report": report,
        "run": LinkedRun(frame, recognised, config, raw, referrals, partition, _found_from_saved(saved)),
    }


def _found_to_saved(found: tuple[FoundPairs, ...]) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The table and the document of pairs that others found; neither where there are none."""
    if not found:
        return {}, {}
    parts = [
        pd.DataFrame({"finder": number, "left": pairs.left, "right": pairs.right})
        for number, pairs in enumerate(found)
    ]
    finders = [{"name": pairs.name, "sentence": pairs.sentence} for pairs in found]
    return {FOUND: pd.concat(parts, ignore_index=True)}, {FOUND: finders}


def _found_from_saved(saved: SavedRun) -> tuple[FoundPairs, ...]:
    """The inverse of `_found_to_saved`."""
    pairs = saved.tables.get(FOUND)
    if pairs is None:
        return ()
    return tuple(
        FoundPairs(
            finder["name"],
            finder["sentence"],
            *(pairs.loc[pairs["finder"] == number, side].to_numpy(np.int32) for side in ("left", "right")),
        )
        for number, finder in enumerate(saved.documents[FOUND])
    )
