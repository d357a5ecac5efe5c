"""What a naming community's share of stand-in dates of birth (1 January, 1 July, 31 December) says.

Where many births are recorded on such a day because the true one is not known, one person's referrals agree
on it, or show it on one side alone, far more often than elsewhere; and strangers of one name who were both
given it look like one person (domain.md 4.1: "extreme" collisions of a name with 1 January; 4.3, D2). So the
share, which needs no labels, gives each community a starting point for m of `date_of_birth`, and for the
number of its look-alikes (`lookalikes`).

One person's two records show stand-in dates as often as anybody's. So how often both do follows from the
share and from how often one alone does, which can be seen: look-alikes seldom show one on one side alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nrm_linkage.compare.fields import DateLevel
from nrm_linkage.normalise.dates import STAND_IN_DATES
from nrm_linkage.tables import Float64s

__all__ = ["BORN_ON_THEM", "date_shares", "kept_share", "unknown_share"]

BORN_ON_THEM = len(STAND_IN_DATES) / 365.25
"""Share of people who were truly born on one of the three days."""

LEAST_UNKNOWN, MOST_UNKNOWN = 0.001, 0.9
"""Shares of unknown days that any community has at the least and at the most (chosen by us)."""

KEPT = 0.4
"""How often a stand-in date of one referral stands in the next one too, at the least (chosen by us, near what
domain.md 4.3's rates for D2 give).
"""

ONE_BY_SLIP = 0.001
"""How often one referral of two has a stand-in date although the day is known (chosen by us)."""

KEPT_IF_TRUE = 0.9
"""How often a true birth on such a day is recorded alike twice (chosen by us; domain.md 4.3, D0)."""

YEARS_AGREE = 0.95
"""How often a stand-in date and the true one are within a year of one another (chosen by us; D2)."""


def unknown_share(days: Mapping[str, Mapping[str, float]], community: str) -> float:
    """The share of a community's dates that stand for an unknown day: the three days' share less that of
    people truly born on them. `days`: `Frequencies.days`; a community that it does not know has the whole's.
    """
    of_kind = days.get(community, days[""])
    share = sum(of_kind[str(int(kind))] for kind in STAND_IN_DATES)
    return min(max(share - BORN_ON_THEM, LEAST_UNKNOWN), MOST_UNKNOWN)


def kept_share(unknown: float, one_alone: float = 1.0) -> float:
    """How often a stand-in date of one referral stands in the next one too, at the least `KEPT` and as often
    as such dates are there. `one_alone`: in what share of one person's pairs one of two shows one (unless
    said, as many as can be); slips are among them, which makes it a little too low where such dates are rare.
    """
    seen = 1 - one_alone / (2 * unknown * YEARS_AGREE)
    return min(max(seen, KEPT, unknown), 1.0)


def date_shares(m: Float64s, unknown: float, kept: float) -> Float64s:
    """m of `date_of_birth` in a community with this share of unknown days, float64 (n_levels,).

    `m`: the whole's; levels that no stand-in date has a part in keep their proportions. `unknown`, `kept`: as
    `unknown_share` and `kept_share` give them.
    """
    both = BORN_ON_THEM * KEPT_IF_TRUE + unknown * kept
    one = 2 * unknown * (1 - kept) * YEARS_AGREE + ONE_BY_SLIP
    shares = m.copy()
    rest = ~np.isnan(m)
    rest[[DateLevel.MISSING, DateLevel.EXACT_DEFAULT, DateLevel.DEFAULT_NEAR]] = False
    shares[rest] *= (1 - both - one) / m[rest].sum()
    shares[DateLevel.EXACT_DEFAULT], shares[DateLevel.DEFAULT_NEAR] = both, one
    return shares
