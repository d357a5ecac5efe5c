"""The referrals: who is referred again, when, why and by whom (domain.md 3.3 and 6).

A first referral stands at `People.first_date`. Further ones are of class T1 (the same situation, another
body, soon), T2 (the same situation, later) or T3 (a new situation), with log-normal gaps cut off by the end
of the window: someone first referred in its last week is seldom seen again inside it. T4 is a child who turns
18 in between; T0 a submission that was sent twice; T5 a Duty to Notify report before the NRM referral. T6,
people who only look alike, is the work of `relatives`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from nrm_linkage.synthetic.arrays import Bools, Dates, Floats, Ints, Streams, as_days, weighted, zipf
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.population import FEMALE, People, cells, exploited_as_child, years_later
from nrm_linkage.synthetic.tables import local_authorities

__all__ = ["FIRST", "MULTI_AGENCY", "NEW_INSTANCE", "SAME_LATER", "Referrals", "refer"]

FIRST, MULTI_AGENCY, SAME_LATER, NEW_INSTANCE = 0, 1, 2, 3
NRM, NAMED, ANONYMOUS = 0, 1, 2
_ATTEMPTS = 6
"""Draws of another body by nationality before any body will do (chosen by us)."""


@dataclass(frozen=True, repr=False)
class Referrals:
    """One entry a row of the extract. `person` indexes People; `cell` gives the first responder, `instance`
    the situation.
    """

    person: Ints
    sequence: Ints
    """0 for a person's first NRM referral, then 1, 2, ...; -1 for a Duty to Notify report before it."""
    kind: Ints
    """FIRST, MULTI_AGENCY (T1), SAME_LATER (T2) or NEW_INSTANCE (T3)."""
    date: Dates
    instance: Ints
    """Situation within the person: 0, 1, ..."""
    cell: Ints
    """Cell of the joint table whose first responder made this referral."""
    authority: Ints
    """Code of the local authority, used where the first responder is one."""
    route: Ints
    """NRM, NAMED or ANONYMOUS (Duty to Notify)."""
    copy_of: Ints
    """Row that this one repeats as a technical duplicate (T0), or -1."""

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: Ints) -> Referrals:
        """These rows in this order; `copy_of` follows. A duplicate must come with its original."""
        place = np.full(len(self), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        columns: dict[str, Any] = {each.name: getattr(self, each.name)[rows] for each in fields(self)}
        columns["copy_of"] = np.where(columns["copy_of"] >= 0, place[columns["copy_of"]], -1)
        return Referrals(**columns)


def _class_terms(given: PopulationParameters) -> tuple[Floats, Floats]:
    mix = np.array([given.same_instance_multi_agency, given.same_instance_later, given.new_instance])
    medians = np.array(
        [given.gap_multi_agency_median_days, given.gap_later_median_days, given.gap_new_instance_median_days]
    )
    return mix, np.log(medians)


def _room(dates: Dates, end: np.datetime64, given: PopulationParameters) -> Floats:
    """Chance that a gap of each class ends inside the window, shape (n, 3)."""
    left = (end - dates).astype(float)[:, None] + 1
    room: Floats = ndtr((np.log(np.maximum(left, 0.5)) - _class_terms(given)[1][None, :]) / given.gap_sigma)
    return room


def _repeat_chances(people: People, room: Floats, given: PopulationParameters) -> tuple[Floats, Floats]:
    """Chance of each person to be referred again inside the window, and the weights (n, 3) of the classes if
    so.
    """
    known = cells()
    mix, _ = _class_terms(given)
    nrm = ~people.duty_to_notify
    weights = (
        mix[None, :] * room / np.maximum(room[nrm].mean(axis=0) if nrm.any() else np.ones(3), 1e-12)[None, :]
    )
    factor = {"British": given.repeat_factor_uk, "Albanian": given.repeat_factor_albanian}
    factors = np.array([factor.get(group, given.repeat_factor_other) for group in known.groups])[
        people.nationality
    ]
    raw = factors * weights.sum(axis=1)
    child, female = exploited_as_child(people), people.gender == FEMALE
    shares = (
        (child & ~female, given.repeat_share_boys),
        (child & female, given.repeat_share_girls),
        (~child & ~female, given.repeat_share_men),
        (~child & female, given.repeat_share_women),
    )
    chance = np.zeros(len(people))
    for group, share in shares:
        rows = group & nrm
        if rows.any():
            expected = np.average(factors[rows]) if rows.sum() < 50 else raw[rows].mean()
            chance[rows] = share * raw[rows] / max(expected, 1e-12)
    return np.minimum(chance, 0.95), weights


def _gaps(
    uniforms: Floats, kind: Ints, dates: Dates, end: np.datetime64, given: PopulationParameters
) -> Ints:
    """Whole days to the next referral, from the log-normal of its class cut off at the end of the window."""
    left = np.maximum((end - dates).astype(float), 0.0)
    centre = _class_terms(given)[1][kind - 1]
    top = ndtr((np.log(left + 1) - centre) / given.gap_sigma)
    drawn = np.exp(centre + given.gap_sigma * ndtri(np.clip(uniforms * top, 1e-12, 1 - 1e-12)))
    days: Ints = np.minimum(np.floor(drawn), left).astype(np.int64)
    return days


def _other_cells(cell: Ints, nationality: Ints, uniforms: Floats) -> Ints:
    """A cell of the same nationality by frequency, for its first responder: the pairs of domain.md 2.5."""
    known = cells()
    out = cell.copy()
    order = np.argsort(known.nationality, kind="stable")
    by_nationality = known.nationality[order]
    for code in np.unique(nationality):
        rows = nationality == code
        low, high = np.searchsorted(by_nationality, [code, code + 1])
        candidates = order[low:high]
        if len(candidates):
            out[rows] = candidates[weighted(uniforms[rows], known.table.referrals[candidates])]
    return out


def _responders(
    people: People,
    person: Ints,
    before: Ints,
    authority: Ints,
    given: PopulationParameters,
    streams: Streams,
    turn: int,
) -> tuple[Ints, Ints]:
    """The first responder of a further referral: the same body, or another by nationality; another local
    authority counts as another.
    """
    n = len(person)
    same = streams.uniform(f"repeats.same_body{turn}", n) < given.same_organisation
    organisation = cells().table.column("first_responder")
    council = (cells().table.labels["first_responder"] == "Local Authority")[organisation]
    other = before.copy()
    for attempt in range(_ATTEMPTS):
        retry = np.flatnonzero(
            (organisation[other] == organisation[before]) & ((attempt == 0) | ~council[other])
        )
        draw = streams.uniform(f"repeats.body{turn}.{attempt}", n)[retry]
        if attempt < _ATTEMPTS - 1:
            other[retry] = _other_cells(before[retry], people.nationality[person[retry]], draw)
        else:
            other[retry] = weighted(draw, cells().table.referrals)
    elsewhere = weighted(streams.uniform(f"repeats.authority{turn}", n), zipf(len(local_authorities()), 0.6))
    elsewhere = np.where(elsewhere == authority, (elsewhere + 1) % len(local_authorities()), elsewhere)
    return np.where(same, before, other), np.where(same, authority, elsewhere)


def _kinds(weights: Floats, uniforms: Floats) -> Ints:
    """A class 1 to 3 for each row of weights."""
    cumulative = np.cumsum(weights, axis=1)
    passed = (uniforms[:, None] * cumulative[:, -1:] >= cumulative).sum(axis=1)
    kinds: Ints = 1 + np.minimum(passed, 2).astype(np.int64)
    return kinds


def _stack(parts: list[dict[str, Any]]) -> Referrals:
    return Referrals(
        **{each.name: np.concatenate([part[each.name] for part in parts]) for each in fields(Referrals)}
    )


def _part(person: Ints, **columns: Any) -> dict[str, Any]:
    """Columns for these people, with what is not given at its usual value."""
    n = len(person)
    usual: dict[str, Any] = {
        "sequence": 0,
        "kind": FIRST,
        "instance": 0,
        "route": NRM,
        "copy_of": -1,
    } | columns
    return {"person": person} | {
        name: np.broadcast_to(np.asarray(value), (n,)).copy()
        if name == "date"
        else np.broadcast_to(np.asarray(value, dtype=np.int64), (n,)).copy()
        for name, value in usual.items()
    }


def refer(
    people: People, window: tuple[np.datetime64, np.datetime64], given: PopulationParameters, streams: Streams
) -> tuple[People, Referrals]:
    """All rows, and the people with the birth dates of those who must turn 18 in between (or must not)."""
    end = window[1]
    authority = weighted(streams.uniform("repeats.home", len(people)), zipf(len(local_authorities()), 0.6))
    for group in (people.family, people.operation):
        together = np.flatnonzero(group >= 0)
        authority[together] = authority[together[np.unique(group[together], return_index=True)[1]]][
            group[together]
        ]
    nrm = np.flatnonzero(~people.duty_to_notify)
    parts = [_part(nrm, date=people.first_date[nrm], cell=people.cell[nrm], authority=authority[nrm])]
    chance, weights = _repeat_chances(people, _room(people.first_date, end, given), given)
    again = streams.uniform("repeats.again", len(people)) < chance
    extra = 1 + weighted(streams.uniform("repeats.how_many", len(people)), given.referrals_of_repeaters)
    person = np.flatnonzero(again)
    date, cell, place, instance = (
        people.first_date[person],
        people.cell[person],
        authority[person],
        np.zeros(len(person), dtype=np.int64),
    )
    for turn in range(1, 1 + len(given.referrals_of_repeaters)):
        on = extra[person] >= turn
        person, date, cell, place, instance = person[on], date[on], cell[on], place[on], instance[on]
        draw = streams(f"repeats.turn{turn}").random((len(people), 2))[person]
        mix = weights[person] if turn == 1 else _class_terms(given)[0] * _room(date, end, given)
        kind = _kinds(mix, draw[:, 0])
        date = as_days(date + _gaps(draw[:, 1], kind, date, end, given).astype("timedelta64[D]"))
        instance = instance + (kind == NEW_INSTANCE)
        cell, place = _responders(people, person, cell, place, given, streams, turn)
        parts.append(
            _part(person, sequence=turn, kind=kind, date=date, instance=instance, cell=cell, authority=place)
        )
    parts += _duty_to_notify(
        people, authority, window, sum(len(part["person"]) for part in parts), given, streams
    )
    rows = _stack(parts)
    people = _turn_eighteen(people, rows, given, streams)
    return people, _duplicated(rows, given, streams)


def _duty_to_notify(
    people: People,
    authority: Ints,
    window: tuple[np.datetime64, np.datetime64],
    n_nrm: int,
    given: PopulationParameters,
    streams: Streams,
) -> list[dict[str, Any]]:
    """Reports without consent: of people known from nothing else, and of some adults before their NRM
    referral (T5).
    """
    only = np.flatnonzero(people.duty_to_notify)
    route = np.where(
        streams.uniform("repeats.named", len(people)) < given.duty_to_notify_anonymous, ANONYMOUS, NAMED
    )
    adults = np.flatnonzero(~people.duty_to_notify & ~people.child(people.first_date))
    chosen = streams("repeats.earlier").random(len(adults)) * max(len(adults), 1)
    earlier = adults[chosen < given.duty_to_notify_per_nrm * given.duty_to_notify_before_nrm * n_nrm]
    gap = 1 + np.floor(90 * streams.uniform("repeats.earlier_gap", len(people))[earlier] ** 2).astype(
        "timedelta64[D]"
    )
    date = as_days(np.maximum(people.first_date[earlier] - gap, window[0]))
    columns = {"cell": people.cell, "authority": authority, "route": route}
    only_part = _part(
        only, date=people.first_date[only], **{name: column[only] for name, column in columns.items()}
    )
    earlier_part = _part(
        earlier, date=date, sequence=-1, **{name: column[earlier] for name, column in columns.items()}
    )
    return [only_part, earlier_part]


def _turn_eighteen(people: People, rows: Referrals, given: PopulationParameters, streams: Streams) -> People:
    """Birth dates such that the wanted share of children referred again turn 18 between two referrals, and no
    other child does. Dates of birth that relatives and namesakes have from one another stay.
    """
    last = people.first_date.copy()
    np.maximum.at(last, rows.person, rows.date)
    child = people.child(people.first_date)
    tied = (people.family >= 0) | (people.namesake >= 0)
    tied[people.namesake[people.namesake >= 0]] = True
    twice = child & (last > people.first_date) & ~tied
    crosses = twice & (streams.uniform("repeats.crosses", len(people)) < given.age_transition)
    span = (last - people.first_date).astype(float)
    birthday = people.first_date + (
        1 + np.floor(streams.uniform("repeats.birthday", len(people)) * span)
    ).astype("timedelta64[D]")
    birth = np.where(crosses, years_later(as_days(birthday), -18), people.birth)
    for _ in range(8):
        too_old: Bools = twice & ~crosses & (years_later(as_days(birth), 18) <= last)
        birth = np.where(too_old, years_later(as_days(birth), 1), birth)
    return replace(people, birth=as_days(birth))


def _duplicated(rows: Referrals, given: PopulationParameters, streams: Streams) -> Referrals:
    """The rows, some of them sent twice."""
    twice = np.flatnonzero(streams.uniform("repeats.sent_twice", len(rows)) < given.technical_duplicates)
    copies: dict[str, Any] = {each.name: getattr(rows, each.name)[twice] for each in fields(Referrals)}
    copies["copy_of"] = twice
    originals: dict[str, Any] = {each.name: getattr(rows, each.name) for each in fields(Referrals)}
    return _stack([originals, copies])
