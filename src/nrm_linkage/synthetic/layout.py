"""The same records as three extracts: an analyst's sheet, the form's own fields, the case system's export.

"analyst" has human headings, dates as dd/mm/yyyy text (a few otherwise), countries and misspellings among the
nationalities, published labels or free text for the type of exploitation. "form" has the field names of the
referral form and ISO dates; a date that the form rejects is missing. "case export" has the case system's
names, ISO dates and one tick-box column a kind of exploitation. A layout renames and words; which people are
there, and what is known of them, is the same in all three.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nrm_linkage.errors import ConfigError
from nrm_linkage.synthetic.arrays import Bools, Dates, Streams, Strings, strings
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.situations import free_text

__all__ = ["LAYOUTS", "REFERENCE_HEADINGS", "SUBMISSION_HEADINGS", "lay_out"]

LAYOUTS = ("analyst", "form", "case export")

_ANALYST = {
    "referral_id": "NRM reference", "record_type": "Record type", "referral_date": "Date of referral",
    "given_name": "Forename(s)", "family_name": "Surname", "alias": "Alias", "date_of_birth": "DOB",
    "nationality": "Nationality", "second_nationality": "Second nationality", "gender": "Gender",
    "age_group": "Age group", "age_group_at_exploitation": "Age group at exploitation",
    "first_responder": "First responder", "first_responder_type": "First responder type",
    "home_office_reference": "HO reference", "police_reference": "Police reference", "phone": "Phone",
    "postcode": "Postcode", "town": "Town", "language": "Language", "exploitation_type": "Exploitation type",
    "exploitation_place": "Exploitation location", "city1": "City", "country1": "Country",
    "exploitation_start": "Exploitation start", "exploitation_end": "Exploitation end",
    "still_exploited": "Still exploited", "reported_before": "Reported before",
    "more_than_one_situation": "More than one situation", "other_victims": "Other victims",
    "competent_authority": "Competent authority", "rg_decision": "RG decision", "rg_date": "RG date",
    "cg_decision": "CG decision", "cg_date": "CG date",
}  # fmt: skip
_FORM = {
    "submission_id": "externalID", "referral_id": "referral_id", "referral_date": "referral_date",
    "record_type": "pv-want-to-submit-nrm", "given_name": "pv-name-first-name",
    "family_name": "pv-name-last-name", "alias": "pv-name-nickname", "date_of_birth": "pv-dob",
    "gender": "pv-gender", "nationality": "pv-nationality", "second_nationality": "pv-nationality-second",
    "age_group": "pv-under-age", "age_group_at_exploitation": "pv-under-age-at-time-of-exploitation",
    "home_office_reference": "pv-ho-reference-type", "police_reference": "reported-to-police-crime-reference",
    "phone": "pv-phone-number-yes", "email": "pv-contact-details-email-input",
    "postcode": "pv-contact-details-postcode", "town": "current-pv-location-uk-city",
    "language": "pv-interpreter-requirements-language", "first_responder": "user-organisation",
    "exploitation_dates": "when-did-the-exploitation-take-place",
    "exploitation_place": "where-exploitation-happened", "city1": "where-exploitation-happened-uk-city-1",
    "city2": "where-exploitation-happened-uk-city-2",
    "country1": "where-exploitation-happened-overseas-country-1",
    "exploitation_labour": "types-of-exploitation-forced-to-work",
    "exploitation_wages_taken": "types-of-exploitation-wages-taken",
    "exploitation_fraud": "types-of-exploitation-forced-to-commit-fraud",
    "exploitation_prostitution": "types-of-exploitation-prostitution",
    "exploitation_child": "types-of-exploitation-child-exploitation",
    "exploitation_taken_somewhere": "types-of-exploitation-taken-somewhere",
    "exploitation_crime": "types-of-exploitation-forced-to-commit-crime",
    "exploitation_organs": "types-of-exploitation-organs-removed",
    "exploitation_domestic_servitude": "types-of-exploitation-unpaid-household-work",
    "last_contact": "when-last-contact", "reported_before": "is-this-the-first-chance-to-report",
    "reported_before_details": "yes-the-first-chance-to-report",
    "more_than_one_situation": "potential-victim-exploitative-situation-multiple",
    "still_exploited": "still-in-exploitative-situation", "other_victims": "any-other-pvs",
}  # fmt: skip
_CASE = {
    "submission_id": "ExternalId", "referral_id": "referral_id", "referral_date": "referral_date",
    "record_type": "NRMOrDuty", "given_name": "Customer.Forename1", "family_name": "Customer.Surname",
    "alias": "Customer.Alias", "date_of_birth": "Customer.DOB", "gender": "Customer.Custom17",
    "nationality": "Customer.Nationality", "second_nationality": "Customer.Custom11",
    "age_group": "AdultOrChild", "age_group_at_exploitation": "AdultOrChildDuringExploitation",
    "home_office_reference": "CIDReference", "police_reference": "PoliceForceCRN", "phone": "Customer.Phone",
    "email": "Customer.Email", "postcode": "Customer.Postcode", "town": "PVCurrentCityTown",
    "language": "Customer.Custom14", "first_responder": "Agent.Organisation",
    "exploitation_dates": "ExploitationDates", "exploitation_place": "ExploitationLocationPresented",
    "city1": "City1", "city2": "City2", "country1": "Country1",
    "exploitation_labour": "ComponentForcedToWorkForNothing",
    "exploitation_wages_taken": "ComponentWagesTaken", "exploitation_fraud": "ComponentFraud",
    "exploitation_prostitution": "ComponentProstitution", "exploitation_child": "ComponentChildExploitation",
    "exploitation_taken_somewhere": "ComponentSexuallyassaulted",
    "exploitation_crime": "ComponentForcedCrime", "exploitation_organs": "ComponentOrgansRemoved",
    "exploitation_domestic_servitude": "ComponentDomesticServitude",
    "last_contact": "PVExploitersLastContact", "reported_before": "FirstChanceToReport",
    "reported_before_details": "ReportedBeforeFurtherInfo",
    "more_than_one_situation": "MoreThanOneExploitationSituations",
    "still_exploited": "PVStillInExploitativeSituation", "other_victims": "OtherVictims",
    "competent_authority": "competent_authority", "rg_decision": "rg_decision", "rg_date": "rg_date",
    "cg_decision": "cg_decision", "cg_date": "cg_date",
}  # fmt: skip
REFERENCE_HEADINGS = frozenset(each["referral_id"] for each in (_ANALYST, _FORM, _CASE))
SUBMISSION_HEADINGS = frozenset(each["submission_id"] for each in (_FORM, _CASE))
_DATES = ("referral_date", "exploitation_start", "exploitation_end", "rg_date", "cg_date")
_FORM_VALUES = {
    "gender": {"Female": "female", "Male": "male", "Other": "unknown"},
    "age_group": {"Child": "yes", "Adult": "no", "Unknown": "not-sure"},
    "age_group_at_exploitation": {"Child": "yes", "Adult": "no", "Unknown": "not-sure"},
    "exploitation_place": {"UK": "uk", "OVERSEAS": "overseas", "BOTH": "uk-and-overseas"},
}


def lay_out(record: dict[str, Any], layout: str, rates: ErrorRates, streams: Streams) -> dict[str, Any]:
    """Columns under the headings of a layout, from canonical columns with "" and NaT for missing; missing
    comes out as None.
    """
    if layout not in LAYOUTS:
        raise ConfigError(f"layout= must be one of {', '.join(map(repr, LAYOUTS))}.")
    values = dict(record)
    if layout == "analyst":
        return {_ANALYST[name]: _blank(values) for name, values in _analyst(values, rates, streams).items()}
    values["date_of_birth"] = iso(_accepted(values["date_of_birth"], values["referral_date"]))
    for name in _DATES:
        values[name] = iso(values[name])
    values |= _tick_boxes(values["exploitation_type"], values["age_group_at_exploitation"], streams)
    if layout == "form":
        for name, words in _FORM_VALUES.items():
            values[name] = _worded(values[name], words)
    headings = _FORM if layout == "form" else _CASE
    return {heading: _blank(values[name]) for name, heading in headings.items()}


def _accepted(birth: Dates, referred: Dates) -> Dates:
    """Dates that the form takes: from 1900 to the day of the referral."""
    taken = (birth >= np.datetime64("1900-01-01")) & (birth <= referred)
    return np.where(taken, birth, np.datetime64("NaT")).astype("datetime64[D]")


def _analyst(values: dict[str, Any], rates: ErrorRates, streams: Streams) -> dict[str, Any]:
    n = len(values["referral_id"])
    shown = british_dates(values["date_of_birth"])
    style = streams.uniform("layout.date_style", n)
    plain = values["dob_text"] == ""
    shown = np.where(plain & (style < rates.date_iso), iso(values["date_of_birth"]), shown)
    in_words = plain & (style >= rates.date_iso) & (style < rates.date_iso + rates.date_in_words)
    shown = np.where(in_words, worded_dates(values["date_of_birth"]), shown)
    values["date_of_birth"] = np.where(plain, shown, values["dob_text"]).astype(object)
    for name in _DATES:
        values[name] = british_dates(values[name])
    said: Bools = streams.uniform("layout.free_text", n) < rates.exploitation_free_text
    own_words = free_text(values["exploitation_type"][said], streams.uniform("layout.words", n)[said])
    types = values["exploitation_type"].copy()
    types[said] = own_words
    values["exploitation_type"] = types
    values["nationality"], values["gender"] = values["nationality_worded"], values["gender_worded"]
    values["city1"] = _places_worded(values["city1"], rates, streams)
    both = _worded(
        values["exploitation_place"], {"UK": "UK", "OVERSEAS": "Overseas", "BOTH": "UK and Overseas"}
    )
    values["exploitation_place"] = both
    return {name: values[name] for name in _ANALYST}


def _places_worded(towns: Strings, rates: ErrorRates, streams: Streams) -> Strings:
    """Towns, some in other words than the list's."""
    forms = ("{0} area", "{0}, UK", "near {0}", "{0} city centre", "{0}, England", "{0} and elsewhere")
    worded = (streams.uniform("layout.place", len(towns)) < rates.place_wording) & (towns != "")
    which = streams.uniform("layout.place_words", len(towns))
    out = towns.copy()
    for row in np.flatnonzero(worded).tolist():
        pick = int(which[row] * (len(forms) + 2))
        out[row] = towns[row].upper() if pick >= len(forms) else forms[pick].format(towns[row])
    return out


