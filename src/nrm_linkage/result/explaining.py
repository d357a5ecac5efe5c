"""Why two referrals were joined or not, and what holds a cluster together."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrm_linkage.errors import InputError
from nrm_linkage.explain import ClusterExplanation, PairExplanation, explain_cluster, explain_pair
from nrm_linkage.explain.pair import Show, check_show
from nrm_linkage.result.decided import decisions_between, decisions_table, human_decision
from nrm_linkage.result.explained import drawn_people, how_met, read_alone, timeline
from nrm_linkage.result.holding import LinkageTables
from nrm_linkage.result.tables import date_order

__all__ = ["Explaining"]


class Explaining(LinkageTables):
    """The explanations of a run; values only when asked for with `show="values"`."""

    def explain(self, a: Any, b: Any, show: Show = "shapes") -> PairExplanation:
        """Why two referrals were joined or not, for any two, compared in the run or not.

        Parameters
        ----------
        a, b
            Their referral ids.
        show
            "shapes" (default): in words, without values; "values": with the values as recorded, who decided,
            when and why among them; "none": levels and bits alone. That a human decided, what and on which
            day is said always.

        Raises
        ------
        InputError
            There is no such referral, or the two are one.
        """
        one, other = self._row(a), self._row(b)
        rows = (min(one, other), max(one, other))
        if one == other:
            raise InputError("explain takes two different referrals.")
        referrals, columns = read_alone(self.run, np.array(rows, dtype=np.int64), self.model)
        first, second = self.run.referrals.referral_id[list(rows)]
        same = self.links["referral_id_l"].eq(first) & self.links["referral_id_r"].eq(second)
        link = self.links[same].to_dict("records")
        listed = link[0] if link else {}
        return explain_pair(
            referrals,
            columns,
            self.model,
            met=how_met(self.run, self.report.blocking, rows, referrals, listed.get("found_by")),
            same_cluster=self._cluster_of[first] == self._cluster_of[second],
            same_person_probability=listed.get("same_person_probability"),
            decided_by_human=human_decision(self.run, *rows),
            decisions=decisions_between(self.run, *rows, values=show == "values"),
            joined_above_bits=self._joined_above_bits,
            show=show,
        )

    def explain_cluster(self, cluster_id: str, show: Show = "shapes") -> ClusterExplanation:
        """The referrals of a cluster in date order, what holds them together, what speaks against it, and how
        else they may part.

        With `show="values"` the timeline holds names, dates of birth, nationality and gender as recorded, and
        `decisions` who decided, when and why.

        Raises
        ------
        InputError
            There is no such cluster of two or more referrals.
        """
        check_show(show)
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
            drawn_people(self.run, rows),
            decisions_table(self.run, rows, values=show == "values"),
            self._joined_above_bits,
        )

    @property
    def _joined_above_bits(self) -> float:
        """The match weight above which a pair alone is joined: log2 of the cost of a false link."""
        return float(np.log2(self.run.config.false_link_cost))

    def _row(self, referral_id: Any) -> int:
        try:
            return self._by_id[referral_id]
        except (KeyError, TypeError):
            raise InputError(
                "there is no referral with that id; see .referrals['referral_id'] for the ids."
            ) from None
