"""Which blocking rules brought two referrals together, or why none did.

A rule brings a pair together when the two share one of its keys and no more referrals share that key than are
compared in full; a key that more share is split by further fields, and the two may fall into different parts.
So that two share a key is not enough: here the rule is run again, over all referrals that share a key with
the two, exactly as the run did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nrm_linkage.block import KEY_RULES, BlockingRule, Keys, do_not_differ
from nrm_linkage.block.groups import SMALLEST_LIMIT, Plan, plan
from nrm_linkage.tables import Referrals

__all__ = ["Meeting", "meeting", "not_linkable"]

DUPLICATE = "one of the two repeats another referral for technical reasons, and counts as that one"
NAMELESS = (
    "one of the two cannot be linked: it holds no name, personal reference, telephone number or e-mail "
    "address"
)
NOTHING_SHARED = "the two share no key of any blocking rule"
SAME_COMPONENT = "it was weighed all the same, because others tie the two together"


@dataclass(frozen=True)
class Meeting:
    """`found_by`: the rules that brought the pair together, in their order; `why_not`: why none did, without
    values; None where one did.
    """

    found_by: tuple[str, ...]
    why_not: str | None = None


def not_linkable(referrals: Referrals, left: int, right: int) -> str | None:
    """Why two rows cannot be linked, whatever they share; None where they can."""
    if (referrals.duplicate_of[[left, right]] != [left, right]).any():
        return DUPLICATE
    return None if referrals.linkable[[left, right]].all() else NAMELESS


def meeting(
    referrals: Referrals, left: int, right: int, shared: tuple[str, ...], max_key_size: int
) -> Meeting:
    """How blocking came by a pair. `shared`: names of the rules of which the two share a key; `max_key_size`:
    the config's.
    """
    why = not_linkable(referrals, left, right)
    if why is not None:
        return Meeting((), why)
    found, too_common = [], []
    for rule in (rule for rule in KEY_RULES if rule.name in shared):
        size, held = _together(rule, referrals, left, right, max_key_size)
        if held:
            found.append(rule.name)
        elif size:
            limit = max(max_key_size // rule.part, SMALLEST_LIMIT)
            too_common.append(
                f"{rule.name} ({size:,} referrals share the rarest key that the two share, and more than "
                f"{limit} are compared only as far as {' or '.join(rule.refine_by)} is also shared)"
            )
    if found:
        return Meeting(tuple(found))
    return Meeting(
        (),
        f"all keys that the two share are too common: {'; '.join(too_common)}"
        if too_common
        else NOTHING_SHARED,
    )


def _together(
    rule: BlockingRule, referrals: Referrals, left: int, right: int, max_key_size: int
) -> tuple[int, bool]:
    """Linkable referrals that share the rarest key of both rows, without those that what always splits the
    rule's keys tells from them, and whether the rule compares the two.
    """
    keys = rule.keys(referrals)
    common = np.intersect1d(keys.key[keys.row == left], keys.key[keys.row == right])
    if not len(common):
        return 0, False
    part = keys.take(np.isin(keys.key, common) & referrals.linkable[keys.row])
    if rule.always_by:
        row, n = part.row.astype(np.int32), len(part.row)
        ends = (np.full(n, end, dtype=np.int32) for end in (left, right))
        part = part.take(np.all([do_not_differ(referrals, rule.always_by, row, end) for end in ends], axis=0))
    who = np.unique(np.stack([part.key.view(np.int64), part.row], axis=1), axis=0)
    _, sizes = np.unique(who[:, 0], return_counts=True)
    return int(sizes.min()), _holds(_plan_of(rule, part, referrals, max_key_size), left, right)


def _plan_of(rule: BlockingRule, part: Keys, referrals: Referrals, max_key_size: int) -> Plan:
    return plan(replace(rule, keys=lambda _: part), referrals, max_key_size)


def _holds(made: Plan, left: int, right: int) -> bool:
    _, other = made.groups.pairs_at(np.flatnonzero(made.groups.row == left))
    return bool((made.groups.row[other] == right).any())
