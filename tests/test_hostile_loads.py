"""Loads that are made to hurt: bounded, and what was not compared is said. `benchmarks/hostile_loads.py` has
larger ones.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nrm_linkage import Linkage, link_referrals
from nrm_linkage.normalise.references import TOO_MANY

pytestmark = [pytest.mark.whole_package]

N = 1_200
"""More than are compared in full."""

SYLLABLES = "ba de fi go lu ma ne pi ro su".split()


def word(number: int) -> str:
    return "".join(SYLLABLES[int(digit)] for digit in f"{number:04d}")


def plain(n: int = N) -> pd.DataFrame:
    """Referrals that have little in common."""
    rng = np.random.default_rng(1)
    days = np.datetime64("1960-01-01") + rng.integers(0, 18_000, n)
    return pd.DataFrame(
        {
            "NRM reference": [f"R{row:05d}" for row in range(n)],
            "Forename(s)": [word(number) for number in rng.integers(0, 10_000, n)],
            "Surname": [word(number) for number in rng.integers(0, 10_000, n)],
            "DOB": days.astype(str),
            "Nationality": rng.choice(["Albanian", "Vietnamese", "Eritrean"], n),
        },
        dtype=object,
    )


def linked(frame: pd.DataFrame, **columns: Any) -> Linkage:
    return link_referrals(frame.assign(**columns), progress=False)


def rule(linkage: Linkage, name: str) -> Any:
    return next(one for one in linkage.report.blocking if one.rule == name)


def issues(linkage: Linkage) -> dict[Any, int]:
    return linkage.data_issues.groupby(["field", "issue"]).size().to_dict()


def choices(linkage: Linkage, words: str) -> list[str]:
    return [choice for choice in linkage.report.choices if words in choice]


def test_referrals_that_are_all_alike_are_not_compared_and_the_report_says_so() -> None:
    linkage = linked(plain(), **{"Forename(s)": "Zamir", "Surname": "Testaj", "DOB": "14/05/1998"},
                     Nationality="Albanian")  # fmt: skip
    assert linkage.report.counts["candidate pairs"] == 0
    assert (linkage.referrals["linkage_status"] == "single").all()
    every = comb(N, 2)
    # Counted by key: each stands in the part of its birth year and of the next, or of both its words.
    for name in ("two name words", "birth date"):
        assert (rule(linkage, name).not_compared, rule(linkage, name).refined) == (2 * every, every)
        assert choices(linkage, f"{name!r}: {2 * every:,} pairs share keys too common to compare")
    assert choices(linkage, "not all pairs were compared: 100.0% of matched pairs may be among the others")


def test_one_number_for_all_is_refined_by_a_name_word_and_the_report_says_so() -> None:
    ids = [f"R{row}" for row in range(N + 2)]
    repeated = plain().iloc[[*range(N), 0, 1]]
    linkage = linked(repeated, Phone="07700 900417", **{"NRM reference": ids})
    assert rule(linkage, "contact").refined == comb(N + 2, 2)
    (said,) = choices(linkage, "keys too common to compare in full were refined")
    assert f"'contact' {comb(N + 2, 2):,}" in said
    cluster = linkage.referrals["cluster_id"]
    assert (cluster.iloc[0], cluster.iloc[1]) == (cluster.iloc[N], cluster.iloc[N + 1])
    assert linkage.report.counts["candidate pairs"] < 20 * N


def test_a_number_of_many_without_a_name_is_given_up_between_them_and_the_named() -> None:
    named = np.arange(N) % 2 == 0
    frame = plain().assign(Phone="07700 900417")
    frame.loc[~named, ["Forename(s)", "Surname"]] = None
    linkage = linked(frame)
    contact = rule(linkage, "contact")
    n_named, n_others = int(named.sum()), int((~named).sum())
    assert contact.not_compared == comb(n_others, 2) + n_named * n_others
    assert choices(linkage, f"blocking rule 'contact': {contact.not_compared:,} pairs")


def test_boxes_full_of_numbers_give_their_first_and_an_issue() -> None:
    n = 40
    first = [1_000_000 + row * 1_000 for row in range(n)]
    numbers = ["; ".join(f"A{number}" for number in range(of, of + 1_000)) for of in first]
    linkage = linked(plain(n), **{"HO reference": numbers, "Phone": numbers})
    assert issues(linkage)["home_office_reference", TOO_MANY] == n
    assert issues(linkage)["phone", "not a telephone number"] == n


@pytest.mark.parametrize(
    "name",
    ["ba" * 7_500, "ba de " * 5_000, "e" + "\u0301\u0323" * 7_500, "\U0001f600" * 15_000, " " * 15_000],
    ids=["letters", "words", "marks", "emoji", "spaces"],
)
def test_a_box_that_is_full_is_read_in_part_and_says_so(name: str) -> None:
    n = 40
    boxes = ("Forename(s)", "Surname", "Alias", "Town")
    linkage = linked(plain(n), **dict.fromkeys(boxes, name))
    assert len(linkage.referrals) == n
    found = issues(linkage)
    if name.strip():
        assert found["family_name", "longer than a name: only the beginning was read"] == n
        assert found["town", "place not recognised"] == n
    else:
        assert not {field for field, _ in found} & {"given_name", "family_name"}
