"""`Linkage`: the tables of a run, and what can be asked of them.

The tables hold what the caller's own frame holds, keyed by referral id. No repr shows a value of a record;
explanations do only when asked with `show="values"`. Counting, explaining and reporting are done by their
rooms; this one puts the tables together and keeps what those rooms need: the caller's frame, the referrals in
comparable form, and the partition with its draws.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.cluster import Components, cluster_ids, weakest_links
from nrm_linkage.compare import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import InputError
from nrm_linkage.explain import ClusterExplanation, PairExplanation, explain_cluster, explain_pair
from nrm_linkage.explain.pair import Show
from nrm_linkage.instances import SAME_POSSIBLE, assess
from nrm_linkage.model import EVIDENCE_LINES, EstimationReport, LinkageModel
from nrm_linkage.normalise.referrals import Normalised, normalise_referrals
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, fingerprint_of_rows, versions
from nrm_linkage.report import CountedRows, LinkageReport, repeat_referrals
from nrm_linkage.runs import SavedRun, read_run, write_run
from nrm_linkage.schema import Recognised, arrange, recognise
from nrm_linkage.tables import (
    CandidatePairs,
    Float64s,
    Int64s,
    Partition,
    RawReferrals,
    Referrals,
    ScoredPairs,
)

__all__ = ["Linkage", "LinkedRun", "assemble"]

AGE_GROUP_NAMES = ("unknown", "child", "adult")
GENDER_NAMES = ("unknown", "female", "male", "other")

LINKED, SINGLE, NOT_LINKABLE = "linked", "single", "not linkable"


@dataclass(frozen=True, repr=False, eq=False)
class LinkedRun:
    """What a run knows, in canonical row order but for `frame`, which is the caller's as pandas."""

    frame: pd.DataFrame
    recognised: Recognised
    config: LinkageConfig
    raw: RawReferrals
    referrals: Referrals
    partition: Partition


