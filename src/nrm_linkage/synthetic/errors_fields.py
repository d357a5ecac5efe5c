"""How a record writes nationality and gender (domain.md 4.4 and 4.5).

Nationality is confused as a fact first (contested states, a neighbour in the pick-list, `Unknown`, a second
nationality left out) and worded second: only sheets hold countries, codes and misspellings, the form's list
holds demonyms.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.synthetic.arrays import Bools, Floats, Ints, Streams, Strings, choose, strings
from nrm_linkage.synthetic.communities import COMMUNITIES, Structure
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.population import FEMALE, MALE, OTHER, People, cells
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.repeats import Referrals
from nrm_linkage.synthetic.taking import Taking

__all__ = ["write_genders", "write_nationalities"]

_CONTESTED = {
    "Eritrean": ("horn", "Ethiopian"), "Ethiopian": ("horn", "Eritrean"),
    "Sudanese": ("sudan", "Chadian", "South Sudanese"), "Chadian": ("sudan", "Sudanese"),
    "South Sudanese": ("sudan", "Sudanese"), "Kuwaiti": ("bidoon", "Iraqi"),
    "Iranian": ("kurdish", "Iraqi"), "Iraqi": ("kurdish", "Iranian"),
    "Albanian": ("kosovo", "Kosovan"), "Kosovan": ("kosovo", "Albanian"),
    "Somali": ("other", "Ethiopian", "Kenyan", "Djiboutian", "Yemeni"),
    "Afghan": ("other", "Pakistani", "Iranian"), "Syrian": ("other", "Palestinian"),
    "Palestinian": ("other", "Syrian"), "Vietnamese": ("other", "Chinese"), "Romanian": ("other", "Moldovan"),
    "Moldovan": ("other", "Romanian"), "Portuguese": ("other", "Brazilian", "Angolan"),
    "Serbian": ("other", "Kosovan", "Albanian"),
}  # fmt: skip
"""Contested and successor states: which rate `nationality_contested_...` holds, and what stands instead
(domain.md 4.4). The Kurdish rate holds for Kurds alone.
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
        "National;UKN;Britsh;Brittish;Untied Kingdom;British - Black Caribbean;British (Pakistani heritage)"
    ),
    "Albanian": "Albania;ALB;AL;Albainian;Albanien",
    "Vietnamese": "Vietnam;Viet Nam;VNM;VN;Vietnamise;Vietnemese",
    "Eritrean": "Eritrea;ERI;ER;Erutrean;Eriterian", "Ethiopian": "Ethiopia;ETH;Ethopian;Etiopian",
    "Sudanese": "Sudan;SDN;SD;Sudaneese", "Somali": "Somalia;Somalian;SOM",
    "Afghan": "Afghanistan;AFG;Afgan;Afghani", "Iraqi": "Iraq;IRQ;IQ;Iraqui;Kurdish",
    "Iranian": "Iran;IRN;IR;Islamic Republic of Iran;Iranain;Persian", "Pakistani": "Pakistan;PAK;Pakistany",
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
_JOINED = ("{0} / {1}", "{0}/{1}", "{1} / {0}", "{0} and {1}", "{0} ({1} heritage)", "{0}, {1}")
"""Two nationalities in one box (domain.md 4.4)."""
_PASSPORTS = {
    "Somali": ("Dutch", "Swedish", "British"), "Pakistani": ("Spanish", "British", "British"),
    "Bangladeshi": ("Italian", "British"), "Brazilian": ("Portuguese", "Italian"), "Indian": ("Portuguese",),
    "Albanian": ("Greek", "Italian"), "Moldovan": ("Romanian",), "Ghanaian": ("Italian", "British"),
    "Nigerian": ("Irish", "British"), "Moroccan": ("Spanish", "Italian"), "Afghan": ("German", "British"),
}  # fmt: skip
"""Second nationalities that one record alone may name: passports of convenience (domain.md 4.4); others
British.
"""
_GENDER_WORDINGS = ("F;f;female;FEMALE;2", "M;m;male;MALE;1", "X;U;other;Not Recorded;9")
"""Of Female, Male and Other in older sheets (domain.md 4.5)."""


