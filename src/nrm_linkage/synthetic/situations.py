"""What happened, as the referrals tell it: exploitation, places, dates, decisions, and whether it was
reported before.

A situation (`Referrals.instance`) has one type, place and period in truth; referrals of the same situation
tell it in different words, with other dates or none. A new situation starts after the referral before it.
Decisions come after a referral and are unknown at the end of the extract when they would fall later. Nothing
here is evidence of who a person is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nrm_linkage.synthetic.arrays import (
    Bools,
    Dates,
    Floats,
    Ints,
    Streams,
    Strings,
    as_days,
    choose,
    strings,
    weighted,
    zipf,
)
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.population import DAYS_A_YEAR, People, cells
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.repeats import NEW_INSTANCE, NRM, SAME_LATER, Referrals
from nrm_linkage.synthetic.tables import towns

__all__ = ["Situations", "describe"]

REPORTED_BEFORE_FLIPPED = np.datetime64("2025-03-31")
"""From then on "Yes" means reported before; until then it meant the first chance to report (domain.md 1.1.3).
"""
SEVERAL_SITUATIONS_ASKED = np.datetime64("2025-03-28")
"""The question is on the form since then (domain.md 1.1.3)."""

_FREE_TEXT = {
    "Criminal": (
        "forced criminality",
        "county lines",
        "drug running",
        "cannabis cultivation",
        "Criminal exploitation",
    ),
    "Labour": ("forced labour", "Labour exploitation", "working without pay", "debt bondage - car wash"),
    "Sexual": ("sexual exploitation", "CSE", "forced prostitution"),
    "Domestic": ("domestic servitude", "forced housework"),
    "Organ Harvesting": ("organ removal",),
}
_ABROAD = {
    "Sudanese": ("Libya", "Sudan", "Chad"), "Eritrean": ("Libya", "Eritrea", "Sudan"),
    "Somali": ("Libya", "Somalia"), "Ethiopian": ("Libya", "Sudan"), "Chadian": ("Libya",),
    "South Sudanese": ("Libya",), "Egyptian": ("Libya", "Egypt"), "Syrian": ("Libya", "Turkey"),
    "Bangladeshi": ("Libya", "Bangladesh"), "Albanian": ("Albania", "Belgium", "France"),
    "Vietnamese": ("Vietnam", "Russia", "France", "Poland"), "Iranian": ("Iran", "Turkey"),
    "Iraqi": ("Iraq", "Turkey"), "Afghan": ("Iran", "Afghanistan", "Turkey"),
    "Filipino": ("Saudi Arabia", "Kuwait", "Philippines"), "Indian": ("India", "Kuwait"),
    "Chinese": ("China",), "Nigerian": ("Nigeria", "Italy", "Libya"), "Pakistani": ("Pakistan",),
    "Romanian": ("Romania",),
}  # fmt: skip


_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, repr=False)
class Situations:
    """One entry a referral. Missing is "" in strings and NaT in dates."""

    columns: dict[str, Any]
    instance: Ints
    """Code of the situation, unique over people."""


def _first_rows(instance: Ints, rows: Referrals) -> tuple[Ints, Ints]:
    """The first referral of each situation, and for each row the place of its situation among them."""
    order = np.lexsort((rows.copy_of >= 0, rows.sequence, instance))
    unique, start = np.unique(instance[order], return_index=True)
    return order[start].astype(np.int64), np.searchsorted(unique, instance).astype(np.int64)


def _periods(
    people: People, rows: Referrals, instance: Ints, given: PopulationParameters, streams: Streams
) -> tuple[Dates, Dates]:
    """True start and end of each row's situation."""
    n = len(rows)
    first, back = _first_rows(instance, rows)
    m = len(first)
    date = rows.date[first]
    spread = given.situation_sigma * streams("situations.length").standard_normal(m)
    length = given.situation_median_days * np.exp(spread)
    childhood = (date - people.birth[rows.person[first]]).astype(float) - 8 * DAYS_A_YEAR
    length = np.clip(length, 1, np.maximum(childhood, 30))
    start = as_days(date - np.floor(length).astype("timedelta64[D]"))
    order = np.lexsort((rows.sequence, rows.person))
    before = np.full(n, np.datetime64("NaT"), dtype="datetime64[D]")
    followed = rows.person[order][1:] == rows.person[order][:-1]
    before[order[1:][followed]] = rows.date[order[:-1][followed]]
    since = before[first]
    fresh = (rows.kind[first] == NEW_INSTANCE) & ~np.isnat(since)
    waited = np.where(fresh, (date - since).astype(float), 0.0)
    later = since + np.floor(
        1 + 0.8 * streams.uniform("situations.restart", m) * np.maximum(waited - 1, 0)
    ).astype("timedelta64[D]")
    start = np.where(fresh, np.minimum(later, date), start)
    span = (date - start).astype(float)
    end = start + np.floor(span * streams.uniform("situations.end", m) ** 0.4).astype("timedelta64[D]")
    return as_days(start[back]), as_days(end[back])