@dataclass(frozen=True, repr=False, eq=False)
class Linkage:
    """The result of `link_referrals`.

    Attributes
    ----------
    referrals
        The caller's rows, order, index and columns, with `referral_id`, `linkage_status` ("linked", "single",
        "not linkable"), `cluster_id`, `cluster_size`, `confidence` (of the cluster; null unless linked),
        `membership_probability`, and `technical_duplicate_of` (the referral id that a row repeats for
        technical reasons).
    clusters
        One row a probable individual with two or more referrals: `cluster_id`, `n_referrals`, `confidence`,
        `first_referral`, `last_referral`, `weakest_link_bits`, `n_same_instance_possible`,
        `decided_by_human`, `caveat`.
    repeats
        One row a referral after the first of its cluster, in date order, undated ones last: `cluster_id`,
        `referral_id`, `previous_referral_id`, `days_since_previous` (nullable), `instance_assessment`,
        `reasons`.
    links
        One row a pair at or above the review floor, or within a cluster: ids, `match_weight_bits`,
        `match_probability` (from the pair alone), `same_person_probability` (from the whole component),
        `same_cluster`, levels and bits of each field, `found_by`.
    data_issues
        One row a value that could not be read or is doubtful: `row` (position in the caller's frame),
        `referral_id`, `field`, `issue`; never the value.
    changes
        Empty without `previous=`.
    model, report
        The parameters, and the record of the run.
    run, added
        What the methods work on: the run in canonical order, and the added columns in the caller's order.
    """

    referrals: Any
    clusters: pd.DataFrame
    repeats: pd.DataFrame
    links: pd.DataFrame
    data_issues: pd.DataFrame
    changes: pd.DataFrame
    model: LinkageModel
    report: LinkageReport
    run: LinkedRun
    added: pd.DataFrame

    def __repr__(self) -> str:
        return "\n".join([*self._summary(), HOME_OFFICE_CAVEAT])

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self._summary())
        return f"<div><strong>Linkage</strong><ul>{lines}</ul><p>{html.escape(HOME_OFFICE_CAVEAT)}</p></div>"

    def _summary(self) -> list[str]:
        counts = self.report.counts
        return [
            f"{counts['referrals']:,} referrals, {counts['not linkable']:,} of them not linkable",
            f"{counts['clusters']:,} probable individuals with two or more referrals, "
            f"{counts['referrals in clusters']:,} referrals between them",
            f"{counts['expected people with two or more referrals']:,} such people expected under the model",
            f"{counts['data issues']:,} data issues, {len(self.links):,} links to look at",
        ]

    @cached_property
    def _by_id(self) -> dict[Any, int]:
        """Referral id -> canonical row."""
        return {value: row for row, value in enumerate(self.run.referrals.referral_id)}

    @cached_property
    def _cluster_of(self) -> dict[Any, str]:
        ids = cluster_ids(
            self.run.partition.cluster, self.run.referrals.referral_id, self.run.referrals.referred
        )
        return dict(zip(self.run.referrals.referral_id, ids, strict=True))

    def explain(self, a: Any, b: Any, show: Show = "shapes") -> PairExplanation:
        """Why two referrals were joined or not, for any two, compared in the run or not.

        Parameters
        ----------
        a, b
            Their referral ids.
        show
            "shapes" (default): in words, without values; "values": with the values as recorded; "none":
            levels and bits alone.

        Raises
        ------
        InputError
            There is no such referral, or the two are one.
        """
        rows = sorted(self._row(value) for value in (a, b))
        if rows[0] == rows[1]:
            raise InputError("explain takes two different referrals.")
        frame = self.run.frame.iloc[self.run.raw.position[rows]].reset_index(drop=True)
        raw = arrange(frame, self.run.recognised)
        raw = RawReferrals(raw.columns, self.run.referrals.referral_id[rows], raw.position, np.arange(2))
        referrals = normalise_referrals(raw, self.run.config).referrals
        first, second = self.run.referrals.referral_id[rows]
        same = self.links["referral_id_l"].eq(first) & self.links["referral_id_r"].eq(second)
        together = self.links.loc[same, "same_person_probability"]
        return explain_pair(
            referrals,
            raw.columns,
            self.model,
            same_cluster=self._cluster_of[first] == self._cluster_of[second],
            same_person_probability=float(together.iloc[0]) if len(together) else None,
            show=show,
        )

    def explain_cluster(self, cluster_id: str, show: Show = "shapes") -> ClusterExplanation:
        """The referrals of a cluster in date order, with the links that hold it together.

        Raises
        ------
        InputError
            There is no such cluster of two or more referrals.
        """
        if show not in ("values", "shapes", "none"):
            raise InputError('show must be "values", "shapes" or "none".')
        found = self.clusters[self.clusters["cluster_id"] == cluster_id]
        if not len(found):
            raise InputError(
                "there is no cluster of two or more referrals with that id; see .clusters for the ids."
            )
        members = [value for value, cluster in self._cluster_of.items() if cluster == cluster_id]
        rows = np.array([self._by_id[value] for value in members], dtype=np.int64)
        rows = rows[_date_order(rows, self.run.referrals)]
        timeline = pd.DataFrame(
            {
                "referral_id": self.run.referrals.referral_id[rows],
                "referred": self.run.referrals.referred[rows].astype("datetime64[s]"),
                "membership_probability": self.run.partition.membership[rows],
            }
        )
        inside = self.links["referral_id_l"].isin(members) & self.links["referral_id_r"].isin(members)
        return explain_cluster(
            found.iloc[0],
            timeline,
            self.repeats[self.repeats["cluster_id"] == cluster_id],
            self.links[inside],
        )

    def _row(self, referral_id: Any) -> int:
        try:
            return self._by_id[referral_id]
        except (KeyError, TypeError):
            raise InputError(
                "there is no referral with that id; see .referrals['referral_id'] for the ids."
            ) from None

    @cached_property
    def _counted(self) -> CountedRows:
        run, rows = self.run, self.run.referrals
        groups = {str(label): _texts(run.frame[label], run.raw.position) for label in run.frame.columns}
        for name, labels in run.recognised.columns.items():
            groups.setdefault(name, _texts(run.frame[labels[0]], run.raw.position))
        groups["age_group"] = np.array(AGE_GROUP_NAMES, dtype=object)[np.clip(rows.age_group, 0, 2)]
        groups["gender"] = np.array(GENDER_NAMES, dtype=object)[np.clip(rows.gender, 0, 3)]
        return CountedRows(
            referred=rows.referred,
            counts=rows.linkable,
            groups=groups,
            assess=lambda previous, current: assess(rows, previous, current).assessment,
        )

    def repeat_referrals(
        self,
        period: tuple[Any, Any] | None = None,
        by: Sequence[str] = ("age_group", "gender"),
        definition: str = "inside_period",
        interval: float = 0.9,
        suppress_below: int | None = None,
        round_to: int | None = None,
    ) -> pd.DataFrame:
        """How many people were referred two or more times, with a range on every count.

        Parameters
        ----------
        period
            First and last day, both counted; None: from the first to the last referral.
        by
            Grouping columns: `age_group` (at referral) and `gender` as read, any canonical field, or any
            column of the input; empty for totals alone. A person stands in the group of the latest referral
            counted.
        definition
            "inside_period": two or more referrals in the period; "latest_inside": the latest in it, any
            earlier one at any time.
        interval
            Probability that the range covers under the model.
        suppress_below, round_to
            Disclosure control of the table; both off by default.

        Returns
        -------
        DataFrame
            One row a group and `counting` ("all", "excluding same instance possible", "later exploitation
            recorded"), total rows last: `estimate` (posterior mean), `low`, `high`, `n_in_clusters` (what
            `.clusters` alone would count), `n_referrals` (in the group and period), `share_of_people`,
            `suppressed`. `attrs` hold the caveat and what the range covers.

        Raises
        ------
        InputError
            No referral date, or an option that cannot be used.
        """
        return repeat_referrals(
            self._counted,
            self.run.partition,
            period=period,
            by=by,
            definition=definition,
            interval=interval,
            suppress_below=suppress_below,
            round_to=round_to,
        )

    def write_report(self, path: str | Path, audience: str = "internal") -> None:
        """Write the run's report as one self-contained HTML page. `audience`: "internal" or "publication".

        Raises
        ------
        InputError
            The audience is neither.
        """
        from nrm_linkage.report.page import write_page

        write_page(Path(path), self.report, self._tables_for_page(audience), audience)

    def _tables_for_page(self, audience: str) -> dict[str, pd.DataFrame]:
        if audience not in ("internal", "publication"):
            raise InputError('audience must be "internal" or "publication".')
        control = {"suppress_below": 10, "round_to": 5} if audience == "publication" else {}
        tables = {}
        if self.run.referrals.linkable.any() and not np.isnat(self.run.referrals.referred).all():
            tables["repeats"] = self.repeat_referrals(**control)  # type: ignore[arg-type]
        if audience == "internal":
            issues = (
                self.data_issues.groupby(["field", "issue"], as_index=False)
                .size()
                .rename(columns={"size": "values"})
            )
            tables["issues"] = issues
            tables["sizes"] = (
                self.clusters.groupby("n_referrals", as_index=False)
                .size()
                .rename(columns={"size": "clusters"})
            )
            tables["parameters"] = self.model.describe()
        return tables

    def save(self, folder: str | Path) -> None:
        """Write the run to a folder: tables, model, report and a manifest of fingerprints; whole or not at
        all, for its owner alone.

        Raises
        ------
        InputError
            The folder holds files that are not an earlier run.
        """
        run = self.run
        draws = pd.DataFrame(
            run.partition.draws.T, columns=[str(draw) for draw in range(len(run.partition.draws))]
        )
        people = pd.DataFrame(
            {name: getattr(run.partition, name) for name in ("cluster", "confidence", "membership")}
            | {"uncertain": np.isin(np.arange(run.referrals.n), run.partition.uncertain)}
            | {"sampled": np.isin(np.arange(run.referrals.n), run.partition.sampled)}
        )
        write_run(
            Path(folder),
            SavedRun(
                tables={
                    "input": run.frame,
                    "added": self.added,
                    "clusters": self.clusters,
                    "repeats": self.repeats,
                    "links": self.links,
                    "data_issues": self.data_issues,
                    "changes": self.changes,
                    "people": people,
                    "draws": draws,
                },
                documents={
                    "model": self.model.to_dict(),
                    "report": self.report.to_dict(),
                    "columns": {
                        name: [str(label) for label in labels]
                        for name, labels in run.recognised.columns.items()
                    },
                },
                for_people=("clusters", "repeats"),
            ),
        )

    @classmethod
    def load(cls, folder: str | Path) -> Linkage:
        """Read a run that `save` wrote, after checking its files against the manifest. `.referrals` is a
        pandas frame.

        Raises
        ------
        InputError
            The folder holds no run, or a file is not the one that the run wrote.
        """
        saved = read_run(Path(folder))
        report = LinkageReport.from_dict(saved.documents["report"])
        frame, added = saved.tables["input"], saved.tables["added"]
        config = LinkageConfig.from_dict(dict(report.config))
        recognised = recognise(
            frame,
            {name: list(labels) for name, labels in saved.documents["columns"].items()},
            by_heading=False,
        )
        raw = arrange(frame, recognised)
        people = saved.tables["people"]
        partition = Partition(
            cluster=people["cluster"].to_numpy(),
            confidence=people["confidence"].to_numpy(),
            membership=people["membership"].to_numpy(),
            uncertain=np.flatnonzero(people["uncertain"]),
            draws=np.ascontiguousarray(saved.tables["draws"].to_numpy(dtype=np.int32).T),
            sampled=np.flatnonzero(people["sampled"]),
        )
        tables = {
            name: saved.tables[name] for name in ("clusters", "repeats", "links", "data_issues", "changes")
        }
        for name in ("clusters", "repeats"):
            tables[name].attrs["caveat"] = HOME_OFFICE_CAVEAT
        return cls(
            referrals=pd.concat([frame, added.set_axis(frame.index)], axis=1),
            **tables,
            model=LinkageModel.from_dict(saved.documents["model"]),
            report=report,
            run=LinkedRun(
                frame, recognised, config, raw, normalise_referrals(raw, config).referrals, partition
            ),
            added=added,
        )


