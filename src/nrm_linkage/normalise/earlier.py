"""The numbers of referrals that other referrals quote, as references of the referral that bears them.

The form asks, where somebody reported before, for "any NRM or Home Office reference numbers" (domain.md
1.1.2). What `references` reads there as `nrm:` tokens is here held against the referrals' own ids, and a
referral that is quoted gets its own number as a reference: the two then share a token like any other, so that
blocking brings them together and comparison finds the same personal reference.

Only quoted numbers are added: if every referral held its own, every two would hold different references. A
number that two ids come down to is nobody's. Only `nrm:` tokens count, because a bare number may be of any
kind, and only those that the text does not say are another person's (`references`): a sibling or co-victim
who is quoted without a word that says so is taken for the same person's earlier referral.
"""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import pandas as pd

from nrm_linkage.normalise.distinct import token_lists
from nrm_linkage.normalise.references import read_own_number
from nrm_linkage.tables import TokenLists

__all__ = ["own_numbers"]


def own_numbers(ids: pd.Series, quoted: Set[str]) -> TokenLists:
    """Each referral's own NRM number, where it is among the `quoted` tokens; one row an id.

    The heading of `ids` decides whether digits alone are an NRM number ("NRM reference": yes, "Case id": no).
    """
    wanted = {token for token in quoted if token.startswith("nrm:")}
    n_rows = len(ids)
    if not wanted:
        return token_lists([[]], np.zeros(n_rows, dtype=np.int32))
    says_nrm = "nrm" in str(ids.name).casefold()
    rows: dict[str, list[int]] = {}
    for row, value in enumerate(ids.astype(object).to_numpy()):
        token = read_own_number(value, numbers_of_nrm=says_nrm)
        if token in wanted and token is not None:
            rows.setdefault(token, []).append(row)
    single = sorted((token, found[0]) for token, found in rows.items() if len(found) == 1)
    codes = np.zeros(n_rows, dtype=np.int32)
    codes[[row for _, row in single]] = np.arange(1, len(single) + 1, dtype=np.int32)
    return token_lists([[], *([token] for token, _ in single)], codes)
