"""A linkage against known people, for groups of rows that the caller made: what `evaluate` measures of pairs,
and how honest the same-person probabilities are, one row a group.

A person is in the group that most of the person's referrals are in, as in groups.py, and a pair belongs to
people as in tallies.py, so pairs of groups add up to the whole. A judged link is in the group of each of its
two people, once in a group that is of both: those numbers do not add up.

Not here: what blocking compared, and counts of people, which are counted where they are published.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from nrm_linkage.evaluation.bootstrap import Resampling, tied_people
from nrm_linkage.evaluation.calibration import said_and_true
from nrm_linkage.evaluation.groups import most_recorded
from nrm_linkage.evaluation.subgroups import group_measures, group_table
from nrm_linkage.evaluation.tallies import Grouped, Linked, tally, with_expected
from nrm_linkage.evaluation.truth import EvaluatedLinkage, judged_links
from nrm_linkage.tables import Int64s, Mask

__all__ = ["measures_by_group"]


def measures_by_group(
    linkage: EvaluatedLinkage, person: Int64s, code: Int64s, known: Mask, how: Resampling
) -> pd.DataFrame:
    """One row a group in the order of the codes, then the whole.

    `person`: int64 (n,), as `people_of` gives it; `code`: int64 (n,), the group of each canonical row;
    `known`: bool (n_groups,), False for a group that stands for a missing value.

    Columns are those of `Evaluation.groups` and, of the judged links, `links_judged`, `mean_said`,
    `share_true`, `calibration_error`, `calibration_error_by_chance`.
    """
    run, rows = linkage.run, linkage.run.referrals
    n_people = int(person.max(initial=-1)) + 1
    counted = rows.duplicate_of == np.arange(rows.n)
    whole = Grouped(np.zeros(n_people, dtype=np.int64), ("all",))
    group = most_recorded(person[counted], code[counted], known, n_people)
    grouping = Grouped(group, tuple(str(number) for number in range(len(known))))
    tallied = tally(person[counted], run.partition.cluster[counted], rows.linkable[counted], n_people)
    links = judged_links(linkage, person)
    tallied, of_draws = with_expected(tallied, person, run.partition, links, [grouping, whole])
    unit = tied_people(
        n_people,
        np.concatenate([links.left, person[run.partition.cluster]]),
        np.concatenate([links.right, person]),
    )
    each, every = (
        group_measures(tallied, unit, of, drawn, how)
        for of, drawn in zip((grouping, whole), of_draws, strict=True)
    )
    table = pd.concat([group_table("", each, every), group_table("", every, every)], ignore_index=True)
    return pd.concat([table, _calibration(links, grouping, how)], axis=1)


def _calibration(links: Linked, grouping: Grouped, how: Resampling) -> pd.DataFrame:
    """Said against true, of the links of each group and of all."""
    true = links.left == links.right
    left, right = grouping.group[links.left], grouping.group[links.right]
    across = left != right
    of_group = np.concatenate([left, right[across]])
    link = np.concatenate([np.arange(len(left)), np.flatnonzero(across)])
    order = np.argsort(of_group, kind="stable")
    ends = np.searchsorted(of_group[order], np.arange(len(grouping.labels) + 1))
    parts = [link[order][start:end] for start, end in pairwise(ends.tolist())]
    parts.append(np.arange(len(left)))
    found = [said_and_true(links.probability[part], true[part], how) for part in parts]
    return pd.DataFrame(
        {
            "links_judged": [part.n for part in found],
            "mean_said": [part.mean_said for part in found],
            "share_true": [part.share_true for part in found],
            "calibration_error": [part.error for part in found],
            "calibration_error_by_chance": [part.error_by_chance for part in found],
        }
    )
