"""The tables of a run: added columns, clusters, repeats and links, from the partition and the scored pairs.

Rows come in canonical order and leave keyed by referral id. A technical duplicate has the cluster of the
referral that it repeats and counts in no cluster. Nothing here decides anything.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.compare import RowTables
from nrm_linkage.instances import SAME_POSSIBLE, assess
from nrm_linkage.model import LinkageModel, told_lines, told_names
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.result.run import LinkedRun, Objects
from nrm_linkage.tables import Float64s, Int32s, Int64s, Mask, Partition, Referrals, ScoredPairs

__all__ = [
    "added_columns_table",
    "clusters_table",
    "date_order",
    "issues_table",
    "links_table",
    "repeats_table",
    "with_caveat",
]


def with_caveat(referrals: Any) -> Any:
    """The caller's frame with the Home Office's words among its `attrs`, where it is a pandas frame: others
    have no place for them.
    """
    if isinstance(referrals, pd.DataFrame):
        referrals.attrs["caveat"] = HOME_OFFICE_CAVEAT
    return referrals


LINKED, SINGLE, NOT_LINKABLE = "linked", "single", "not linkable"


def added_columns_table(run: LinkedRun, ids: Objects) -> pd.DataFrame:
    """The columns that the result adds, in the caller's row order."""
    rows, partition = run.referrals, run.partition
    linked = np.bincount(partition.cluster, minlength=rows.n)[partition.cluster] > 1
    linked = linked[rows.duplicate_of]
    status = np.select([linked, rows.linkable[rows.duplicate_of]], [LINKED, SINGLE], NOT_LINKABLE)
    is_duplicate = rows.duplicate_of != np.arange(rows.n)
    linkable = rows.linkable[rows.duplicate_of]
    original = pd.Series(rows.referral_id[rows.duplicate_of])
    table = pd.DataFrame(
        {
            "referral_id": pd.Series(rows.referral_id, dtype=object),
            "linkage_status": status.astype(object),
            "cluster_id": pd.Series(ids, dtype=object),
            "cluster_size": pd.Series(ids).map(pd.Series(ids).value_counts()).to_numpy(dtype=np.int64),
            "confidence": np.where(linked, partition.confidence[rows.duplicate_of], np.nan),
            "membership_probability": np.where(linkable, partition.membership[rows.duplicate_of], np.nan),
            "technical_duplicate_of": original.where(is_duplicate, None),
        }
    )
    back = np.argsort(run.raw.position)
    table = table.iloc[back].reset_index(drop=True).infer_objects()
    table.attrs["caveat"] = HOME_OFFICE_CAVEAT
    if run.recognised.columns.get("referral_id") == ("referral_id",):
        table = table.drop(columns="referral_id")
    return table


def date_order(row: Int64s, rows: Referrals) -> Int64s:
    """Positions that put rows in date order, undated last."""
    dated_last = np.where(np.isnat(rows.referred[row]), np.datetime64("9999-12-31", "D"), rows.referred[row])
    return np.lexsort((row, dated_last))


def _members(rows: Referrals, partition: Partition) -> tuple[Int64s, Int64s]:
    """Rows of clusters of two or more, by cluster and within it by date, and the cluster of each."""
    size = np.bincount(partition.cluster, minlength=rows.n)
    row = np.flatnonzero(size[partition.cluster] > 1)
    row = row[date_order(row, rows)]
    row = row[np.argsort(partition.cluster[row], kind="stable")]
    return row, partition.cluster[row]


def repeats_table(rows: Referrals, partition: Partition, ids: Objects) -> pd.DataFrame:
    row, cluster = _members(rows, partition)
    is_repeat = np.zeros(len(row), dtype=bool)
    is_repeat[1:] = cluster[1:] == cluster[:-1]
    at = np.flatnonzero(is_repeat)
    current, previous = row[at], row[at - 1]
    days = rows.referred[current] - rows.referred[previous]
    assessed = assess(rows, previous, current)
    table = pd.DataFrame(
        {
            "cluster_id": ids[current],
            "referral_id": pd.Series(rows.referral_id[current], dtype=object).infer_objects(),
            "previous_referral_id": pd.Series(rows.referral_id[previous], dtype=object).infer_objects(),
            "days_since_previous": pd.array(days.astype(np.int64), dtype="Int64"),
            "instance_assessment": assessed.assessment,
            "reasons": assessed.reasons,
            "reason_codes": assessed.codes,
        }
    )
    table.loc[np.isnat(days), "days_since_previous"] = pd.NA
    table.attrs["caveat"] = HOME_OFFICE_CAVEAT
    return table.sort_values("cluster_id", kind="stable", ignore_index=True)


