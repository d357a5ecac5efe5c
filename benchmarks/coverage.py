"""How often the model's range holds the truth:
`python benchmarks/coverage.py [people] [populations] [setting]`.

Invented populations (40 of 2,000 people each; the setting is "as assumed" or "harsher"), each linked on its
own with the defaults. For the number of people with two or more referrals, in all and by group, the 90% range
of `repeat_referrals` is held against the same count of the true people, as `Linkage.quality(truth=...)` gives
it. One population says nothing about a range; over many, nine in ten should hold the truth. After it, what
probabilities are worth over all of them: of links and of clusters that were said to be so likely, how many
are true, as `evaluate` judges them.

Groups are as recorded; "nationality group" is a group of recorded nationalities whose names are written in
like ways. What this does not cover: errors that the generator does not make. The output is Markdown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pandas as pd
from quality_by_community import calibration_table

from nrm_linkage import evaluate, link_referrals, make_referrals
from nrm_linkage.evaluation import Evaluation
from nrm_linkage.normalise.nationality import group, read_nationality

FIRST_SEED = 1001
"""No other benchmark or test uses these seeds. How many pairs are hidden, and how far that is doubted, was
settled after a look at ranges over them (docs/decisions/0034).
"""

BY = {
    "gender": "gender",
    "age group": "age_group",
    "type of first responder": "first_responder_type",
    "nationality group": "Recorded nationality group",
}
TAKEN = ("repeat_people_true", "repeat_people_estimate", "repeat_people_low", "repeat_people_high")
STANDARD_DEVIATIONS = 2 * 1.645
"""The width of a 90% range of a normal distribution."""


def population(seed: int, n_people: int, errors: str) -> tuple[pd.DataFrame, Evaluation]:
    """One row a grouping and group: counts, true and by the model; and the evaluation of the whole."""
    made = make_referrals(n_people, seed=seed, errors=errors)
    read = {each: group(read_nationality(each).codes) or "unknown" for each in made["Nationality"].unique()}
    made["Recorded nationality group"] = made["Nationality"].map(lambda value: read[value])
    linkage = link_referrals(made.drop(columns=["true_person", "true_instance"]), progress=False)
    tables = []
    for name, column in BY.items():
        table = linkage.quality(column, truth=made["true_person"])
        table["group"] = table[column].str.replace("_", " ")
        tables.append(table[["group", *TAKEN]].assign(by=name))
    every = pd.concat(tables, ignore_index=True)
    every.loc[every["group"] == "total", "by"] = "everybody"
    return every.drop_duplicates(["by", "group"]), evaluate(linkage, made["true_person"], draws=1)


def summary(found: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """For each grouping, one row a group: how its ranges did over the populations that have it."""
    true, estimate, low, high = (found[name] for name in TAKEN)
    found = found.assign(
        true=true,
        error=estimate - true,
        width=high - low,
        holds=(low <= true) & (true <= high),
        too_high=true < low,
        too_low=true > high,
    )
    for by in ("everybody", *BY):
        groups = found[found["by"] == by].groupby("group")
        table = groups.agg(
            populations=("true", "size"),
            true=("true", "mean"),
            error=("error", "mean"),
            spread=("error", "std"),
            width=("width", "mean"),
            holds=("holds", "mean"),
            too_high=("too_high", "sum"),
            too_low=("too_low", "sum"),
        )
        yield by, table.sort_values("holds", kind="stable")


def show(by: str, table: pd.DataFrame) -> None:
    """One table, the worst coverage first."""
    row(
        *(by, "populations", "people: true", "mean bias", "relative", "spread of errors"),
        *("width of the range", "spread that it allows", "holds the truth", "s.e."),
        *("range too high", "too low"),
    )
    row(*["---"] * 12)
    for name, values in table.iterrows():
        n, holds = values["populations"], values["holds"]
        row(
            name,
            f"{n:.0f}",
            f"{values['true']:.1f}",
            f"{values['error']:+.1f}",
            f"{values['error'] / values['true']:+.1%}" if values["true"] else "",
            f"{values['spread']:.1f}",
            f"{values['width']:.1f}",
            f"{values['width'] / STANDARD_DEVIATIONS:.1f}",
            f"{holds:.2f}",
            f"{np.sqrt(holds * (1 - holds) / n):.2f}",
            f"{values['too_high']:.0f}",
            f"{values['too_low']:.0f}",
        )
    print(flush=True)


def row(*cells: object) -> None:
    """One row of a table."""
    print("|", " | ".join(map(str, cells)), "|")


def main(arguments: list[str]) -> None:
    """Print every table."""
    n_people, n_populations, errors = [*arguments, *("2000", "40", "as assumed")[len(arguments) :]]
    seeds = range(FIRST_SEED, FIRST_SEED + int(n_populations))
    of_seed = partial(population, n_people=int(n_people), errors=errors)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as workers:
        counts, evaluations = zip(*workers.map(of_seed, seeds), strict=True)
    heading = f"{n_populations} populations of {int(n_people):,} people, {errors}"
    print(f"\n### {heading}: 90% ranges\n")
    for by, table in summary(pd.concat(counts, ignore_index=True)):
        show(by, table)
    for which in ("links_calibration", "clusters_calibration"):
        print(f"### {heading}: {which.replace('_', ' ')}\n")
        calibration_table(list(evaluations), which)
        print(flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
