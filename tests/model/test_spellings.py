"""How often two people of one name are spelt differently: what plain counting of all pairs says, shrunk."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.compare.fields import GivenLevel, OtherNamesLevel
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import array_of
from nrm_linkage.model.score import NAME_COLUMNS
from nrm_linkage.model.spellings import LEAST_BEARERS, spelt_anew, spelt_otherwise
from nrm_linkage.model.strata import SHRINK_PEOPLE
from nrm_linkage.tables import Referrals
from tests.frames import people, referrals_of

SPELLINGS = ("Zamir", "Zamira", "Zameer", "Testaj", "Osei")
NATIONS = {"Albanian": "albanian", "Ghanaian": "west_african", "": ""}


def found_in(referrals: Referrals) -> dict[str, float]:
    """Every word of every row, each row a person of its own."""
    tokens = referrals.names.tokens
    row = tokens.row.astype(np.int32)
    return spelt_otherwise(referrals, row, tokens.token.astype(np.int64), tokens.row.astype(np.int64))


def frame(records: list[tuple[str, str]]) -> pd.DataFrame:
    return people(*({"given_name": name, "nationality": nation} for name, nation in records))


def counted(referrals: Referrals) -> dict[str, tuple[float, float]]:
    """Community -> people who bear a name of some bearers, and the sum of their chances to meet a bearer who
    is spelt otherwise; one person after the other.
    """
    bags, nationality = referrals.names, referrals.nationality
    word = bags.tokens.token
    group = [nationality.group_names[code] for code in nationality.group[nationality.code]]
    home = ["" if nationality.code[row] == 0 else group[row] for row in range(referrals.n)]
    found: dict[str, tuple[float, float]] = {}
    for row in range(referrals.n):
        of_class = [
            [
                other
                for other in range(referrals.n)
                if home[other] == home[row] and classes[word[other]] == classes[word[row]]
            ]
            for classes in (bags.skeleton, bags.variant)
        ]
        namesakes = max(of_class, key=len)
        if len(namesakes) < LEAST_BEARERS:
            continue
        alike = sum(word[other] == word[row] for other in range(referrals.n) if home[other] == home[row]) - 1
        n, otherwise = found.get(home[row], (0, 0.0))
        found[home[row]] = n + 1, otherwise + 1 - alike / (len(namesakes) - 1)
    return found


RECORDS = st.tuples(st.sampled_from(SPELLINGS), st.sampled_from(sorted(NATIONS)))


@given(st.lists(RECORDS, min_size=1, max_size=60))
def test_it_is_what_one_person_after_the_other_says(records):
    referrals = referrals_of(frame(records))
    by_hand, found = counted(referrals), found_in(referrals)
    n, otherwise = (sum(pair[part] for pair in by_hand.values()) for part in (0, 1))
    strength = priors.REFERENCE_STRENGTH
    whole = (otherwise + strength * priors.SPELT_OTHERWISE) / (n + strength)
    assert found[""] == pytest.approx(whole)
    assert set(found) == {"", *referrals.nationality.group_names}
    for name in referrals.nationality.group_names:
        n, otherwise = by_hand.get(name, (0, 0.0)) if name else (0, 0.0)
        assert found[name] == pytest.approx((otherwise + SHRINK_PEOPLE * whole) / (n + SHRINK_PEOPLE))


def test_a_name_that_all_write_alike_is_hardly_spelt_otherwise_and_one_of_many_spellings_mostly():
    records = [("Testaj", "Ghanaian")] * 200 + [("Zamir", "Albanian"), ("Zamira", "Albanian")] * 100
    found = found_in(referrals_of(frame(records)))
    assert found["west_african"] < 0.2 < 0.4 < found["albanian"]


def test_the_order_of_people_changes_nothing():
    records = [("Zamir", "Albanian")] * 4 + [("Zamira", "Albanian")] * 3
    results = [found_in(referrals_of(frame(list(order)))) for order in list(permutations(records))[:5000:997]]
    assert all(found == results[0] for found in results)


@given(times=st.floats(0.01, 100))
def test_what_other_spellings_gain_equal_ones_lose(times):
    shipped = array_of(priors.M_PRIOR)[NAME_COLUMNS]
    found = spelt_anew(shipped, times)
    np.testing.assert_allclose(np.nansum(found, axis=1), np.nansum(shipped, axis=1))
    other = (OtherNamesLevel.EXACT, OtherNamesLevel.VARIANT)
    fields = ((GivenLevel.EXACT, GivenLevel.VARIANT), other, other)
    for of_field, before, (exact, variant) in zip(found, shipped, fields, strict=True):
        both = of_field[exact] + of_field[variant]
        assert of_field[variant] == pytest.approx(min(before[variant] * times, both / 2))
        others = [level for level in range(len(before)) if level not in (exact, variant)]
        np.testing.assert_array_equal(of_field[others], before[others])
