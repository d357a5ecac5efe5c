"""Golden cases for every reader that has no test file of its own."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.normalise.ages import (
    AgeGroup,
    birth_interval_from_age,
    read_age,
    read_age_group,
    read_age_range,
)
from nrm_linkage.normalise.answers import Answer, read_answer
from nrm_linkage.normalise.contacts import read_email, read_outward_code, read_phone, read_postcode
from nrm_linkage.normalise.exploitation import TYPES, read_period, read_types
from nrm_linkage.normalise.gender import Gender, read_gender
from nrm_linkage.normalise.places import read_places
from nrm_linkage.normalise.records import RecordType, read_record_type
from nrm_linkage.normalise.references import read_references
from nrm_linkage.normalise.responders import ResponderType, read_responder_type
from tests.normalise.reading_cases import READ, cases


@pytest.mark.parametrize(
    ("field", "value", "expected"), [(field, *case) for field in READ for case in cases(field)]
)
def test_values_of_the_case_files_are_read_as_expected(field: str, value: str, expected: str) -> None:
    assert READ[field](value) == expected


def test_the_case_files_are_long_enough() -> None:
    """And hold no case twice, and cases that must not be read among them."""
    for field in READ:
        found = cases(field)
        assert len(found) >= (40 if field in ("references", "exploitation", "responders") else 20)
        assert len({value for value, _ in found}) == len(found)
        assert {expected in ("", "MISSING") for _, expected in found} == {True, False}


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        ("NRM123456", "nrm:123456"), ("NRM-0012345", "nrm:12345"), ("NRM 2023/01234", "nrm:20231234"),
        ("nrm ref: 123456", "nrm:123456"),
        ("NRM refs 123456 and 234567", "nrm:123456 nrm:234567"), ("NRM/2023/1234", "nrm:20231234"),
        ("A1234567", "ho:A1234567"),
        ("a1234567", "ho:A1234567"), ("A1234567/002", "ho:A1234567/2"), ("HO: A 1234567", "ho:A1234567"),
        ("HOA1234567", "ho:A1234567"),
        ("HO ref A1234567 / CID 1234567", "cid:1234567 ho:A1234567"), ("CID: 01234567", "cid:1234567"),
        ("cid 12345678", "cid:12345678"),
        ("Home Office reference H1234567, NRM 98765", "ho:H1234567 nrm:98765"), ("Port ref TN2/1234567",
        "port:TN2/1234567"),
        ("ASC/1234567", "port:ASC/1234567"), ("KIU/22/1234", "port:KIU/22/1234"), ("3434-0000-1234-5678",
        "uan:3434000012345678"),
        ("UAN 3434000012345678", "uan:3434000012345678"), ("BRP ZX1234567", "brp:ZX1234567"), ("ZX1234567",
        "brp:ZX1234567"),
        ("crime ref 20/123456/23", "police:20/123456/23"), ("20/123456/23", "police:20/123456/23"),
        ("crime no 13230123456", "police:13230123456"),
        ("CAD 4512 / 03JUN23", "police:CAD4512/030623"), ("CAD 4512 of 03/06/2023",
        "police:CAD4512/030623"), ("1234567", "any:1234567"),
        (1234567, "any:1234567"), (1234567.0, "any:1234567"), ("13230123456", "any:13230123456"),
        ("passport AB1234567", "passport:AB1234567"),
        ("DOB 17/08/2006", ""), ("born 17 August 2006, A1234567", "ho:A1234567"),
        ("tel 07700900123, HO A1234567", "ho:A1234567"),
        ("07700 900123", ""), ("+44 7700 900123", ""), ("someone@example.org", ""), ("none", ""),
        ("referred in 2021 and 2022", ""),
        ("CID 1234567\n7654321", "any:7654321 cid:1234567"), ("A0000000", ""), ("CAD 4512", ""),
        ("£12,345.00", ""), ("17082006", ""), ("A1234567;A7654321",
        "ho:A1234567 ho:A7654321"),
    ],
)  # fmt: skip
def test_references(value: object, tokens: str) -> None:
    assert " ".join(sorted(read_references(value).tokens)) == tokens


@given(
    st.integers(1_000_001, 9_999_998),
    st.sampled_from(["{}", "ref {}", "HO ref: {}.", "({})", "{}/ ", "Home Office {} thanks"]),
)
def test_a_home_office_reference_is_found_in_any_wrapping(number: int, wrapping: str) -> None:
    found = read_references(wrapping.format(f"B{number}"))
    assert found.tokens == {f"ho:B{number}"} or len(set(str(number))) == 1


@given(
    st.dates(dt.date(1950, 1, 1), dt.date(2030, 1, 1)),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%y", "%d %B %Y", "%d%m%Y", "%Y%m%d"]),
)
def test_dates_are_no_references(day: dt.date, form: str) -> None:
    assert read_references(day.strftime(form)).tokens == frozenset()


@pytest.mark.parametrize(
    ("value", "token"),
    [("07700 900123", "+447700900123"), ("+44 (0)7700-900123", "+447700900123"), ("0044 7700 900123",
    "+447700900123"),
     (447700900123, "+447700900123"), (7700900123.0, "+447700900123"), ("7.700900123e9", "+447700900123"),
     ("020 7946 0958", "+442079460958"),
     ("(0161) 496 0000", "+441614960000"), ("07700900123 / 07700900456", "+447700900123"),
     ("07700 900123 ext 4", "+447700900123"),
     ("+84 912 345 678", "+84912345678"), ("0084 912 345 678", "+84912345678"), ("+355 69 123 4567",
     "+355691234567"),
     ("0912345678", "0912345678"), ("999", None), ("0808 1000 900", None), ("00000000000", None), ("none",
     None), ("no phone", None)],
)  # fmt: skip
def test_phones(value: object, token: str | None) -> None:
    reading = read_phone(value)
    assert reading.token == token
    assert read_phone(reading.token).token == token


@pytest.mark.parametrize(
    ("value", "token"),
    [("A.Person+nrm@Example.org", "a.person@example.org"), ("mailto:a@b.org", "a@b.org"), ("<a@b.org>",
    "a@b.org"),
     ("a.b@gmail.com", "ab@gmail.com"), ("ab@googlemail.com", "ab@gmail.com"), ("x@", None),
     ("noemail@example.org", None),
     ("officer@example.police.uk", None), ("worker@council.gov.uk", None), ("a@b.org; c@d.org", "a@b.org"),
     ("unknown", None)],
)  # fmt: skip
def test_emails(value: object, token: str | None) -> None:
    reading = read_email(value)
    assert reading.token == token
    assert read_email(reading.token).token == token


@pytest.mark.parametrize(
    ("value", "unit", "outward"),
    [("sw1a 1aa", "SW1A1AA", "SW1A"), ("SW1A1AA", "SW1A1AA", "SW1A"), ("M1 1AE", "M11AE", "M1"), ("CR2 6XH",
    "CR26XH", "CR2"),
     ("EC1A 1BB", "EC1A1BB", "EC1A"), ("W1A OAX", "W1A0AX", "W1A"), ("SW1A", None, "SW1A"), ("ZZ99 3VZ",
     None, None),
     ("1 High Street, London SW1A 1AA", "SW1A1AA", "SW1A"), ("12345", None, None), ("NFA", None, None),
     (None, None, None)],
)  # fmt: skip
def test_postcodes(value: object, unit: str | None, outward: str | None) -> None:
    assert (read_postcode(value).token, read_outward_code(value).token) == (unit, outward)
    assert read_postcode(read_postcode(value).token).token == unit


@pytest.mark.parametrize(
    ("gender", "values"),
    [(Gender.FEMALE, ["Female", "f", "F", "woman", "girl", 2, "2", "trans woman", "Femail", "Female.",
    "Woman (adult)"]),
     (Gender.MALE, ["Male", "M", "male", "boy", 1, "1", "Trans male"]),
     (Gender.OTHER, ["Other", "X", "non-binary", "They do not identify as male or female", "transgender"]),
     (Gender.MISSING, ["U", "Unknown", "Not Recorded", 9, "9", "", None, "Male/Female", "blue"])],
)  # fmt: skip
def test_genders(gender: Gender, values: list[object]) -> None:
    assert {read_gender(value).gender for value in values} == {gender}


def test_two_genders_say_so() -> None:
    assert read_gender("Male/Female").issues == ("more than one gender",)


@pytest.mark.parametrize(
    ("answer", "values"),
    [(Answer.YES, ["Yes", "y", "TRUE", True, 1, "Yes - in 2021", "ticked"]), (Answer.NO, ["No", "n",
    False, 0, "No, first time"]),
     (Answer.UNSURE, ["Not sure", "not-sure", "DontKnow", "don't know", "maybe"]), (Answer.MISSING, ["",
     None, "N/A", "No data", "2021"])],
)  # fmt: skip
def test_answers(answer: Answer, values: list[object]) -> None:
    assert {read_answer(value) for value in values} == {answer}


@pytest.mark.parametrize(
    ("kind", "values"),
    [(RecordType.NRM, ["NRM", "nrm", 560734, "National Referral Mechanism"]), (RecordType.MISSING, ["",
    None, "other"]),
     (RecordType.DTN, ["DTN", "Duty to Notify", 662265, 662265.0, "MS1", "DtN report",
     "Duty to Notify (MS1)"])],
)  # fmt: skip
def test_record_types(kind: RecordType, values: list[object]) -> None:
    assert {read_record_type(value) for value in values} == {kind}


@pytest.mark.parametrize(
    ("value", "types"),
    [("Labour & Criminal", "criminal labour"), ("Sexual, Labour, Domestic & Criminal",
    "criminal domestic labour sexual"),
     ("Labour, Domestic, Organ Harvesting", "domestic labour organ"), ("Not specified or unknown", ""),
     ("Organ Harvesting", "organ"),
     ("forced to sell cannabis", "criminal"), ("county lines", "criminal"),
     ("no sexual exploitation, labour only", "labour"),
     ("organised crime group", ""), ("domestic violence", ""), ("domestic servitude", "domestic"), ("CSE",
     "sexual"),
     ("ComponentOrgansRemoved", "organ"), ("types-of-exploitation-unpaid-household-work", "domestic"),
     (None, ""),
     ("worked at a car wash, wages taken", "labour"), ("prostitution", "sexual")],
)  # fmt: skip
def test_types(value: object, types: str) -> None:
    assert " ".join(sorted(read_types(value))) == types


@given(st.sets(st.sampled_from(TYPES), min_size=1))
def test_any_combination_of_labels_is_read_back(types: set[str]) -> None:
    labels = [name.title() if name != "organ" else "Organ Harvesting" for name in sorted(types)]
    assert read_types(" & ".join([", ".join(labels[:-1]), labels[-1]]) if labels[1:] else labels[0]) == types


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [("between March and June 2022", "2022-03-01", "2022-06-30"), ("since 2021", "2021-01-01", None),
    ("last summer", None, None),
     ("March 2021", "2021-03-01", "2021-03-31"), ("2019-2021", "2019-01-01", "2021-12-31"), ("2019/20",
     "2019-01-01", "2020-12-31"),
     ("from Jan 2020 to 15/03/2021", "2020-01-01", "2021-03-15"), ("until March 2022", None, "2022-03-31"),
     ("before 2020", None, "2019-12-31"),
     ("01/03/2021", "2021-03-01", "2021-03-01"), ("2021", "2021-01-01", "2021-12-31"), ("08/2021",
     "2021-08-01", "2021-08-31"),
     ("when she was 15", None, None), ("March 2021 onwards", "2021-03-01", None), ("may have been 2021",
     "2021-01-01", "2021-12-31"),
     ("5 May 2021 - 7 June 2021", "2021-05-05", "2021-06-07"), ("Dec 2019 to Feb 2020", "2019-12-01",
     "2020-02-29"), ("ongoing", None, None),
     ("Jan '21 - Mar '22", "2021-01-01", "2022-03-31"), ("2021 to present", "2021-01-01", None),
     (None, None, None), (2021, "2021-01-01", "2021-12-31"),
     (dt.date(2021, 3, 1), "2021-03-01", "2021-03-01"), ("not known", None, None)],
)  # fmt: skip
def test_periods(value: object, first: str | None, last: str | None) -> None:
    assert [day and day.isoformat() for day in read_period(value)] == [first, last]


@given(st.text("0123456789/- ,.'abdefgijlmnoprstuvy", max_size=50))
def test_periods_are_in_order(text: str) -> None:
    first, last = read_period(text)
    assert first is None or last is None or first <= last


@pytest.mark.parametrize(
    ("kind", "names"),
    [(ResponderType.POLICE, ["Metropolitan Police Service", "Avon and Somerset Constabulary",
    "City of London Police", "Tarian ROCU",
                             "North West Regional Organised Crime Unit", "Police",
                             "National Police Air Service"]),
     (ResponderType.GOVERNMENT, ["Home Office - UK Visas and Immigration UKVI", "govt", "Government agency",
     "UK Border Force",
                                 "Gangmasters and Labour Abuse Authority GLAA", "National Crime Agency NCA",
                                 "Fair Work Agency"]),
     (ResponderType.LOCAL_AUTHORITY, ["Local Authority", "la", "Bury Metropolitan Borough Council",
     "London Borough of Bexley",
                                      "City of Westminster", "Belfast Health and Social Care Trust"]),
     (ResponderType.NGO, ["The Salvation Army", "Barnardo's", "Migrant Help", "NGO and third sector",
     "Kalayaan", "TARA", "Unseen",
                          "Belfast and Lisburn Women's Aid", "NSPCC CTAC"]),
     (ResponderType.MISSING, ["", None, "unknown", "someone"])],
)  # fmt: skip
def test_responders(kind: ResponderType, names: list[object]) -> None:
    assert {read_responder_type(name) for name in names} == {kind}


@pytest.mark.parametrize(
    ("value", "places"),
    [("Tripoli, Libya", "country:LBY tripoli"), ("BOTH", "overseas uk"), ("UK", "uk"), ("OVERSEAS",
    "overseas"), ("Manchester", "manchester"),
     ("London Borough of Bexley", "bexley"), ("Trinidad and Tobago", "country:TTO"), ("Libya and Italy",
     "country:ITA country:LBY"),
     ("United Kingdom", "uk"), ("unknown", ""), ("hotel", ""), (None, ""), ("Newcastle upon Tyne",
     "newcastle upon tyne"),
     ("Leeds\nLibya", "country:LBY leeds"), ("Köln", "koln"), (7, "")],
)  # fmt: skip
def test_places(value: object, places: str) -> None:
    assert " ".join(sorted(read_places(value))) == places


@pytest.mark.parametrize(
    ("value", "age"),
    [("17", 17), (17, 17), (17.0, 17), ("about 16 years", 16), ("approx. 17", 17), ("aged 17", 17),
    ("17 y/o", 17), ("17yo", 17), ("17.5", 17),
     ("18 months", 1), ("16-17", None), ("999", None), ("-1", None), (None, None), ("unknown", None),
     ("old", None)],
)  # fmt: skip
def test_ages(value: object, age: int | None) -> None:
    assert read_age(value) == age


def test_age_ranges_keep_both_ends() -> None:
    assert [(read_age_range(text).lowest, read_age_range(text).highest) for text in ("16-17", "16 or 17",
    "between 20 and 25", "under 18")] == [
        (16, 17), (16, 17), (20, 25), (0, 17),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("group", "values"),
    [(AgeGroup.CHILD, ["Child", "yes", "Child (17 or under)", 17, "16-17", "minor",
    True, "Child - looked after"]),
     (AgeGroup.ADULT, ["Adult", "no", "Adult (18 or over)", 18, "45", "over 18", False]),
     (AgeGroup.UNKNOWN, ["Unknown", "not-sure", "Not specified or unknown", "Not sure", "16-20",
     "age disputed"]),
     (AgeGroup.MISSING, ["", None, float("nan"), "blue"])],
)  # fmt: skip
def test_age_groups(group: AgeGroup, values: list[object]) -> None:
    assert {read_age_group(value) for value in values} == {group}


def completed_years(born: dt.date, on: dt.date) -> int:
    """The oracle: birthdays counted one by one."""
    return sum(
        (born.month, born.day) <= (on.month, on.day) or year < on.year
        for year in range(born.year + 1, on.year + 1)
    )


@given(st.integers(0, 100), st.dates(dt.date(2009, 1, 1), dt.date(2030, 12, 31)))
def test_the_interval_of_an_age_is_exactly_those_who_have_it(age: int, referred: dt.date) -> None:
    first, last = birth_interval_from_age(age, referred)
    assert completed_years(first, referred) == completed_years(last, referred) == age
    assert completed_years(first - dt.timedelta(days=1), referred) == age + 1
    if last < referred:
        assert completed_years(last + dt.timedelta(days=1), referred) == age - 1