def _texts(column: pd.Series, position: Int64s) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """A grouping column in canonical order, as text; missing is "unknown"."""
    values = column.iloc[position]
    return values.astype(object).where(values.notna(), "unknown").map(str).to_numpy(dtype=object)


def assemble(
    run: LinkedRun,
    *,
    model: LinkageModel,
    normalised: Normalised,
    candidates: CandidatePairs,
    pairs: ScoredPairs,
    within: ScoredPairs,
    together: Float64s,
    components: Components,
    estimation: EstimationReport | None,
    give_back: Callable[[pd.DataFrame], Any],
) -> Linkage:
    """Put the tables of a run together. `pairs`: all candidates; `within`: all pairs within components, with
    `together`, their same-person probabilities; `give_back` adds columns to the caller's frame in his kind.
    """
    rows, partition = run.referrals, run.partition
    ids = cluster_ids(partition.cluster, rows.referral_id, rows.referred)
    ids = ids[rows.duplicate_of]
    links = _links(run, pairs, within, together)
    repeats = _repeats(rows, partition, ids)
    clusters = _clusters(rows, partition, ids, weakest_links(rows.n, partition.cluster, within), repeats)
    issues = normalised.issues.assign(
        referral_id=rows.referral_id[normalised.issues["row"].to_numpy()],
        row=run.raw.position[normalised.issues["row"].to_numpy()],
    )
    issues = issues.sort_values(["row", "field", "issue"], ignore_index=True)[
        ["row", "referral_id", "field", "issue"]
    ].infer_objects()
    added = _added_columns(run, ids)
    report = _report(run, normalised, candidates, within, components, estimation, clusters, issues)
    return Linkage(
        referrals=give_back(added),
        clusters=clusters,
        repeats=repeats,
        links=links,
        data_issues=issues,
        changes=pd.DataFrame({"cluster_id": [], "change": [], "from_cluster_ids": []}, dtype=object),
        model=model,
        report=report,
        run=run,
        added=added,
    )


