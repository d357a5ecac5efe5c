"""What the internal page of a run shows beside its counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError, MissingExtraError
from nrm_linkage.report.quality import quality
from nrm_linkage.result.counting import CHARTS, Counting
from nrm_linkage.result.explaining import Explaining
from nrm_linkage.result.groupings import judged_pairs
from nrm_linkage.result.judging import Judging
from nrm_linkage.result.reviewing import Reviewing

if TYPE_CHECKING:
    from nrm_linkage.report.sections import PageParts, ShownChart, ShownCluster

__all__ = ["Reporting"]

GROUPINGS = ("nationality", "age_group", "gender", "first_responder_type")

CLUSTERS_SHOWN = 10
"""Largest, least certain, and decided clusters on the page (chosen by us)."""


class Reporting(Explaining, Counting, Judging, Reviewing):
    """All that can be asked of a run, put together for its internal page."""

    def _page_parts(self) -> PageParts:
        from nrm_linkage.report import sections

        by_group = {name: self.quality(by=name) for name in GROUPINGS if name in self._countable.groups}
        shown = {name: table for name, table in by_group.items() if len(table) > 1}
        called = {name: name.replace("_", " ") for name in shown}
        records = {
            f"What the records hold, by {called[name]}": sections.data_quality(table)
            for name, table in shown.items()
        }
        if not np.isnat(self.run.referrals.referred).all():
            records["What the records hold, by quarter of referral"] = sections.data_quality(
                self._by_quarter()
            )
        linked = {
            f"Linkage by {called[name]}": sections.linkage_quality(table) for name, table in shown.items()
        }
        return sections.PageParts(
            headline=sections.headline(self.repeat_referrals(by=()) if self._can_count else None),
            charts=self._charts(),
            flow=sections.flow(self.report, len(self.links)),
            model_sentence=sections.prior_sentence(self.model),
            not_compared=sections.not_compared(self.report, self.run.config.review_floor_bits),
            tables={
                "flow": {"Pairs by same-person probability": sections.bands(self.links)},
                "data-quality": records,
                "quality": linked,
                "sensitivity": {"If a false link cost more, or less": self.sensitivity()},
                "decisions": sections.decisions(self.decisions()),
                "cluster-tests": {"Tests that clusters fail": self._tests()},
            },
            largest=self._shown(["n_referrals", "confidence"], [False, True]),
            least_certain=self._shown(["confidence", "n_referrals"], [True, False]),
            decided=self._shown(["confidence", "n_referrals"], [True, False], by_human=True),
        )

    def _charts(self) -> tuple[ShownChart, ...]:
        """The pictures; where one cannot be drawn, why."""
        from nrm_linkage.report.sections import ShownChart

        shown = []
        for name in CHARTS:
            try:
                shown.append(ShownChart(name, svg=self.chart(name).svg))
            except InputError as error:
                shown.append(ShownChart(name, why_not=f"No picture of {name}: {error}"))
            except MissingExtraError as error:  # which is said once
                return (ShownChart("charts", why_not=f"No pictures, the tables stand alone: {error}"),)
        return tuple(shown)

    def _by_quarter(self) -> pd.DataFrame:
        """The quality of the records of each quarter, the newest last before the total."""
        referred = pd.Series(pd.DatetimeIndex(self.run.referrals.referred)).dt
        year, number = referred.year.astype("string"), referred.quarter.astype("string")
        quarter = (year.str[:4] + "\u00a0Q" + number.str[:1]).fillna("undated")
        groups = {"quarter": quarter.to_numpy(dtype=object)}
        pairs = judged_pairs(self.links, self._by_id)
        return quality(self.run.referrals, self.run.partition, pairs, groups, "quarter")

    def _tests(self) -> pd.DataFrame:
        tests = self.identity_tests()
        return tests[["test", "meaning", "also_fails", "clusters_tested", "clusters_failing"]]

    def _shown(
        self, by: list[str], ascending: list[bool], by_human: bool = False
    ) -> tuple[ShownCluster, ...]:
        """Clusters with the evidence of their weakest bridge, in an order; ties by id. `by_human`: those
        alone that a human decided.
        """
        from nrm_linkage.report.sections import ShownCluster

        listed = self.clusters[self.clusters["decided_by_human"]] if by_human else self.clusters
        order = listed.sort_values([*by, "cluster_id"], ascending=[*ascending, True])
        shown = []
        for cluster_id in order["cluster_id"].head(CLUSTERS_SHOWN):
            cluster = self.explain_cluster(cluster_id)
            ends = cluster.bridge
            pair = None if ends is None else self.explain(ends.referral_id_l, ends.referral_id_r)
            shown.append(ShownCluster(cluster, pair))
        return tuple(shown)
