"""How good a run is, by group: from its own records, and where the truth is known by that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.report.copies import recall_on_copies
from nrm_linkage.report.identity_tests import failing_clusters, identity_tests
from nrm_linkage.report.probes import bias_probes
from nrm_linkage.report.publication import check_audience, check_groups
from nrm_linkage.report.quality import published_quality, quality
from nrm_linkage.report.quality_with_truth import with_truth
from nrm_linkage.result.groupings import judged_pairs
from nrm_linkage.result.holding import LinkageTables

__all__ = ["Judging"]


class Judging(LinkageTables):
    """The quality of a run and the tests that it can be put to."""

    def quality(
        self, by: str | Sequence[str] = "nationality", truth: Any = None, audience: str = "internal"
    ) -> pd.DataFrame:
        """What the records of each group hold, how many were linked, and how many links are expected to be
        false or missed under the model; with the true people, how many are.

        Parameters
        ----------
        by
            One grouping column or several, as in `repeat_referrals`; empty for the total alone.
        truth
            The true person of each referral, as `evaluate` takes it; None where nobody knows.
        audience
            "internal", or "publication": shares of what the records hold, to 5 per cent and for groups of 20
            linkable referrals up, and of the whole alone `expected_precision` and `expected_recall`; numbers
            and links of a group would tell what the suppressed table of people hides. `by` as there.

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
            not fit the referrals; or they cannot be published.
        """
        check_audience(audience)
        public = audience == "publication"
        if public and truth is not None:
            raise InputError("a publication of quality takes no truth: the people of the truth are few.")
        if public:
            check_groups([by] if isinstance(by, str) else by, "quality")
        pairs = judged_pairs(self.links, self._by_id)
        table = quality(self.run.referrals, self.run.partition, pairs, self._countable.groups, by)
        if public:
            return published_quality(table)
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
