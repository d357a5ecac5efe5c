"""What is believed of the parameters before the data speak. None of it is a finding; a large extract
outweighs it.

`M_PRIOR`: among referrals of one person, what share show each level? Read off the error rates that domain.md
4.0 to 4.5 proposes (all marked ASSUME there), two records' errors taken together; what it does not name (the
same day in a distant year) chosen by us (docs/decisions/0028). `RELATIVE`: the same among
different people of one family or operation (siblings, twins, co-victims; domain.md 6, 3.3 T6), chosen by us
and not learned; their given names are alike less often than any two strangers'. `NAMESAKE`: the same of names
among strangers whose names go together more often than their words do (Mary Grace, a name of one village),
chosen by us and learned. `LOOKALIKE`: the same of dates of birth among strangers who have one name and were
given one stand-in date, chosen by us: near what M_PRIOR has for one person's date, because theirs is recorded
with the same errors; and of several other names, of which they share the last (domain.md 6). What else they
show as one person's referrals do has m (`model.lookalikes`). `U_PRIOR`: the same among strangers, chosen by
us and learned, for levels without a frequency of their own. Shares are of pairs in which neither side is
missing; they are scaled to sum to one where they are used.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "DEFAULT_DAY_SHARES",
    "GENDER_OF_NAME",
    "GENDER_OF_NAME_PAIRS",
    "GIVEN_A_PARENTS_NAME",
    "GIVEN_ONE_NAME",
    "LOOKALIKE",
    "LOOKALIKES_EVERYWHERE",
    "LOOKALIKES_PER_UNKNOWN_DATE",
    "M_PRIOR",
    "M_STRENGTH_PAIRS",
    "M_STRENGTH_PAIRS_OF",
    "NAMED_AFTER",
    "NAMESAKE",
    "NAMESAKES_PER_REFERRAL",
    "NATIONALITIES",
    "NEAR_WORD_SHARES",
    "OTHER_WORDS",
    "POOLING_STRENGTH_PAIRS",
    "RARE_WORD_SHARE",
    "RARE_WORD_WITHIN",
    "REFERENCE_STRENGTH",
    "RELATIVE",
    "RELATIVES_PER_REFERRAL",
    "SHORT_WORD_SHARES",
    "SPELT_OTHERWISE",
    "U_PRIOR",
    "U_STRENGTH_PAIRS",
]

Shares = Mapping[str, Mapping[str, float]]

M_STRENGTH_PAIRS = 300.0
"""Pairs that the shipped m are worth (chosen by us)."""

M_STRENGTH_PAIRS_OF: Mapping[str, float] = {"reference": 50.0, "other_names": 10_000.0}
"""Fields whose m is worth less, because how often references change is hardly known (chosen by us:
docs/decisions/0022); or more, because those who have several other names may all be of one list, in which
hardly anybody stands twice, so that it is learned from strangers who share some
(docs/decisions/0033).
"""

POOLING_STRENGTH_PAIRS = 100.0
"""Pairs of the whole that a nationality group's own m starts from (chosen by us)."""

U_STRENGTH_PAIRS = 400.0
"""Pairs that the shipped u are worth (chosen by us)."""

REFERENCE_STRENGTH = 200.0
"""People that the reference frequencies are worth (chosen by us)."""

RELATIVES_PER_REFERRAL = 0.05
"""Pairs of relatives or co-victims per referral, before the data speak (domain.md 6: 4% of referrals have a
same-day sibling; ASSUME).
"""

GIVEN_ONE_NAME = 0.15
"""How many times as often as strangers relatives are given one name: a family's children are told apart by
their first names (domain.md 3.3 T6; 4.5, rule 5), cousins and co-victims may share one (chosen by us:
docs/decisions/0022, 0025).
"""

GIVEN_A_PARENTS_NAME = 0.03
"""How often, at least, relatives who were born far apart have one given name: some bear a parent's (chosen by
us: docs/decisions/0029).
"""

NAMED_AFTER = 0.04
"""How often, at least, the given name of one relative stands among the other names of the other: people bear
their fathers' (chosen by us).
"""

NAMESAKES_PER_REFERRAL = 0.02
"""Pairs per referral of strangers whose names agree beyond what frequencies say (chosen by us:
docs/decisions/0025).
"""

LOOKALIKES_PER_UNKNOWN_DATE = 0.14
"""Pairs of strangers with one name, one nationality and one stand-in date of birth, per referral whose date
stands for an unknown day (domain.md 6: 1% of people have such a look-alike; at the rates of domain.md 4.3 6%
to 7% of recorded dates stand for an unknown day; ASSUME).
"""

LOOKALIKES_EVERYWHERE = 1 / 3
"""The part of them that is as large in every community, however many of its dates stand for unknown days:
domain.md 6 speaks of 1% of people, of whatever nationality (chosen by us: docs/decisions/0023).
"""