def _added_columns(run: LinkedRun, ids: np.ndarray[tuple[int], np.dtype[np.object_]]) -> pd.DataFrame:
    """The columns that the result adds, in the caller's row order."""
    rows, partition = run.referrals, run.partition
    linked = np.bincount(partition.cluster, minlength=rows.n)[partition.cluster] > 1
    linked = linked[rows.duplicate_of]
    status = np.select([linked, rows.linkable[rows.duplicate_of]], [LINKED, SINGLE], NOT_LINKABLE)
    is_duplicate = rows.duplicate_of != np.arange(rows.n)
    linkable = rows.linkable[rows.duplicate_of]
    table = pd.DataFrame(
        {
            "referral_id": pd.Series(rows.referral_id, dtype=object),
            "linkage_status": status.astype(object),
            "cluster_id": pd.Series(ids, dtype=object),
            "cluster_size": pd.Series(ids).map(pd.Series(ids).value_counts()).to_numpy(dtype=np.int64),
            "confidence": np.where(linked, partition.confidence[rows.duplicate_of], np.nan),
            "membership_probability": np.where(linkable, partition.membership[rows.duplicate_of], np.nan),
            "technical_duplicate_of": pd.Series(
                np.where(is_duplicate, rows.referral_id[rows.duplicate_of], None), dtype=object
            ),
        }
    )
    back = np.argsort(run.raw.position)
    table = table.iloc[back].reset_index(drop=True).infer_objects()
    if run.recognised.columns.get("referral_id") == ("referral_id",):
        table = table.drop(columns="referral_id")
    return table


