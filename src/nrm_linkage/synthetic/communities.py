"""Communities of naming, and what nationality says about them.

A community is a way of naming: which parts a name has (`Structure`), from which pools they are drawn, how far
spellings vary. A nationality is a mixture of communities; heritage names of British people are part of that
mixture. Shares are assumed (domain.md 4.1 gives the structures; no source gives the shares). A community is a
property of invented people only and never leaves this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = [
    "COMMUNITIES",
    "COMMUNITY_NAMES",
    "Community",
    "Structure",
    "communities_of",
    "group_of",
    "split_nationality",
]


class Structure(IntEnum):
    """Which tokens a name holds, in slots 0 to 3."""

    WESTERN = 0
    """given, middle or none, family, second family or none"""
    PATERNAL = 1
    """given, father, grandfather, great-grandfather or none"""
    FAMILY_MIDDLE_GIVEN = 2
    """given, middle, family: spoken and written family first (Vietnamese)"""
    FAMILY_GIVEN = 3
    """given, none, family: written family first (Chinese, Hungarian)"""
    ONE_NAME = 4
    """given, father, tribe or none: only the first is a name in daily use (Afghan)"""
    TWO_FAMILIES = 5
    """given, second given or none, first family, second family (Iberian, Filipino)"""
    SIKH = 6
    """given, Singh or Kaur, clan or none"""
    TAMIL = 7
    """given, father: the father's name stands as surname or initial"""


@dataclass(frozen=True)
class Community:
    """One way of naming: pool of given names and of family or further names, section of spellings, rates and
    language.
    """

    name: str
    structure: Structure
    section: str
    """Section of variants.txt and of the respelling rules."""
    spelling: str
    """Which `spelling_*` rate of ErrorRates applies."""
    language: str
    """Language for which an interpreter is asked; empty for English."""
    middle: float = 0.0
    """Share with a middle, second given or fourth name."""
    gendered: bool = False
    """Women bear another form of the surname (pool `.sf`)."""


_W, _P = Structure.WESTERN, Structure.PATERNAL
_LATIN, _TRANS, _ASIA, _AFRICA = "latin_script", "transliterated", "south_asian", "african"

COMMUNITIES: tuple[Community, ...] = (
    Community("uk", _W, "uk", "british", "", 0.60),
    Community("albanian", _W, "albanian", _LATIN, "Albanian", 0.02),
    Community("vietnamese", Structure.FAMILY_MIDDLE_GIVEN, "vietnamese", _LATIN, "Vietnamese", 1.0),
    Community("habesha", _P, "habesha", _TRANS, "Tigrinya", 0.05),
    Community("sudanese", _P, "arabic", _TRANS, "Arabic", 0.35),
    Community("nilotic", _P, "arabic", _TRANS, "Dinka", 0.15),
    Community("arabic", _P, "arabic", _TRANS, "Arabic", 0.20),
    Community("somali", _P, "somali", _TRANS, "Somali", 0.05),
    Community("persian", _W, "persian", _TRANS, "Farsi", 0.0),
    Community("kurdish", _P, "persian", _TRANS, "Kurdish Sorani", 0.05),
    Community("afghan", Structure.ONE_NAME, "afghan", _TRANS, "Pashto", 0.55),
    Community("chinese", Structure.FAMILY_GIVEN, "chinese", "chinese", "Mandarin"),
    Community("sikh", Structure.SIKH, "southasian", _ASIA, "Punjabi", 0.45),
    Community("indian", _W, "southasian", _ASIA, "Gujarati", 0.25),
    Community("tamil", Structure.TAMIL, "southasian", _ASIA, "Tamil"),
    Community("pakistani", _W, "southasian", _ASIA, "Urdu", 0.12, True),
    Community("bangladeshi", _W, "southasian", _ASIA, "Bengali", 0.15, True),
    Community("nepali", _W, "southasian", _ASIA, "Nepali", 0.05),
    Community("romanian", _W, "eastern", _LATIN, "Romanian", 0.30),
    Community("polish", _W, "eastern", _LATIN, "Polish", 0.10, True),
    Community("czechoslovak", _W, "eastern", _LATIN, "Slovak", 0.03, True),
    Community("bulgarian", _W, "eastern", _LATIN, "Bulgarian", 0.0, True),
    Community("slavic", _W, "eastern", _LATIN, "Russian", 0.0, True),
    Community("baltic", _W, "eastern", _LATIN, "Lithuanian", 0.03, True),
    Community("hungarian", Structure.FAMILY_GIVEN, "eastern", _LATIN, "Hungarian"),
    Community("nigerian", _W, "african", _AFRICA, "", 0.45),
    Community("ghanaian", _W, "african", _AFRICA, "Twi", 0.40),
    Community("mande", _W, "african", _AFRICA, "French", 0.10),
    Community("southern_african", _W, "african", _AFRICA, "", 0.30),
    Community("caribbean", _W, "uk", "british", "", 0.50),
    Community("filipino", Structure.TWO_FAMILIES, "latin", _LATIN, "Tagalog", 0.10),
    Community("thai", _W, "latin", _TRANS, "Thai", 0.0),
    Community("lusophone", Structure.TWO_FAMILIES, "latin", _LATIN, "Portuguese", 0.35),
    Community("hispanic", Structure.TWO_FAMILIES, "latin", _LATIN, "Spanish", 0.40),
    Community("turkish", _W, "eastern", _LATIN, "Turkish", 0.08),
    Community("western", _W, "uk", "british", "", 0.25),
    Community("centralasian", _W, "eastern", _TRANS, "Russian", 0.0),
    Community("indonesian", Structure.TAMIL, "southasian", _ASIA, "Indonesian"),
)
COMMUNITY_NAMES = tuple(each.name for each in COMMUNITIES)