def _types(
    people: People,
    rows: Referrals,
    instance: Ints,
    rates: ErrorRates,
    given: PopulationParameters,
    streams: Streams,
) -> Strings:
    """Published label of each row: the situation's, or a partly different set of types for a referral after
    its first.
    """
    known = cells()
    codes = known.table.column("exploitation_type")
    first, back = _first_rows(instance, rows)
    own = codes[people.cell[rows.person]]
    anew = streams.uniform("situations.new_type", len(rows)) < given.new_instance_other_type
    fresh = (rows.kind == NEW_INSTANCE) & anew
    truth = np.where(fresh, codes[rows.cell], own)[first][back]
    labels = known.table.labels["exploitation_type"]
    later = np.ones(len(rows), dtype=bool)
    later[first] = False
    reworded = (
        later
        & (rows.copy_of < 0)
        & (streams.uniform("situations.reworded", len(rows)) < rates.exploitation_reworded)
    )
    parts = [_components(str(label)) for label in labels]
    kin = [
        [j for j, other in enumerate(parts) if j != i and (other & part or not other)] or [i]
        for i, part in enumerate(parts)
    ]
    weights = np.bincount(codes, weights=known.table.referrals, minlength=len(labels))
    draw = streams.uniform("situations.other_type", len(rows))
    out = truth.copy()
    for code in np.unique(truth[reworded]):
        here = reworded & (truth == code)
        options = np.array(kin[code])
        out[here] = options[weighted(draw[here], weights[options])]
    return np.asarray(labels[out], dtype=object)


def _components(label: str) -> frozenset[str]:
    """The types that a published label names; none for "Not specified or unknown".

    >>> sorted(_components("Sexual, Labour & Domestic"))
    ['Domestic', 'Labour', 'Sexual']
    """
    return frozenset(part.strip() for part in label.replace("&", ",").split(",")) - {
        "Not specified or unknown"
    }


def free_text(labels: Strings, uniforms: Floats) -> Strings:
    """The types of a label in somebody's own words."""
    table = {
        label: [
            " and ".join(words)
            for words in zip(*(_spread(_FREE_TEXT[part]) for part in sorted(_components(label))), strict=True)
        ]
        or [label]
        for label in sorted(set(labels.tolist()))
    }
    picked = [
        table[label][int(u * len(table[label]))]
        for label, u in zip(labels.tolist(), uniforms.tolist(), strict=True)
    ]
    return strings(picked)


def _spread(options: tuple[str, ...], size: int = 5) -> list[str]:
    return [options[i % len(options)] for i in range(size)]


def _places(
    people: People,
    rows: Referrals,
    instance: Ints,
    rates: ErrorRates,
    given: PopulationParameters,
    streams: Streams,
) -> dict[str, Strings]:
    """Where: UK, OVERSEAS or BOTH, with up to two towns and a country, of the situation and then of the
    referral; a later referral of the same situation may tell another of its places.
    """
    known = cells()
    unique, back = np.unique(instance, return_inverse=True)
    m, n = len(unique), len(rows)
    draw = streams("situations.places").random((m, 5))
    group = known.groups[people.nationality[rows.person]]
    british, boats = group == "British", group == "asylum"
    uk = np.select([british, boats], given.exploited_in_uk[:2], given.exploited_in_uk[2])
    both = np.select([british, boats], given.exploited_in_both[:2], given.exploited_in_both[2])
    where = draw[back, 0]
    place = np.where(where < uk, "UK", np.where(where < uk + both, "BOTH", "OVERSEAS")).astype(object)
    table = towns()
    weights = zipf(len(table), 0.85, 1)
    city, city2 = table[weighted(draw[:, 1], weights)][back], table[weighted(draw[:, 2], weights)][back]
    countries = [_ABROAD.get(str(name), ("Libya", "Italy", "France")) for name in known.demonyms]
    later = np.ones(n, dtype=bool)
    later[_first_rows(instance, rows)[0]] = False
    retold = later & (streams.uniform("situations.retold", n) < rates.place_retold)
    how = streams.uniform("situations.how_retold", n)
    wider = retold & (how < 0.35)
    place = np.where(wider, np.where(place != "BOTH", "BOTH", np.where(how < 0.2, "UK", "OVERSEAS")), place)
    turned, another = retold & (how >= 0.35) & (how < 0.7), retold & (how >= 0.7)
    city, city2 = np.where(turned, city2, city), np.where(turned, city, city2)
    country = strings(["" for _ in range(n)])
    for code in np.unique(people.nationality[rows.person]):
        here = np.flatnonzero(people.nationality[rows.person] == code)
        which = weighted(draw[back[here], 3], zipf(len(countries[code]), 1.0, 1))
        which = (which + another[here]) % len(countries[code])
        country[here] = strings(countries[code])[which]
    told = streams.uniform("situations.told_place", n)
    at_home, abroad = place != "OVERSEAS", place != "UK"
    return {
        "exploitation_place": np.asarray(place, dtype=object),
        "city1": np.where(at_home & (told < given.town_told), city, "").astype(object),
        "city2": np.where(at_home & (told < given.second_town_told), city2, "").astype(object),
        "country1": np.where(abroad, country, "").astype(object),
    }


