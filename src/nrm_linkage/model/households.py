"""How many relatives there are and what they share, counted where people share a contact detail.

Both are believed before the data speak (priors.RELATIVES_PER_REFERRAL, priors.RELATIVE), and differ by far:
an extract of asylum seekers has few families, one of households many, with parents and children. Most pairs
of relatives cannot be told from strangers. But of pairs with one telephone number, e-mail address or
postcode, different given names and births that are plainly apart or not known, hardly any is of one person.
In this order:

- by how many of them have one family name, and how common it is, the likeliest share of relatives among them
  is found. Strangers who live in one house have a family name in common by chance alone. Relatives show all
  that with a probability that is believed, so that their number follows;
- how births that are plainly apart are spread among relatives is counted over those of one family name, each
  pair for as much as it is one of relatives;
- of relatives born far apart some bear one given name: as many as there are such pairs of one family name,
  less those that m expects of one person whose birth was recorded wrongly.

Each from a belief that is worth some referrals or pairs (docs/decisions/0029, 0030). It does not learn how
often relatives share a contact detail or were born near each other; details that many have tell it nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from nrm_linkage.compare import compare_pairs
from nrm_linkage.compare.dates import BirthPeriods
from nrm_linkage.compare.fields import (
    FIELDS,
    NAMED_ALIKE,
    OTHER_NAMES,
    BirthYearLevel,
    ContactLevel,
    DateLevel,
    GivenLevel,
    OtherNamesLevel,
)
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import LinkageModel, Table, array_of, table_of
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.relatives import FAR_APART
from nrm_linkage.model.score import stranger_log2
from nrm_linkage.normalise.dates import DatePrecision
from nrm_linkage.tables import Float64s, Int8s, Int32s, Mask, Referrals

__all__ = ["learn_relatives"]

STRENGTH_REFERRALS: Final = 500.0
"""Referrals all of whose relatives can be seen that the believed number is worth (chosen by us:
docs/decisions/0029).
"""

STRENGTH_PAIRS: Final = 100.0
"""Pairs of relatives that what is believed of their births and given names is worth (chosen by us:
docs/decisions/0030).
"""

MOST_SHARERS: Final = 20
"""Referrals with one contact detail, beyond which it is no household's but a hostel's or a case worker's
(chosen by us: docs/decisions/0029).
"""

SHARE_PARTS: Final = 1 << 30
"""Into how many parts a share is divided to look for the likeliest (chosen by us)."""

_GIVEN, _ONE, _SEVERAL, _DATE, _YEAR, _CONTACT = (
    [field.name for field in FIELDS].index(name)
    for name in ("given_name", *OTHER_NAMES, "date_of_birth", "birth_year", "contact")
)
_LOOKED_AT = frozenset({"given_name", *OTHER_NAMES, "date_of_birth", "birth_year", "contact"})
_SHARED = [ContactLevel.PHONE_OR_EMAIL, ContactLevel.POSTCODE]
_ONE_FAMILY = [OtherNamesLevel.EXACT, OtherNamesLevel.VARIANT]
_BORN_APART: Mapping[int, list[int]] = {
    _DATE: [
        *(DateLevel.SAME_YEAR, DateLevel.NEXT_YEAR, DateLevel.WITHIN_5_YEARS),
        *(DateLevel.FAR, DateLevel.DISTANT_YEAR),
    ],
    _YEAR: [BirthYearLevel.WITHIN_5_YEARS, BirthYearLevel.FAR],
}
_BORN_AS_ONE: Mapping[int, int] = {_DATE: DateLevel.EXACT, _YEAR: BirthYearLevel.AGREES}


def learn_relatives(
    referrals: Referrals, start: LinkageModel, rarity: BoundRarity, chunk_pairs: int
) -> LinkageModel:
    """`start` with the number of pairs of relatives that the referrals show, how relatives' births lie apart,
    and how often they bear a parent's name. `start` has u and believes what is shipped; `rarity`: its
    frequencies bound to the referrals. Where no names or contact details are recorded, or the caller's fields
    stand in the stead of these or of births, all stays as believed.
    """
    if not start.replaced.isdisjoint(_LOOKED_AT) or not referrals.linkable.any():
        return start
    pairs = _Sharers.of(replace(referrals, extra=None), start, rarity, chunk_pairs)
    two = pairs.are_two
    share = _share_of_first(pairs.as_relatives[two], pairs.as_strangers[two])
    seen = share * float(two.sum())
    visible = _share_seen(referrals, rarity.tables.periods) * float(referrals.linkable.sum())
    ratio = (seen / priors.RELATIVES_PER_REFERRAL + STRENGTH_REFERRALS) / (visible + STRENGTH_REFERRALS)
    relatives = share * pairs.as_relatives
    family = np.where(two & pairs.one_family, relatives, 0.0)
    family /= np.maximum(relatives + (1 - share) * pairs.as_strangers, 1e-300)
    return replace(
        start,
        relative_bits=start.relative_bits + float(np.log2(ratio)),
        relatives=_with_births(start.relatives, pairs.births, family),
        parents_name=_share_of_parents_names(pairs, family, array_of(start.m)),
    )


@dataclass(frozen=True, repr=False, eq=False)
class _Sharers:
    """Pairs that share a contact detail, one element a pair. `births`: number of a field of births -> levels;
    `named_alike`: given names that are one; `one_family`: other names are; `are_two`: two people, in all
    likelihood; `as_relatives`, `as_strangers`: the probability of what their other names show.
    """

    births: Mapping[int, Int8s]
    named_alike: Mask
    one_family: Mask
    are_two: Mask
    as_relatives: Float64s
    as_strangers: Float64s

    @classmethod
    def of(cls, referrals: Referrals, start: LinkageModel, rarity: BoundRarity, chunk_pairs: int) -> Self:
        left, right = _sharing_a_contact_detail(referrals)
        compared = compare_pairs(referrals, left, right, rarity, chunk_pairs, rarity.tables)
        levels = compared.levels
        others = levels[:, _ONE] + levels[:, _SEVERAL]  # one of the two at most speaks
        births = {column: levels[:, column] for column in _BORN_APART}
        unknown = ~np.any([level > 0 for level in births.values()], axis=0)
        apart = np.any([np.isin(births[column], of) for column, of in _BORN_APART.items()], axis=0)
        one_family = np.isin(others, _ONE_FAMILY)
        of_relatives = array_of(start.relatives)[:, _ONE_FAMILY].sum(axis=1)
        of_relatives = of_relatives[np.where(levels[:, _ONE] > 0, _ONE, _SEVERAL)]
        by_chance = stranger_log2(referrals, left, right, compared, start)[:, [_ONE, _SEVERAL]].sum(axis=1)
        return cls(
            births=births,
            named_alike=np.isin(levels[:, _GIVEN], NAMED_ALIKE),
            one_family=one_family,
            are_two=(levels[:, _GIVEN] == GivenLevel.DIFFERENT) & (others > 0) & (unknown | apart),
            as_relatives=np.where(one_family, of_relatives, 1 - of_relatives),
            as_strangers=np.where(one_family, np.exp2(by_chance), 1.0),
        )


def _with_births(believed: Table, births: Mapping[int, Int8s], family: Float64s) -> Table:
    """The shares of relatives, with births that are plainly apart spread as they are seen to be; all other
    births as they are. `family`: the probability that each pair is two relatives of one family name.
    """
    shares = array_of(believed)
    for column, apart in _BORN_APART.items():
        of_field, n_levels = shares[column, apart], len(FIELDS[column].levels)
        shown = np.bincount(births[column], weights=family, minlength=n_levels)[apart]
        mixed = shown + STRENGTH_PAIRS * of_field / of_field.sum()
        shares[column, apart] = mixed / mixed.sum() * of_field.sum()
    return table_of(shares)


def _share_of_parents_names(pairs: _Sharers, family: Float64s, m: Float64s) -> float:
    """In what share of relatives born far apart both have one given name. `family`: as `_with_births` has
    it; `m`: `array_of`.
    """
    alike, apart, same = 0.0, 0.0, pairs.named_alike & pairs.one_family
    for column, far in FAR_APART.items():
        level, one = pairs.births[column], _BORN_AS_ONE[column]
        is_far = np.isin(level, far)
        of_one_person = float((same & (level == one)).sum() * m[column, far].sum() / m[column, one])
        alike += max(float((same & is_far).sum()) - of_one_person, 0.0)
        apart += float(family[is_far].sum())
    return (alike + STRENGTH_PAIRS * priors.GIVEN_A_PARENTS_NAME) / (alike + apart + STRENGTH_PAIRS)


def _sharing_a_contact_detail(referrals: Referrals) -> tuple[Int32s, Int32s]:
    """Pairs of linkable rows with a telephone number, address or postcode that few have, int32 (p,) each."""
    contacts = referrals.contacts
    held = referrals.linkable[contacts.row]
    token, row = contacts.token[held], contacts.row[held]
    few = np.bincount(token, minlength=len(contacts.texts))[token] <= MOST_SHARERS
    order = np.argsort(token[few], kind="stable")  # rows ascend within a token
    token, row = token[few][order], row[few][order]
    pairs = [np.zeros(0, dtype=np.int64)]
    for apart in range(1, MOST_SHARERS):
        at = np.flatnonzero(token[apart:] == token[:-apart])
        pairs.append(row[at] * referrals.n + row[at + apart])
    left, right = np.divmod(np.unique(np.concatenate(pairs)), max(referrals.n, 1))
    return left.astype(np.int32), right.astype(np.int32)


def _share_of_first(first: Float64s, second: Float64s) -> float:
    """The likeliest share of the first of two classes among some pairs. `first`, `second`: the probability in
    each class of what a pair shows, (p,).
    """
    gain = first - second

    def slope(share: float) -> float:
        return float((gain / (second + share * gain)).sum())

    if not len(gain) or slope(0.0) <= 0:
        return 0.0
    # The slope only falls, so halving finds where it is 0. To import scipy.optimize for it would take an
    # eighth of a second of every run (docs/decisions/0034).
    return bisect_left(range(SHARE_PARTS), 0.0, key=lambda part: -slope(part / SHARE_PARTS)) / SHARE_PARTS


def _share_seen(referrals: Referrals, periods: BirthPeriods) -> float:
    """The share of pairs of relatives that are seen so, if they share what is believed and record names,
    births and contact details as others do.
    """
    says = (referrals.names.tokens.count > 1) & (referrals.contacts.count > 0) & referrals.linkable
    by_date, by_date_or_year = (
        float((says & born).sum() / max(says.sum(), 1)) ** 2
        for born in (referrals.birth.precision == DatePrecision.DAY, periods.known & periods.narrow)
    )
    shares = array_of(priors.RELATIVE)
    dates_apart, years_apart = (float(shares[column, of].sum()) for column, of in _BORN_APART.items())
    apart = by_date * dates_apart + (by_date_or_year - by_date) * years_apart
    two = (1 - priors.NAMED_AFTER) * (apart + 1 - by_date_or_year)
    both_say = float(says.sum() / referrals.linkable.sum()) ** 2
    return both_say * two * float(shares[_CONTACT, _SHARED].sum())
