"""What the internal page shows beside the counts: tables and boxes made of a run's own tables, and the
explained clusters. Plain rearrangement; nothing is estimated here.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nrm_linkage.explain import ClusterExplanation, PairExplanation
from nrm_linkage.model import LinkageModel
from nrm_linkage.model.hidden import HIDDEN_BITS
from nrm_linkage.report.record import LinkageReport

__all__ = [
    "FlowStep",
    "PageParts",
    "ShownChart",
    "ShownCluster",
    "bands",
    "data_quality",
    "decisions",
    "flow",
    "headline",
    "linkage_quality",
    "model_questions",
    "not_compared",
    "prior_sentence",
]

GROUPS_SHOWN = 25
"""Groups of one kind that a table of the page shows, those with most referrals (chosen by us)."""

BANDS = (0.01, 0.1, 0.5, 0.9, 0.99)
"""Between these same-person probabilities pairs are counted; those of `review.choosing`."""


@dataclass(frozen=True)
class FlowStep:
    """One stage: what is counted, how many, and what leaves or is known of them there."""

    label: str
    number: int
    notes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class ShownCluster:
    """An explained cluster, with the evidence of its weakest bridge; None where no pair was scored."""

    cluster: ClusterExplanation
    bridge: PairExplanation | None


@dataclass(frozen=True)
class ShownChart:
    """A picture of the run. `name`: what it is of; `svg`: the whole of it, which stands on the page as it is;
    empty where it cannot be drawn, and then `why_not` is a sentence.
    """

    name: str
    svg: str = field(default="", repr=False)
    why_not: str = ""


@dataclass(frozen=True)
class PageParts:
    """What the internal page shows beside the tables that every page may have. `tables`: section -> caption
    -> table.
    """

    headline: str = ""
    charts: tuple[ShownChart, ...] = ()
    flow: tuple[FlowStep, ...] = ()
    model_sentence: str = ""
    not_compared: tuple[str, ...] = ()
    tables: Mapping[str, Mapping[str, pd.DataFrame]] = field(default_factory=dict)
    largest: tuple[ShownCluster, ...] = ()
    least_certain: tuple[ShownCluster, ...] = ()
    decided: tuple[ShownCluster, ...] = ()


def headline(repeats: pd.DataFrame | None) -> str:
    """The count of people in one sentence; empty where there is none. `repeats`: `Linkage.repeat_referrals`
    without groups.
    """
    if repeats is None or not len(repeats):
        return ""
    row = repeats[repeats["counting"] == "all"].iloc[-1]
    return (
        f"About {row['estimate']:,.0f} people were probably referred two or more times "
        f"(90% range {row['low']:,.0f} to {row['high']:,.0f})."
    )


def flow(report: LinkageReport, n_links: int) -> tuple[FlowStep, ...]:
    """The stages of a run, in order (RECORD 6.3). `n_links`: rows of `.links`."""
    counts = report.counts
    skipped = sum(rule.not_compared for rule in report.blocking)
    left_out = (
        ("technical duplicates, counted once", "technical duplicates"),
        ("without name, personal reference, telephone number or e-mail address", "not linkable"),
    )
    steps = [
        FlowStep(
            "referrals in the extract",
            counts.get("referrals", 0),
            tuple((said, counts.get(name, 0)) for said, name in left_out),
        ),
        FlowStep("referrals that can be linked", counts.get("linkable", 0)),
        FlowStep(
            "pairs that blocking brought together",
            counts.get("candidate pairs", 0),
            (("pairs in keys too common to compare (by key)", skipped),) if skipped else (),
        ),
        FlowStep("pairs at or above the review floor, or within a cluster", n_links),
        FlowStep(
            "referrals with a plausible link, weighed together",
            counts.get("referrals in components", 0),
            (("pairs of them", counts.get("pairs in components", 0)),),
        ),
        FlowStep(
            "probable individuals with two or more referrals",
            counts.get("clusters", 0),
            (("referrals of theirs", counts.get("referrals in clusters", 0)),),
        ),
    ]
    return tuple(steps)


def bands(links: pd.DataFrame) -> pd.DataFrame:
    """Pairs by same-person probability, linked or not."""
    edges = (0.0, *BANDS, 1.0)
    band = np.searchsorted(BANDS, links["same_person_probability"], side="right")
    linked = links["same_cluster"].to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "same-person probability": [f"{low:g} to {high:g}" for low, high in itertools.pairwise(edges)],
            "in one cluster": np.bincount(band[linked], minlength=len(edges) - 1),
            "not in one cluster": np.bincount(band[~linked], minlength=len(edges) - 1),
        }
    )


def decisions(decided: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Human decisions by what became of them; nothing where there are none. `decided`: as
    `Linkage.decisions`.
    """
    if not len(decided):
        return {}
    counted = (
        decided.assign(undated=decided["decided_on"].isna())
        .groupby(["decision", "standing"], as_index=False)
        .agg(
            number=("decision", "size"),
            first=("decided_on", "min"),
            last=("decided_on", "max"),
            undated=("undated", "sum"),
        )
    )
    names = {
        "standing": "what became of it",
        "first": "first day",
        "last": "last day",
        "undated": "without a day",
    }
    return {"Human decisions, and what became of them": counted.rename(columns=names)}