def _decisions(
    rows: Referrals, extracted: np.datetime64, given: PopulationParameters, streams: Streams
) -> dict[str, Any]:
    """Reasonable and conclusive grounds, with their dates: pending where they fall after the extract."""
    n = len(rows)
    order = np.lexsort((rows.sequence, rows.person))
    referred_again = np.zeros(n, dtype=bool)
    followed = (rows.person[order][1:] == rows.person[order][:-1]) & (rows.kind[order][1:] == SAME_LATER)
    referred_again[order[:-1][followed]] = True
    nrm = rows.route == NRM
    wait = given.reasonable_grounds_median_days * np.exp(
        0.9 * streams("situations.rg_wait").standard_normal(n)
    )
    rg_date = as_days(rows.date + np.floor(wait).astype("timedelta64[D]"))
    positive = streams.uniform("situations.rg", n) < np.where(
        referred_again, given.reasonable_grounds_positive_before_later, given.reasonable_grounds_positive
    )
    rg_known = nrm & (rg_date <= extracted)
    spread = np.exp(0.7 * streams("situations.cg_wait").standard_normal(n))
    cg_wait = np.maximum(30, given.conclusive_grounds_median_days * spread)
    cg_date = as_days(rg_date + np.floor(cg_wait).astype("timedelta64[D]"))
    cg_known = rg_known & positive & (cg_date <= extracted)
    cg_positive = streams.uniform("situations.cg", n) < given.conclusive_grounds_positive
    nat = np.datetime64("NaT")
    return {
        "competent_authority": np.where(
            nrm,
            np.where(streams.uniform("situations.sca", n) < given.single_competent_authority, "SCA", "IECA"),
            "",
        ).astype(object),
        "rg_decision": np.where(rg_known, np.where(positive, "Positive", "Negative"), "").astype(object),
        "rg_date": as_days(np.where(rg_known, rg_date, nat)),
        "cg_decision": np.where(cg_known, np.where(cg_positive, "Positive", "Negative"), "").astype(object),
        "cg_date": as_days(np.where(cg_known, cg_date, nat)),
    }


def _answers(
    people: People, rows: Referrals, given: PopulationParameters, streams: Streams
) -> dict[str, Strings]:
    """Answers to questions about other referrals and situations; before March 2025 the form asked them
    otherwise or not at all.
    """
    n = len(rows)
    earlier = (rows.sequence > 0) | (rows.sequence == -1)
    told = streams.uniform("situations.reported", n)
    unsure = told >= 1 - given.earlier_report_not_sure
    known = earlier & (told < given.earlier_report_told)
    before = np.where(known, "Yes", np.where(unsure, "Not sure", "No")).astype(object)
    asked_first_chance = rows.date < REPORTED_BEFORE_FLIPPED
    turned = np.where(before == "Yes", "No", np.where(before == "No", "Yes", before)).astype(object)
    several = streams.uniform("situations.several", n) < np.where(
        rows.kind == NEW_INSTANCE, given.several_situations_told, given.several_situations_wrongly
    )
    several_known = rows.date >= SEVERAL_SITUATIONS_ASKED
    contact = strings(
        [
            "within-the-last-week",
            "within-the-last-month",
            "within-the-last-3-month",
            "within-the-last-6-month",
            "6-12-month",
            "over-a-year-ago",
            "not-sure",
        ]
    )
    together = (people.family[rows.person] >= 0) | (people.operation[rows.person] >= 0)
    return {
        "reported_before": np.where(asked_first_chance, turned, before).astype(object),
        "more_than_one_situation": np.where(several_known, np.where(several, "Yes", "No"), "").astype(object),
        "still_exploited": np.where(
            streams.uniform("situations.still", n) < given.still_exploited, "Yes", "No"
        ).astype(object),
        "last_contact": contact[
            weighted(streams.uniform("situations.contact", n), [10, 12, 14, 12, 12, 22, 18])
        ],
        "other_victims": np.where(
            together,
            np.where(streams.uniform("situations.others", n) < given.other_victims_told, "Yes", "Not sure"),
            "No",
        ).astype(object),
    }