def write_nationalities(
    people: People,
    rows: Referrals,
    taking: Taking,
    rates: ErrorRates,
    given: PopulationParameters,
    streams: Streams,
    marks: dict[str, Bools],
) -> dict[str, Strings]:
    """`nationality` and `second_nationality` as demonyms of the form's list, `nationality_worded` as a sheet
    has the first or both; "" for none. Where each mechanism struck is added to `marks`.
    """
    demonyms = cells().demonyms
    first, second = _confused(people, rows, taking, rates, streams, marks)
    demonym, second_demonym = demonyms[first], demonyms[second]
    n = len(rows)
    nation = streams.uniform("fields.home_nation", n) < given.home_nation_written
    home = choose(streams.uniform("fields.which_nation", n) ** 2, _HOME_NATIONS)
    demonym = np.where((demonym == "British") & nation & (second_demonym == ""), home, demonym).astype(object)
    marks["nationality_wording"] = taking.hits(streams, "nationality_wording", rates.nationality_wording)
    which = streams.uniform("fields.wording", n)
    worded = demonym.copy()
    options = {name: words.split(";") for name, words in _WORDINGS.items()}
    for row in np.flatnonzero(marks["nationality_wording"]).tolist():
        own_words = options.get(demonym[row], [demonym[row].upper(), demonym[row].lower()])
        worded[row] = own_words[int(which[row] * len(own_words))]
    joint = (second_demonym != "") & (demonym != "")
    marks["nationality_joined"] = joint & (streams.uniform("fields.joined", n) < rates.nationality_joined)
    for row in np.flatnonzero(marks["nationality_joined"]).tolist():
        worded[row] = _JOINED[int(which[row] * len(_JOINED))].format(demonym[row], second_demonym[row])
    return {"nationality": demonym, "second_nationality": second_demonym, "nationality_worded": worded}


def _neighbours() -> Ints:
    """For each nationality code: its look-alike or neighbour in the list."""
    demonyms = cells().demonyms
    code = {str(name): i for i, name in enumerate(demonyms)}
    own = np.arange(len(demonyms))
    neighbour = np.where(own + 1 < len(demonyms), own + 1, 1)
    for name, look_alike in _LOOK_ALIKE.items():
        neighbour[code[name]] = code[look_alike]
    return neighbour


def _contested(
    own: Ints, person: Ints, community: Ints, rates: ErrorRates, streams: Streams
) -> tuple[Ints, Floats]:
    """The state that contests each row's nationality, the same in all records of a person, and how often."""
    demonyms = cells().demonyms
    code = {str(name): i for i, name in enumerate(demonyms)}
    people = int(person.max()) + 1 if len(person) else 0
    which = streams.uniform("fields.contested", people)[person]
    kurdish = np.array([each.name == "kurdish" for each in COMMUNITIES])[community]
    other, rate = own.copy(), np.zeros(len(own))
    for name, (kind, *states) in _CONTESTED.items():
        here = (own == code[name]) & (kurdish if kind == "kurdish" else True)
        other[here] = np.array([code[state] for state in states])[
            (which[here] * len(states)).astype(np.int64)
        ]
        rate[here] = getattr(rates, f"nationality_contested_{kind}")
    return other, rate


def _confused(
    people: People,
    rows: Referrals,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> tuple[Ints, Ints]:
    """Codes of the two nationalities as recorded; 0 for no second one."""
    demonyms = cells().demonyms
    own, second = people.nationality[rows.person], people.second[rows.person]
    neighbour = _neighbours()
    contested, contested_rate = _contested(own, rows.person, people.community[rows.person], rates, streams)
    british, unknown = (int(np.flatnonzero(demonyms == name)[0]) for name in ("British", "Unknown"))
    later = taking.later
    chances: dict[str, tuple[Floats | float, Floats | None]] = {
        "nationality_unknown": (rates.nationality_unknown, later),
        "nationality_slip": (rates.nationality_slip, None),
        "nationality_contested": (contested_rate, later),
        "nationality_dual": (rates.nationality_dual, later),
    }
    for name, (chance, factor) in chances.items():
        marks[name] = taking.hits(streams, name, chance, factor)
    picked = [marks["nationality_unknown"], marks["nationality_slip"], marks["nationality_contested"]]
    out = np.select(picked, [np.full(len(own), unknown), neighbour[own], contested], own)
    dual, kind = marks["nationality_dual"], streams.uniform("fields.dual", len(own))
    turned = dual & (second > 0) & (kind < 0.4)
    code = {str(name): i for i, name in enumerate(demonyms)}
    passport = np.full(len(own), british)
    for name, states in _PASSPORTS.items():
        here = own == code[name]
        options = np.array([code[state] for state in states])
        passport[here] = options[(kind[here] * 997 % 1 * len(states)).astype(np.int64)]
    other = np.where((kind < 0.5) & (contested != own), contested, passport)
    added = np.where(own == british, 0, other)
    changed = np.where(second > 0, np.where(turned, out, 0), added)
    return np.where(turned, second, out), np.where(dual, changed, second)


def write_genders(
    people: People,
    rows: Referrals,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> dict[str, Strings]:
    """`gender` as Female, Male or Other, and `gender_worded` as a sheet has it; where each mechanism struck
    is added to `marks`.
    """
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
    out = np.minimum(out, OTHER)
    gender: Strings = strings(["Female", "Male", "Other"])[out]
    marks["gender_wording"] = taking.hits(streams, "gender_wording", rates.gender_wording)
    which = streams.uniform("fields.gender_wording", len(rows))
    words = [choose(which, options.split(";")) for options in _GENDER_WORDINGS]
    own_words = np.select([out == FEMALE, out == MALE], words[:2], words[2])
    worded = np.where(marks["gender_wording"], own_words, gender).astype(object)
    return {"gender": gender, "gender_worded": worded}