def _date_order(row: Int64s, rows: Referrals) -> Int64s:
    """Positions that put rows in date order, undated last."""
    dated_last = np.where(np.isnat(rows.referred[row]), np.datetime64("9999-12-31", "D"), rows.referred[row])
    return np.lexsort((row, dated_last))


def _members(rows: Referrals, partition: Partition) -> tuple[Int64s, Int64s]:
    """Rows of clusters of two or more, by cluster and within it by date, and the cluster of each."""
    size = np.bincount(partition.cluster, minlength=rows.n)
    row = np.flatnonzero(size[partition.cluster] > 1)
    row = row[_date_order(row, rows)]
    row = row[np.argsort(partition.cluster[row], kind="stable")]
    return row, partition.cluster[row]


def _repeats(
    rows: Referrals, partition: Partition, ids: np.ndarray[tuple[int], np.dtype[np.object_]]
) -> pd.DataFrame:
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
        }
    )
    table.loc[np.isnat(days), "days_since_previous"] = pd.NA
    table.attrs["caveat"] = HOME_OFFICE_CAVEAT
    return table.sort_values("cluster_id", kind="stable", ignore_index=True)


def _clusters(
    rows: Referrals,
    partition: Partition,
    ids: np.ndarray[tuple[int], np.dtype[np.object_]],
    weakest_bits: Float64s,
    repeats: pd.DataFrame,
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
            "decided_by_human": np.zeros(len(first), dtype=bool),
            "caveat": pd.Series([HOME_OFFICE_CAVEAT] * len(first), dtype=object),
        }
    )
    table.attrs["caveat"] = HOME_OFFICE_CAVEAT
    return table.sort_values("cluster_id", ignore_index=True)