_BRITISH = {
    "uk": 0.80,
    "caribbean": 0.045,
    "pakistani": 0.035,
    "bangladeshi": 0.015,
    "somali": 0.025,
    "nigerian": 0.02,
    "ghanaian": 0.01,
    "indian": 0.01,
    "sikh": 0.005,
    "southern_african": 0.01,
    "arabic": 0.01,
    "polish": 0.01,
    "mande": 0.005,
}
_MIXED: dict[str, dict[str, float]] = {
    "British": _BRITISH,
    "Unknown": {"uk": 0.5, "arabic": 0.2, "vietnamese": 0.1, "albanian": 0.1, "southern_african": 0.1},
    "Iranian": {"persian": 0.62, "kurdish": 0.38},
    "Iraqi": {"kurdish": 0.55, "arabic": 0.45},
    "Indian": {"sikh": 0.4, "indian": 0.45, "tamil": 0.15},
    "Sri Lankan": {"tamil": 1.0},
    "Syrian": {"arabic": 0.85, "kurdish": 0.15},
    "Ethiopian": {"habesha": 0.8, "somali": 0.2},
    "Malaysian": {"indonesian": 0.6, "chinese": 0.4},
    "Turkish": {"turkish": 0.6, "kurdish": 0.4},
    "South African": {"southern_african": 0.7, "western": 0.3},
    "Cameroonian": {"mande": 0.5, "southern_african": 0.5},
}
_ALIKE: dict[str, str] = {
    "albanian": "Albanian Kosovan Macedonian",
    "vietnamese": "Vietnamese Cambodian Lao",
    "habesha": "Eritrean",
    "sudanese": "Sudanese Chadian",
    "nilotic": "South_Sudanese",
    "somali": "Somali Djiboutian",
    "afghan": "Afghan",
    "nepali": "Nepalese Bhutanese",
    "arabic": (
        "Egyptian Libyan Yemeni Kuwaiti Moroccan Algerian Tunisian Jordanian Lebanese Palestinian Emirati"
        " Qatari Omani Bahraini Mauritanian Saudi_Arabian"
    ),
    "chinese": "Chinese Taiwanese Hong_Konger Macanese Mongolian Singaporean",
    "pakistani": "Pakistani",
    "bangladeshi": "Bangladeshi Burmese Maldivian",
    "romanian": "Romanian Moldovan",
    "polish": "Polish",
    "czechoslovak": "Czech Slovak Slovenian Croatian",
    "bulgarian": "Bulgarian Serbian Montenegrin",
    "slavic": "Russian Ukrainian Belarusian Kazakh Latvian Estonian Georgian Armenian",
    "baltic": "Lithuanian",
    "hungarian": "Hungarian",
    "nigerian": "Nigerian Beninese",
    "ghanaian": "Ghanaian Togolese",
    "filipino": "Filipino",
    "thai": "Thai",
    "mande": (
        "Gambian Guinean Sierra_Leonean Ivorian Malian Senegalese Liberian Burkinan Nigerien "
        "Citizen_of_Guinea-Bissau"
    ),
    "southern_african": (
        "Namibian Zimbabwean Botswanan Kenyan Ugandan Tanzanian Zambian Malawian Mozambican Burundian "
        "Rwandan Swazi Central_African Congolese_(Congo) Congolese_(DRC) Angolan Equatorial_Guinean "
        "Comoran Citizen_of_Seychelles Fijian Papua_New_Guinean"
    ),
    "caribbean": (
        "Jamaican Trinidadian Grenadian St_Lucian Vincentian Barbadian Dominican Guyanese Bermudian "
        "Montserratian Mauritian Belizean Anguillan British_Virgin_Islander Haitian"
    ),
    "lusophone": "Brazilian Portuguese Cape_Verdean East_Timorese",
    "centralasian": "Uzbek Kyrgyz Tajik Turkmen Azerbaijani",
    "hispanic": (
        "Spanish Honduran Colombian Bolivian Salvadorean Mexican Cuban Peruvian Ecuadorean Venezuelan "
        "Argentine Chilean Nicaraguan Guatemalan Costa_Rican Citizen_of_the_Dominican_Republic"
    ),
    "indonesian": "Indonesian Bruneian",
}
_SINGLE = {
    nation.replace("_", " "): community for community, nations in _ALIKE.items() for nation in nations.split()
}

