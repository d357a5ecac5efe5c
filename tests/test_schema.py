"""Which column is read as what, which frames are refused and in what words, and the order that rows get."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.resources
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage import LinkageConfig, schema
from nrm_linkage.errors import InputError
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.schema import OUTPUT_COLUMNS, arrange, recognise
from nrm_linkage.tables import RawReferrals

TABLE = list(
    csv.DictReader(
        importlib.resources.files("nrm_linkage").joinpath("schema_fields.csv").read_text("utf-8").splitlines()
    )
)
PARTS = ("form_names", "case_export_names", "headings", "weak_headings")
HEADINGS = [
    (row["field"], heading)
    for row in TABLE
    for heading in [row["field"], *(h for part in PARTS for h in row[part].split("|") if h)]
]


def frame_with(*headings: object, rows: int = 0) -> pd.DataFrame:
    """A frame that can be linked on, and these columns beside."""
    return pd.DataFrame([["x"] * (1 + len(headings))] * rows, columns=["Surname", *headings])


def refusal(frame: pd.DataFrame, columns: Any = None) -> str:
    with pytest.raises(InputError) as caught:
        arrange(frame, recognise(frame, columns))
    return str(caught.value)


# ------------------------------------------------------------------------------------------ recognition


@pytest.mark.parametrize(
    "restyle",
    [
        str,
        str.upper,
        lambda heading: heading.title().replace(" ", "_"),
        lambda heading: f"  {heading.replace(' ', ' - ')} :",
        lambda heading: heading.replace("e", "e\u0301"),
    ],
    ids=["as in the table", "capitals", "underscores", "spaces and punctuation", "accents"],
)
def test_every_heading_of_the_table_is_recognised_however_it_is_set(
    restyle: Callable[[str], str],
) -> None:
    for field, heading in HEADINGS:
        frame = pd.DataFrame(columns=["alias" if field != "alias" else "surname", restyle(heading)])
        assert recognise(frame).columns[field] == (restyle(heading),), heading


def test_no_heading_of_the_table_belongs_to_two_fields() -> None:
    fields: dict[str, set[str]] = {}
    for field, heading in HEADINGS:
        fields.setdefault("".join(filter(str.isalnum, heading.casefold())), set()).add(field)
    assert [heading for heading, owners in fields.items() if len(owners) > 1] == []


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("PV Surname", "family_name"),
        ("Victim's DOB", "date_of_birth"),
        ("Inmate DOB", None),  # a word that is not in the table: never guessed
        ("Victim DOB", "date_of_birth"),
        ("Date of birth of potential victim", "date_of_birth"),
        ("Nationality (PV)", "nationality"),
        ("Client First Name(s)", "given_name"),
        ("Person ID", None),
        ("Police/crime ref", "police_reference"),
        ("Police Reference (CRN/CAD)", "police_reference"),
        ("Forename or given name", "given_name"),
        ("First and middle names", "given_name"),
        ("Victim's middle name(s)", "middle_names"),
        ("Middle name / alias", None),
        ("Gender (M/F)", "gender"),
        ("Name / address", None),  # one of the two is no field
        ("Home Office/NRM ref", None),  # two fields
        ("DOB (exploiter)", None),
        ("Date of birth or age", None),
        ("First responder surname", None),
        ("Exploiter name", None),
        ("family", None),  # the form's question about parents and siblings
    ],
)
def test_headings_may_say_whose_value_it_is_and_other_people_are_not_taken(
    heading: str, field: str | None
) -> None:
    frame = pd.DataFrame(columns=["alias", heading])
    assert {name: labels for name, labels in recognise(frame).columns.items() if name != "alias"} == (
        {field: (heading,)} if field else {}
    )


@pytest.mark.parametrize(
    "heading", ["Also known as / nickname", "Alias / AKA (if known)", "AKA or nickname", "Nickname (alias)"]
)
def test_a_heading_that_names_a_field_twice_serves_unless_a_plain_one_does(heading: str) -> None:
    assert recognise(pd.DataFrame(columns=["surname", heading])).columns["alias"] == (heading,)
    both = recognise(pd.DataFrame(columns=["surname", heading, "Alias"]))
    assert both.columns["alias"] == ("Alias",)
    assert any("several columns could be alias" in note for note in both.notes)


def test_the_forms_and_the_exports_own_columns_are_taken_whole() -> None:
    for part in ("form_names", "case_export_names"):
        labels = [name for row in TABLE for name in row[part].split("|") if name]
        columns = recognise(pd.DataFrame(columns=labels)).columns
        assert sorted(str(label) for used in columns.values() for label in used) == sorted(labels)


@pytest.mark.parametrize(
    ("plain", "weak", "field"),
    [
        ("NRM reference", "ID", "referral_id"),
        ("Date of referral", "Created date", "referral_date"),
        ("Gender", "Sex", "gender"),
        ("Age at referral", "Age", "age_at_referral"),
        ("Mobile", "Contact number", "phone"),  # it may be the number of whoever referred
        ("E-mail", "Contact email", "email"),
    ],
)
def test_a_weak_heading_gives_way_to_a_plain_one_and_the_notes_say_so(
    plain: str, weak: str, field: str
) -> None:
    found = recognise(frame_with(weak, plain))
    assert found.columns[field] == (plain,)
    assert any(field in note and "plainer heading" in note for note in found.notes)
    assert recognise(frame_with(weak)).columns[field] == (weak,)


def test_columns_overrides_recognition() -> None:
    frame = frame_with("DOB", "Born on", "City", "Hull or Leeds")
    found = recognise(frame, {"date_of_birth": "Born on", "exploitation_cities": ["City", "Hull or Leeds"]})
    assert found.columns["date_of_birth"] == ("Born on",)
    assert found.columns["exploitation_cities"] == ("City", "Hull or Leeds")
    assert found.given_by_caller == {"date_of_birth", "exploitation_cities"}
    assert found.n_unused == 1


def test_columns_can_take_a_known_heading_for_another_field_and_leave_a_field_out() -> None:
    found = recognise(frame_with("Reference", "DOB"), {"alias": "Reference", "date_of_birth": None})
    assert found.columns["alias"] == ("Reference",)
    assert not {"date_of_birth", "referral_id"} & set(found.columns)


def test_an_earlier_recognition_is_repeated_without_looking_at_headings() -> None:
    found = recognise(frame_with("DOB", "Gender"), {"family_name": "Surname"}, by_heading=False)
    assert dict(found.columns) == {"family_name": ("Surname",)}


def test_labels_need_not_be_text() -> None:
    frame = pd.DataFrame([["R1", "Testaj"]], columns=[0, 1])
    raw = arrange(frame, recognise(frame, {"referral_id": 0, "family_name": 1}))
    assert raw.referral_id.tolist() == ["R1"]


def test_the_order_of_columns_changes_nothing_that_is_recognised() -> None:
    labels = ["City10", "Surname", "City2", "City1", "DOB"]
    assert dict(recognise(pd.DataFrame(columns=labels)).columns) == dict(
        recognise(pd.DataFrame(columns=labels[::-1])).columns
    )


def test_every_column_of_other_names_or_middle_names_is_read() -> None:
    frame = pd.DataFrame(
        {
            **{"Forename": ["Anna", "Beni"], "Middle name": ["Maria", None], "Forename 3": ["Vjosa", "Ilir"]},
            **{"Surname": ["Leka", "Hoxha"], "Alias": [None, "Ben"], "Maiden name": ["Testaj", "  "]},
            "Other names used": ["Ani", "Beqo"],
        }
    )
    raw = arrange(frame, recognise(frame))
    assert raw.columns["middle_names"][0].tolist() == ["Vjosa Maria", "Ilir"]
    assert raw.columns["alias"][0].tolist() == ["Testaj; Ani", "Ben; Beqo"]


IN_PARTS = {
    "day, month and year": ({"DOB day": ["7", "31"], "DOB month": ["03", "12"], "DOB year": ["2001", "1999"]},
                            ["2001-03-07", "1999-12-31"]),
    "numbers with gaps": (
        {"Birth day": [7.0, None], "Birth month": [3.0, 12.0], "Birth year": [2001.0, 1999.0]},
        ["2001-03-07", "1999-12"],
    ),
    "names of months": ({"Day of birth": [7, None], "Month of birth": ["March", "Dec"], "YOB": [2001, 1999]},
                        ["7 March 2001", "Dec 1999"]),
    "month and year": ({"Birth month": ["3", None], "Birth year": ["2001", "1999"]}, ["2001-03", "1999"]),
    "a day without a month": ({"Birth day": [7], "Birth month": [None], "Birth year": [2001]}, ["2001"]),
    "short years": ({"Birth day": [7], "Birth month": [3], "Birth year": ["01"]}, ["7/3/01"]),
    "no year": ({"Birth day": [7, None], "Birth month": [3, None], "Birth year": [None, " "]}, ["7/3", None]),
    "a whole date beside": ({"DOB": ["01/02/2003", None, " "], "Birth year": [1999, 2001, 2002]},
                            ["01/02/2003", "2001", "2002"]),
    "a year alone": ({"Year of birth": [2001, None]}, ["2001", None]),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "expected"), IN_PARTS.values(), ids=list(IN_PARTS))
def test_parts_of_a_date_of_birth_are_put_together(
    columns: dict[str, list[Any]], expected: list[Any]
) -> None:
    frame = pd.DataFrame({"Surname": ["Testaj"] * len(expected), **columns})
    raw = arrange(frame, recognise(frame))
    assert raw.columns["date_of_birth"][0].tolist() == expected
    assert not set(raw.columns) & {"day_of_birth", "month_of_birth", "year_of_birth"}


@given(st.dates(dt.date(1930, 1, 1), dt.date(2024, 1, 1)), st.sampled_from(["%m", "%B", "%b"]))
def test_a_date_in_parts_is_read_as_the_date(born: dt.date, month: str) -> None:
    parts = {"Birth day": [born.day], "Birth month": [born.strftime(month)], "Birth year": [born.year]}
    of_parts, whole = (
        normalise_referrals(arrange(frame, recognise(frame)), LinkageConfig()).referrals.birth
        for frame in (pd.DataFrame({"Surname": ["Testaj"], **each}) for each in (parts, {"DOB": [str(born)]}))
    )
    for of_part, of_whole in ((of_parts.first, whole.first), (of_parts.last, whole.last)):
        np.testing.assert_array_equal(of_part, of_whole)


def test_a_birthday_without_month_and_year_is_a_whole_date() -> None:
    found = recognise(pd.DataFrame(columns=["Surname", "Birthday", "Birth year"])).columns
    assert (found["date_of_birth"], found["year_of_birth"]) == (("Birthday",), ("Birth year",))
    parts = recognise(pd.DataFrame(columns=["Surname", "Birthday", "Birth month", "Birth year"])).columns
    assert (parts["day_of_birth"], "date_of_birth" in parts) == (("Birthday",), False)


def test_parts_beside_a_whole_date_are_noted() -> None:
    notes = recognise(pd.DataFrame(columns=["Surname", "DOB", "Birth year"])).notes
    assert any("parts of a date of birth" in note for note in notes)
    notes = recognise(pd.DataFrame(columns=["Surname", "Birth year"])).notes
    assert not any("date of birth" in note for note in notes)


def test_a_street_is_no_alias() -> None:
    assert "alias" not in recognise(pd.DataFrame(columns=["Surname", "Street name"])).columns


def test_a_middle_name_alone_is_nothing_to_link_on() -> None:
    assert "no column was recognised as a name" in refusal(pd.DataFrame({"Middle name": ["Anna"]}))


def test_two_boxes_for_one_reference_are_read_as_one_text() -> None:
    frame = pd.DataFrame(
        {
            "pv-name-last-name": ["Testaj", "Testaj", "Testaj"],
            "pv-ho-reference": ["A1234567", None, ""],
            "pv-ho-reference-type": ["HO ref", "CID 1234567", None],
        }
    )
    (joined,) = arrange(frame, recognise(frame)).columns["home_office_reference"]
    assert joined.tolist()[:2] == ["A1234567; HO ref", "CID 1234567"]
    assert pd.isna(joined[2])


# --------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("frame", "columns", "says"),
    [
        (pd.DataFrame(columns=["colour", "shape"]), None, ["nothing to link on", "columns={"]),
        (
            frame_with("DOB", "Date of birth"),
            None,
            ["2 columns could be date_of_birth", "'DOB'", "columns={"],
        ),
        (frame_with("DOB", "DOB.1"), None, ["2 columns could be date_of_birth", "'DOB.1'"]),
        (frame_with("DOB", "DOB"), None, ["date_of_birth", "'DOB'"]),
        (frame_with(), {"DOB": "date_of_birth"}, ["wrong way round", "{'date_of_birth': 'DOB'}"]),
        (frame_with(), {"date_of_brith": "Surname"}, ["does not exist", "Did you mean 'date_of_birth'"]),
        (frame_with(), {"DOB": "Surname"}, ["does not exist", "Did you mean 'date_of_birth'"]),
        (frame_with("D.O.B."), {"date_of_birth": "D.O.B"}, ["no such column", "Did you mean 'D.O.B.'"]),
        (frame_with("a", "b"), {"gender": ["a", "b"]}, ["2 columns for gender", "takes one"]),
        (frame_with("a"), {"gender": []}, ["0 columns for gender"]),
        (frame_with("a"), {"gender": "a", "nationality": "a"}, ["one column", "another field"]),
        (frame_with(), ["Surname"], ["columns= must map"]),
        (pd.DataFrame(columns=pd.MultiIndex.from_tuples([("a", "Surname")])), None, ["several levels"]),
        *[(frame_with(name), None, [repr(name), "rename"]) for name in OUTPUT_COLUMNS[1:]],
        (frame_with("referral_id", "NRM"), {"referral_id": "NRM"}, ["'referral_id'", "rename"]),
        (frame_with("cluster_id"), {"referral_id": "cluster_id"}, ["'cluster_id'", "rename"]),
    ],
)
def test_a_frame_that_cannot_be_used_is_refused_with_what_to_do(
    frame: pd.DataFrame, columns: Any, says: list[str]
) -> None:
    message = refusal(frame, columns)
    assert [part for part in says if part not in message] == [], message


SECRETS = ("Zvoqamir", "Kqextaj", "2001-05-14", "Nvorquil", "A7654321")
NAMELESS = pd.DataFrame(
    [["Nvorquil", "x", "y", "z"]], columns=["Zvoqamir", "Kqextaj", "2001-05-14", "A7654321"]
)


@pytest.mark.parametrize(
    "columns",
    [
        None,
        {"Zvoqamir": "given_name"},
        {"Zvoqamir": "Kqextaj"},
        {"given_name": "Zvoqamir Kqextaj"},
        {"given_name": "Kqextaj", "family_name": "Kqextaj"},
        {"given_name": ["Zvoqamir", "Kqextaj"]},
        {"given_name": "Kqextaj", "referral_id": "2001-05-14", "submission_id": "Nvorquil"},
    ],
)
def test_headings_that_are_a_persons_record_are_not_quoted(columns: Any) -> None:
    message = refusal(NAMELESS, columns)
    assert not [secret for secret in SECRETS if secret in message], message


def test_a_repeated_heading_that_is_not_known_is_not_quoted() -> None:
    frame = pd.DataFrame([["Nvorquil", "y"]], columns=["Zvoqamir", "Zvoqamir"])
    assert "Zvoqamir" not in refusal(frame, {"given_name": "Zvoqamir"})


@pytest.mark.parametrize("nothing", [None, np.nan, "", "  ", "N/A", "not known", "-"])
def test_a_referral_without_an_id_is_refused_by_count_alone(nothing: object) -> None:
    frame = pd.DataFrame({"NRM reference": ["Zvoqamir", nothing], "Surname": ["Kqextaj", "Nvorquil"]})
    message = refusal(frame)
    assert "1 of 2 rows have no referral id in 'NRM reference'" in message
    assert not [secret for secret in SECRETS if secret in message]


@pytest.mark.parametrize("ids", [["Zvoqamir"] * 3, [1, "1", "2"]])
def test_a_repeated_referral_id_is_refused_by_count_alone(ids: list[object]) -> None:
    message = refusal(pd.DataFrame({"NRM reference": ids, "Surname": ["a", "b", "c"]}))
    assert "rows repeat a referral id in 'NRM reference'" in message
    assert "Zvoqamir" not in message


# ------------------------------------------------------------------------------------- ids, order, duplicates


def arranged(frame: pd.DataFrame) -> RawReferrals:
    return arrange(frame, recognise(frame))


def originals(frame: pd.DataFrame) -> dict[object, object]:
    """Referral id -> the id of the row that it repeats."""
    raw = arranged(frame)
    return dict(zip(raw.referral_id, raw.referral_id[raw.duplicate_of], strict=True))


def test_a_submission_id_serves_as_referral_id_and_its_repeats_are_technical_duplicates() -> None:
    frame = pd.DataFrame({"ExternalId": ["u2", "u1", "u2", None, "u2"], "Surname": list("abcde")})
    raw = arranged(frame)
    assert raw.referral_id.tolist() == ["row 3", "u1", "u2", "u2#2", "u2#3"]
    assert raw.duplicate_of.tolist() == [0, 1, 2, 2, 2]


@pytest.mark.parametrize("nothing", [None, np.nan, "", " ", "N/A", "unknown"])
def test_rows_without_a_submission_id_are_not_duplicates_of_each_other(nothing: object) -> None:
    frame = pd.DataFrame({"ExternalId": [nothing] * 3, "Surname": ["Testaj", "Example", "Sample"]})
    assert arranged(frame).duplicate_of.tolist() == [0, 1, 2]


def test_a_made_up_submission_number_takes_no_other_rows_id() -> None:
    frame = pd.DataFrame({"ExternalId": ["u", "u", "u#2", "row 4", None], "Surname": list("abcde")})
    assert len(set(arranged(frame).referral_id)) == 5


FULL = {
    "NRM reference": ["R1", "R2", "R3", "R4"],
    "Surname": ["Testaj", "Testaj", "Testaj", "Sample"],
    "DOB": ["14/05/2001"] * 4,
    "Date of referral": ["01/02/2023"] * 4,
    "Gender": ["F", "F", "M", "F"],
    "Notes": ["first", "second", "third", "fourth"],
}


def test_rows_equal_in_all_that_is_recognised_are_technical_duplicates() -> None:
    assert originals(pd.DataFrame(FULL)) == {"R1": "R1", "R2": "R1", "R3": "R3", "R4": "R4"}


@pytest.mark.parametrize("column", ["Surname", "DOB", "Date of referral"])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_rows_that_lack_a_name_a_birth_or_a_day_are_never_taken_for_copies(
    column: str, nothing: str | None
) -> None:
    frame = pd.DataFrame(FULL | {column: [nothing] * 4})
    assert arranged(frame).duplicate_of.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("column", ["DOB", "Date of referral"])
def test_rows_are_not_copies_where_a_column_that_would_tell_is_not_there(column: str) -> None:
    assert arranged(pd.DataFrame(FULL).drop(columns=column)).duplicate_of.tolist() == [0, 1, 2, 3]


def test_copies_of_copies_lead_to_one_row() -> None:
    frame = pd.DataFrame(
        {
            "referral_id": ["a", "b", "c", "d", "e"],
            "submission_id": ["s1", "s2", "s1", "s2", None],
            "surname": ["Testaj", "Sample", "Example", "Example", "Sample"],
            "dob": ["2001-05-14"] * 5,
            "referral_date": ["2023-02-01"] * 5,
        }
    )
    assert set(originals(frame).values()) == {"a"}


def test_without_ids_rows_keep_their_order_and_the_notes_say_so() -> None:
    frame = pd.DataFrame({"Surname": ["b", "a"]}, index=["x", "x"])
    assert arranged(frame).referral_id.tolist() == [0, 1]
    assert any("row positions serve" in note for note in recognise(frame).notes)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "surname": st.sampled_from(["Testaj", "Sample", None]),
            "dob": st.sampled_from(["2001-05-14", "1990-02-02", ""]),
            "referral_date": st.sampled_from(["2023-01-01", "2023-02-01"]),
            "submission_id": st.sampled_from(["s1", "s2", "s3", ""]),
        }
    ),
    max_size=9,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_callers_row_order_changes_no_id_no_order_and_no_duplicate(
    rows: list[dict[str, Any]], chance: Any
) -> None:
    frame = pd.DataFrame(rows, columns=["surname", "dob", "referral_date", "submission_id"])
    frame["NRM reference"] = [f"R{position}" for position in range(len(frame))]
    mixed = frame.iloc[chance.sample(range(len(frame)), len(frame))]
    first, second = arranged(frame), arranged(mixed)
    assert first.referral_id.tolist() == second.referral_id.tolist()
    assert first.duplicate_of.tolist() == second.duplicate_of.tolist()
    for field, columns in first.columns.items():
        for one, other in zip(columns, second.columns[field], strict=True):
            pd.testing.assert_series_equal(one, other, check_names=False)
    assert frame["NRM reference"].iloc[first.position].tolist() == first.referral_id.tolist()
    assert mixed["NRM reference"].iloc[second.position].tolist() == second.referral_id.tolist()
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize("column", ["surname", "dob", "submission_id", "NRM reference"])
@pytest.mark.parametrize("left_out", [(), ("NRM reference",), ("NRM reference", "submission_id")])
def test_another_value_in_any_column_is_another_fingerprint(column: str, left_out: tuple[str, ...]) -> None:
    frame = pd.DataFrame({"surname": ["Testaj", "Mock"], "dob": ["2001-05-14", "1990-02-02"]})
    frame["submission_id"], frame["NRM reference"] = ["s1", "s2"], ["R1", "R2"]
    other = frame.assign(**{column: ["Other", frame[column].iloc[1]]}).drop(columns=list(left_out))
    same = arranged(frame.drop(columns=list(left_out))).fingerprint == arranged(other).fingerprint
    assert same == (column in left_out)


@given(ROWS, st.randoms(use_true_random=False))
def test_submissions_with_an_id_are_numbered_alike_in_every_order(
    rows: list[dict[str, Any]], chance: Any
) -> None:
    rows = [row for row in rows if row["submission_id"]]
    frame = pd.DataFrame(rows, columns=["surname", "dob", "referral_date", "submission_id"])
    mixed = frame.iloc[chance.sample(range(len(frame)), len(frame))]
    first, second = arranged(frame), arranged(mixed)
    assert first.referral_id.tolist() == second.referral_id.tolist()
    pd.testing.assert_series_equal(
        first.columns.get("family_name", (pd.Series(),))[0],
        second.columns.get("family_name", (pd.Series(),))[0],
    )


@given(ROWS)
def test_duplicates_are_the_components_of_same_submission_or_same_content(rows: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame(rows, columns=["surname", "dob", "referral_date", "submission_id"])
    frame["referral_id"] = [f"R{position}" for position in range(len(frame))]
    first = list(range(len(rows)))
    for _ in rows:
        for a, one in enumerate(rows):
            for b, other in enumerate(rows):
                content = [
                    {key: row[key] for key in ("surname", "dob", "referral_date")} for row in (one, other)
                ]
                same = one["submission_id"] == other["submission_id"] != ""
                same |= content[0] == content[1] and all(content[0].values())
                if same:
                    first[a] = first[b] = min(first[a], first[b])
    assert arranged(frame).duplicate_of.tolist() == first


@pytest.mark.parametrize("dtype", ["object", "string", "category", "int64", "Int64"])
def test_ids_of_every_dtype_are_kept_as_they_are(dtype: Any) -> None:
    ids = pd.Series([30, 4, 100] if "nt" in dtype else ["30", "4", "100"]).astype(dtype)
    raw = arranged(pd.DataFrame({"NRM reference": ids, "Surname": ["a", "b", "c"]}))
    assert [str(value) for value in raw.referral_id] == ["100", "30", "4"]
    assert set(raw.referral_id) == set(ids)


def test_cells_that_hold_lists_are_carried_without_a_crash() -> None:
    frame = pd.DataFrame(FULL | {"City": [["Hull"], ["Hull"], ["Leeds"], None]})
    assert originals(frame)["R2"] == "R1"


def test_the_fields_are_those_of_the_table() -> None:
    assert list(schema.FIELDS) == [row["field"] for row in TABLE]
    with pytest.raises(AttributeError):
        _ = schema.NO_SUCH_THING
