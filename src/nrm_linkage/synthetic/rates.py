"""How often a record says something else than the truth: one named rate for each mechanism.

Every field is an assumption of a simulation and none is a finding; no published source measures these for NRM
data (domain.md 8). "domain.md 4.0" and its like name the table of proposed rates; "assumed" is ours alone. A
rate is a share of the records, fields or tokens that the mechanism can touch, averaged over the ways in which
a referral is taken: interpreter, telephone, police custody and small-boat intake raise or lower whole groups
of rates together, and so does the care with which one record was written.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from nrm_linkage.errors import ConfigError

__all__ = ["ErrorRates"]

_NOT_RATES = frozenset(
    {
        "carelessness_shape",
        "interpreter_factor",
        "telephone_factor",
        "custody_factor",
        "small_boat_factor",
        "first_record",
        "one_name_persists",
    }
)


@dataclass(frozen=True, kw_only=True)
class ErrorRates:
    """One rate a mechanism. `ErrorRates.named("as assumed")`, `"harsher"` (rates times 1.6), `"milder"`
    (times 0.5; both chosen by us) or `"none"`.
    """

    # How errors hang together.
    carelessness_shape: float = 2.0
    """Shape of the gamma factor, with mean 1, that multiplies every rate of one record (assumed; domain.md 6:
    errors are correlated).
    """
    interpreter_factor: float = 1.3
    """What an interpreter does to name errors of people who are not British (assumed)."""
    telephone_factor: float = 1.5
    """What a telephone referral does to name errors (assumed)."""
    custody_factor: float = 2.0
    """What police custody does to missing dates of birth and aliases (domain.md 4.3 D1: 10% in the field
    against 5%).
    """
    small_boat_factor: float = 1.4
    """What small-boat intake does to names and dates of birth (assumed)."""
    first_record: float = 0.25
    """Date and nationality errors of a person's first record relative to later ones: their rates are quoted
    for a second (assumed).
    """

    # Spelling of a token, by community.
    spelling_british: float = 0.015
    """Another spelling or a generic respelling of a token (assumed; classes of domain.md 4.1)."""
    spelling_latin_script: float = 0.07
    """Albanian, Vietnamese, Romanian, Polish and other languages in Latin letters, and British people with
    names of another community, which have been in Latin letters since birth (assumed).
    """
    spelling_transliterated: float = 0.22
    """Arabic, Tigrinya, Amharic, Somali, Persian, Kurdish, Pashto, Dari (assumed)."""
    spelling_south_asian: float = 0.14
    """Punjabi, Bengali, Urdu, Tamil, Nepali and others (assumed)."""
    spelling_chinese: float = 0.08
    """Pinyin, Cantonese and older romanisations (assumed)."""
    spelling_african: float = 0.10
    """West, east and southern African names (assumed)."""
    nickname: float = 0.03
    """A familiar form instead of the forename, British and Caribbean (assumed; forms of domain.md 4.1)."""
    syllables_split: float = 0.15
    """A Chinese given name written as two words or with a hyphen (assumed; forms of domain.md 4.1)."""
    mishearing: float = 0.05
    """A phonetic mishearing in the name, not British (domain.md 4.0)."""
    typing: float = 0.02
    """An insertion, deletion, neighbour key or transposition in a name field (domain.md 4.0)."""

    # Which part of a name stands in which box.
    slots_redrawn: float = 0.35
    """Another usual division of the name than in the person's other records (assumed; forms of domain.md
    4.1).
    """
    one_name_persists: float = 0.70
    """Of placeholders and repeated names, those that are the person's, who has one name and gets the same in
    every record, and not the writer's (assumed; domain.md 4.0: the person has one name).
    """
    placeholder_one_name: float = 0.08
    """A placeholder instead of a surname: Afghan, South Indian, Indonesian and Sudanese (domain.md 4.0:
    6-10%).
    """
    placeholder: float = 0.01
    """The same, of others (domain.md 4.0: 1.5% over all)."""
    repeated_afghan: float = 0.04
    """The forename again as surname, Afghan (domain.md 4.0)."""
    repeated: float = 0.0042
    """The same, of others (domain.md 4.0: 0.5% over all)."""
    whole_in_one_box: float = 0.03
    """The whole name in one box, a placeholder in the other, or a split in mid-name (domain.md 4.0)."""
    swapped: float = 0.03
    """Forename and surname exchanged (domain.md 4.0)."""
    swapped_family_first: float = 0.20
    """The same, Vietnamese and Chinese (domain.md 4.0: 15-25%)."""
    swapped_horn: float = 0.08
    """The same, Eritrean, Ethiopian and Somali (domain.md 4.0)."""
    surname_comma: float = 0.01
    """`SURNAME, Forename` in one box (domain.md 4.0)."""
    title: float = 0.01
    """A title or role inside a name (domain.md 4.0)."""
    alias_embedded: float = 0.02
    """An alias inside a name field (domain.md 4.0)."""
    alias_box: float = 0.10
    """The nickname box is filled in (assumed)."""
    middle_changed: float = 0.20
    """A middle name present or reduced to an initial, British and Caribbean people who have one (domain.md
    4.0).
    """
    family_name_changed: float = 0.02
    """Another surname: a parent's, a foster family's, a spouse's; later records of British and European
    people (assumed).
    """

    # The characters.
    casing: float = 0.30
    """Case, hyphens, apostrophes, stray and odd spaces (domain.md 4.0)."""
    diacritics_lost: float = 0.30
    """Marks lost, of names that have them (domain.md 4.0)."""
    diacritics_lost_albanian_vietnamese: float = 0.85
    """The same, Albanian and Vietnamese (domain.md 4.1: near universal)."""
    mojibake: float = 0.03
    """Marks mangled by an encoding, of names that have them (domain.md 4.0; split from the above by us)."""
    truncation: float = 0.005
    """Cut to 20 or 30 characters, of all; shorter names show nothing (domain.md 4.0)."""
    pseudonym: float = 0.005
    """Initials, `Child A`, `PV1` instead of a name (domain.md 4.0)."""
    other_script: float = 0.002
    """The name in Arabic, Ge'ez, Cyrillic or Chinese writing (domain.md 4.0)."""

    # Dates of birth, codes of domain.md 4.3.
    dob_missing: float = 0.05
    """D1."""
    dob_new_year: float = 0.20
    """D2, Afghan, Sudanese, Eritrean, Somali, Iraqi and their like (15-25%)."""
    dob_new_year_albanian: float = 0.01
    """D2, Albanian; also other Europeans (the latter assumed)."""
    dob_new_year_british: float = 0.001
    """D2, British."""
    dob_new_year_other: float = 0.05
    """D2, all others (assumed)."""
    dob_other_default: float = 0.03
    """D3, of people whose age is disputed."""
    dob_age_assessed: float = 0.25
    """D4, the same."""
    dob_new_date: float = 0.15
    """D5, the same."""
    dob_day_month_swapped: float = 0.015
    """D6, of dates that can be swapped and change."""
    dob_digit: float = 0.015
    """D7."""
    dob_lunar_age_vietnamese: float = 0.08
    """D8, Vietnamese."""
    dob_lunar_age_chinese: float = 0.04
    """D8, Chinese."""
    dob_lunar_date: float = 0.05
    """D9, Vietnamese and Chinese."""
    dob_ethiopian_kept: float = 0.05
    """D10, Ethiopian; Eritrean at 0.6 of it."""
    dob_ethiopian_year: float = 0.06
    """D11, Ethiopian and Eritrean."""
    dob_ethiopian_twice: float = 0.01
    """D12, the same."""
    dob_persian_year_afghan: float = 0.12
    """D13, Afghan."""
    dob_persian_year_iranian: float = 0.04
    """D13, Iranian."""
    dob_persian_kept: float = 0.04
    """D14, Afghan and Iranian."""
    dob_tazkira: float = 0.08
    """D15, Afghan."""
    dob_islamic_year: float = 0.005
    """D16, people from countries that write Arabic script."""
    dob_era_kept: float = 0.01
    """D17, Thai and Nepalese."""
    dob_two_digit_year: float = 0.005
    """D18, sheets only."""
    dob_excel_serial: float = 0.005
    """D19, sheets only."""
    dob_excel_swapped: float = 0.01
    """D20, sheets only; of dates that can be swapped and change."""
    dob_partial: float = 0.03
    """D21, sheets only: the form has no room for it, and what it leaves out is counted in D1."""
    dob_impossible_before_2019: float = 0.01
    """D22, referrals before September 2019."""
    dob_impossible: float = 0.0005
    """D22, later, retyped sheets only (assumed)."""
    dob_is_referral_date: float = 0.002
    """D23."""
    dob_age_instead: float = 0.01
    """D24, sheets only, likewise."""
    dob_of_another: float = 0.005
    """D25."""
    dob_british_factor: float = 0.4
    """D6, D7, D18 to D25 of British people relative to others, so that 92% are right (D0)."""

    # Nationality and gender.
    nationality_unknown: float = 0.025
    """`Unknown` instead (domain.md 4.4)."""
    nationality_dual: float = 0.025
    """A second nationality dropped, added or exchanged with the first (domain.md 4.4)."""
    nationality_contested_horn: float = 0.04
    """Eritrean for Ethiopian or the reverse (domain.md 4.4)."""
    nationality_contested_sudan: float = 0.03
    """Sudanese, South Sudanese or Chadian for one another (domain.md 4.4)."""
    nationality_contested_kurdish: float = 0.05
    """Iranian for Iraqi or the reverse, Kurds only (domain.md 4.4)."""
    nationality_contested_bidoon: float = 0.10
    """Kuwaiti for Iraqi (domain.md 4.4)."""
    nationality_contested_kosovo: float = 0.02
    """Albanian for Kosovan or the reverse (domain.md 4.4)."""
    nationality_contested_other: float = 0.015
    """Somali for Ethiopian, Afghan for Pakistani and other contested pairs (domain.md 4.4: 1.5% at least)."""
    nationality_slip: float = 0.003
    """The neighbour in the pick-list (domain.md 4.4)."""
    nationality_wording: float = 0.10
    """A country, code or misspelling instead of the list's demonym, sheets only (domain.md 4.4)."""
    gender_flipped: float = 0.005
    """Female for male or the reverse (domain.md 4.5)."""
    gender_flipped_single_name: float = 0.015
    """The same where the name is single and unfamiliar (domain.md 4.5)."""
    gender_other: float = 0.002
    """To `Other` (domain.md 4.5)."""
    gender_wording: float = 0.03
    """A letter, a digit or small letters instead of the form's word, sheets only (assumed; forms of domain.md
    4.5).
    """
    nationality_joined: float = 0.20
    """Both nationalities in one box, of records with two, sheets only (assumed; forms of domain.md 4.4)."""

    # Everything else.
    reference_other_kind: float = 0.30
    """Another of a person's references than in their other records (assumed; domain.md 1.2)."""
    phone_changed: float = 0.40
    """A new telephone number since the record before (assumed)."""
    address_changed: float = 0.30
    """A new address likewise (assumed)."""
    exploitation_reworded: float = 0.25
    """The same situation under another set of exploitation types, later records (assumed)."""
    exploitation_free_text: float = 0.10
    """Words instead of the published label, sheets only (assumed)."""
    place_retold: float = 0.25
    """The same situation with another of its places, or in the UK and overseas instead of one of the two,
    later records (assumed).
    """
    place_wording: float = 0.10
    """Capitals, `area`, the county or the country beside the town, sheets only (assumed)."""
    date_iso: float = 0.04
    """A date of birth as 2006-08-17 in a sheet that has 17/08/2006 (assumed)."""
    date_in_words: float = 0.03
    """The same as 17 Aug 2006 (assumed)."""

    def __post_init__(self) -> None:
        for each in fields(self):
            if getattr(self, each.name) < 0:
                raise ConfigError(f"ErrorRates.{each.name} is below 0; a rate is 0 or more.")

    def scaled(self, factor: float) -> ErrorRates:
        """Every rate times `factor`, never above 0.95; the factors that tie errors together stay."""
        names = [
            each.name
            for each in fields(self)
            if each.name not in _NOT_RATES and not each.name.endswith("_factor")
        ]
        return replace(self, **{name: min(0.95, getattr(self, name) * factor) for name in names})

    @classmethod
    def named(cls, name: str) -> ErrorRates:
        """The setting of that name: "as assumed", "harsher", "milder" or "none". Raises ConfigError for
        others.
        """
        factors = {"as assumed": 1.0, "harsher": 1.6, "milder": 0.5, "none": 0.0}
        if name not in factors:
            raise ConfigError(f"errors= must be an ErrorRates or one of {', '.join(map(repr, factors))}.")
        return cls().scaled(factors[name])