def _largest_groups(quality: pd.DataFrame) -> pd.DataFrame:
    """The groups with most linkable referrals in the order of their size, the total last; few groups in their
    own order.
    """
    groups = quality.iloc[:-1]
    if len(groups) > GROUPS_SHOWN:
        groups = groups.sort_values("linkable", ascending=False, kind="stable")
    return pd.concat([groups.head(GROUPS_SHOWN), quality.iloc[-1:]], ignore_index=True)


def data_quality(quality: pd.DataFrame) -> pd.DataFrame:
    """What the records of each group hold."""
    table = _largest_groups(quality)
    known = [name for name in table.columns if str(name).endswith("_known")]
    shown = table[[table.columns[0], "referrals", "linkable", *known, "default_date_share"]]
    names = {name: f"share with {str(name)[: -len('_known')]}" for name in known}
    return shown.rename(columns={**names, "default_date_share": "share of default dates"})


def linkage_quality(quality: pd.DataFrame) -> pd.DataFrame:
    """What linkage did and expects in each group."""
    table = _largest_groups(quality)
    names = {
        "link_rate": "share linked",
        "review_rate": "share to review",
        "links": "links",
        "expected_false_links": "expected false links",
        "expected_missed_links": "expected missed links",
        "expected_precision": "share of links right, expected",
        "expected_recall": "share of true links found, expected",
        "beyond_why": "beyond the whole",
    }
    return table[[table.columns[0], "linkable", *names]].rename(columns=names)


def model_questions(model: LinkageModel) -> pd.DataFrame:
    """Every m and u as plain shares."""
    rows = []
    for compared in model.fields:
        for level in compared.levels[1:]:
            m, u = model.m[compared.name][level.name], model.u[compared.name][level.name]
            rows.append(
                {
                    "field": compared.name.replace("_", " "),
                    "of two referrals": level.sentence,
                    "of one person": _in_words(m),
                    "of two strangers": _in_words(u),
                    "bits": float(np.log2(m / u)),
                    "rarity of the value counts": level.by_frequency,
                }
            )
    return pd.DataFrame(rows)


def _in_words(share: float) -> str:
    """A share for people.

    >>> _in_words(0.8), _in_words(0.00025)
    ('80%', '1 in 4,000')
    """
    if share >= 0.01:
        return f"{float(f'{100 * share:.2g}'):g}%"
    return f"1 in {float(f'{1 / share:.2g}'):,.0f}" if share > 0 else "never"


def prior_sentence(model: LinkageModel) -> str:
    """The prior in words."""
    return (
        f"Of all pairs of referrals, {_in_words(1 / (1 + 2.0**-model.prior_bits))} is expected to be one "
        f"person's before anything is compared: {model.prior_bits:+.1f} bits. Every agreement adds its bits, "
        "and every disagreement takes some away; a bit doubles the odds."
    )


def not_compared(report: LinkageReport, floor_bits: float) -> tuple[str, ...]:
    """What a reader must know that nobody looked at."""
    counts, unseen = report.counts, report.unseen
    lines = [
        f"{counts.get('not linkable', 0):,} referrals hold no name, personal reference, telephone number or "
        "e-mail address, and were compared with none.",
        f"{unseen.never_met:,.0f} pairs of one person are estimated to share no key of any blocking rule, "
        f"and {unseen.too_common:,.0f} only keys too common to compare; {unseen.compared:,.0f} were "
        "compared.",
        f"Pairs below {floor_bits:+.1f} bits were compared and are in no list; components are made without "
        f"them. {unseen.n_faint:,} of them are so faint that they are known as a number only: "
        f"{unseen.faint:,.1f} are expected to be one person's, all in all.",
        f"{np.mean(unseen.hidden or 0.0):,.0f} pairs of one person are expected to lie below "
        f"{HIDDEN_BITS:+.1f} bits, compared or not. No table holds them; ranges of counts do.",
    ]
    lines += [
        f"Rule {rule.rule!r}: {rule.not_compared:,} pairs share keys too common to compare, even when "
        "refined."
        for rule in report.blocking
        if rule.not_compared
    ]
    lines += [
        f"Rule {rule.rule!r}: {rule.refined:,} pairs share keys too common to compare in full; of them those "
        "that agree in one more attribute were compared."
        for rule in report.blocking
        if rule.refined
    ]
    lines += [
        f"Rule {rule.rule!r}: {rule.kept_apart:,} pairs, by key, share keys but differ in what always splits "
        "them, and were not compared by this rule."
        for rule in report.blocking
        if rule.kept_apart
    ]
    return tuple(lines)
