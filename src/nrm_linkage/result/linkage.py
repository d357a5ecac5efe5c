"""`Linkage`: the tables of a run, and what can be asked of them.

The tables hold what the caller's own frame holds, keyed by referral id. No repr shows a value of a record;
explanations do only when asked with `show="values"`. Counting, explaining and reporting are done by their
rooms.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.explain import ClusterExplanation, PairExplanation, explain_cluster, explain_pair
from nrm_linkage.explain.pair import Show
from nrm_linkage.model import LinkageModel
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report import CountedRows, LinkageReport, repeat_referrals
from nrm_linkage.report.copies import recall_on_copies
from nrm_linkage.report.identity_tests import failing_clusters, identity_tests
from nrm_linkage.report.probes import bias_probes
from nrm_linkage.report.quality import quality
from nrm_linkage.report.quality_with_truth import with_truth
from nrm_linkage.result.explained import found_beside_keys, read_alone, timeline
from nrm_linkage.result.forgetting import without_referrals
from nrm_linkage.result.groupings import countable_rows, judged_pairs
from nrm_linkage.result.page_tables import page_tables
from nrm_linkage.result.run import LinkedRun
from nrm_linkage.result.saved import TABLES, from_saved, to_saved
from nrm_linkage.result.tables import date_order
from nrm_linkage.runs import read_run, write_run

__all__ = ["Linkage"]


@dataclass(frozen=True, repr=False, eq=False)
class Linkage:
    """The result of `link_referrals`.

    Attributes
    ----------
    referrals
        The caller's rows, order, index and columns, with `referral_id`, `linkage_status` ("linked", "single",
        "not linkable"), `cluster_id`, `cluster_size` (rows that bear the id, technical duplicates among
        them), `confidence` (of the cluster; null unless linked), `membership_probability`, and
        `technical_duplicate_of` (the referral id that a row repeats for technical reasons). With `previous=`,
        rows kept of that run stand below, under the caller's headings.
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
        With `previous=`, one row a cluster that is not what it was: `cluster_id`, `change` ("created",
        "grown", "merged", "split", "revised", "withdrawn": `cluster.lineage`), `from_cluster_ids` (a tuple).
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
        return dict(zip(self.run.referrals.referral_id, self.run.cluster_id, strict=True))

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
        referrals, columns = read_alone(self.run, np.array(rows, dtype=np.int64))
        first, second = self.run.referrals.referral_id[rows]
        same = self.links["referral_id_l"].eq(first) & self.links["referral_id_r"].eq(second)
        together = self.links.loc[same, "same_person_probability"]
        return explain_pair(
            referrals,
            columns,
            self.model,
            same_cluster=self._cluster_of[first] == self._cluster_of[second],
            same_person_probability=float(together.iloc[0]) if len(together) else None,
            show=show,
            also_found_by=found_beside_keys(self.run, self.report.blocking, *rows),
        )

    def explain_cluster(self, cluster_id: str, show: Show = "shapes") -> ClusterExplanation:
        """The referrals of a cluster in date order, with the links that hold it together.

        With `show="values"` the timeline holds names, dates of birth, nationality and gender as recorded.

        Raises
        ------
        InputError
            There is no such cluster of two or more referrals.
        """
        if show not in ("values", "shapes", "none"):
            raise InputError('show must be "values", "shapes" or "none".')
        known = isinstance(cluster_id, str) & self.clusters["cluster_id"].eq(str(cluster_id))
        found = self.clusters[known]
        if not len(found):
            raise InputError(
                "there is no cluster of two or more referrals with that id; see .clusters for the ids."
            )
        named = [self._by_id[value] for value, cluster in self._cluster_of.items() if cluster == cluster_id]
        rows = np.array([row for row in named if self.run.referrals.duplicate_of[row] == row], dtype=np.int64)
        members = self.run.referrals.referral_id[rows]
        rows = rows[date_order(rows, self.run.referrals)]
        inside = self.links["referral_id_l"].isin(members) & self.links["referral_id_r"].isin(members)
        return explain_cluster(
            found.iloc[0],
            timeline(self.run, rows, values=show == "values"),
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
    def _countable(self) -> CountedRows:
        return countable_rows(self.run)

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
            Grouping columns: `age_group` (at referral), `gender`, `nationality` (codes) and
            `first_responder_type` as read, any canonical field, or any column of the input; empty for totals
            alone. A person stands in the group of the latest referral
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
            self._countable,
            self.run.partition,
            period=period,
            by=by,
            definition=definition,
            interval=interval,
            suppress_below=suppress_below,
            round_to=round_to,
        )

    def quality(self, by: str | Sequence[str] = "nationality", truth: Any = None) -> pd.DataFrame:
        """What the records of each group hold, how many were linked, and how many links are expected to be
        false or missed under the model; with the true people, how many are.

        Parameters
        ----------
        by
            One grouping column or several, as in `repeat_referrals`; empty for the total alone.
        truth
            The true person of each referral, as `evaluate` takes it; None where nobody knows.

        Returns
        -------
        DataFrame
            One row a group, unknown groups among them, the total last. `referrals` (technical duplicates
            left out), `linkable`; of these the shares with a readable `name_known`, `date_of_birth_known`,
            `nationality_known`, `gender_known`, `reference_known`; `default_date_share` (of full dates of
            birth, those on 1 January, 1 July or 31 December); `link_rate`; `review_rate` (same-person
            probability from 0.1 to 0.9 with another); `links` (a pair counts half in each referral's
            group), `expected_false_links`, `expected_missed_links`, `expected_precision`,
            `expected_recall`; `false_link_ratio` and `missed_link_ratio` (shares of false and of missed
            links, to the whole's), `beyond` (either is above 1.25), `beyond_why` (which, in words), `small`
            (fewer than 10 linkable). Shares of 1, float64; NaN where there is nothing to divide by. `attrs`
            hold the caveat and what the expectations do not cover.

            With `truth`, before `beyond`, which then goes by what was measured: of pairs, a person being in
            the group that most of their referrals are in, `true_pairs`, `linked_pairs`,
            `measured_false_links`, `measured_missed_links`; `measured_precision`, `measured_recall`,
            `measured_false_link_ratio`, `measured_missed_link_ratio` (as the ratios above), each with `_low`
            and `_high` (95%, by resampling people). Of the rows of `.links` with either person in the group,
            `links_judged`, `mean_said` (mean same-person probability), `share_true` (below what was said:
            too sure), `calibration_error` (expected calibration error), `calibration_error_by_chance` (what
            honest probabilities would show). Of people with two or more linkable referrals, in the group of
            the latest, `repeat_people_true`, `_in_clusters`, `_estimate`, `_low`, `_high` (the model's 90%
            range), `bias_of_clusters`, `bias_of_estimate` (to the truth, less 1), `range_holds_truth`.

        Raises
        ------
        InputError
            A grouping column is unknown, named twice, or has the name of a column of the table; `truth` does
            not fit the referrals.
        """
        pairs = judged_pairs(self.links, self._by_id)
        table = quality(self.run.referrals, self.run.partition, pairs, self._countable.groups, by)
        return table if truth is None else with_truth(table, self, self._countable, truth, by)

    def recall_on_copies(self, n: int = 1000, seed: int = 0, by: str | Sequence[str] = ()) -> pd.DataFrame:
        """Of this run's own referrals entered again with a known error, how many would be found and joined.

        Parameters
        ----------
        n
            How many linkable referrals with a name are copied, once each; all where there are fewer.
        seed
            For the sample and the errors; the same seed gives the same table.
        by
            Grouping columns as in `quality`; none by default.

        Returns
        -------
        DataFrame
            One row a `mechanism` and group, group totals and "any error" last: `copies`,
            `found_by_blocking`, `above_threshold` (match weight of the pair alone), `joined` (both), `small`
            (fewer than 10 copies). Shares of 1. It holds no value of a record. `attrs` hold the mechanisms
            in words, and that shares of copies are no estimate of recall.

        Raises
        ------
        InputError
            A grouping column cannot be used, or `n` is below 1.
        TooManyPairsError
            With the copies, blocking would make more pairs than the config allows.
        """
        run = self.run
        return recall_on_copies(
            *(run.raw, run.referrals, self.model, run.config, self._countable.groups), by=by, n=n, seed=seed
        )

    def bias_probes(self) -> pd.DataFrame:
        """Whether errors that strike some communities more than others cost them their links: invented probe
        pairs under this run's model; see `nrm_linkage.report.probes.bias_probes` for the columns.
        """
        return bias_probes(self.model, self.run.config)

    def identity_tests(self, each: bool = False) -> pd.DataFrame:
        """What clusters hold that one person can hardly have: reasons to look, and no proof of a false link;
        see `nrm_linkage.report.identity_tests`.

        Parameters
        ----------
        each
            Instead of the counts, one row a cluster and a test that it fails: `cluster_id`, `test`.

        Returns
        -------
        DataFrame
            One row a test, "any test" last: `test`, `meaning`, `also_fails` (of one person too, when),
            `weighed` (linkage weighed the same values), `clusters_tested` (that hold what the test needs),
            `clusters_failing`, `share`, `pairs_tested`, `pairs_failing`, `share_of_strangers` (of random
            pairs of two clusters that fail). Missing where a test is of the whole cluster.
        """
        run = self.run
        if not each:
            return identity_tests(run.referrals, run.raw.columns, run.partition)
        ids = np.array(list(self._cluster_of.values()), dtype=object)
        return failing_clusters(run.referrals, run.raw.columns, run.partition, ids)

    def write_report(self, path: str | Path, audience: str = "internal") -> None:
        """Write the run's report as one self-contained HTML page. `audience`: "internal" or "publication".

        Raises
        ------
        InputError
            The audience is neither.
        """
        from nrm_linkage.report.page import write_page

        rows = self.run.referrals
        can_count = rows.linkable.any() and not np.isnat(rows.referred).all()
        count = self.repeat_referrals if can_count else None
        tables = page_tables(audience, count, self.data_issues, self.clusters, self.model)
        write_page(Path(path), self.report, tables, audience)

    def forget(self, referral_ids: Iterable[Any]) -> Linkage:
        """The run without these referrals and without their technical duplicates, linked anew with the same
        model and settings; `.changes` says which clusters lost one. Saved runs are yours to delete. What
        remains: see `nrm_linkage.result.forgetting`. `.referrals` is a pandas frame.

        Raises
        ------
        InputError
            Ids are not there (it says how many, not which), or are row positions.
        """
        return Linkage(**without_referrals(self.run, self.model, referral_ids))

    def save(self, folder: str | Path) -> None:
        """Write the run to a folder: tables, model, report and a manifest of fingerprints; whole or not at
        all, for its owner alone.

        Raises
        ------
        InputError
            The folder holds files that are not an earlier run.
        """
        tables = {name: getattr(self, name) for name in TABLES}
        write_run(Path(folder), to_saved(tables, self.run, self.added, self.model, self.report))

    @classmethod
    def load(cls, folder: str | Path) -> Linkage:
        """Read a run that `save` wrote, after checking its files against the manifest. `.referrals` is a
        pandas frame.

        Raises
        ------
        InputError
            The folder holds no run, or not the files that the run wrote.
        """
        return cls(**from_saved(read_run(Path(folder))))