RARE_WORD_SHARE = 3e-4
"""How often a stranger bears a given rare name word, before the data speak (chosen by us)."""

RARE_WORD_WITHIN = 2e-3
"""The same for a stranger of the same nationality, given that the word is rare there (chosen by us)."""

NATIONALITIES = {
    "GBR": 0.253, "ALB": 0.238, "VNM": 0.059, "SDN": 0.055, "ERI": 0.053, "IND": 0.020, "IRN": 0.019,
    "AFG": 0.018, "ROU": 0.018, "CHN": 0.017, "SOM": 0.015, "PAK": 0.011, "SYR": 0.011, "IRQ": 0.011,
    "ETH": 0.010, "NGA": 0.009, "PHL": 0.009, "EGY": 0.008, "BGD": 0.006, "POL": 0.006, "BRA": 0.005,
    "SSD": 0.004, "THA": 0.004, "GHA": 0.004,
}  # fmt: skip
"""Shares of the nationalities among referrals of 2023 (domain.md 2.5), where no referral says (by_name)."""

OTHER_WORDS = 1.4
"""Words of a name beside the naming one, on the average, before the data speak (chosen by us)."""

SPELT_OTHERWISE = 0.45
"""How often two people of one name are spelt differently, before the data speak (chosen by us)."""

GENDER_OF_NAME = 0.95
"""Among strangers whose given names agree, how often genders do too, before the data speak (chosen by us)."""

GENDER_OF_NAME_PAIRS = 100.0
"""Pairs that this is worth (chosen by us)."""

M_PRIOR: Shares = {
    "given_name": {
        "exact": 0.70, "variant": 0.13, "near": 0.05, "shortened": 0.02, "moved": 0.07, "alias": 0.005,
        "different": 0.025,
    },
    "other_name": {
        "exact": 0.73, "variant": 0.13, "near": 0.06, "shortened": 0.01, "partly": 0.01, "different": 0.06,
    },
    "other_names": {
        "exact": 0.64, "variant": 0.18, "near": 0.08, "shortened": 0.04, "partly": 0.05, "different": 0.01,
    },
    "date_of_birth": {
        "exact": 0.77, "exact default": 0.04, "day and month swapped": 0.01, "another calendar": 0.01,
        "same day, another year": 0.02, "one digit": 0.025, "default date near": 0.06,
        "another month": 0.0015, "another day": 0.0035, "within 35 days": 0.003,
        "same day, distant year": 0.002, "same year": 0.01, "next year": 0.012, "within five years": 0.015,
        "far apart": 0.004,
    },
    "birth_year": {"agrees": 0.82, "near": 0.12, "within five years": 0.04, "far apart": 0.02},
    "birth_range": {"compatible": 0.97, "incompatible": 0.03},
    "age_group": {
        "both children": 0.42, "both adults": 0.51, "child, later adult": 0.045, "adult, later child": 0.025,
    },
    "nationality": {"same": 0.94, "overlap": 0.03, "contested": 0.02, "lookalike": 0.005, "different": 0.005},
    "gender": {"same": 0.985, "different": 0.015},
    "reference": {"personal": 0.73, "near": 0.02, "police": 0.02, "different": 0.23},
    "contact": {"phone or e-mail": 0.38, "near": 0.02, "postcode": 0.20, "different": 0.40},
    "town": {"same": 0.55, "different": 0.45},
    "birthplace": {"same": 0.75, "different": 0.25},
}  # fmt: skip

RELATIVE: Shares = {
    "other_name": {
        "exact": 0.74, "variant": 0.12, "near": 0.05, "shortened": 0.01, "partly": 0.03, "different": 0.05,
    },
    "other_names": {
        "exact": 0.50, "variant": 0.10, "near": 0.05, "shortened": 0.02, "partly": 0.30, "different": 0.03,
    },
    "date_of_birth": {
        "exact": 0.05, "exact default": 0.03, "day and month swapped": 0.001, "another calendar": 0.001,
        "same day, another year": 0.01, "one digit": 0.01, "default date near": 0.06, "another month": 0.002,
        "another day": 0.006, "within 35 days": 0.012, "same day, distant year": 0.0005, "same year": 0.088,
        "next year": 0.19, "within five years": 0.40, "far apart": 0.1395,
    },
    "birth_year": {"agrees": 0.22, "near": 0.24, "within five years": 0.40, "far apart": 0.14},
    "birth_range": {"compatible": 0.80, "incompatible": 0.20},
    "age_group": {
        "both children": 0.30, "both adults": 0.50, "child, later adult": 0.10, "adult, later child": 0.10,
    },
    "nationality": {"same": 0.95, "overlap": 0.03, "contested": 0.01, "lookalike": 0.002, "different": 0.008},
    "gender": {"same": 0.72, "different": 0.28},
    "reference": {"personal": 0.05, "near": 0.10, "police": 0.15, "different": 0.70},
    "contact": {"phone or e-mail": 0.10, "near": 0.01, "postcode": 0.20, "different": 0.69},
    "town": {"same": 0.60, "different": 0.40},
    "birthplace": {"same": 0.70, "different": 0.30},
}  # fmt: skip

