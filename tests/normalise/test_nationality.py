"""Nationalities: a golden list of wordings, the form's pick-lists, pairs and groups, single typing errors."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.normalise.nationality import (
    folded,
    group,
    read_country,
    read_nationality,
    region,
)
from nrm_linkage.normalise.nationality_tables import pairs
from nrm_linkage.normalise.values import data_rows

LINES = (Path(__file__).parent / "nationality_wordings.txt").read_text(encoding="utf-8").splitlines()[1:]
CASES = [
    (codes, wording)
    for codes, _, rest in (line.partition(",") for line in LINES)
    for wording in rest.split("|")
]
GROUPS = {
    "uk", "albanian", "vietnamese", "horn", "somali", "arabic", "iranian_kurdish", "afghan", "chinese",
    "south_asian",
    "east_european", "west_african", "african_other", "portuguese_spanish", "southeast_asian", "other",
    "unknown",
}  # fmt: skip


@pytest.mark.parametrize(("codes", "wording"), CASES)
def test_wordings_name_what_they_should(codes: str, wording: str) -> None:
    assert " ".join(sorted(read_nationality(wording).codes)) == codes


def test_the_list_is_long_enough() -> None:
    assert len(CASES) >= 1000
    assert sum(codes == "" for codes, _ in CASES) >= 200
    assert len({wording for _, wording in CASES}) == len(CASES)


SAID_TO_BE_UNKNOWN = {"-", "N/K", "Not disclosed", "XXX"}


@pytest.mark.parametrize("wording", [wording for codes, wording in CASES if codes == ""])
def test_what_does_not_resolve_says_so(wording: str) -> None:
    """With an issue, unless the record itself says that there is nothing to read."""
    reading = read_nationality(wording)
    silent = wording in SAID_TO_BE_UNKNOWN or reading.qualifiers & {"unknown", "refugee"}
    assert ("nationality not recognised" in reading.issues) != bool(silent)


@pytest.mark.parametrize("value", [None, float("nan"), "", " ", "-", "n/a", "not provided"])
def test_missing_has_no_issue(value: object) -> None:
    reading = read_nationality(value)
    assert (reading.codes, reading.qualifiers, reading.issues) == (frozenset(), frozenset(), ())


@pytest.mark.parametrize(
    ("wording", "qualifier"),
    [
        ("Unknown", "unknown"),
        ("Albanian Unknown", "unknown"),
        ("British (Pakistani heritage)", "heritage:PAK"),
        ("Pakistani heritage", "heritage:PAK"),
        ("Somali born in Kenya", "born:KEN"),
        ("Nigerian-born British", "born:NGA"),
        ("Welsh", "wales"),
        ("Somaliland", "somaliland"),
        ("Refugee", "refugee"),
        ("possibly Eritrean", "uncertain"),
        ("White British", "ethnicity"),
        ("Kurdish Sorani", "language"),
    ],
)
def test_what_is_no_nationality_becomes_a_qualifier(wording: str, qualifier: str) -> None:
    assert qualifier in read_nationality(wording).qualifiers


def test_every_entry_of_the_form_is_one_code() -> None:
    """Except "Congo" of the list of countries, which may be either in a box for nationality."""
    for (entry,) in data_rows("nationality_picklist.csv"):
        reading = read_nationality(entry)
        if entry != "Congo":
            assert (len(reading.codes), reading.issues) == (0 if entry == "Unknown" else 1, ())


def test_duals_of_the_form_come_apart_in_both_orders() -> None:
    """Any two entries of the pick-list in one string, with a space as published or with a slash."""
    entries = [entry for (entry,) in data_rows("nationality_picklist.csv") if entry != "Unknown"]
    chosen = random.Random(11)
    for _ in range(400):
        first, second = chosen.sample(entries, 2)
        expected = read_nationality(first).codes | read_nationality(second).codes
        both = [read_nationality(text).codes for text in (f"{first} / {second}", f"{second} / {first}")]
        assert both == [expected, expected]


def test_a_typing_error_seldom_names_another_country() -> None:
    """One random edit of each entry: at most one in a hundred may be read as something else."""
    chosen = random.Random(5)
    wrong = tried = 0
    for (entry,) in data_rows("nationality_picklist.csv"):
        right = read_nationality(entry).codes
        for _ in range(5):
            at = chosen.randrange(len(entry))
            letter = chosen.choice("abcdefghijklmnopqrstuvwxyz")
            edited = chosen.choice(
                [
                    entry[:at] + entry[at + 1 :],
                    entry[:at] + letter + entry[at:],
                    entry[:at] + letter + entry[at + 1 :],
                ]
            )
            found = read_nationality(edited).codes
            tried += 1
            wrong += bool(found) and found != right
    assert wrong <= tried / 100


@pytest.mark.parametrize(
    ("a", "b"),
    [("ERI", "ETH"), ("SDN", "SSD"), ("SDN", "TCD"), ("ALB", "XKX"), ("IRN", "IRQ"), ("KWT", "x-bidoon"),
    ("IRQ", "x-bidoon"),
     ("AFG", "PAK"), ("SYR", "PSE"), ("VNM", "CHN"), ("ROU", "MDA"), ("PRT", "BRA"), ("x-soviet", "UKR"),
     ("SOM", "YEM"),
     ("x-kurdish", "IRQ"), ("x-rohingya", "MMR"), ("x-czechoslovak", "SVK"), ("x-yugoslav", "SRB")],
)  # fmt: skip
def test_contested_pairs(a: str, b: str) -> None:
    assert {(a, b), (b, a)} <= pairs("contested")
    assert (a, a) not in pairs("contested")


@pytest.mark.parametrize(
    ("a", "b"),
    [("NGA", "NER"), ("IND", "IDN"), ("IRN", "IRQ"), ("AUT", "AUS"), ("SVK", "SVN"), ("GMB", "ZMB"), ("MLI",
    "MYS"), ("MRT", "MUS"),
     ("GIN", "GUY"), ("DMA", "DOM"), ("NIU", "NRU"), ("HKG", "TWN"), ("ALB", "DZA"), ("CHE", "CHN"), ("MAR",
     "MKD")],
)  # fmt: skip
def test_lookalike_pairs(a: str, b: str) -> None:
    assert {(a, b), (b, a)} <= pairs("lookalike")


def test_unrelated_codes_are_neither() -> None:
    assert ("VNM", "ALB") not in pairs("contested")
    assert ("VNM", "ERI") not in pairs("lookalike")


def test_pairs_and_own_wordings_use_known_codes() -> None:
    known = {row[0] for row in data_rows("nationality_codes.csv")}
    used = {code for row in data_rows("nationality_pairs.csv") for code in (row[1], *row[2].split())}
    used |= {code for row in data_rows("nationality_own.csv") for code in row[0].split()}
    used |= {row[1] for row in data_rows("nationality_wordings.csv") if row[1]}
    assert used <= known
    assert {row[3] for row in data_rows("nationality_codes.csv")} == GROUPS - {"unknown"}


@pytest.mark.parametrize("table", ["codes", "wordings", "own", "words", "pairs", "picklist", "towns"])
def test_tables_have_as_many_cells_as_their_header(table: str) -> None:
    rows = data_rows(f"nationality_{table}.csv")
    assert rows
    assert {len(row) for row in rows} == {
        {"codes": 5, "wordings": 2, "own": 3, "words": 2, "pairs": 4, "picklist": 1, "towns": 1}[table]
    }
    assert not any('"' in cell for row in rows for cell in row)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [("", "unknown"), ("GBR", "uk"), ("GBR PAK", "south_asian"), ("IRQ x-kurdish", "iranian_kurdish"),
    ("NLD SOM", "somali"),
     ("ERI ETH", "horn"), ("ALB XKX", "albanian"), ("VNM CHN", "other"), ("PRT", "portuguese_spanish"),
     ("PRT GNB", "portuguese_spanish"),
     ("x-stateless", "other"), ("PSE x-stateless", "arabic"), ("NAM", "african_other"), ("PHL",
     "southeast_asian"), ("nowhere", "unknown")],
)  # fmt: skip
def test_groups(codes: str, expected: str) -> None:
    assert group(frozenset(codes.split())) == expected


def test_regions() -> None:
    assert region("ERI") == region("ETH") == "horn_of_africa"
    assert region("x-kurdish") == region("IRQ")
    assert (region("ATA"), region("nowhere")) == ("other", "unknown")


def test_read_country_takes_whole_names_only() -> None:
    assert [read_country(text) for text in ("Libya", "libya ", "Tripoli, Libya", "Greater London", None)] == [
        "LBY",
        "LBY",
        None,
        None,
        None,
    ]


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = folded(text)
    assert folded(once) == once or not text.isascii()


@given(st.sampled_from([wording for _, wording in CASES]))
def test_case_and_outer_space_change_nothing(wording: str) -> None:
    upper, spaced = read_nationality(wording.upper()).codes, read_nationality(f"  {wording} ").codes
    assert spaced == read_nationality(wording).codes
    if len(wording) > 3:
        assert upper == read_nationality(wording).codes
