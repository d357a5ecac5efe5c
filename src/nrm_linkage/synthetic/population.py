"""The people: what they are, when they were born, when they were first referred.

First responder, exploitation type, age at exploitation, gender and nationality are drawn together, as one
cell of the published table of 2023 (domain.md 2); everything else is drawn given the cell. Duty to Notify
people are adults drawn with the nationalities of domain.md 2.7. Referral dates follow the published quarters.
Names are not given here, and nobody is anybody's relative yet.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from nrm_linkage.synthetic.arrays import (
    Bools,
    Dates,
    Floats,
    Ints,
    Streams,
    Strings,
    as_days,
    strings,
    weighted,
)
from nrm_linkage.synthetic.communities import COMMUNITY_NAMES, communities_of, group_of, split_nationality
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.tables import JointTable, joint_table, nationalities

__all__ = [
    "DAYS_A_YEAR",
    "Cells",
    "People",
    "cells",
    "dates_in_window",
    "exploited_as_child",
    "new_year",
    "sample_births",
    "sample_people",
    "years_later",
]

DAYS_A_YEAR = 365.25
FEMALE, MALE, OTHER, UNKNOWN = 0, 1, 2, 3

QUARTERS = {
    2014: (567, 506, 628, 636), 2015: (727, 760, 837, 939), 2016: (894, 1003, 906, 1002),
    2017: (1156, 1194, 1323, 1463), 2018: (1618, 1652, 1747, 1957), 2019: (2153, 2308, 2802, 3343),
    2020: (2857, 2198, 2490, 3037), 2021: (2935, 3119, 3316, 3330), 2022: (3773, 4157, 4578, 4413),
    2023: (4738, 3993, 4131, 4142), 2024: (4521, 4312, 4752, 5538), 2025: (5294, 5689, 6407, 6021),
}  # fmt: skip
"""NRM referrals by quarter (domain.md 2.2); years outside stand as the nearest year."""

DUTY_TO_NOTIFY = {
    "Albanian": 764, "Eritrean": 580, "Sudanese": 538, "British": 393, "Chinese": 326, "Vietnamese": 295,
    "Romanian": 294, "Nepalese": 139, "Unknown": 100, "Iranian": 88, "Indian": 87, "Syrian": 85, "Iraqi": 85,
    "Brazilian": 72, "Ethiopian": 67, "Thai": 66, "Afghan": 63, "Somali": 58, "Egyptian": 56, "Pakistani": 45,
    "Polish": 44, "Bulgarian": 42, "Filipino": 37, "Nigerian": 35, "Bangladeshi": 34,
}  # fmt: skip
"""Duty to Notify reports of 2023 by nationality (domain.md 2.7); others are as in the adult NRM."""

_ROUNDS = 8
"""Iterations for the dates of first referrals; more change nothing that shows (chosen by us)."""

_ADULT_MEDIANS = {
    "Albanian": (27, 30), "Sudanese": (23, 26), "Eritrean": (24, 25), "Vietnamese": (27, 30),
    "Indian": (30, 32), "Filipino": (36, 38), "British": (24, 26), "Chinese": (33, 36), "Pakistani": (30, 32),
    "Thai": (34, 38), "Romanian": (31, 28),
}  # fmt: skip
"""Median age of adult men and women (domain.md 6; those that it does not name are assumed); others 28 and 30.
"""


@dataclass(frozen=True, repr=False)
class Cells:
    """What each cell of the joint table means: one entry a cell, except `nationality_labels`."""

    table: JointTable
    nationality: Ints
    second: Ints
    gender: Ints
    demonyms: Strings
    """Demonym of each nationality code; code 0 is "" (no second nationality)."""
    groups: Strings
    """Group of each nationality code (`communities.group_of`)."""


@functools.cache
def cells() -> Cells:
    """The joint table with its nationalities split and coded."""
    table = joint_table()
    singles = frozenset(nationalities()) | {"UK"}
    pairs = [split_nationality(label, singles) for label in table.labels["nationality"]]
    demonyms = ["", *sorted({each for pair in pairs for each in pair} - {""} | set(nationalities()))]
    code = {name: i for i, name in enumerate(demonyms)}
    of_label = np.array([[code[first], code[second]] for first, second in pairs], dtype=np.int64)
    each = of_label[table.column("nationality")]
    gender_codes = {"Female": FEMALE, "Male": MALE, "Other": OTHER, "Unknown": UNKNOWN}
    gender = np.array([gender_codes[name] for name in table.labels["gender"]], dtype=np.int64)[
        table.column("gender")
    ]
    groups = strings([group_of(name) for name in demonyms])
    return Cells(table, each[:, 0], each[:, 1], gender, strings(demonyms), groups)


@dataclass(frozen=True, repr=False)
class People:
    """One entry a person. Dates are datetime64[D]; `cell` indexes `cells()`; community `COMMUNITIES`."""

    cell: Ints
    nationality: Ints
    second: Ints
    gender: Ints
    community: Ints
    birth: Dates
    """The date of birth that the person gives: 1 January for some in every record."""
    first_date: Dates
    age_disputed: Bools
    duty_to_notify: Bools
    """Known only from a Duty to Notify report."""
    family: Ints
    """Code of a group of brothers and sisters, or -1."""
    operation: Ints
    """Code of a police operation, or -1."""
    namesake: Ints
    """The person whose names and date of birth this one happens to share, or -1."""

    def __len__(self) -> int:
        return len(self.cell)

    def child(self, on: Dates) -> Bools:
        """Under 18 on the date, in truth as given by `birth`."""
        under: Bools = on < years_later(self.birth, 18)
        return under


def exploited_as_child(people: People) -> Bools:
    """Child by the published age at exploitation; where that is unknown, by the age at the first referral."""
    table = cells().table
    label = table.labels["age_at_exploitation"][table.column("age_at_exploitation")[people.cell]]
    return np.where(label == "Unk", people.child(people.first_date), label == "Child").astype(bool)


def years_later(dates: Dates, years: int) -> Dates:
    """The same day in another year; 29 February becomes 1 March."""
    months = dates.astype("datetime64[M]")
    return as_days((months + 12 * years).astype("datetime64[D]") + (dates - months.astype("datetime64[D]")))


def dates_in_window(
    start: np.datetime64, end: np.datetime64, uniforms: Floats, given: PopulationParameters
) -> Dates:
    """Dates of first referrals from start to end, both included: such that they and the further referrals
    that follow from them have the volumes of the published quarters, with quiet weekends.
    """
    days = np.arange(start, end + np.timedelta64(1, "D"))
    months = days.astype("datetime64[M]").astype(int)
    year = np.clip(months // 12 + 1970, min(QUARTERS), max(QUARTERS))
    volume = np.array([QUARTERS[y] for y in sorted(QUARTERS)])[year - min(QUARTERS), months % 12 // 3].astype(
        float
    )
    weekday = (days.astype(int) + 3) % 7
    wanted = np.where(weekday >= 5, given.weekend_factor, 1.0) * volume
    return as_days(days[weighted(uniforms, _first_alone(wanted / wanted.sum(), given))])


def _group_shares(given: PopulationParameters) -> Floats:
    """Repeat shares of boys, girls, men and women."""
    return np.array(
        [given.repeat_share_boys, given.repeat_share_girls, given.repeat_share_men, given.repeat_share_women]
    )


def _further_of_repeaters(given: PopulationParameters) -> float:
    """Referrals after the first of somebody who is referred again, mean."""
    return float(np.dot(np.arange(1, 1 + len(given.referrals_of_repeaters)), given.referrals_of_repeaters))


def _repeats_a_person(given: PopulationParameters) -> float:
    """Further referrals for each person, nearly (boys, girls, men and women as in 2023, domain.md 3.1)."""
    people = (9_550, 2_430, 10_110, 3_780)
    return float(np.average(_group_shares(given), weights=people)) * _further_of_repeaters(given)


def _repeats_of_cells(known: Cells, child: Bools, given: PopulationParameters) -> Floats:
    """Further referrals for each person of each cell, nearly."""
    factor = {"British": given.repeat_factor_uk, "Albanian": given.repeat_factor_albanian}
    factors = np.array([factor.get(group, given.repeat_factor_other) for group in known.groups])[
        known.nationality
    ]
    group = np.where(child, 0, 2) + (known.gender == FEMALE)
    mean = [np.average(factors[group == g], weights=known.table.referrals[group == g]) for g in range(4)]
    repeats: Floats = _group_shares(given)[group] * factors / np.array(mean)[group]
    return repeats * _further_of_repeaters(given)


def _first_alone(wanted: Floats, given: PopulationParameters) -> Floats:
    """What is left of the wanted shares of days for first referrals when further ones are taken away.

    Further referrals of a class follow with its log-normal gap and a chance that restores the class's share
    inside the window (`repeats`); third and later ones are taken for second ones. Solved by iteration.
    """
    n = len(wanted)
    mix = (given.same_instance_multi_agency, given.same_instance_later, given.new_instance)
    medians = (
        given.gap_multi_agency_median_days,
        given.gap_later_median_days,
        given.gap_new_instance_median_days,
    )
    edges = np.log(np.maximum(np.arange(n + 1), 1e-9))
    within = [ndtr((edges - np.log(median)) / given.gap_sigma) for median in medians]
    first, repeats = wanted.copy(), _repeats_a_person(given)
    for _ in range(_ROUNDS):
        further = np.zeros(n)
        for share, until in zip(mix, within, strict=True):
            inside = float((first * until[1:][::-1]).sum() / first.sum())
            further += share / max(inside, 1e-9) * np.convolve(first, np.diff(until))[:n]
        first = np.maximum(wanted * (1 + repeats) - repeats * further, 0.05 * wanted)
        first = first / first.sum()
    return np.asarray(np.round(first, 12), dtype=np.float64)


def _ages(
    known: Cells, cell: Ints, nationality: Ints, gender: Ints, streams: Streams, given: PopulationParameters
) -> Floats:
    """Age at the first referral, in years with fraction."""
    n = len(cell)
    label = known.table.labels["age_at_exploitation"][known.table.column("age_at_exploitation")[cell]]
    british = known.groups[nationality] == "British"
    grown = streams.uniform("population.grown", n)
    adult = np.where(
        label == "Child",
        grown < np.where(british, given.adult_when_referred_uk, given.adult_when_referred_other),
        True,
    )
    adult = np.where(label == "Unk", grown < given.adult_when_unknown, adult).astype(bool)
    pick = streams.uniform("population.child_age", n)
    british_ages = weighted(pick, [1, 2, 4, 7, 13, 22, 26, 25]) + 10
    other_ages = weighted(pick, [0.5, 0.5, 1, 2, 5, 14, 31, 46]) + 10
    child_age = np.where(british, british_ages, other_ages) + streams.uniform("population.month", n)
    medians = np.full((len(known.demonyms), 2), (28.0, 30.0))
    for name, (men, women) in _ADULT_MEDIANS.items():
        medians[int(np.flatnonzero(known.demonyms == name)[0])] = men, women
    median = medians[nationality, np.where(gender == FEMALE, 1, 0)]
    spread = np.exp(streams("population.adult_age").standard_normal(n) * 0.55)
    adult_age = 18 + np.minimum((median - 18) * spread, 60.0)
    grown_child = 18 + 3.5 * streams.uniform("population.just_grown", n) ** 2
    adult_age = np.where((label == "Child") & ~british, grown_child, adult_age)
    return np.where(adult, adult_age, child_age)


def sample_births(first_date: Dates, ages: Floats) -> Dates:
    """Birth dates for people of these ages on these dates."""
    return as_days(first_date - np.floor(ages * DAYS_A_YEAR).astype("timedelta64[D]"))


def new_year(birth: Dates) -> Dates:
    """1 January of the same year."""
    return as_days(birth.astype("datetime64[Y]"))


def _communities(nationality: Ints, second: Ints, demonyms: Strings, uniforms: Floats) -> Ints:
    """A community for each person; of two nationalities, names come from the one that is not British."""
    out = np.zeros(len(nationality), dtype=np.int64)
    british = int(np.flatnonzero(demonyms == "British")[0])
    unknown = int(np.flatnonzero(demonyms == "Unknown")[0])
    names_from = np.where((nationality == british) & (second > 0) & (second != unknown), second, nationality)
    for code in np.unique(names_from):
        mixture = communities_of(str(demonyms[code]))
        rows = names_from == code
        codes = np.array([COMMUNITY_NAMES.index(name) for name in mixture], dtype=np.int64)
        out[rows] = codes[weighted(uniforms[rows], list(mixture.values()))]
    return out


def _cell_weights(known: Cells, given: PopulationParameters) -> tuple[Floats, Floats]:
    """Weights of the cells for people with an NRM referral, and for people known only from a Duty to Notify
    report.

    The published table counts referrals; people of a nationality, age and gender with more repeats are fewer
    than their referrals.
    """
    label = known.table.labels["age_at_exploitation"][known.table.column("age_at_exploitation")]
    nrm = known.table.referrals / (1 + _repeats_of_cells(known, label == "Child", given))
    adults = np.where(label == "Child", 0.0, known.table.referrals)
    share = np.ones(len(known.demonyms))
    for name, count in DUTY_TO_NOTIFY.items():
        code = int(np.flatnonzero(known.demonyms == name)[0])
        share[code] = count / max(adults[known.nationality == code].sum(), 1.0)
    listed = np.isin(known.demonyms, list(DUTY_TO_NOTIFY))
    of_others = max(adults[~listed[known.nationality]].sum(), 1.0)
    share[~listed] = (4929 - sum(DUTY_TO_NOTIFY.values())) / of_others
    return nrm, adults * share[known.nationality]


def sample_people(
    n: int,
    n_duty_to_notify: int,
    window: tuple[np.datetime64, np.datetime64],
    given: PopulationParameters,
    streams: Streams,
) -> People:
    """`n` people, of whom `n_duty_to_notify` have a Duty to Notify report and no NRM referral; the two kinds
    are mixed.
    """
    known = cells()
    notified = np.zeros(n, dtype=bool)
    notified[:n_duty_to_notify] = True
    notified = streams("population.kinds").permutation(notified)
    nrm, dtn = _cell_weights(known, given)
    draw = streams.uniform("population.cells", n)
    cell = np.where(notified, weighted(draw, dtn), weighted(draw, nrm))
    nationality, second, gender = known.nationality[cell], known.second[cell], known.gender[cell]
    first_date = dates_in_window(*window, streams.uniform("population.dates", n), given)
    ages = _ages(known, cell, nationality, gender, streams, given)
    ages = np.where(notified & (ages < 18), 18 + 10 * streams.uniform("population.notified_age", n), ages)
    birth = sample_births(first_date, ages)
    defaults = dict(given.default_birth_dates)
    by_default = np.array([defaults.get(group, defaults.get("other", 0.0)) for group in known.groups])[
        nationality
    ]
    birth = np.where(streams.uniform("population.new_year", n) < by_default, new_year(birth), birth)
    disputed = dict(given.age_disputed)
    by_dispute = np.array([disputed.get(name, disputed.get("other", 0.0)) for name in known.demonyms])[
        nationality
    ]
    young = (ages >= 15) & (ages < 21) & ~notified
    none = np.full(n, -1, dtype=np.int64)
    return People(
        cell=cell,
        nationality=nationality,
        second=second,
        gender=gender,
        community=_communities(
            nationality, second, known.demonyms, streams.uniform("population.community", n)
        ),
        birth=as_days(birth),
        first_date=first_date,
        age_disputed=young & (streams.uniform("population.disputed", n) < by_dispute),
        duty_to_notify=notified,
        family=none,
        operation=none,
        namesake=none,
    )
