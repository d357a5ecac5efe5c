"""The record of a run: counts at each stage, what was recognised, and every automatic choice."""

from __future__ import annotations

import numpy as np

from nrm_linkage.provenance import versions
from nrm_linkage.report import LinkageReport
from nrm_linkage.result.run import LinkedRun, Outcome
from nrm_linkage.tables import Partition

__all__ = ["run_record"]

MOST_SIZES = 20
"""Components whose sizes the report lists (chosen by us: the largest; the others are counted)."""


def run_record(run: LinkedRun, found: Outcome, *, n_clustered: list[int], n_issues: int) -> LinkageReport:
    """The record of a run. `n_clustered`: referrals of each cluster; `n_issues`: rows of `data_issues`."""
    rows, partition = run.referrals, run.partition
    is_duplicate = rows.duplicate_of != np.arange(rows.n)
    counts = {
        "referrals": rows.n,
        "technical duplicates": int(is_duplicate.sum()),
        "not linkable": int((~rows.linkable & ~is_duplicate).sum()),
        "linkable": int(rows.linkable.sum()),
        "candidate pairs": len(found.candidates),
        "pairs in components": len(found.people.within),
        "referrals in components": int((np.bincount(partition.component)[partition.component] > 1).sum()),
        "referrals in components too large to weigh exactly": len(partition.sampled),
        "clusters": len(n_clustered),
        "referrals in clusters": sum(n_clustered),
        "expected people with two or more referrals": round(_mean_repeat_people(partition)),
        **_without_decisions(run),
        "data issues": n_issues,
        **found.since_counts,
    }
    return LinkageReport(
        counts=counts,
        recognised={
            name: tuple(str(label) for label in labels) for name, labels in run.recognised.columns.items()
        },
        choices=_choices(run, found),
        blocking=found.candidates.yields,
        unseen=found.unseen,
        estimation=found.estimation,
        config=run.config.to_dict(),
        versions=versions(),
        input_fingerprint=run.raw.fingerprint,
    )


def _without_decisions(run: LinkedRun) -> dict[str, int]:
    """The counts that human decisions may have changed, as the model alone would have them; none where
    nobody decided.
    """
    if run.unjudged is run.partition:
        return {}
    return {
        "clusters without human decisions": int((np.bincount(run.unjudged.cluster) > 1).sum()),
        "expected people with two or more referrals without human decisions": round(
            _mean_repeat_people(run.unjudged)
        ),
    }


def _choices(run: LinkedRun, found: Outcome) -> tuple[str, ...]:
    """Every automatic choice, in words."""
    choices = [*run.recognised.notes, *found.normalised.notes, *found.decision_notes]
    choices += found.since_notes
    choices += run.referrals.extra.notes if run.referrals.extra is not None else ()
    nationality = run.referrals.nationality
    by_name = int(((nationality.code == 0) & (nationality.by_name != 0)).sum())
    if by_name:
        choices.append(
            f"{by_name:,} referrals record no nationality; how common their names and dates are is told by "
            "the nationality that their names are of, which is compared with nothing"
        )
    choices += [
        f"blocking rule {of.rule!r}: {of.not_compared:,} pairs share keys too common to compare, even when "
        "refined; other rules find those that agree in more"
        for of in found.candidates.yields
        if of.not_compared
    ]
    refined = [f"{of.rule!r} {of.refined:,}" for of in found.candidates.yields if of.refined]
    if refined:
        choices.append(
            "keys too common to compare in full were refined: of the pairs that share one, a rule compares "
            f"those that agree in one more attribute (pairs, by key: {', '.join(refined)})"
        )
    choices += [
        f"blocking rule {of.rule!r}: {of.kept_apart:,} pairs, by key, share keys but differ in what always "
        "splits them, and were not compared by it; other rules find those that agree in more"
        for of in found.candidates.yields
        if of.kept_apart
    ]
    if found.unseen.recall_lost:
        choices.append(
            f"not all pairs were compared: {found.unseen.recall_lost:.1%} of matched pairs may be among the "
            "others, as estimated under the model"
        )
    cuts, uncut = found.people.components.cuts, found.people.components.uncut
    if cuts:
        choices.append(f"{len(cuts)} times a component too large to weigh as one was cut at a higher floor")
    if uncut:
        choices.append(
            f"components too large even to be sampled were put together anew from their strongest links, in "
            f"pieces that can be weighed exactly: {_some_of(uncut)} referrals; who is in two pieces is not "
            "joined"
        )
    partition = run.partition
    if len(partition.sampled):
        choices.append(
            f"{len(partition.sampled)} referrals in components too large to weigh exactly were sampled; "
            f"chains from two starts are {partition.chains_apart.max():.2f} apart in a pair's probability at "
            f"most, and tell the least known pair as well as {partition.chains_worth.min():,.0f} "
            "independent draws"
        )
    if found.estimation is None:
        choices.append(
            "the model was given, not estimated: its prior and frequencies are those of another extract"
        )
    return tuple(choices)


def _some_of(sizes: tuple[int, ...]) -> str:
    """The largest, and how many others there are."""
    largest = sorted(sizes, reverse=True)[:MOST_SIZES]
    others = len(sizes) - len(largest)
    return f"{largest}" + (f" and {others:,} smaller ones" if others else "")


def _mean_repeat_people(partition: Partition) -> float:
    """The mean over draws of the number of clusters of two or more: of smallest members that another row has.
    """
    own, count = partition.uncertain.astype(np.int32), 0
    has_others = np.zeros(len(partition.cluster), dtype=bool)
    for label in partition.draws:
        of_others = label[np.flatnonzero(label != own)]
        has_others[of_others] = True
        count += int(np.count_nonzero(has_others))
        has_others[of_others] = False
    return count / max(len(partition.draws), 1)
