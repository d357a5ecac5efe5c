"""How often two people of one name are recorded in different spellings, by naming community.

A name is recorded anew as its community's names are recorded: who has a name that all write alike will hardly
show another spelling of it, and who has one of many spellings mostly will. That holds for strangers who share
a name and for the records of one person, so that agreement in another spelling is worth how often one
person's names are spelt anew, against how common the name is. m of the level is a share of all names, spelt
anew or not; so it is held against the name's share times the share counted here (docs/decisions/0022).

Counted are pairs of people whose words have one skeleton or are of one class of variants; the whole starts
from what is shipped, and a community from the whole.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare.fields import GivenLevel, OtherNamesLevel
from nrm_linkage.model import priors
from nrm_linkage.model.holders import people_by_key
from nrm_linkage.model.strata import means_by_community, pair_community
from nrm_linkage.tables import Float64s, Int32s, Int64s, Referrals

__all__ = ["spelt_anew", "spelt_otherwise"]

LEAST_BEARERS = 5
"""Names that fewer bear are not counted: one person's own spellings would weigh too much (chosen by us)."""

_EXACT = (GivenLevel.EXACT, OtherNamesLevel.EXACT, OtherNamesLevel.EXACT)
_VARIANT = (GivenLevel.VARIANT, OtherNamesLevel.VARIANT, OtherNamesLevel.VARIANT)


def spelt_otherwise(referrals: Referrals, row: Int32s, word: Int64s, person: Int64s) -> dict[str, float]:
    """The share of each naming community, and of the whole under "". `row`, `word`, `person`: of each token
    that is a name; records of one word and one person count once.
    """
    names = ("", *referrals.nationality.group_names)
    n_words = max(len(referrals.names.tokens.texts), 1)
    at_home = pair_community(referrals, row, row)
    held, bearers = people_by_key(at_home * n_words + word, person)
    community, word = np.divmod(held, n_words)
    namesakes = np.maximum(
        _of_one_class(community, referrals.names.skeleton, word, bearers),
        _of_one_class(community, referrals.names.variant, word, bearers),
    )
    counted = namesakes >= LEAST_BEARERS
    community, bearers, namesakes = community[counted], bearers[counted], namesakes[counted]
    otherwise = bearers * (1.0 - (bearers - 1) / (namesakes - 1))
    found = np.bincount(community, weights=otherwise, minlength=len(names))
    people = np.bincount(community, weights=bearers, minlength=len(names))
    return means_by_community(found, people, priors.SPELT_OTHERWISE, names[1:])


def spelt_anew(m: Float64s, times: float) -> Float64s:
    """m of the name fields, (3, n_levels), where names are spelt differently so many times as often: what
    other spellings gain or lose, equal ones lose or gain. No more than half of what both hold is spelt anew.
    """
    found = m.copy()
    for of_field, exact, variant in zip(found, _EXACT, _VARIANT, strict=True):
        both = of_field[exact] + of_field[variant]
        of_field[variant] = min(of_field[variant] * times, both / 2)
        of_field[exact] = both - of_field[variant]
    return found


def _of_one_class(community: Int64s, class_of: Int32s, word: Int64s, bearers: Int64s) -> Float64s:
    """For each word of a community, how many there bear one of its class."""
    if not len(word):
        return np.zeros(0)
    key = community * (int(class_of.max()) + 1) + class_of[word]
    which = np.unique(key, return_inverse=True)[1]
    return np.bincount(which, weights=bearers)[which].astype(np.float64)