def _tick_boxes(labels: Strings, age_group: Strings, streams: Streams) -> dict[str, Strings]:
    """The form's boxes for the types of a label, one at least for each type named (domain.md 1.1.2)."""
    n = len(labels)
    draw = streams("layout.boxes").random((5, n))
    distinct = {label: label for label in sorted(set(labels.tolist()))}
    named = {
        part: np.isin(labels, [label for label in distinct if part in label])
        for part in ("Labour", "Sexual", "Criminal", "Domestic", "Organ")
    }
    child = age_group == "Child"
    wages = draw[0] < 0.55
    boxes = {
        "exploitation_labour": named["Labour"] & (~wages | (draw[1] < 0.7)),
        "exploitation_wages_taken": named["Labour"] & wages,
        "exploitation_fraud": named["Labour"] & (draw[2] < 0.06),
        "exploitation_prostitution": named["Sexual"]
        & ((~child & (draw[3] < 0.8)) | (child & (draw[3] < 0.2))),
        "exploitation_child": named["Sexual"] & child,
        "exploitation_taken_somewhere": named["Sexual"] & (((draw[3] >= 0.8) & ~child) | (draw[4] < 0.2)),
        "exploitation_crime": named["Criminal"],
        "exploitation_organs": named["Organ"],
        "exploitation_domestic_servitude": named["Domestic"],
    }
    return {name: np.where(ticked, "Yes", "").astype(object) for name, ticked in boxes.items()}


def _worded(values: Strings, words: dict[str, str]) -> Strings:
    return strings([words.get(value, value) for value in values.tolist()])


def _by_day(dates: Dates, write: Any) -> Strings:
    """Text of each date, made once for each distinct day; "" for NaT."""
    distinct, where = np.unique(dates, return_inverse=True)
    made: Strings = strings(["" if np.isnat(day) else write(day) for day in distinct])[where]
    return made


def iso(dates: Dates) -> Strings:
    """2006-08-17."""
    return _by_day(dates, str)


def british_dates(dates: Dates) -> Strings:
    """17/08/2006."""
    return _by_day(dates, lambda day: "/".join(reversed(str(day).split("-"))))


def worded_dates(dates: Dates) -> Strings:
    """17 Aug 2006, in English whatever the machine's language."""
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

    def write(day: np.datetime64) -> str:
        year, month, number = str(day).split("-")
        return f"{int(number)} {months[int(month) - 1]} {year}"

    return _by_day(dates, write)


def _blank(values: Strings) -> Strings:
    """None for "", as an absent value."""
    out = values.copy()
    out[values == ""] = None
    return out