NAMESAKE: Shares = {
    "given_name": {
        "exact": 0.50, "variant": 0.10, "near": 0.08, "shortened": 0.04, "moved": 0.10, "alias": 0.01,
        "different": 0.17,
    },
    "other_name": {
        "exact": 0.60, "variant": 0.10, "near": 0.08, "shortened": 0.02, "partly": 0.05, "different": 0.15,
    },
    "other_names": {
        "exact": 0.35, "variant": 0.08, "near": 0.06, "shortened": 0.03, "partly": 0.43, "different": 0.05,
    },
}  # fmt: skip

LOOKALIKE: Shares = {
    "other_names": {
        "exact": 0.25, "variant": 0.07, "near": 0.06, "shortened": 0.02, "partly": 0.58, "different": 0.02,
    },
    "date_of_birth": {
        "exact": 0.0003, "exact default": 0.85, "day and month swapped": 0.001, "another calendar": 0.005,
        "same day, another year": 0.02, "one digit": 0.02, "default date near": 0.04, "another month": 0.002,
        "another day": 0.0025, "within 35 days": 0.0035, "same day, distant year": 0.0015, "same year": 0.013,
        "next year": 0.015, "within five years": 0.02, "far apart": 0.0045,
    },
}  # fmt: skip

U_PRIOR: Shares = {
    "given_name": {
        "exact": 0.01, "variant": 0.005, "near": 0.01, "shortened": 0.01, "moved": 0.02, "alias": 0.001,
        "different": 0.944,
    },
    "other_name": {
        "exact": 0.02, "variant": 0.01, "near": 0.01, "shortened": 0.005, "partly": 0.01, "different": 0.945,
    },
    "other_names": {
        "exact": 0.01, "variant": 0.005, "near": 0.005, "shortened": 0.005, "partly": 0.10,
        "different": 0.875,
    },
    "date_of_birth": {
        "exact": 0.0002, "exact default": 0.0005, "day and month swapped": 0.0001, "another calendar": 0.0003,
        "same day, another year": 0.003, "one digit": 0.004, "default date near": 0.02,
        "another month": 0.0015, "another day": 0.004, "within 35 days": 0.006,
        "same day, distant year": 0.001, "same year": 0.0685, "next year": 0.13, "within five years": 0.36,
        "far apart": 0.401,
    },
    "birth_year": {"agrees": 0.10, "near": 0.12, "within five years": 0.38, "far apart": 0.40},
    "birth_range": {"compatible": 0.60, "incompatible": 0.40},
    "age_group": {
        "both children": 0.17, "both adults": 0.35, "child, later adult": 0.24, "adult, later child": 0.24,
    },
    "nationality": {"same": 0.13, "overlap": 0.02, "contested": 0.02, "lookalike": 0.01, "different": 0.82},
    "gender": {"same": 0.63, "different": 0.37},
    "reference": {"personal": 0.00002, "near": 0.00002, "police": 0.00005, "different": 0.99991},
    "contact": {"phone or e-mail": 0.00003, "near": 0.00002, "postcode": 0.0001, "different": 0.99985},
    "town": {"same": 0.01, "different": 0.99},
    "birthplace": {"same": 0.03, "different": 0.97},
}  # fmt: skip

NEAR_WORD_SHARES: Mapping[int, float] = {3: 0.03, 4: 0.03, 5: 0.015, 6: 0.008, 7: 0.005, 8: 0.003}
"""By letters (8: eight or more): how often a stranger's bag holds a word near a given one, before the data
speak (chosen by us).
"""

SHORT_WORD_SHARES: Mapping[int, float] = {
    1: 0.15,
    2: 0.05,
    3: 0.03,
    4: 0.01,
    5: 0.005,
    6: 0.003,
    7: 0.002,
    8: 0.002,
}
"""By letters of the shorter word: how often a stranger's bag holds a word that it shortens, before the data
speak.
"""

DEFAULT_DAY_SHARES: Mapping[int, float] = {1: 0.04, 2: 0.006, 3: 0.005, 4: 0.03, 5: 0.035}
"""By `DefaultDate`: the share of birth dates on such days, before the data speak (1 January: 1 in 25 of
immigration records in 2007, domain.md 4.3; the rest near their share of the year, chosen by us).
"""
