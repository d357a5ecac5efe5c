"""Golden cases of what must not be joined, through `link_referrals`: contradictions, twins, common names with
a stand-in date, bridges and chains.

Connected components of the pairs above even odds are beside each case, because that is what the posterior is
there for. Everybody is invented, and scored with one model, so that no case changes another.
"""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pandas as pd
import pytest

from nrm_linkage import Linkage, LinkageConfig, LinkageModel, link_referrals, make_referrals
from nrm_linkage.cluster import components

ZAMIRITA = {
    "given_name": "Zamirita",
    "family_name": "Testajani",
    "nationality": "Albanian",
    "gender": "Female",
}
TEKLAY = {
    "given_name": "Teklay",
    "family_name": "Haile Mock",
    "nationality": "Eritrean",
    "gender": "Male",
    "date_of_birth": "02/03/1990",
}
FIRST = {"date_of_birth": "14/05/2001", "home_office_reference": "A1234567"}
SECOND = {"date_of_birth": "23/11/1996", "home_office_reference": "B7654321"}
TWIN = {"family_name": "Testajani", "nationality": "Albanian", "date_of_birth": "14/05/2001"}
COMMON = {"given_name": "Van", "family_name": "Nguyen", "nationality": "Vietnamese", "gender": "Male"}


@functools.cache
def model() -> LinkageModel:
    made = make_referrals(1_500, seed=5).drop(columns=["true_person", "true_instance"])
    return link_referrals(made, progress=False).model


def linked(*records: dict[str, str], config: LinkageConfig | None = None) -> Linkage:
    frame = pd.DataFrame(list(records)).fillna("")
    frame.insert(0, "referral_id", [f"R{number:03d}" for number in range(len(frame))])
    return link_referrals(frame, model=model(), config=config, progress=False)


def people(linkage: Linkage) -> list[int]:
    """The first place of each referral's cluster."""
    ids = linkage.referrals["cluster_id"].tolist()
    return [ids.index(value) for value in ids]


def by_components(linkage: Linkage) -> list[int]:
    """The same, if whoever is joined by a chain of likely pairs were one person."""
    ids = linkage.referrals["referral_id"].tolist()
    likely = [
        (a, b)
        for a, b in itertools.combinations(range(len(ids)), 2)
        if linkage.explain(ids[a], ids[b]).to_dict()["match_weight_bits"] > 0
    ]
    ends = np.array(likely, dtype=np.int32).reshape(-1, 2)
    return [int(label) for label in components(len(ids), ends[:, 0], ends[:, 1])]


def same_person(linkage: Linkage, a: str, b: str) -> float:
    links = linkage.links.set_index(["referral_id_l", "referral_id_r"])["same_person_probability"]
    return float(links[a, b])


def test_two_dates_and_two_references_are_two_people_whatever_agrees_with_both() -> None:
    alone = linked({**ZAMIRITA, **FIRST}, {**ZAMIRITA, **SECOND})
    assert people(alone) == [0, 1]
    # A third referral without either is one of theirs, and does not make the two one.
    bridged = linked({**ZAMIRITA, **FIRST}, {**ZAMIRITA, **SECOND}, ZAMIRITA)
    assert by_components(bridged) == [0, 0, 0]
    found = people(bridged)
    assert found[0] != found[1]
    assert same_person(bridged, "R000", "R001") < 0.35


def test_two_dates_and_two_references_of_two_solid_people() -> None:
    found = linked(*[{**ZAMIRITA, **FIRST}] * 2, *[{**ZAMIRITA, **SECOND}] * 2)
    assert people(found) == [0, 0, 2, 2]
    assert (found.referrals["confidence"] > 0.99).all()


def test_child_and_adult_on_one_day_weigh_against_one_person() -> None:
    def probability(one: str, other: str, *more: dict[str, str]) -> float:
        days = [{**ZAMIRITA, "age_group": group, "referral_date": "2023-05-01"} for group in (one, other)]
        return same_person(linked(*days, *more), "R000", "R001")

    later = {**ZAMIRITA, "referral_date": "2023-06-01"}
    assert probability("Child", "Adult") < 0.75 < 0.9 < probability("Child", "Child")
    assert probability("Child", "Adult", later) < 0.8 < probability("Child", "Child", later)


def test_twins_are_two_people_and_so_are_twins_referred_twice() -> None:
    one = {**TWIN, "given_name": "Besarta", "gender": "Female"}
    other = {**TWIN, "given_name": "Liridonash", "gender": "Female"}
    brother = {**other, "gender": "Male"}
    assert people(linked(one, brother)) == [0, 1]
    twice = linked(one, other, one, other)
    assert by_components(twice) == [0, 0, 0, 0]
    assert people(twice) == [0, 1, 0, 1]
    assert (twice.referrals["confidence"] > 0.99).all()


def test_sisters_of_other_ages_are_two_people() -> None:
    one = {**TWIN, "given_name": "Besarta", "gender": "Female"}
    other = {**one, "given_name": "Liridonash", "date_of_birth": "20/08/2003"}
    assert people(linked(one, other, one, other)) == [0, 1, 0, 1]


def test_twin_sisters_referred_once_are_doubted_and_apart_where_false_links_cost_more() -> None:
    one = {**TWIN, "given_name": "Besarta", "gender": "Female"}
    twins = one, {**one, "given_name": "Liridonash"}
    assert same_person(linked(*twins), "R000", "R001") < 0.6
    assert people(linked(*twins, config=LinkageConfig(false_link_cost=4))) == [0, 1]


def test_common_names_and_a_stand_in_date_are_not_one_person() -> None:
    records = [{**COMMON, "date_of_birth": f"01/01/{year}"} for year in (2004, 2005, 2005, 2006)]
    assert people(linked(*records)) == [0, 1, 2, 3]


def test_one_telephone_number_does_not_join_two_solid_people() -> None:
    zamirita = {**ZAMIRITA, **FIRST, "phone": "07700900123"}
    teklay = {**TEKLAY, "phone": "07700900123"}
    found = linked(*[zamirita] * 3, *[teklay] * 3)
    assert people(found) == [0, 0, 0, 3, 3, 3]
    assert (found.referrals["confidence"] > 0.99).all()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_a_chain_of_dates_is_not_as_sure_as_its_links(order: tuple[int, ...]) -> None:
    dates = ["14/05/2001", "14/05/2000", "14/06/2000", "15/06/1999"]
    records = [{**ZAMIRITA, "date_of_birth": dates[place]} for place in order]
    found = linked(*records)
    assert set(by_components(found)) == {0}
    assert found.referrals["confidence"].fillna(0.0).max() < 0.9
