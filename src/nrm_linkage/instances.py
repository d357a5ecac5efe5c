"""Whether a repeat referral may be about the same instance of modern slavery as the one before it.

The Home Office says that multiple referrals may be received relating to the same potential instance, so a repeat referral is not a
repeat exploitation. Each repeat is assessed against the person's previous referral, from what the two records hold and never from the
days between them or from another town alone (domain.md 3.4, modelled on section 62 of the Nationality and Borders Act 2022):

- "later exploitation recorded": the record says that exploitation began after the previous referral's reasonable grounds decision,
  or after the previous referral where no decision is dated;
- "same instance possible": exploitation ended by the previous referral's date; or began by then and is of a type in common; or the
  same day, responder and type make two filings of one situation likely;
- "cannot tell" otherwise, and always where the record holds nothing to tell by.

Reasons are fixed phrases without values. Nothing here links anybody: the partition is decided before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nrm_linkage.normalise.answers import Answer
from nrm_linkage.tables import InstanceFacts, Int64s, Mask, Referrals, TokenLists

__all__ = ["CANNOT_TELL", "LATER", "SAME_POSSIBLE", "Assessed", "assess"]

SAME_POSSIBLE = "same instance possible"
LATER = "later exploitation recorded"
CANNOT_TELL = "cannot tell"

MULTI_AGENCY_DAYS = 30
"""Two bodies that refer one situation do so within about a month (domain.md 3.3, T1); it supports, and never decides alone."""


@dataclass(frozen=True, eq=False)
class Assessed:
    """For each repeat: `assessment` and `reasons`, object (r,) of text."""

    assessment: npt.NDArray[np.object_]
    reasons: npt.NDArray[np.object_]


def assess(referrals: Referrals, previous: Int64s, current: Int64s) -> Assessed:
    """Assess each repeat against the referral before it. `previous`, `current`: int64 (r,), rows."""
    facts, referred = referrals.facts, referrals.referred
    cut = np.where(np.isnat(facts.decided[previous]), referred[previous], facts.decided[previous])
    start_first, start_last = facts.started_first[current], facts.started_last[current]
    began_after = ~np.isnat(cut) & ~np.isnat(start_first) & (start_first > cut)
    ended_before = _known_before(facts.ended_last[current], referred[previous])
    began_before = _known_before(start_last, referred[previous])
    common_type = (facts.types[previous] & facts.types[current]) != 0
    common_place = _common(facts.places, previous, current)
    close = _close(referred, previous, current)
    other_body = (facts.responder.codes[previous] != facts.responder.codes[current]) & (facts.responder.codes[previous] != 0)
    other_body &= facts.responder.codes[current] != 0
    refiled = facts.negative_decision[previous] == int(Answer.YES)
    two_bodies = close & other_body & common_type & common_place
    same = ended_before | (began_before & common_type) | two_bodies | (refiled & began_before)
    assessment = np.select([began_after, same], [LATER, SAME_POSSIBLE], CANNOT_TELL)
    decided = ~np.isnat(facts.decided[previous])
    reasons = _joined(
        [
            (began_after & decided, "exploitation is recorded as beginning after the decision on the previous referral"),
            (began_after & ~decided, "exploitation is recorded as beginning after the previous referral"),
            (ended_before, "exploitation is recorded as over by the previous referral"),
            (began_before & ~ended_before, "exploitation is recorded as having begun by the previous referral"),
            (common_type, "an exploitation type in common"),
            (common_place, "a place of exploitation in common"),
            (two_bodies, "two bodies referred within thirty days"),
            (refiled, "the previous referral had a negative decision or was withdrawn"),
            (_answered(facts, "more_than_one_situation", current), "the record says that there was more than one situation"),
            (_answered(facts, "still_exploited", current), "the record says that the exploitation is still going on"),
        ],
        len(current),
    )
    reasons[reasons == ""] = "the records hold nothing to tell by"
    return Assessed(assessment.astype(object), reasons)


def _known_before(day: npt.NDArray[np.datetime64], limit: npt.NDArray[np.datetime64]) -> Mask:
    return ~np.isnat(day) & ~np.isnat(limit) & (day <= limit)


def _close(referred: npt.NDArray[np.datetime64], previous: Int64s, current: Int64s) -> Mask:
    days = referred[current] - referred[previous]
    return ~np.isnat(days) & (days <= np.timedelta64(MULTI_AGENCY_DAYS, "D"))


def _answered(facts: InstanceFacts, question: str, rows: Int64s) -> Mask:
    return np.asarray(getattr(facts, question)[rows] == int(Answer.YES))


def _common(places: TokenLists, previous: Int64s, current: Int64s) -> Mask:
    """Whether two rows share a place."""

    def of(row: int) -> set[int]:
        return set(places.token[places.start[row] : places.start[row + 1]].tolist())

    pairs = zip(previous.tolist(), current.tolist(), strict=True)
    return np.fromiter((not of(a).isdisjoint(of(b)) for a, b in pairs), dtype=bool, count=len(current))


def _joined(reasons: list[tuple[Mask, str]], n: int) -> npt.NDArray[np.object_]:
    """The phrases that hold for each row, separated by semicolons."""
    texts = np.full(n, "", dtype=object)
    for where, phrase in reasons:
        texts[where] = [f"{text}; {phrase}" if text else phrase for text in texts[where]]
    return texts
