"""What people are called: the tokens of a true name, in the slots of its structure.

Every name is drawn from the pools of its community by frequency, so that common names are common and a long
tail follows; tokens are drawn independently of one another, and of the year of birth. Brothers and sisters
share what their structure hands down (a surname, a father and grandfather); namesakes share the first and
last token by chance. How a record writes a name is the work of `errors_names`.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.synthetic.arrays import Bools, Ints, Streams
from nrm_linkage.synthetic.communities import COMMUNITIES, Community, Structure
from nrm_linkage.synthetic.population import FEMALE, OTHER, People
from nrm_linkage.synthetic.tables import NameTables

__all__ = ["HANDED_DOWN", "sample_names", "structures"]

HANDED_DOWN: dict[Structure, tuple[int, ...]] = {
    Structure.WESTERN: (2, 3),
    Structure.PATERNAL: (1, 2, 3),
    Structure.FAMILY_MIDDLE_GIVEN: (2,),
    Structure.FAMILY_GIVEN: (2,),
    Structure.ONE_NAME: (1, 2),
    Structure.TWO_FAMILIES: (2, 3),
    Structure.SIKH: (2,),
    Structure.TAMIL: (1,),
}
"""The slots that brothers and sisters share (domain.md 4.1)."""

_DOUBLE_SURNAMES = {"uk": 0.06, "romanian": 0.05, "western": 0.03, "caribbean": 0.04, "nigerian": 0.02}
"""Share with two joined surnames (assumed)."""


def structures(people: People) -> Ints:
    """The structure of each person's name."""
    return np.array([int(each.structure) for each in COMMUNITIES], dtype=np.int64)[people.community]


def sample_names(people: People, tables: NameTables, streams: Streams) -> Ints:
    """Codes of name tokens, shape (n, 4); -1 where a name has nothing in that slot."""
    n = len(people)
    draws = streams("names.tokens").random((n, 4))
    chances = streams("names.chances").random((n, 2))
    female = np.where(
        people.gender >= OTHER, streams.uniform("names.gender", n) < 0.5, people.gender == FEMALE
    )
    tokens = np.full((n, 4), -1, dtype=np.int64)
    for code, community in enumerate(COMMUNITIES):
        for woman in (False, True):
            rows = np.flatnonzero((people.community == code) & (female == woman))
            if len(rows):
                tokens[rows] = _tokens(community, woman, draws[rows], chances[rows], tables)
    _hand_down(people, tokens)
    sames = np.flatnonzero(people.namesake >= 0)
    other = people.namesake[sames]
    tokens[sames, 0] = tokens[other, 0]
    last = np.where(np.isin(structures(people)[sames], (Structure.ONE_NAME, Structure.TAMIL)), 1, 2)
    tokens[sames, last] = tokens[other, last]
    return tokens


def _tokens(
    community: Community, woman: bool, draws: np.ndarray, chances: np.ndarray, tables: NameTables
) -> Ints:
    """Tokens of people of one community and gender."""
    name, structure = community.name, community.structure
    given = f"{name}.{'f' if woman else 'm'}"
    family = f"{name}.sf" if woman and community.gendered else f"{name}.s"
    family = family if family in tables.pools else f"{name}.m"
    out = np.full((len(draws), 4), -1, dtype=np.int64)
    has_middle: Bools = chances[:, 0] < community.middle
    out[:, 0] = tables.draw(given, draws[:, 0])
    if structure is Structure.PATERNAL:
        from_family = chances[:, 1] < 0.5
        out[:, 1] = tables.draw(f"{name}.m", draws[:, 1])
        out[:, 2] = np.where(
            from_family, tables.draw(family, draws[:, 2]), tables.draw(f"{name}.m", draws[:, 2])
        )
        out[:, 3] = np.where(has_middle, tables.draw(family, draws[:, 3]), -1)
    elif structure in (Structure.FAMILY_MIDDLE_GIVEN, Structure.SIKH):
        out[:, 1] = tables.draw(f"{name}.m{'f' if woman else 'm'}", draws[:, 1])
        out[:, 2] = np.where(has_middle, tables.draw(family, draws[:, 2]), -1)
    elif structure is Structure.ONE_NAME:
        out[:, 1] = tables.draw(f"{name}.m", draws[:, 1])
        out[:, 2] = np.where(has_middle, tables.draw(family, draws[:, 2]), -1)
    elif structure is Structure.TAMIL:
        out[:, 1] = np.where(
            chances[:, 1] < 0.5, tables.draw(f"{name}.m", draws[:, 1]), tables.draw(family, draws[:, 1])
        )
    else:
        out[:, 1] = np.where(has_middle, tables.draw(given, draws[:, 1]), -1)
        out[:, 2] = tables.draw(family, draws[:, 2])
        second = 1.0 if structure is Structure.TWO_FAMILIES else _DOUBLE_SURNAMES.get(name, 0.0)
        out[:, 3] = np.where(chances[:, 1] < second, tables.draw(family, draws[:, 3]), -1)
    return out


def _hand_down(people: People, tokens: Ints) -> None:
    """Gives each group of brothers and sisters the family tokens of its first member, and different first
    names, in place.
    """
    members = np.flatnonzero(people.family >= 0)
    if not len(members):
        return
    order = members[np.argsort(people.family[members], kind="stable")]
    groups = people.family[order]
    leader = order[np.searchsorted(groups, groups, side="left")]
    structure = structures(people)[order]
    for kind, slots in HANDED_DOWN.items():
        rows = (structure == kind) & (leader != order)
        for slot in slots:
            tokens[order[rows], slot] = tokens[leader[rows], slot]
    alike = (leader != order) & (tokens[order, 0] == tokens[leader, 0])
    if np.any(alike):
        spare = tokens[np.flatnonzero(people.community == people.community[order[alike][0]])[::-1], 0]
        for row in order[alike]:
            other = spare[spare != tokens[row, 0]]
            tokens[row, 0] = other[row % len(other)] if len(other) else tokens[row, 0]