def _links(run: LinkedRun, pairs: ScoredPairs, within: ScoredPairs, together: Float64s) -> pd.DataFrame:
    """Pairs at or above the review floor, or within a published cluster, strongest first."""
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
    for number, compared in enumerate(FIELDS):
        names = np.array([level.name for level in compared.levels], dtype=object)
        columns[f"level_{compared.name}"] = names[shown.levels[:, number]]
    for number, line in enumerate(EVIDENCE_LINES):
        columns[f"bits_{line}"] = shown.bits[:, number]
    columns["found_by"] = _rule_names(shown.found_by)
    table = pd.DataFrame(columns)
    return table.sort_values(
        ["match_weight_bits", "referral_id_l", "referral_id_r"],
        ascending=[False, True, True],
        ignore_index=True,
    )


def _rule_names(
    found_by: np.ndarray[tuple[int], np.dtype[np.int32]],
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    from nrm_linkage.block import RULES

    masks, inverse = np.unique(found_by, return_inverse=True)
    names = [
        "; ".join(rule.name for number, rule in enumerate(RULES) if mask >> number & 1) or "same component"
        for mask in masks.tolist()
    ]
    return np.array(names or [""], dtype=object)[inverse]


def _report(
    run: LinkedRun,
    normalised: Normalised,
    candidates: CandidatePairs,
    within: ScoredPairs,
    components: Components,
    estimation: EstimationReport | None,
    clusters: pd.DataFrame,
    issues: pd.DataFrame,
) -> LinkageReport:
    rows, partition = run.referrals, run.partition
    is_duplicate = rows.duplicate_of != np.arange(rows.n)
    labels = partition.draws
    repeat_people = _mean_repeat_people(labels)
    counts = {
        "referrals": rows.n,
        "technical duplicates": int(is_duplicate.sum()),
        "not linkable": int((~rows.linkable & ~is_duplicate).sum()),
        "linkable": int(rows.linkable.sum()),
        "candidate pairs": len(candidates),
        "pairs in components": len(within),
        "referrals in components": len(partition.uncertain),
        "referrals in components too large to weigh exactly": len(partition.sampled),
        "clusters": len(clusters),
        "referrals in clusters": int(clusters["n_referrals"].sum()),
        "expected people with two or more referrals": round(repeat_people),
        "data issues": len(issues),
    }
    choices = [*run.recognised.notes, *normalised.notes]
    choices += [
        f"blocking rule {found.rule!r}: {found.not_compared:,} pairs share keys too common to compare, even when refined; "
        "other rules find those that agree in more"
        for found in candidates.yields
        if found.not_compared
    ]
    if components.cuts:
        choices.append(
            f"{len(components.cuts)} times a component too large to weigh as one was cut at a higher floor"
        )
    if components.uncut:
        choices.append(f"components that no floor cut, weighed whole by sampling: {list(components.uncut)}")
    columns = [column for labels in run.raw.columns.values() for column in labels]
    return LinkageReport(
        counts=counts,
        recognised={
            name: tuple(str(label) for label in labels) for name, labels in run.recognised.columns.items()
        },
        choices=tuple(choices),
        blocking=candidates.yields,
        estimation=estimation,
        config=run.config.to_dict(),
        versions=versions(),
        input_fingerprint=fingerprint_of_rows(columns),
    )


def _mean_repeat_people(draws: np.ndarray[tuple[int, int], np.dtype[np.int32]]) -> float:
    """The mean over draws of the number of clusters of two or more. `draws`: smallest member of each row's
    cluster.
    """
    if not draws.size:
        return 0.0
    ordered = np.sort(draws, axis=1)
    repeats = ordered[:, 1:] == ordered[:, :-1]
    starts = repeats & ~np.pad(repeats, ((0, 0), (1, 0)))[:, :-1]
    return float(starts.sum(axis=1).mean())
