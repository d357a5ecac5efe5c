"""Who is linked how well, and what probabilities are worth: `python benchmarks/quality_by_community.py`.

Invented referrals (20,000 people, or as many as the argument says), five seeds as assumed (1 to 5) and four
harsher (6 to 9), through `link_referrals` with its defaults, measured by `evaluate`. Groups are of recorded
nationalities, gender and age group; their counts are added up over the seeds of a setting. The output is the
Markdown tables of docs/quality.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np
import pandas as pd

from nrm_linkage import evaluate, link_referrals, make_referrals
from nrm_linkage.evaluation import Evaluation

SETTINGS = {"as assumed": (1, 2, 3, 4, 5), "harsher": (6, 7, 8, 9)}
BY = ("nationality_group", "gender", "age_group")
FEW = 30
SUMS = (
    *("true_repeat_people", "repeat_people_in_clusters", "repeat_people_estimate", "true_pairs"),
    *("linked_pairs", "false_links", "missed_links", "compared_true_pairs"),
)


def measured(n_people: int, errors: str) -> list[Evaluation]:
    """One evaluation a seed."""
    found = []
    for seed in SETTINGS[errors]:
        made = make_referrals(n_people, seed=seed, errors=errors)
        linkage = link_referrals(made.drop(columns=["true_person", "true_instance"]), progress=False)
        found.append(evaluate(linkage, made["true_person"], by=BY))
    return found


def whole_table(found: list[Evaluation], errors: str) -> None:
    """Each seed with its intervals."""
    heading(
        *("seed", "precision", "recall", "B-cubed F1", "people: true", "in clusters", "estimate"),
        *("model's 95% range", "model expects P", "R"),
    )
    for seed, each in zip(SETTINGS[errors], found, strict=True):
        low, high = each.repeat_people_range
        row(
            seed,
            *(with_interval(each, name) for name in ("precision", "recall", "bcubed_f1")),
            f"{each.true_repeat_people:,}",
            f"{each.repeat_people_in_clusters:,}",
            f"{each.repeat_people_estimate:,.0f}",
            f"{low:,.0f} to {high:,.0f}{'' if low <= each.true_repeat_people <= high else ' (misses)'}",
            f"{each.expected_precision:.3f}",
            f"{each.expected_recall:.3f}",
        )


def with_interval(found: Evaluation, name: str) -> str:
    """A measure with its interval."""
    low, high = found.intervals[name]
    return f"{getattr(found, name):.3f} ({low:.3f} to {high:.3f})"


def groups_table(found: list[Evaluation], by: str) -> None:
    """Groups added up over seeds, worst recall first, beside the whole."""
    every = pd.concat([each.groups for each in found]).query("by == @by")
    every["compared_true_pairs"] = (every["pair_completeness"] * every["true_pairs"]).fillna(0.0)
    total = every[list(SUMS)].sum()
    added = every.groupby("group")[list(SUMS)].sum()
    added["recall"] = 1 - added["missed_links"] / added["true_pairs"]
    added["false"] = added["false_links"] / added["linked_pairs"]
    whole_recall = 1 - total["missed_links"] / total["true_pairs"]
    whole_false = total["false_links"] / total["linked_pairs"]
    heading(
        *(
            "group",
            "people",
            "in clusters",
            "estimate",
            "recall",
            "over seeds",
            "ratio",
            "links that are false",
        ),
        *("over seeds", "ratio", "compared", "falls short"),
    )
    for group, values in added[added["true_pairs"] > 0].sort_values("recall").iterrows():
        seeds = every[every["group"] == group]
        recall_ratio, false_ratio = values["recall"] / whole_recall, values["false"] / whole_false
        short = [
            *(["recall"] if recall_ratio < 0.9 else []),
            *(["false links"] if false_ratio > 1.25 else []),
            *(["few people"] if values["true_repeat_people"] < FEW else []),
        ]
        row(
            str(group).replace("_", " "),
            *(f"{values[name]:,.0f}" for name in SUMS[:3]),
            f"{values['recall']:.3f}",
            span(seeds["recall"]),
            f"{recall_ratio:.2f}",
            f"{values['false']:.3f}",
            span(1 - seeds["precision"]),
            f"{false_ratio:.2f}",
            f"{values['compared_true_pairs'] / values['true_pairs']:.3f}" if values["true_pairs"] else "",
            ", ".join(short),
        )
    completeness = total["compared_true_pairs"] / total["true_pairs"]
    row(
        "all",
        *(f"{total[name]:,.0f}" for name in SUMS[:3]),
        *(f"{whole_recall:.3f}", "", "1", f"{whole_false:.3f}", "", "1", f"{completeness:.3f}", ""),
    )


def span(values: pd.Series[float]) -> str:
    """Least to greatest over the seeds."""
    return f"{values.min():.2f} to {values.max():.2f}"


def calibration_table(found: list[Evaluation], which: str) -> None:
    """Bins added up over seeds."""
    tables = pd.concat([getattr(each, which).table for each in found])
    tables["said"] = tables["mean_probability"].fillna(0) * tables["n"]
    tables["true"] = tables["share_true"].fillna(0) * tables["n"]
    added = tables.groupby(["from", "to"])[["n", "said", "true"]].sum()
    heading("said", "n", "mean said", "true", "standard error")
    for (start, end), values in added.iterrows():
        if values["n"]:
            share = values["true"] / values["n"]
            error = np.sqrt(share * (1 - share) / values["n"])
            row(
                f"{start:g} to {end:g}",
                f"{values['n']:,.0f}",
                f"{values['said'] / values['n']:.3f}",
                f"{share:.3f}",
                f"{error:.3f}" if error else "",
            )
    print()
    of = [getattr(each, which) for each in found]
    names = ("expected_calibration_error", "error_by_chance", "brier", "brier_of_constant")
    for name in (*names, "log_score_bits", "log_score_of_constant_bits"):
        print(f"{name}: {np.mean([getattr(each, name) for each in of]):.4f}")
    print(f"n_certain_and_wrong: {sum(each.n_certain_and_wrong for each in of)}")


def blocking_table(found: list[Evaluation]) -> None:
    """True pairs that each rule brings together."""
    added = pd.concat([each.blocking for each in found]).groupby("rule", sort=False).sum()
    true_pairs = sum(each.true_pairs for each in found)
    heading("rule", "candidate pairs", "share of true pairs", "only here")
    for rule, values in added.iterrows():
        row(
            rule,
            f"{values['pairs']:,.0f}",
            f"{values['true_pairs'] / true_pairs:.3f}",
            f"{values['true_pairs_only_here'] / true_pairs:.4f}",
        )
    print()
    print("pair completeness by seed:", *(with_interval(each, "pair_completeness") for each in found))


def heading(*cells: str) -> None:
    """The heading of a table."""
    row(*cells)
    row(*["---"] * len(cells))


def row(*cells: object) -> None:
    """One row of a table."""
    print("|", " | ".join(map(str, cells)), "|", flush=True)


def main(arguments: Iterable[str]) -> None:
    """Print every table."""
    n_people = int(next(iter(arguments), "20000"))
    for errors in SETTINGS:
        found = measured(n_people, errors)
        print(f"\n### {errors}\n")
        whole_table(found, errors)
        for by in BY:
            print(f"\n#### {errors}: by {by.replace('_', ' ')}\n")
            groups_table(found, by)
        for which in ("links_calibration", "clusters_calibration"):
            print(f"\n#### {errors}: {which.replace('_', ' ')}\n")
            calibration_table(found, which)
        print(f"\n#### {errors}: blocking\n")
        blocking_table(found)


if __name__ == "__main__":
    main(sys.argv[1:])
