"""Who stands next to whom: brothers and sisters, twins, co-victims of one operation, namesakes with the same
default date of birth.

One form is filled in for each person, so a family or an operation arrives as several referrals on one day
from one body that differ in little but the first name (domain.md 1.1, 3.3 T6). Nobody is added: people who
were drawn apart are made relatives of one another; each keeps their gender, or men and boys would become
fewer. Names are given after this and follow `People.family` and `People.namesake`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nrm_linkage.synthetic.arrays import Ints, Streams, as_days, weighted
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.population import DAYS_A_YEAR, MALE, UNKNOWN, People, cells, new_year

__all__ = ["relate"]


def _groups(rows: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Cuts `rows` into groups of these sizes: the group of each row used, and the row that leads it. Leftover
    rows stay out.
    """
    ends = np.cumsum(sizes)
    sizes = sizes[ends <= len(rows)]
    group = np.repeat(np.arange(len(sizes)), sizes)
    starts = np.cumsum(sizes) - sizes
    return group, rows[starts][group] if len(sizes) else np.empty(0, dtype=np.int64)


def relate(people: People, given: PopulationParameters, streams: Streams) -> People:
    """The people, some of them now related; disjoint sets of people, in the order of one shuffle."""
    rows = streams("relatives.order").permutation(np.flatnonzero(~people.duty_to_notify))
    n = len(rows)
    cuts = np.cumsum(
        [round(given.siblings * n), round(given.co_victims * n), 2 * round(given.look_alikes * n)]
    )
    families, operations, alike = rows[: cuts[0]], rows[cuts[0] : cuts[1]], rows[cuts[1] : cuts[2]]
    return _namesakes(
        _operations(_families(people, families, given, streams), operations, given, streams), alike, streams
    )


def _families(people: People, rows: Ints, given: PopulationParameters, streams: Streams) -> People:
    sizes = 2 + weighted(streams.uniform("relatives.family_size", len(rows)), given.sibling_group_sizes)
    group, leader = _groups(rows, sizes)
    rows = rows[: len(group)]
    m = len(rows)
    follows = rows != leader
    years = 1 + 6 * streams.uniform("relatives.years_between", m)
    older = np.where(streams.uniform("relatives.older", m) < 0.5, 1, -1)
    apart = (older * years * DAYS_A_YEAR).astype("timedelta64[D]")
    twin = streams.uniform("relatives.twin", m) < given.twins
    birth = people.birth.copy()
    wanted = np.where(twin, people.birth[leader], people.birth[leader] + apart)
    born = wanted < people.first_date[leader] - np.timedelta64(8 * 365, "D")
    wanted = np.where(born, wanted, people.birth[leader] - np.abs(apart))
    default = people.birth[leader] == new_year(people.birth[leader])
    wanted = np.where(default & ~twin, new_year(as_days(wanted)), wanted)
    birth[rows[follows]] = wanted[follows]
    family = people.family.copy()
    family[rows] = group
    return replace(_like(people, rows, leader), birth=as_days(birth), family=family)


def _operations(people: People, rows: Ints, given: PopulationParameters, streams: Streams) -> People:
    more = streams("relatives.operation_size").geometric(given.operation_ends, len(rows)) - 1
    sizes = 3 + np.minimum(more, 17).astype(np.int64)
    group, leader = _groups(rows, sizes)
    rows = rows[: len(group)]
    operation = people.operation.copy()
    operation[rows] = group
    kept = streams.uniform("relatives.same_nationality", len(rows)) < given.operation_same_nationality
    new = _like(people, rows[kept], leader[kept])
    first_date = new.first_date.copy()
    first_date[rows] = people.first_date[leader]
    return replace(new, operation=operation, first_date=first_date)


def _namesakes(people: People, rows: Ints, streams: Streams) -> People:
    """Pairs of strangers: nationality, names, a default date of birth; each keeps their own date of referral
    and first responder.
    """
    first, second = rows[: len(rows) // 2], rows[len(rows) // 2 : 2 * (len(rows) // 2)]
    known = cells()
    likely = {"asylum": 1.0, "other": 0.4, "Vietnamese": 0.3, "Albanian": 0.1}
    weight = np.array([likely.get(group, 0.0) for group in known.groups])[people.nationality]
    pool = np.flatnonzero(
        (weight > 0)
        & ~people.duty_to_notify
        & (people.family < 0)
        & (people.operation < 0)
        & ~np.isin(np.arange(len(people)), second)
    )
    if not len(pool) or not len(second):
        return people
    draw = streams.uniform("relatives.namesake", len(first))
    model = np.unique(pool[weighted(draw, weight[pool])])
    second = second[: len(model)]
    model = model[: len(second)]
    columns = {
        name: getattr(people, name).copy()
        for name in ("nationality", "second", "gender", "community", "birth", "namesake", "cell")
    }
    for name in ("nationality", "second", "gender", "community", "cell"):
        columns[name][second] = columns[name][model]
    columns["birth"][model] = new_year(people.birth[model])
    columns["birth"][second] = columns["birth"][model]
    columns["namesake"][second] = model
    return replace(people, **columns)


def _like(people: People, rows: Ints, leader: Ints) -> People:
    """`rows` take the nationality, community, cell and first date of their leaders; gender stays unless it
    was not recorded.
    """
    columns = {
        name: getattr(people, name).copy()
        for name in ("cell", "nationality", "second", "community", "first_date")
    }
    for column in columns.values():
        column[rows] = column[leader]
    gender = np.where(people.gender == UNKNOWN, MALE, people.gender)
    return replace(people, gender=gender, **columns)