def _dates_told(
    people: People, start: Dates, end: Dates, rows: Referrals, given: PopulationParameters, streams: Streams
) -> dict[str, Any]:
    """Start and end as a referral gives them: on some rows, and seldom to the day."""
    n = len(rows)
    told: Bools = streams.uniform("situations.dates_told", n) < given.dates_told
    rough = streams.uniform("situations.rough", n) < given.dates_rough
    said_start = np.where(rough, start.astype("datetime64[M]").astype("datetime64[D]"), start)
    jitter = np.floor(40 * (streams.uniform("situations.jitter", n) - 0.5)).astype("timedelta64[D]")
    said_end = np.minimum(np.where(rough, end + jitter, end), rows.date)
    nat = np.datetime64("NaT")
    has_end = told & (streams.uniform("situations.end_told", n) < given.end_told)
    said_end = np.maximum(said_end, said_start)
    text = _told_in_words(people, start, end, rows, streams)
    text[streams.uniform("situations.text_told", n) >= given.dates_text_told] = ""
    return {
        "exploitation_start": as_days(np.where(told, said_start, nat)),
        "exploitation_end": as_days(np.where(has_end, said_end, nat)),
        "exploitation_dates": text,
    }


def _told_in_words(people: People, start: Dates, end: Dates, rows: Referrals, streams: Streams) -> Strings:
    """When it happened, as free text: a month, a year, a season, an age or two months (domain.md 1.1.2)."""
    n = len(rows)
    month = strings(_MONTHS)
    years = strings([str(1970 + y) for y in range(-40, 120)])
    first, last = start.astype("datetime64[M]").astype(int), end.astype("datetime64[M]").astype(int)
    by_month = month[first % 12] + " " + years[first // 12 + 40]
    until = month[last % 12] + " " + years[last // 12 + 40]
    season = strings(["winter", "spring", "summer", "autumn"])[(first % 12 + 1) % 12 // 3]
    age = np.maximum((start - people.birth[rows.person]).astype(float) // DAYS_A_YEAR, 1).astype(np.int64)
    aged = strings([f"when aged {i}" for i in range(130)])[np.minimum(age, 129)]
    opening = choose(streams.uniform("situations.words", n), ["", "around ", "since ", "from about "])
    kind = streams.uniform("situations.kind_of_words", n)
    seasonal = season + " " + years[first // 12 + 40]
    span = "between " + by_month + " and " + until
    forms = [opening + by_month, years[first // 12 + 40], seasonal, aged, span]
    out = np.select([kind < edge for edge in (0.5, 0.65, 0.75, 0.87)], forms[:4], forms[4])
    return np.asarray(out, dtype=object)


def describe(
    people: People,
    rows: Referrals,
    extracted: np.datetime64,
    rates: ErrorRates,
    given: PopulationParameters,
    streams: Streams,
) -> Situations:
    """Everything that the referrals say about what happened."""
    unique, instance = np.unique(rows.person * 8 + rows.instance, return_inverse=True)
    shuffled = streams("situations.codes").permutation(len(unique))
    labels = cells().table.labels["age_at_exploitation"][
        cells().table.column("age_at_exploitation")[people.cell[rows.person]]
    ]
    start, end = _periods(people, rows, instance, given, streams)
    columns: dict[str, Any] = {
        "exploitation_type": _types(people, rows, instance, rates, given, streams),
        "age_group_at_exploitation": np.where(labels == "Unk", "Unknown", labels).astype(object),
        **_places(people, rows, instance, rates, given, streams),
        **_dates_told(people, start, end, rows, given, streams),
        **_decisions(rows, extracted, given, streams),
        **_answers(people, rows, given, streams),
    }
    return Situations(columns, shuffled[instance].astype(np.int64))
