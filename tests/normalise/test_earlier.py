"""A referral that names an earlier one by its NRM number shares a reference with it, and with no other."""

from __future__ import annotations

import pandas as pd
import pytest

from nrm_linkage import link_referrals, make_referrals
from nrm_linkage.normalise.earlier import own_numbers
from nrm_linkage.normalise.references import read_own_number
from tests.frames import people, referrals_of
from tests.normalise.test_token_columns import rows_of

OWN = [
    ("12345/2023-NRM", "nrm:202312345"), ("NRM123456", "nrm:123456"), ("nrm-0012345", "nrm:12345"),
    ("NRM 2023/01234", "nrm:20231234"), ("NRM ref 654321", "nrm:654321"), ("2023-NRM-12345", "nrm:202312345"),
    ("NRM202301234", "nrm:20231234"), ("123456", None), (123456, None), ("R000", None), ("NRM", None),
    ("NRM000000", None), ("NRM 2023", None), ("5f0c1111-aaaa", None), ("", None), (None, None), ([], None),
    ("A1234567", None), ("NRM\u0662\u0663\u0664\u0665\u0666", "nrm:23456"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "token"), OWN)
def test_own_numbers_are_read_from_what_says_nrm(value: object, token: str | None) -> None:
    assert read_own_number(value) == token


@pytest.mark.parametrize(("value", "token"), [("123456", "nrm:123456"), (123456, "nrm:123456"), ("X9", None)])
def test_under_a_heading_that_says_nrm_digits_are_enough(value: object, token: str | None) -> None:
    assert read_own_number(value, numbers_of_nrm=True) == token


def test_only_quoted_numbers_that_one_referral_bears_are_added() -> None:
    ids = pd.Series(["NRM111222", "NRM 0111333", "NRM111333", "NRM111444", "111555"], name="Case id")
    quoted = {"nrm:111222", "nrm:111333", "nrm:111555", "nrm:999999", "any:111444"}
    assert rows_of(own_numbers(ids, quoted)) == [["nrm:111222"], [], [], [], []]
    assert rows_of(own_numbers(ids.rename("NRM number"), quoted))[4] == ["nrm:111555"]
    assert rows_of(own_numbers(ids, {"ho:A1234567"})) == [[]] * 5


def frame(details: str, ids: tuple[str, str, str] = ("12345/2023-NRM", "67890/2024-NRM", "13579/2024-NRM")):
    found = people(
        {"given_name": "Zamir", "family_name": "Testaj", "referral_date": "01/03/2023"},
        {"given_name": "Teklay", "family_name": "Mock", "referral_date": "01/05/2024",
         "reported_before_details": details},
        {"given_name": "Osei", "family_name": "Example", "referral_date": "02/05/2024"},
    )  # fmt: skip
    return found.assign(referral_id=list(ids))


@pytest.mark.parametrize(
    "details",
    ["previously referred, NRM ref 12345/2023-NRM", "Yes - NRM 2023/12345", "NRM202300012345, neg in 2023"],
)
def test_a_referral_and_the_earlier_one_that_it_names_share_a_reference(details: str) -> None:
    found = rows_of(referrals_of(frame(details)).references)
    assert found[:2] == [["nrm:202312345"], []]  # canonical order: 12345, 13579, 67890
    assert "nrm:202312345" in found[2]


@pytest.mark.parametrize(
    "details",
    ["brother was referred, NRM 12345/2023-NRM", "co-victim: 12345/2023-NRM", "12345/2023-NRM (sister)", "No",
     "reported to police in 2023"],
)
def test_a_number_that_is_said_to_be_another_person_s_is_no_reference(details: str) -> None:
    found = referrals_of(frame(details)).references
    assert rows_of(found) == [[], [], []]


def test_a_nameless_report_that_is_quoted_can_be_linked() -> None:
    rows = frame("NRM 12345/2023")
    rows.loc[0, ["given_name", "family_name"]] = ""
    assert referrals_of(rows).linkable.tolist() == [True, True, True]
    assert referrals_of(rows.assign(reported_before_details="")).linkable.tolist() == [False, True, True]


def test_the_number_is_evidence_that_a_link_shows() -> None:
    """Two referrals with names that differ, among invented others: the quoted number is their personal
    reference, and without it their weight is lower by far.
    """
    others = make_referrals(300, seed=4).drop(columns=["true_person", "true_instance"])
    mine = pd.DataFrame(
        {
            "NRM reference": ["12345/2023-NRM", "67890/2024-NRM"],
            "Forename(s)": ["Zamir", "Samir"],
            "Surname": ["Testaj", "Testa"],
            "DOB": ["14/05/2001", ""],
            "Nationality": ["Albanian", "Albanian"],
            "Date of referral": ["01/03/2023", "01/05/2024"],
        }
    )
    columns = {"reported_before_details": "Details"}
    found = {}
    for whose in ("previously referred", "brother was referred"):
        said = mine.assign(Details=["", f"{whose}, NRM ref 12345/2023-NRM"])
        both = pd.concat([others, said], ignore_index=True)
        linkage = link_referrals(both, columns=columns, progress=False)
        ids = list(mine["NRM reference"])
        links = linkage.links
        both = links[links["referral_id_l"].isin(ids) & links["referral_id_r"].isin(ids)]
        found[whose] = dict(zip(both["level_reference"], both["match_weight_bits"], strict=True))
    assert list(found["previously referred"]) == ["personal"]
    assert "personal" not in found["brother was referred"]
    (bits,) = found["previously referred"].values()
    assert all(bits > other + 5 for other in found["brother was referred"].values())