_ASYLUM = frozenset(
    """Afghan Sudanese Eritrean Ethiopian Somali Iraqi Iranian Syrian Chadian Yemeni Kuwaiti
    Libyan Palestinian Egyptian""".split()
) | {"South Sudanese"}
_EUROPEAN = frozenset(
    "Romanian,Polish,Lithuanian,Bulgarian,Slovak,Latvian,Czech,Dutch,Hungarian,Italian,Spanish,Portuguese,Irish,French,German,Greek,Ukrainian,Estonian,"
    "American,Australian,Canadian,Swedish,Danish,Norwegian,Finnish,Belgian,Austrian,Swiss,Slovenian,Croatian,Cypriot,Maltese".split(
        ","
    )
)
_SPELLED = {
    "UK": "British", "UKrainian": "Ukrainian", "Congolese Drc": "Congolese (DRC)",
    "Congolese (Drc)": "Congolese (DRC)", "Congolese Congo": "Congolese (Congo)",
    "Citizen of Guinea Bissau": "Citizen of Guinea-Bissau",
}  # fmt: skip


def communities_of(nationality: str) -> dict[str, float]:
    """The mixture of communities of a demonym; `western` where none is known."""
    if nationality in _MIXED:
        return _MIXED[nationality]
    return {_SINGLE.get(nationality, "western"): 1.0}


def group_of(nationality: str) -> str:
    """ "British", "Albanian", "Vietnamese", "asylum", "European" or "other": the groups of the rates in
    `PopulationParameters`.
    """
    if nationality in ("British", "Albanian", "Vietnamese"):
        return nationality
    return "asylum" if nationality in _ASYLUM else "European" if nationality in _EUROPEAN else "other"


def split_nationality(label: str, singles: frozenset[str]) -> tuple[str, str]:
    """A published label as nationality and second nationality, in the spelling of the form's list.

    Published tables write the two after one another in the order of the alphabet, and `UK` for all British
    ones. The second is "" for a single nationality. British stands second, as on a form whose first box holds
    the nationality of origin.

    >>> split_nationality("Pakistani UK", frozenset({"Pakistani", "UK"}))
    ('Pakistani', 'British')
    >>> split_nationality("Sri Lankan", frozenset({"Sri Lankan"}))
    ('Sri Lankan', '')
    """
    if label in singles or label in _SPELLED:
        return _SPELLED.get(label, label), ""
    words = label.split()
    for cut in range(1, len(words)):
        first, second = " ".join(words[:cut]), " ".join(words[cut:])
        if {first, second} <= singles | set(_SPELLED):
            first, second = _SPELLED.get(first, first), _SPELLED.get(second, second)
            return (
                (second, first)
                if first == "British" or (first == "Unknown" and second != "British")
                else (first, second)
            )
    return label, ""
