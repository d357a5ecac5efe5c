"""Look-alikes: strangers of one name who were given one stand-in date of birth (domain.md 4.3, D2; 6).

A class of pairs of its own. Their two records are written by other hands, as one person's are, so names,
nationality, ages and years of birth have m; their dates of birth have shares of their own, and so have
several other names, of which they share some; everything else agrees as any two strangers' does. Where only
one of two records holds a full date, that date tells much: a look-alike's is a stand-in, an ordinary person's
seldom.

How many there are is said for each naming community, in pairs per referral. What is believed follows the
share of dates that stand for an unknown day: for the most part the community's own, for a part the whole's,
because domain.md 6 names no community. Estimation learns from there, with one thing held: how often one
person's two records show a stand-in date both is not learned but follows from how many such dates there are
and how often one record alone shows one (`stand_ins`). Where more pairs of one name show one than that, they
are look-alikes. Were both let loose, nothing would tell them apart: names say the same of either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np

from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.model import priors
from nrm_linkage.model.stand_ins import BORN_ON_THEM, unknown_share
from nrm_linkage.narrow import row_sums
from nrm_linkage.normalise.dates import STAND_IN_DATES, DatePrecision
from nrm_linkage.tables import Float64s, Int8s, Int32s, Referrals

__all__ = [
    "MATCHED_COLUMNS",
    "ShownDate",
    "as_matched_log2",
    "believed_numbers",
    "full_dates",
    "learned_numbers",
    "lookalike_log2",
    "numbers_log_prior_bits",
    "shown_dates",
    "shown_log2",
]

STRENGTH_REFERRALS = 500.0
"""Referrals of a community that the believed number is worth (chosen by us: docs/decisions/0023)."""

SHOWN_AS_STAND_IN = 0.9
"""How often one of a look-alike's records shows the stand-in date: the root of how often both do (chosen by
us).
"""

_AS_MATCHED = frozenset(
    {"given_name", "other_name", "birth_year", "birth_range", "age_group", "nationality"}
)
MATCHED_COLUMNS = [number for number, field in enumerate(FIELDS) if field.name in _AS_MATCHED]
_OWN_COLUMNS = [number for number, field in enumerate(FIELDS) if field.name in priors.LOOKALIKE]
_LIKE_STRANGERS = [n for n in range(len(FIELDS)) if n not in (*MATCHED_COLUMNS, *_OWN_COLUMNS)]
_DATE_COLUMN = [field.name for field in FIELDS].index("date_of_birth")


class ShownDate(IntEnum):
    """What the one full date of birth of a pair is; nothing where both records hold one or neither does."""

    NOTHING = 0
    STAND_IN = 1
    ORDINARY = 2


def believed_numbers(days: Mapping[str, Mapping[str, float]], communities: Sequence[str]) -> Float64s:
    """Pairs of look-alikes per referral, before the data speak, float64 (n_communities,). `days`:
    `Frequencies.days`.
    """
    unknown, everywhere = _unknown(days, communities), priors.LOOKALIKES_EVERYWHERE
    share = (1 - everywhere) * unknown + everywhere * unknown_share(days, "")
    return np.asarray(priors.LOOKALIKES_PER_UNKNOWN_DATE * share)


def learned_numbers(seen: Float64s, believed: Float64s, referrals: Float64s) -> Float64s:
    """Pairs of look-alikes per referral of each community: the mode of a gamma posterior. `seen`: expected
    pairs; `believed`: as `believed_numbers`; `referrals`: linkable ones. All float64 (n_communities,).
    """
    return np.asarray((seen + STRENGTH_REFERRALS * believed) / (referrals + STRENGTH_REFERRALS))


def numbers_log_prior_bits(numbers: Float64s, believed: Float64s, referrals: Float64s) -> float:
    """What the log-likelihood has to have added for the mode of `learned_numbers` to be its maximum, in bits:
    the log of the gamma prior, less the pairs of look-alikes that are expected.
    """
    expected = (referrals + STRENGTH_REFERRALS) * numbers / np.log(2)
    return float((STRENGTH_REFERRALS * believed * np.log2(numbers) - expected).sum())


def full_dates(referrals: Referrals, replaced: frozenset[str] = frozenset()) -> Int8s:
    """What full date of birth each row holds, a `ShownDate`, int8 (n,). `replaced`: the fields in whose stead
    others are compared: dates of birth among them say nothing.
    """
    birth = referrals.birth
    says = (birth.precision == DatePrecision.DAY) & ("date_of_birth" not in replaced)
    kind = np.where(np.isin(birth.default, STAND_IN_DATES), ShownDate.STAND_IN, ShownDate.ORDINARY)
    return np.where(says, kind, ShownDate.NOTHING).astype(np.int8)


def shown_dates(of_rows: Int8s, left: Int32s, right: Int32s, levels: Int8s) -> Int8s:
    """The `ShownDate` of each pair, int8 (p,). `of_rows`: as `full_dates`; `levels`: those of the fixed
    fields.
    """
    either = np.maximum(of_rows[left], of_rows[right])
    return np.where(levels[:, _DATE_COLUMN] == 0, either, np.int8(ShownDate.NOTHING))


def shown_log2(days: Mapping[str, Mapping[str, float]], communities: Sequence[str]) -> Float64s:
    """log2 of how many times as often a look-alike's record shows such a date as anybody's does,
    (n_communities, n_shown).
    """
    share = _unknown(days, communities) + BORN_ON_THEM
    stand_in, ordinary = SHOWN_AS_STAND_IN / share, (1 - SHOWN_AS_STAND_IN) / (1 - share)
    return np.asarray(np.log2(np.stack([np.ones(len(share)), stand_in, ordinary], axis=1)))


def lookalike_log2(levels: Int8s, strangers: Float64s) -> Float64s:
    """log2 of the probability of each pattern of the fixed fields among look-alikes, (p,), without those that
    have m (`as_matched_log2`). `strangers`: `score.stranger_log2` with gender given the name, for the fields
    in which look-alikes are like any two strangers.
    """
    own = np.zeros(len(levels))
    for column in _OWN_COLUMNS:
        field = FIELDS[column]
        shares = priors.LOOKALIKE[field.name]
        own += np.log2([1.0, *(shares[level.name] for level in field.levels[1:])])[levels[:, column]]
    return np.asarray(own + row_sums(strangers[:, _LIKE_STRANGERS]))


def as_matched_log2(log_m: Float64s) -> Float64s:
    """log2 of the probability of the levels that look-alikes show as one person's referrals do, (p,).
    `log_m`: `score.matched_log2`.
    """
    return row_sums(log_m[:, MATCHED_COLUMNS])


def _unknown(days: Mapping[str, Mapping[str, float]], communities: Sequence[str]) -> Float64s:
    return np.array([unknown_share(days, name) for name in communities], dtype=np.float64)
