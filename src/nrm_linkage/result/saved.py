"""A run <-> what stands on disk (`runs`): the tables, the partition with its draws, the model and the report.

What is not saved is read again from the saved input: loading normalises it with the run's own settings, which
gives the same comparable form. Features of the caller's own are code, and are not saved: a run that was
loaded knows what they said of the pairs in its `.links`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import InputError
from nrm_linkage.model import LinkageModel, read_under
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report import LinkageReport
from nrm_linkage.result.run import LinkedRun
from nrm_linkage.result.tables import with_caveat
from nrm_linkage.review import Decisions
from nrm_linkage.review.recorded import in_order
from nrm_linkage.runs import SavedRun
from nrm_linkage.schema import arrange, recognise
from nrm_linkage.tables import FoundPairs, Int8s, Int32s, Int64s, Partition

__all__ = ["SHOW_REPEATS", "from_saved", "to_saved"]

TABLES = ("clusters", "repeats", "links", "data_issues", "changes")
FOR_PEOPLE = ("clusters", "repeats")
SHOW_REPEATS = (*FOR_PEOPLE, "links", "changes")
PEOPLE, DRAWS, UNJUDGED = "people", "draws", "_without_decisions"
FOUND, JUDGED, PAST_IDS = "found_pairs", "human_decisions", "past_cluster_ids"


def to_saved(
    tables: Mapping[str, pd.DataFrame],
    run: LinkedRun,
    added: pd.DataFrame,
    model: LinkageModel,
    report: LinkageReport,
) -> SavedRun:
    """What to write. `tables`: those named in `TABLES`."""
    columns = {name: [str(label) for label in labels] for name, labels in run.recognised.columns.items()}
    found, finders = _found_to_saved(run.found)
    past = {PAST_IDS: sorted(run.past_ids)} if run.past_ids else {}
    return SavedRun(
        tables={
            **tables,
            **found,
            **_judged_to_saved(run.judged),
            **_partition_to_saved(run.partition),
            **(_partition_to_saved(run.unjudged, UNJUDGED) if run.unjudged is not run.partition else {}),
            "input": run.frame,
            "added": added,
        },
        documents={
            "model": model.to_dict(),
            "report": report.to_dict(),
            "columns": columns,
            **finders,
            **past,
        },
        for_people=FOR_PEOPLE,
    )


def from_saved(saved: SavedRun) -> dict[str, Any]:
    """The parts of a `Linkage`, by name."""
    report = LinkageReport.from_dict(saved.documents["report"])
    config = LinkageConfig.from_dict(dict(report.config))
    frame, added = saved.tables["input"], saved.tables["added"]
    columns = {name: list(labels) for name, labels in saved.documents["columns"].items()}
    recognised = recognise(frame, columns, by_heading=False)
    raw = arrange(frame, recognised)
    if "judged_pairs" in saved.tables:
        raise InputError("the run's human decisions are in the form of an earlier version; link again.")
    partition = _partition_from_saved(saved)
    was_judged = PEOPLE + UNJUDGED in saved.tables
    tables = {name: saved.tables[name] for name in TABLES}
    tables["changes"]["from_cluster_ids"] = _tuples(tables["changes"]["from_cluster_ids"])
    added.attrs["caveat"] = HOME_OFFICE_CAVEAT
    for name in SHOW_REPEATS:
        tables[name].attrs["caveat"] = HOME_OFFICE_CAVEAT
    model = LinkageModel.from_dict(saved.documents["model"])
    referrals = read_under(model.frequencies, raw, config)
    if model.extra:
        referrals = replace(referrals, extra=_saved_levels(tables["links"], referrals.referral_id, model))
    return {
        **tables,
        "referrals": with_caveat(pd.concat([frame, added.set_axis(frame.index)], axis=1)),
        "added": added,
        "model": model,
        "report": report,
        "run": LinkedRun(
            *(frame, recognised, config, raw, referrals, partition),
            unjudged=_partition_from_saved(saved, UNJUDGED) if was_judged else partition,
            cluster_id=added["cluster_id"].to_numpy(dtype=object)[raw.position],
            found=_found_from_saved(saved),
            past_ids=frozenset(saved.documents.get(PAST_IDS, ())),
            judged=_judged_from_saved(saved),
        ),
    }


@dataclass(frozen=True, repr=False, eq=False)
class SavedLevels:
    """What a run said of the pairs in its `.links` (`tables.ExtraLevels`). `packed`: int64 (p,), left times
    the number of rows plus right; `held`: int8 (p, n_extra); `row`: the row of the run behind each row.
    """

    packed: Int64s
    held: Int8s
    row: Int64s
    n_rows: int
    read_from: Mapping[str, tuple[Any, ...]]
    notes: tuple[str, ...] = ()

    def levels(self, left: Int32s, right: Int32s, chunk_pairs: int) -> Int8s:
        """The levels of pairs of rows, (p, n_extra); missing where the pair is in no link."""
        found = pd.Index(self.packed).get_indexer(pd.Index(self._packed(left, right)))
        return np.where(found[:, None] >= 0, self.held[found], 0).astype(np.int8)

    def of_rows(self, rows: Int64s) -> SavedLevels | None:
        """The same for these rows alone; None where not every pair of them is in a link."""
        alone = replace(self, row=self.row[rows])
        left, right = np.triu_indices(len(rows), 1)
        return alone if np.isin(alone._packed(left, right), self.packed).all() else None

    def holding_only(self, rows: Int64s) -> None:
        """Nothing: of pairs that are in no link, nobody knows what the features would say."""

    def _packed(self, left: Any, right: Any) -> Int64s:
        one, other = self.row[left], self.row[right]
        return np.asarray(np.minimum(one, other) * self.n_rows + np.maximum(one, other), dtype=np.int64)


def _saved_levels(links: pd.DataFrame, ids: Any, model: LinkageModel) -> SavedLevels:
    row_of = {value: row for row, value in enumerate(ids)}
    left, right = (links[f"referral_id_{side}"].map(row_of).to_numpy(np.int64) for side in "lr")
    held = np.zeros((len(links), len(model.extra)), dtype=np.int8)
    for number, own in enumerate(model.extra):
        codes = {level.name: code for code, level in enumerate(own.levels)}
        held[:, number] = links[f"level_{own.name}"].map(codes).to_numpy(np.int8)
    packed = np.minimum(left, right) * len(ids) + np.maximum(left, right)
    return SavedLevels(packed, held, np.arange(len(ids), dtype=np.int64), len(ids), {})


def _partition_to_saved(partition: Partition, ending: str = "") -> dict[str, pd.DataFrame]:
    """The tables of a partition, one row a canonical row; the columns of the second are draws."""
    n_rows = len(partition.cluster)
    apart, worth = np.full(n_rows, np.nan), np.full(n_rows, np.nan)
    apart[partition.sampled], worth[partition.sampled] = partition.chains_apart, partition.chains_worth
    people = {
        "cluster": partition.cluster,
        "confidence": partition.confidence,
        "membership": partition.membership,
        "uncertain": np.isin(np.arange(n_rows), partition.uncertain),
        "sampled": np.isin(np.arange(n_rows), partition.sampled),
        "chains_apart": apart,
        "chains_worth": worth,
        "component": partition.component,
    }
    draws = pd.DataFrame(partition.draws.T, columns=[str(draw) for draw in range(len(partition.draws))])
    return {PEOPLE + ending: pd.DataFrame(people), DRAWS + ending: draws}


def _partition_from_saved(saved: SavedRun, ending: str = "") -> Partition:
    """The inverse of `_partition_to_saved`."""
    people = saved.tables[PEOPLE + ending]
    return Partition(
        cluster=people["cluster"].to_numpy(),
        confidence=people["confidence"].to_numpy(),
        membership=people["membership"].to_numpy(),
        uncertain=np.flatnonzero(people["uncertain"]),
        draws=np.ascontiguousarray(saved.tables[DRAWS + ending].to_numpy(dtype=np.int32).T),
        sampled=np.flatnonzero(people["sampled"]),
        chains_apart=people.loc[people["sampled"], "chains_apart"].to_numpy(),
        chains_worth=people.loc[people["sampled"], "chains_worth"].to_numpy(),
        component=people["component"].to_numpy(),
    )


def _tuples(column: pd.Series) -> pd.Series:
    return pd.Series([tuple(values) for values in column], dtype=object)


def _judged_to_saved(judged: Decisions) -> dict[str, pd.DataFrame]:
    """The record of what humans decided; nothing where there is none."""
    return {JUDGED: judged.record} if len(judged.record) else {}


def _judged_from_saved(saved: SavedRun) -> Decisions:
    """The inverse of `_judged_to_saved`."""
    table = saved.tables.get(JUDGED)
    return Decisions.none() if table is None else Decisions(in_order(table))


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