def clusters_table(
    rows: Referrals,
    partition: Partition,
    ids: Objects,
    weakest_bits: Float64s,
    repeats: pd.DataFrame,
    decided: Mask,
) -> pd.DataFrame:
    row, cluster = _members(rows, partition)
    start = (
        np.flatnonzero(np.append(True, cluster[1:] != cluster[:-1]))
        if len(row)
        else np.zeros(0, dtype=np.int64)
    )
    count = np.diff(np.append(start, len(row)))
    first = row[start]
    dated = pd.DataFrame(
        {"cluster": cluster, "referred": rows.referred[row].astype("datetime64[s]")}
    ).groupby("cluster")["referred"]
    same = repeats["cluster_id"][repeats["instance_assessment"] == SAME_POSSIBLE].value_counts()
    table = pd.DataFrame(
        {
            "cluster_id": ids[first],
            "n_referrals": count.astype(np.int64),
            "confidence": partition.confidence[first],
            "first_referral": dated.min().to_numpy(),
            "last_referral": dated.max().to_numpy(),
            "weakest_link_bits": weakest_bits[first],
            "n_same_instance_possible": pd.Series(ids[first]).map(same).fillna(0).to_numpy(dtype=np.int64),
            "decided_by_human": decided[first],
            "caveat": pd.Series([HOME_OFFICE_CAVEAT] * len(first), dtype=object),
        }
    )
    table.attrs["caveat"] = HOME_OFFICE_CAVEAT
    return table.sort_values("cluster_id", ignore_index=True)


def links_table(
    run: LinkedRun,
    model: LinkageModel,
    rules: tuple[str, ...],
    pairs: ScoredPairs,
    within: ScoredPairs,
    together: Float64s,
    tables: RowTables,
) -> pd.DataFrame:
    """Pairs at or above the review floor, or within a published cluster, strongest first. `rules`: the names
    of the bits of `found_by`; `tables`: those of the rows.
    """
    rows, partition, n_rows = run.referrals, run.partition, run.referrals.n
    inside = (within.weight_bits >= run.config.review_floor_bits) | (
        partition.cluster[within.left] == partition.cluster[within.right]
    )
    shown = within.take(inside)
    probability = together[inside]
    outside = pairs.take(pairs.weight_bits >= run.config.review_floor_bits)
    known = within.left.astype(np.int64) * n_rows + within.right
    apart = outside.take(~np.isin(outside.left.astype(np.int64) * n_rows + outside.right, known))
    shown = ScoredPairs(
        *(
            np.concatenate([getattr(shown, name), getattr(apart, name)])
            for name in ScoredPairs.__dataclass_fields__
        )
    )
    probability = np.concatenate([probability, np.zeros(len(apart))])
    columns: dict[str, Any] = {
        "referral_id_l": pd.Series(rows.referral_id[shown.left], dtype=object).infer_objects(),
        "referral_id_r": pd.Series(rows.referral_id[shown.right], dtype=object).infer_objects(),
        "match_weight_bits": shown.weight_bits,
        "match_probability": 1.0 / (1.0 + np.exp2(-shown.weight_bits)),
        "same_person_probability": probability,
        "same_cluster": partition.cluster[shown.left] == partition.cluster[shown.right],
    }
    for number, compared in enumerate(model.fields):
        names = np.array([level.name for level in compared.levels], dtype=object)
        columns[f"level_{compared.name}"] = names[shown.levels[:, number]]
    as_weighed = (shown.left, shown.right, shown.levels, shown.bits)
    lines, _ = told_lines(rows, *as_weighed, model, run.config.chunk_pairs, tables)
    for number, line in enumerate(told_names(model)):
        columns[f"bits_{line}"] = lines[:, number]
    columns["found_by"] = _rule_names(shown.found_by, rules)
    table = pd.DataFrame(columns)
    return table.sort_values(
        ["match_weight_bits", "referral_id_l", "referral_id_r"],
        ascending=[False, True, True],
        ignore_index=True,
    )


def _rule_names(found_by: Int32s, rules: tuple[str, ...]) -> Objects:
    masks, inverse = np.unique(found_by, return_inverse=True)
    names = [
        "; ".join(rule for number, rule in enumerate(rules) if mask >> number & 1) or "same component"
        for mask in masks.tolist()
    ]
    return np.array(names or [""], dtype=object)[inverse]


def issues_table(run: LinkedRun, issues: pd.DataFrame) -> pd.DataFrame:
    """Data issues by the caller's row position and referral id; never the value."""
    row = issues["row"].to_numpy()
    table = issues.assign(referral_id=run.referrals.referral_id[row], row=run.raw.position[row])
    table = table.sort_values(["row", "field", "issue"], ignore_index=True)
    return table[["row", "referral_id", "field", "issue"]].infer_objects()
