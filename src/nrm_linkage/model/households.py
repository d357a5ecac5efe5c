"""How many relatives there are, counted where people share a contact detail.

Their number is believed in proportion to the referrals (priors.RELATIVES_PER_REFERRAL), and differs by far:
an extract of asylum seekers has few families, one of households many. Most pairs of relatives cannot be told
from strangers. But of pairs with one telephone number, e-mail address or postcode, different given names and
births that are plainly apart, hardly any is of one person; by how many of them have one family name, and how
common it is, the likeliest share of relatives among them is found. Strangers who live in one house have a
family name in common by chance alone. Relatives show all that with a probability that is believed, so that
their number follows, from a gamma belief about it (docs/decisions/0029).

It does not learn what relatives share, and details that many have tell it nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from nrm_linkage.compare import compare_pairs
from nrm_linkage.compare.fields import (
    FIELDS,
    OTHER_NAMES,
    ContactLevel,
    DateLevel,
    GivenLevel,
    OtherNamesLevel,
)
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import LinkageModel, array_of
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.score import stranger_log2
from nrm_linkage.normalise.dates import DatePrecision
from nrm_linkage.tables import Float64s, Int32s, Referrals

__all__ = ["learn_relatives"]

STRENGTH_REFERRALS: Final = 500.0
"""Referrals all of whose relatives can be seen that the believed number is worth (chosen by us:
docs/decisions/0029).
"""

MOST_SHARERS: Final = 20
"""Referrals with one contact detail, beyond which it is no household's but a hostel's or a case worker's
(chosen by us: docs/decisions/0029).
"""

_GIVEN, _ONE, _SEVERAL, _DATE, _CONTACT = (
    [field.name for field in FIELDS].index(name)
    for name in ("given_name", *OTHER_NAMES, "date_of_birth", "contact")
)
_LOOKED_AT = frozenset({"given_name", *OTHER_NAMES, "date_of_birth", "contact"})
_SHARED = [ContactLevel.PHONE_OR_EMAIL, ContactLevel.POSTCODE]
_ONE_FAMILY = [OtherNamesLevel.EXACT, OtherNamesLevel.VARIANT]
_BORN_APART = [
    *(DateLevel.SAME_YEAR, DateLevel.NEXT_YEAR, DateLevel.WITHIN_5_YEARS),
    *(DateLevel.FAR, DateLevel.DISTANT_YEAR),
]


def learn_relatives(
    referrals: Referrals, start: LinkageModel, rarity: BoundRarity, chunk_pairs: int
) -> LinkageModel:
    """`start` with the number of pairs of relatives that the referrals show. `start` has u and believes the
    shipped number; `rarity`: its frequencies bound to the referrals. Where the caller's fields stand in the
    stead of names, dates of birth or contact details, or none are recorded, the number stays as believed.
    """
    if not start.replaced.isdisjoint(_LOOKED_AT) or not referrals.linkable.any():
        return start
    bare = replace(referrals, extra=None)
    left, right = _sharing_a_contact_detail(bare)
    compared = compare_pairs(bare, left, right, rarity, chunk_pairs, rarity.tables)
    levels = compared.levels
    others = levels[:, _ONE] + levels[:, _SEVERAL]  # one of the two at most speaks
    two = (levels[:, _GIVEN] == GivenLevel.DIFFERENT) & np.isin(levels[:, _DATE], _BORN_APART) & (others > 0)
    by_chance = stranger_log2(bare, left, right, compared, start)[:, [_ONE, _SEVERAL]].sum(axis=1)
    one_family = np.isin(others, _ONE_FAMILY)
    of_relatives = array_of(priors.RELATIVE)[:, _ONE_FAMILY].sum(axis=1)
    of_relatives = of_relatives[np.where(levels[:, _ONE] > 0, _ONE, _SEVERAL)]
    as_relatives = np.where(one_family, of_relatives, 1 - of_relatives)
    as_strangers = np.where(one_family, np.exp2(by_chance), 1.0)
    seen = _expected_of_first(as_relatives[two], as_strangers[two])
    visible = _share_seen(referrals) * float(referrals.linkable.sum())
    ratio = (seen / priors.RELATIVES_PER_REFERRAL + STRENGTH_REFERRALS) / (visible + STRENGTH_REFERRALS)
    return replace(start, relative_bits=start.relative_bits + float(np.log2(ratio)))


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


def _expected_of_first(first: Float64s, second: Float64s) -> float:
    """How many of some pairs are of the first of two classes, by the likeliest share of it. `first`,
    `second`: the probability in each class of what a pair shows, (p,).
    """
    from scipy.optimize import brentq

    gain = first - second

    def slope(share: float) -> float:
        return float((gain / (second + share * gain)).sum())

    if not len(gain) or slope(0.0) <= 0:
        return 0.0
    share = 1.0 if slope(1.0) >= 0 else brentq(slope, 0.0, 1.0)
    return float(share * len(gain))


def _share_seen(referrals: Referrals) -> float:
    """The share of pairs of relatives that are seen so, if they share what is believed and record names,
    dates and contact details as others do.
    """
    says = (referrals.names.tokens.count > 1) & (referrals.contacts.count > 0) & referrals.linkable
    says &= referrals.birth.precision == DatePrecision.DAY
    shares = array_of(priors.RELATIVE)
    born_apart, shared = float(shares[_DATE, _BORN_APART].sum()), float(shares[_CONTACT, _SHARED].sum())
    recorded = float(says.sum() / referrals.linkable.sum()) ** 2
    return recorded * born_apart * shared * (1 - priors.NAMED_AFTER)
