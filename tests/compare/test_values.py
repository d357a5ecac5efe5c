"""Levels of nationality, gender, references and contact details."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from nrm_linkage.compare.fields import NationalityLevel
from nrm_linkage.compare.values import contact_levels, nationality_levels, reference_levels, shared_tokens
from nrm_linkage.normalise.nationality_tables import pairs
from nrm_linkage.tables import Nationalities
from tests.frames import all_pairs, level_names, people, referrals_of


def level(field: str, one: dict[str, str], other: dict[str, str]) -> str:
    """The level of a field, which must be the same from both sides."""
    found, swapped = (level_names(people(*pair))[field] for pair in ((one, other), (other, one)))
    assert found == swapped
    return found


NATIONALITIES = [
    ("Albanian", "Albania", "same"),
    ("Viet Nam", "Vietnamese", "same"),
    ("English", "UK", "same"),
    ("Dutch Somali", "Somali", "overlap"),
    ("British and Somali", "Somali and Dutch", "overlap"),
    ("Eritrean", "Ethiopian", "contested"),
    ("Sudanese", "Chadian", "contested"),
    ("Nigerian", "Nigerien", "lookalike"),
    ("Iranian", "Vietnamese", "different"),
    ("", "Vietnamese", "missing"),
    ("Unknown", "Vietnamese", "missing"),
    ("", "", "missing"),
]


@pytest.mark.parametrize(("one", "other", "expected"), NATIONALITIES)
def test_nationalities(one, other, expected):
    assert level("nationality", {"nationality": one}, {"nationality": other}) == expected


def test_a_second_nationality_counts_as_the_first_does():
    one = {"nationality": "Dutch", "second_nationality": "Somali"}
    assert level("nationality", one, {"nationality": "Somali", "second_nationality": "Dutch"}) == "same"
    assert level("nationality", one, {"nationality": "Somali"}) == "overlap"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Female", "F", "same"),
        ("Male", "Female", "different"),
        ("Male", "", "missing"),
        ("Not Recorded", "Male", "missing"),
        ("", "", "missing"),
    ],
)
def test_genders(one, other, expected):
    assert level("gender", {"gender": one}, {"gender": other}) == expected


HO, POLICE = "home_office_reference", "police_reference"
REFERENCES = [
    ({HO: "A1234567"}, {HO: "HO ref a1234567"}, "personal"),
    ({HO: "A1234567"}, {POLICE: "see HO ref A1234567"}, "personal"),
    ({HO: "A1234567/002"}, {HO: "A1234567/003"}, "different"),
    ({HO: "A1234567/002"}, {HO: "A1234567/002"}, "personal"),
    ({HO: "A1234567"}, {HO: "A7654321"}, "different"),
    ({HO: "A1234567"}, {HO: "NRM 123456"}, "missing"),
    ({HO: "A1234567; NRM 123456"}, {HO: "A7654321; NRM 123456"}, "personal"),
    ({POLICE: "crime ref 12/3456/23"}, {POLICE: "crime ref 12/3456/23"}, "police"),
    ({POLICE: "crime ref 12/3456/23"}, {POLICE: "crime ref 98/7654/23"}, "missing"),
    ({HO: "A1234567", POLICE: "crime ref 12/3456/23"}, {HO: "A7654321", POLICE: "crime ref 12/3456/23"},
     "police"),
    ({HO: "A1234567"}, {HO: ""}, "missing"),
    ({HO: "99887766"}, {HO: "55443322"}, "missing"),
    ({HO: "A1234567"}, {HO: "A1234576"}, "near"),
    ({HO: "A1234567"}, {HO: "CID 1234568"}, "near"),
    ({HO: "99887766"}, {HO: "99887765"}, "near"),
    ({HO: "NRM 1234567"}, {HO: "NRM 1234568"}, "missing"),
    ({HO: "NRM 1234567"}, {HO: "A1234568"}, "missing"),
    ({POLICE: "crime ref 12/3456/23"}, {POLICE: "crime ref 12/3457/23"}, "missing"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "expected"), REFERENCES)
def test_references(one, other, expected):
    assert level("reference", one, other) == expected


CONTACTS = [
    ({"phone": "07700 900123"}, {"phone": "+44 7700 900123"}, "phone or e-mail"),
    ({"email": "a.b@example.org"}, {"email": "A.B@EXAMPLE.ORG"}, "phone or e-mail"),
    ({"phone": "07700 900123"}, {"phone": "07700 900456"}, "different"),
    ({"phone": "07700 900123"}, {"email": "a.b@example.org"}, "missing"),
    ({"postcode": "SW1A 1AA"}, {"postcode": "sw1a1aa"}, "postcode"),
    ({"phone": "07700 900123", "postcode": "SW1A 1AA"}, {"phone": "07700 900456", "postcode": "SW1A 1AA"},
     "postcode"),
    ({"phone": "07700 900123"}, {}, "missing"),
    ({"phone": "07700 900123"}, {"phone": "07700 900132"}, "near"),
    ({"email": "ruth.example@example.org"}, {"email": "rut.example@exmple.org"}, "near"),
    ({"email": "ruth.example@example.org"}, {"email": "osei.example@example.org"}, "different"),
    ({"phone": "07700 900123", "postcode": "SW1A 1AA"}, {"phone": "07700 900124", "postcode": "SW1A 1AA"},
     "near"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "expected"), CONTACTS)
def test_contacts(one, other, expected):
    assert level("contact", one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"town": "Leeds"}, {"town": "LEEDS "}, "same"),
        ({"town": "London Borough of Bexley"}, {"town": "Bexley"}, "same"),
        ({"town": "Leeds"}, {"town": "Derby"}, "different"),
        ({"town": "Leeds"}, {"town": "Unknown"}, "missing"),
        ({"town": "Leeds"}, {"town": "UK"}, "missing"),
        ({"town": "Leeds"}, {}, "missing"),
        # The postcode has said it already.
        ({"town": "Leeds", "postcode": "LS1 1AA"}, {"town": "Leeds", "postcode": "LS1 1AA"}, "missing"),
        ({"town": "Leeds", "postcode": "LS1 1AA"}, {"town": "Leeds", "postcode": "LS2 2BB"}, "same"),
    ],
)
def test_towns(one, other, expected):
    assert level("town", one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Asmara, Eritrea", "Asmera", "same"),
        ("Eritrea, Asmara, Mai Temenai", "Mai Temenay", "same"),
        ("Shkodra", "Tirana", "different"),
        ("Albania", "Tirana, Albania", "missing"),
        ("", "Tirana", "missing"),
    ],
)
def test_birthplaces(one, other, expected):
    assert level("birthplace", {"birthplace": one}, {"birthplace": other}) == expected


VALUES = {
    "nationality": ["", "Albanian", "Somali", "Dutch Somali", "Eritrean", "Ethiopian", "Nigerian"],
    HO: ["", "A1234567", "A1234567; NRM 123456", "NRM 123456", "A7654321", "99887766", "55443322",
         "A1234568", "NRM 1234567"],
    POLICE: ["", "crime ref 12/3456/23", "crime ref 98/7654/23", "A1234567"],
    "phone": ["", "07700 900123", "07700 900456", "07700 900124"],
    "postcode": ["", "SW1A 1AA", "EC1A 1BB"],
}  # fmt: skip


def records() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({box: st.sampled_from(values) for box, values in VALUES.items()})


@given(st.lists(records(), min_size=2, max_size=8))
def test_token_levels_are_those_of_plain_sets(drawn):
    referrals = referrals_of(people(*drawn))
    left, right = all_pairs(referrals.n)
    for lists, shared, levels in (
        (referrals.references, "police", reference_levels),
        (referrals.contacts, "postcode", contact_levels),
    ):
        held = [
            {lists.texts[token] for token in lists.token[lists.start[row] : lists.start[row + 1]]}
            for row in range(referrals.n)
        ]
        for a, b, found in zip(left, right, levels(lists, left, right), strict=True):
            common = {text.split(":", 1)[0] for text in held[a] & held[b]}
            never = {"police", "nrm", "postcode"}
            if any(text.startswith("nrm:") for text in held[a] | held[b]):
                never.add("any")
            near = any(
                text.split(":")[0] == other.split(":")[0] not in never
                and OSA.distance(text, other) <= 1
                for text in held[a]
                for other in held[b]
            )
            kinds = {text.split(":", 1)[0] for text in held[a]} & {text.split(":", 1)[0] for text in held[b]}
            if common - {shared}:
                expected = 1
            elif near:
                expected = 2
            elif common:
                expected = 3
            elif kinds - {"police", "any", "nrm"}:
                expected = 4
            else:
                expected = 0
            assert found == expected
    np.testing.assert_array_equal(
        nationality_levels(referrals.nationality, left, right),
        nationality_levels(referrals.nationality, right, left),
    )


CODES = ["ETH", "ERI", "SOM", "NGA", "NER", "GBR", "VNM"]


def level_of_sets(a: frozenset[str], b: frozenset[str]) -> str:
    if not a or not b:
        return "missing"
    if a == b:
        return "same"
    if a & b:
        return "overlap"
    met = set(itertools.product(a, b))
    return next((kind for kind in ("contested", "lookalike") if met & pairs(kind)), "different")


@given(st.lists(st.frozensets(st.sampled_from(CODES), max_size=3), min_size=1, max_size=12))
def test_nationality_levels_are_those_of_plain_sets(drawn):
    sets = (frozenset(), *sorted(set(drawn) - {frozenset()}, key=sorted))
    code = np.array([sets.index(one) for one in drawn], dtype=np.int32)
    nationalities = Nationalities(code, sets, np.zeros(len(sets), dtype=np.int8), ("",), code)
    left, right = all_pairs(len(drawn))
    found = nationality_levels(nationalities, left, right)
    assert [NationalityLevel(level).name.lower() for level in found] == [
        level_of_sets(drawn[a], drawn[b]) for a, b in zip(left, right, strict=True)
    ]


@given(st.lists(records(), min_size=2, max_size=8), st.integers(1, 5))
def test_tokens_that_meet_a_few_at_a_time_give_the_same_levels(drawn, few):
    referrals = referrals_of(people(*drawn))
    left, right = all_pairs(referrals.n)
    lists = referrals.references
    levels, shared = reference_levels(lists, left, right), shared_tokens(lists, left, right)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nrm_linkage.compare.values.MEET_AT_A_TIME", few)
        np.testing.assert_array_equal(reference_levels(lists, left, right), levels)
        np.testing.assert_array_equal(shared_tokens(lists, left, right), shared)


def test_no_pairs_and_no_values():
    referrals = referrals_of(people({"given_name": "Osei"}, {"given_name": "Zamir"}))
    none = np.zeros(0, dtype=np.int32)
    for both, n_pairs in (((none, none), 0), (all_pairs(2), 1)):
        for found in (
            reference_levels(referrals.references, *both),
            contact_levels(referrals.contacts, *both),
            nationality_levels(referrals.nationality, *both),
        ):
            assert found.tolist() == [0] * n_pairs
