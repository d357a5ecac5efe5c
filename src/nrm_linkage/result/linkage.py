"""`Linkage`: the tables of a run, and what can be asked of them.

The tables hold what the caller's own frame holds, keyed by referral id; no repr shows a value of a record,
and explanations do only when asked with `show="values"`. What a run holds, explains, counts and says of its
own quality stands each in a class of its own (`holding`, `explaining`, `counting`, `judging`, `reviewing`);
here is what the whole of it is put through: shown, reported, saved, read, freed of referrals.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.result.forgetting import without_referrals
from nrm_linkage.result.page_tables import page_tables
from nrm_linkage.result.reporting import Reporting
from nrm_linkage.result.saved import TABLES, from_saved, to_saved
from nrm_linkage.runs import read_run, write_run

__all__ = ["Linkage"]


@dataclass(frozen=True, repr=False, eq=False)
class Linkage(Reporting):
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
        `reasons` in words, `reason_codes` (`nrm_linkage.instances.Reason`, which do not change).
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

    def write_report(
        self, path: str | Path, audience: str = "internal", since: pd.DataFrame | None = None
    ) -> None:
        """Write the run's report as one self-contained HTML page. `audience`: "internal" or "publication";
        `since`: for a publication, the table of the last one, as in `repeat_referrals`.

        Raises
        ------
        InputError
            The audience is neither, or `since` cannot be used.
        """
        from nrm_linkage.report.page import write_page

        count = self.repeat_referrals if self._can_count else None
        tables = page_tables(audience, count, self.data_issues, self.clusters, self.model, since)
        parts = self._page_parts() if audience == "internal" else None
        write_page(Path(path), self.report, tables, audience, parts)

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
