"""How a record writes nationality, gender, references and contact details (domain.md 4.4, 4.5, 1.2 and 6).

Nationality is confused as a fact first (contested states, a neighbour in the pick-list, `Unknown`, a second
nationality left out) and worded second: only sheets hold countries, codes and misspellings, the form's list
holds demonyms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nrm_linkage.synthetic.arrays import Bools, Ints, Streams, Strings, choose, strings, weighted, zipf
from nrm_linkage.synthetic.communities import COMMUNITIES, Structure
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.population import FEMALE, MALE, OTHER, People, cells, years_later
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.repeats import NRM, Referrals
from nrm_linkage.synthetic.tables import towns
from nrm_linkage.synthetic.taking import Taking

__all__ = ["Fields", "write_fields"]

_CONTESTED = {
    "Eritrean": ("Ethiopian", 0.04), "Ethiopian": ("Eritrean", 0.04), "Sudanese": ("Chadian", 0.03),
    "Chadian": ("Sudanese", 0.03), "South Sudanese": ("Sudanese", 0.03), "Kuwaiti": ("Iraqi", 0.10),
    "Albanian": ("Kosovan", 0.02), "Kosovan": ("Albanian", 0.02), "Somali": ("Ethiopian", 0.015),
    "Afghan": ("Pakistani", 0.015), "Syrian": ("Palestinian", 0.015), "Vietnamese": ("Chinese", 0.015),
    "Romanian": ("Moldovan", 0.015), "Iranian": ("Iraqi", 0.02), "Iraqi": ("Iranian", 0.03),
    "Portuguese": ("Brazilian", 0.015),
}  # fmt: skip
"""Contested and successor states, with the share in a later record (domain.md 4.4; Iran and Iraq 5% for
Kurds, here spread over all).
"""
_LOOK_ALIKE = {
    "Nigerian": "Nigerien", "Indian": "Indonesian", "Iranian": "Iraqi", "Iraqi": "Iranian",
    "Austrian": "Australian", "Slovak": "Slovenian", "Gambian": "Zambian", "Malian": "Malawian",
    "Mauritanian": "Mauritian", "Guinean": "Guyanese", "Dominican": "Citizen of the Dominican Republic",
    "Chinese": "Hong Konger", "Albanian": "Algerian", "Afghan": "Albanian", "Vietnamese": "Vincentian",
    "British": "British Virgin Islander", "Sudanese": "Surinamese", "Eritrean": "Estonian",
    "Somali": "Solomon Islander", "Romanian": "Russian",
}  # fmt: skip
_WORDINGS = {
    "British": (
        "UK;U.K.;United Kingdom;Great Britain;GB;GBR;Brit;White British;British Citizen;UK "
        "National;UKN;Britsh;Brittish;Untied Kingdom;British - Black Caribbean"
    ),
    "Albanian": "Albania;ALB;Albainian;Albanien",
    "Vietnamese": "Vietnam;Viet Nam;VNM;VN;Vietnamise;Vietnemese",
    "Eritrean": "Eritrea;ERI;Erutrean;Eriterian", "Ethiopian": "Ethiopia;ETH;Ethopian;Etiopian",
    "Sudanese": "Sudan;SDN;Sudaneese", "Somali": "Somalia;Somalian;SOM",
    "Afghan": "Afghanistan;AFG;Afgan;Afghani", "Iraqi": "Iraq;IRQ;Iraqui;Kurdish",
    "Iranian": "Iran;IRN;Islamic Republic of Iran;Iranain;Persian", "Pakistani": "Pakistan;PAK;Pakistany",
    "Bangladeshi": "Bangladesh;BGD;Banglades", "Filipino": "Philippines;PHL;Phillipino;Philippino",
    "Romanian": "Romania;ROU;Romainian", "Bulgarian": "Bulgaria;BGR;Bulgerian",
    "Nigerian": "Nigeria;NGA;Nigierian", "Ghanaian": "Ghana;GHA;Ghanian",
    "Lithuanian": "Lithuania;LTU;Lithunian", "Slovak": "Slovakia;SVK;Solvak", "Indian": "India;IND",
    "Chinese": "China;CHN;PRC", "Polish": "Poland;POL", "Syrian": "Syria;SYR", "Egyptian": "Egypt;EGY",
    "Kuwaiti": "Kuwait;Stateless (Kuwaiti);Bidoon;Bidun", "Thai": "Thailand;THA", "Brazilian": "Brazil;BRA",
    "South Sudanese": "South Sudan;SSD", "Chadian": "Chad;TCD", "Nepalese": "Nepal;Nepali",
    "Sri Lankan": "Sri Lanka;LKA", "Moroccan": "Morocco", "Ivorian": "Ivory Coast;Cote d'Ivoire",
    "Congolese (DRC)": "DRC;Congolese", "Czech": "Czechia;Czech Republic", "Kosovan": "Kosovo;XK",
    "Jamaican": "Jamaica;JAM", "Turkish": "Turkey;TUR",
    "Unknown": "Stateless;Not known;Undocumented;Refugee;None",
    "Palestinian": "Palestine;Stateless;Palestinian - Lebanon", "Dutch": "Netherlands;NLD",
}  # fmt: skip
_HOME_NATIONS = ("English", "Scottish", "Welsh", "Northern Irish")


@dataclass(frozen=True, repr=False)
class Fields:
    """Columns by canonical field, "" for missing, and where each mechanism struck."""

    columns: dict[str, Any]
    marks: dict[str, Bools]


def write_fields(
    people: People,
    rows: Referrals,
    taking: Taking,
    rates: ErrorRates,
    given: PopulationParameters,
    streams: Streams,
) -> Fields:
    """Nationality, gender, references and contact details of each referral."""
    marks: dict[str, Bools] = {}
    columns: dict[str, Any] = {
        **_nationalities(people, rows, taking, rates, streams, marks),
        "gender": _genders(people, rows, taking, rates, streams, marks),
        **_references(people, rows, rates, given, streams, marks),
        **_contacts(people, rows, rates, streams, marks),
    }
    return Fields(columns, marks)


def _nationalities(
    people: People,
    rows: Referrals,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> dict[str, Strings]:
    known = cells()
    n = len(rows)
    own, second = people.nationality[rows.person], people.second[rows.person]
    code = {str(name): i for i, name in enumerate(known.demonyms)}
    contested = np.arange(len(known.demonyms))
    contested_rate = np.zeros(len(known.demonyms))
    for name, (other, rate) in _CONTESTED.items():
        contested[code[name]], contested_rate[code[name]] = code[other], rate
    neighbour = np.where(
        np.arange(len(known.demonyms)) + 1 < len(known.demonyms), np.arange(len(known.demonyms)) + 1, 1
    )
    for name, other in _LOOK_ALIKE.items():
        neighbour[code[name]] = code[other]
    marks["nationality_contested"] = taking.hits(
        streams, "nationality_contested", contested_rate[own] * rates.nationality_contested, taking.later
    )
    marks["nationality_slip"] = taking.hits(streams, "nationality_slip", rates.nationality_slip)
    marks["nationality_unknown"] = taking.hits(
        streams, "nationality_unknown", rates.nationality_unknown, taking.later
    )
    out = np.select(
        [marks["nationality_unknown"], marks["nationality_slip"], marks["nationality_contested"]],
        [np.full(n, code["Unknown"]), neighbour[own], contested[own]],
        own,
    )
    marks["nationality_dual"] = taking.hits(streams, "nationality_dual", rates.nationality_dual, taking.later)
    kind = streams.uniform("fields.dual", n)
    british, turned = code["British"], marks["nationality_dual"] & (second > 0) & (kind < 0.4)
    added = np.where(
        own == british, 0, np.where((kind < 0.5) & (contested[own] != own), contested[own], british)
    )
    new_second = np.where(
        marks["nationality_dual"], np.where(second > 0, np.where(turned, out, 0), added), second
    )
    out = np.where(turned, second, out)
    demonym, second_demonym = known.demonyms[out], known.demonyms[new_second]
    nation = streams.uniform("fields.home_nation", n) < 0.04
    home = choose(streams.uniform("fields.which_nation", n) ** 2, _HOME_NATIONS)
    demonym = np.where((demonym == "British") & nation & (second_demonym == ""), home, demonym).astype(object)
    marks["nationality_wording"] = taking.hits(streams, "nationality_wording", rates.nationality_wording)
    which = streams.uniform("fields.wording", n)
    worded = demonym.copy()
    options = {name: words.split(";") for name, words in _WORDINGS.items()}
    for row in np.flatnonzero(marks["nationality_wording"]).tolist():
        own_words = options.get(demonym[row], [demonym[row].upper(), demonym[row].lower()])
        worded[row] = own_words[int(which[row] * len(own_words))]
    return {"nationality": demonym, "second_nationality": second_demonym, "nationality_worded": worded}


def _genders(
    people: People,
    rows: Referrals,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> Strings:
    own = people.gender[rows.person]
    single = np.array([each.structure in (Structure.ONE_NAME, Structure.TAMIL) for each in COMMUNITIES])[
        people.community[rows.person]
    ]
    marks["gender_flipped"] = taking.hits(
        streams, "gender_flipped", np.where(single, rates.gender_flipped_single_name, rates.gender_flipped)
    ) & (own < OTHER)
    marks["gender_other"] = taking.hits(streams, "gender_other", rates.gender_other)
    flipped = np.where(marks["gender_flipped"], np.where(own == FEMALE, MALE, FEMALE), own)
    out = np.where(marks["gender_other"], OTHER, flipped)
    gender: Strings = strings(["Female", "Male", "Other", "Other"])[out]
    return gender


def _digits(streams: Streams, name: str, size: int, places: int) -> Strings:
    number = streams(name).integers(10 ** (places - 1), 10**places, size)
    return strings([str(each) for each in number.tolist()])


def _references(
    people: People,
    rows: Referrals,
    rates: ErrorRates,
    given: PopulationParameters,
    streams: Streams,
    marks: dict[str, Bools],
) -> dict[str, Strings]:
    """Home Office references: several kinds a person, one or two of them in a record, with type words; and
    police references of a case.
    """
    n, m = len(rows), len(people)
    known = cells()
    kind = known.table.labels["first_responder_type"][known.table.column("first_responder_type")[rows.cell]]
    british = known.groups[people.nationality[rows.person]] == "British"
    share = np.select(
        [british, kind == "govt", kind == "police"],
        [0.0, given.reference_asylum, given.reference_police],
        given.reference_other,
    )
    present = streams.uniform("fields.reference", n) < share
    usual = streams.uniform("fields.reference_kind", m)[rows.person]
    marks["reference_other_kind"] = streams.uniform("fields.other_reference", n) < rates.reference_other_kind
    chosen = np.where(marks["reference_other_kind"], streams.uniform("fields.reference_again", n), usual)
    which = weighted(chosen, [0.62, 0.15, 0.13, 0.10])
    letter = choose(streams.uniform("fields.letter", m), list("ABCDEFHKLMNPRSTY"))
    ho = letter + _digits(streams, "fields.ho", m, 7)
    cid = _digits(streams, "fields.cid", m, 8)
    port = (
        choose(streams.uniform("fields.port", m), ["TN2", "ASC", "KIU", "DKE", "LHR"])
        + "/"
        + _digits(streams, "fields.port_number", m, 7)
    )
    uan = _digits(streams, "fields.uan", m, 12)
    how = streams.uniform("fields.reference_form", n)
    text = strings([""] * n)
    for row in np.flatnonzero(present).tolist():
        text[row] = _reference(
            int(which[row]), how[row], *(str(each[rows.person[row]]) for each in (ho, cid, port, uan))
        )
    case = _digits(streams, "fields.crime", n, 6)
    year = rows.date.astype("datetime64[Y]").astype(np.int64) + 1970
    police = (kind == "police") & (streams.uniform("fields.police", n) < 0.6) & (rows.route == NRM)
    suffix = strings([f"{i:02d}" for i in range(100)])[year % 100]
    return {
        "home_office_reference": text,
        "police_reference": np.where(police, "20/" + case + "/" + suffix, "").astype(object),
    }


def _reference(kind: int, how: float, ho: str, cid: str, port: str, uan: str) -> str:
    """One reference as people write it (domain.md 1.2)."""
    forms: tuple[str, ...]
    if kind == 0:
        forms = (
            ho,
            ho,
            ho,
            f"HO ref {ho}",
            f"{ho}/002",
            f"{ho[0]} {ho[1:]}",
            f"HO ref {ho} / CID {cid}",
            f"Home Office: {ho.lower()}",
        )
    elif kind == 1:
        forms = (cid, f"CID {cid}", f"CID: {cid}", f"CID {cid} / {ho}")
    elif kind == 2:
        forms = (port, f"Port ref {port}", f"port {port}", port.replace("/", " "))
    else:
        grouped = "-".join(("3434", uan[:4], uan[4:8], uan[8:]))
        forms = (grouped, f"UAN {grouped}", grouped.replace("-", ""), grouped.replace("-", " "))
    return forms[int(how * len(forms))]


def _contacts(
    people: People, rows: Referrals, rates: ErrorRates, streams: Streams, marks: dict[str, Bools]
) -> dict[str, Strings]:
    """Telephone, e-mail, town, postcode and language. Contact details are asked of adults only; brothers and
    sisters share theirs.
    """
    n, m = len(rows), len(people)
    household = np.where(people.family >= 0, people.family + m, np.arange(m))[rows.person]
    marks["phone_changed"] = (streams.uniform("fields.phone_changed", n) < rates.phone_changed) & (
        rows.sequence > 0
    )
    marks["address_changed"] = (streams.uniform("fields.address_changed", n) < rates.address_changed) & (
        rows.sequence > 0
    )
    unit = (household * 8 + np.maximum(rows.sequence, 0) * marks["address_changed"]).astype(np.uint64)
    caller = (rows.person * 8 + np.maximum(rows.sequence, 0) * marks["phone_changed"]).astype(np.uint64)
    salt = int(streams("fields.contacts").integers(1, 2**62))
    place, number = _scattered(unit, salt), _scattered(caller, salt + 1)
    adult = years_later(people.birth[rows.person], 18) <= rows.date
    has = streams("fields.contact_given").random((4, n))
    town = towns()[weighted((place % 100_003) / 100_003, zipf(len(towns()), 0.85, 1))]
    area = np.array(
        [word[:2].upper() if word[:2].isalpha() else "ZZ" for word in town.tolist()], dtype=object
    )
    numbers = strings([str(i) for i in range(1000)])
    letters = strings([a + b for a in "ABDEFGHJLNPQRSTUWXYZ" for b in "ABDEFGHJLNPQRSTUWXYZ"])
    postcode = (
        area
        + numbers[(place // 7 % 30 + 1).astype(np.int64)]
        + " "
        + numbers[(place // 217 % 10).astype(np.int64)]
        + letters[(place // 2171 % 400).astype(np.int64)]
    )
    digits = strings([str(each) for each in (number % 90_000_000 + 10_000_000).tolist()])
    phone = (
        np.where(number % 3 == 0, "+447", "07").astype(object)
        + numbers[(number // 11 % 9).astype(np.int64)]
        + digits
    )
    named = rows.route == NRM
    language = strings([each.language for each in COMMUNITIES])[people.community[rows.person]]
    return {
        "phone": np.where(named & (has[0] < 0.35), phone, "").astype(object),
        "email": np.where(named & adult & (has[1] < 0.12), "person" + digits + "@example.org", "").astype(
            object
        ),
        "town": np.where(named & (has[2] < 0.85), town, "").astype(object),
        "postcode": np.where(named & adult & (has[3] < 0.45), postcode, "").astype(object),
        "language": np.where(named & (language != "") & (has[1] > 0.35), language, "").astype(object),
    }


def _scattered(keys: np.ndarray, salt: int) -> Ints:
    """A fixed pseudo-random number for each key (the splitmix64 finaliser), so that one household keeps one
    address.
    """
    with np.errstate(over="ignore"):
        z = keys + np.uint64(salt)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(2)).astype(np.int64)
