"""How many people were referred two or more times, and how that moves with the decision."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.report import repeat_referrals
from nrm_linkage.report.charts import Chart, days_between, flow_of_assessments, people_by_month
from nrm_linkage.report.counted import ever_together
from nrm_linkage.report.publication import check_audience, published
from nrm_linkage.report.sensitivity import COSTS, published_sensitivity, sensitivity
from nrm_linkage.result.holding import LinkageTables

__all__ = ["Counting"]

CHARTS = ("people by month", "days between referrals", "flow of assessments")


class Counting(LinkageTables):
    """The counts of a run, each with its range."""

    def repeat_referrals(
        self,
        period: tuple[Any, Any] | None = None,
        by: Sequence[str] = ("age_group", "gender"),
        definition: str = "inside_period",
        interval: float = 0.9,
        suppress_below: int | None = None,
        round_to: int | None = None,
        with_decisions: bool = True,
        audience: str = "internal",
        since: pd.DataFrame | None = None,
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
            Probability that the range covers under the model, what its parameters leave open and links too
            weak to weigh or never compared among it.
        suppress_below, round_to
            Disclosure control of the table; both off by default. It hides what the totals would tell, and
            answers for this table alone.
        with_decisions
            Whether counts obey the human decisions of the run; False: as the model alone would have it.
        audience
            "internal", or "publication": what may leave the house (10 and 5 where `suppress_below` and
            `round_to` are None; see `nrm_linkage.report.publication` for what it shows, and for what it does
            not answer). `by` is then of `age_group` and `gender`, or `nationality` or `first_responder_type`
            alone.
        since
            For a publication: what this method returned for the last one, by the same groups, itself made
            with the one before. Numbers then stay as they were until they have moved by eight, and what was
            hidden comes back only far from where it was, so that releases tell no small difference.

        Returns
        -------
        DataFrame
            One row a group and `counting` ("all", "excluding same instance possible", "later exploitation
            recorded"), total rows last: `estimate` (posterior mean), `low`, `high`, `n_in_clusters` (what
            `.clusters` alone would count), `n_referrals` (in the group and period), `child_then_adult` (of
            `estimate`, those whose latest counted referral is an adult's and an earlier one a child's; they
            stand with the adults), `share_of_people`, `suppressed`. `attrs` hold the caveat and what the
            range covers. A publication has both definitions, of "latest_inside" the counting "all" alone,
            in `definition`; and `counting`, `estimate`, `low`, `high`, `shown_from` (from where a number that
            is not shown will be, where the next release has to know; NaN elsewhere) and `suppressed`. Its
            totals are of the groups that are shown.

        Raises
        ------
        InputError
            No referral date, or an option that cannot be used.
        """
        check_audience(audience)
        count = partial(
            repeat_referrals,
            self._countable,
            self.run.partition if with_decisions else self.run.unjudged,
            period=period,
            interval=interval,
        )
        if audience == "internal":
            if since is not None:
                raise InputError('since is for audience="publication" alone.')
            return count(by=by, definition=definition, suppress_below=suppress_below, round_to=round_to)
        if not with_decisions:
            raise InputError(
                "a publication holds the counts with human decisions; beside those without them it would "
                "tell how few were decided."
            )
        if definition != "inside_period":
            raise InputError("a publication holds both definitions; leave definition out.")
        return published(count, by=by, suppress_below=suppress_below, round_to=round_to, since=since)

    def sensitivity(self, costs: Sequence[float] | None = None, audience: str = "internal") -> pd.DataFrame:
        """How what is published would move if a false link cost more, or less, than a missed one.

        Parameters
        ----------
        costs
            What a false link costs, a missed one costing 1; numbers above 0. None: 1/9, 1/3, 1, 3, 9, 99 and
            this run's own.
        audience
            "internal", or "publication": shares alone, to whole per cents where the run found 600 people or
            more, to 5 where 120, and none where fewer; numbers would tell what the suppressed table of people
            hides.

        Returns
        -------
        DataFrame
            One row a cost, cheapest false link first: `false_link_cost`, `joined_above` (the same-person
            probability that joins two referrals, cost / (1 + cost)), `people_in_clusters`,
            `referrals_in_clusters`, `links` (pairs within clusters), `expected_false_links`,
            `expected_missed_links`, `expected_precision`, `expected_recall` (under the model; NaN where there
            is nothing to divide by), `published` (this run's own cost). `attrs` hold the caveat. The
            estimates of `repeat_referrals` come from all partitions and do not hang on the cost. For
            publication, instead of the numbers, `people_to_published`: people in clusters, to those of the
            run's own cost.

        Raises
        ------
        InputError
            There is no cost, or one is not a number above 0.
        """
        check_audience(audience)
        own = self.run.config.false_link_cost
        wanted = (*COSTS, own) if costs is None else costs
        if audience == "internal":
            return sensitivity(self.run.partition, wanted, own)
        return published_sensitivity(sensitivity(self.run.partition, (*wanted, own), own))

    def chart(self, name: str, by: Sequence[str] = ("age_group", "gender")) -> Chart:
        """A picture of the run, drawn offline; it needs the extra `charts`. Not for release.

        Parameters
        ----------
        name
            "people by month": people referred in each month who had been referred before, with ranges, by
            group; "days between referrals": of `.repeats`; "flow of assessments": from what the records say
            to the assessment of each repeat.
        by
            The groups of the first, as in `repeat_referrals`; the six largest are drawn.

        Returns
        -------
        Chart
            `svg`, the picture as text, `alt`, what it shows in words, and `save(path)`. A notebook shows it.

        Raises
        ------
        InputError
            There is no such chart, or nothing to draw.
        MissingExtraError
            Altair or vl-convert is not installed.
        """
        if name not in CHARTS:
            raise InputError(f"there is no such chart; choose from: {', '.join(CHARTS)}.")
        if name == "days between referrals":
            return days_between(self.repeats)
        if name == "flow of assessments":
            return flow_of_assessments(self.repeats)
        return people_by_month(self._by_month(tuple(by)), tuple(by))

    def _by_month(self, by: tuple[str, ...]) -> pd.DataFrame:
        """The rows of `repeat_referrals` for each month with a referral."""
        referred = self._countable.referred
        dated = referred[self._countable.counts & ~np.isnat(referred)]
        months = np.unique(dated.astype("datetime64[M]"))
        parts, partition = [], self.run.partition
        together = ever_together(partition)
        for month in months:
            period = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]") - 1
            table = repeat_referrals(
                self._countable,
                partition,
                period=period,
                by=by,
                definition="latest_inside",
                together=together,
            )
            rows = table[table["counting"] == "all"]
            parts.append((rows.iloc[:-1] if by else rows).assign(month=pd.Timestamp(period[0])))
        if not parts:
            raise InputError("no referral has a date: there is nothing to draw.")
        return pd.concat(parts, ignore_index=True)
