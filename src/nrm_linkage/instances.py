"""Whether a repeat referral may be about the same instance of modern slavery as the one before it.

The Home Office says that multiple referrals may be received relating to the same potential instance, so a
repeat referral is not a repeat exploitation. Each repeat is assessed against the person's previous referral,
from what the two records hold and never from the days between them or from a place alone (domain.md 3.4,
modelled on section 62 of the Nationality and Borders Act 2022):

- "later exploitation recorded": the record says that exploitation began after the previous referral's
  reasonable grounds decision, or after the previous referral where no decision is dated; or says in words
  that it went on or began after the previous one;
- "same instance possible": exploitation ended by the previous referral's date; or began by then, and is of a
  type
  in common or the previous referral had a negative decision or was withdrawn (domain.md 3.3, T2); or two
  different bodies referred within thirty days and the records have a type and a place of exploitation in
  common (T1);
- "cannot tell" otherwise: where the record holds nothing to tell by, and where its dates contradict one
  another (exploitation that was over before it began, or that began after the decision and by the referral
  before it).

An imprecise date decides only when every day that it may mean decides alike. Reasons are fixed phrases
without values. Nothing here links anybody: the partition is decided before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nrm_linkage.normalise.answers import Answer
from nrm_linkage.tables import Coded, Days, InstanceFacts, Int64s, Mask, Referrals, TokenLists

__all__ = ["CANNOT_TELL", "LATER", "SAME_POSSIBLE", "Assessed", "assess"]

SAME_POSSIBLE = "same instance possible"
LATER = "later exploitation recorded"
CANNOT_TELL = "cannot tell"

MULTI_AGENCY_DAYS = 30
"""Two bodies that refer one situation do so within about a month (domain.md 3.3, T1); it supports, and never
decides alone."""


SAID_LATER = "the record says in words that exploitation went on or began after the previous referral"


@dataclass(frozen=True, eq=False)
class Assessed:
    """For each repeat: `assessment` and `reasons`, object (r,) of text."""

    assessment: npt.NDArray[np.object_]
    reasons: npt.NDArray[np.object_]


def assess(referrals: Referrals, previous: Int64s, current: Int64s) -> Assessed:
    """Assess each repeat against the referral before it. `previous`, `current`: int64 (r,), rows."""
    facts, referred = referrals.facts, referrals.referred
    decided = ~np.isnat(facts.decided[previous])
    cut = np.where(decided, facts.decided[previous], referred[previous])
    start_first, start_last = facts.started_first[current], facts.started_last[current]
    began_after = ~np.isnat(cut) & ~np.isnat(start_first) & (start_first > cut)
    ended_before = _known_by(facts.ended_last[current], referred[previous])
    began_before = _known_by(start_last, referred[previous])
    contradicts = began_after & (ended_before | began_before)
    contradicts |= facts.said_later[current] & ended_before
    contradicts |= ~np.isnat(start_first) & (start_first > facts.ended_last[current])
    common_type = (facts.types[previous] & facts.types[current]) != 0
    common_place = _common(facts.places, previous, current)
    two_bodies = _two_bodies(facts.responder, referred, previous, current) & common_type & common_place
    refiled = facts.negative_decision[previous] == int(Answer.YES)
    by_dates = ended_before | (began_before & (common_type | refiled))
    same = (by_dates & ~contradicts) | two_bodies
    later = (began_after | facts.said_later[current]) & ~contradicts
    assessment = np.select([later, same], [LATER, SAME_POSSIBLE], CANNOT_TELL)
    reasons = _joined(
        [
            (contradicts, "the recorded dates contradict one another"),
            (
                began_after & decided,
                "exploitation is recorded as beginning after the decision on the previous referral",
            ),
            (began_after & ~decided, "exploitation is recorded as beginning after the previous referral"),
            (facts.said_later[current], SAID_LATER),
            (ended_before, "exploitation is recorded as over by the previous referral"),
            (
                began_before & ~ended_before,
                "exploitation is recorded as having begun by the previous referral",
            ),
            (common_type, "an exploitation type in common"),
            (common_place, "a place of exploitation in common"),
            (two_bodies, "two bodies referred within thirty days"),
            (two_bodies & _two_kinds(facts, previous, current), "the two bodies are of different kinds"),
            (refiled, "the previous referral had a negative decision or was withdrawn"),
            *_said(referrals, previous, current),
        ],
        len(current),
    )
    reasons[reasons == ""] = "the records hold nothing to tell by"
    return Assessed(assessment.astype(object), reasons)


def _said(referrals: Referrals, previous: Int64s, current: Int64s) -> list[tuple[Mask, str]]:
    """What the record of the repeat says of itself: reasons that decide nothing."""
    facts = referrals.facts
    return [
        (
            _common(_nrm_numbers(referrals.references), previous, current),
            "the record gives the number of the previous referral",
        ),
        (
            _answered(facts, "reported_before", current),
            "the record says that the person had reported before",
        ),
        (
            _answered(facts, "more_than_one_situation", current),
            "the record says that there was more than one situation",
        ),
        (
            _answered(facts, "still_exploited", current),
            "the record says that the exploitation is still going on",
        ),
    ]


def _known_by(day: Days, limit: Days) -> Mask:
    """Where both days are known and the first is not after the second."""
    return np.asarray(~np.isnat(day) & ~np.isnat(limit) & (day <= limit))


def _two_bodies(responder: Coded, referred: Days, previous: Int64s, current: Int64s) -> Mask:
    """Where two different first responders, both recorded, referred within a month."""
    first, second = responder.codes[previous], responder.codes[current]
    days = np.abs(referred[current] - referred[previous])
    close = ~np.isnat(days) & (days <= np.timedelta64(MULTI_AGENCY_DAYS, "D"))
    return np.asarray(close & (first != second) & (first != 0) & (second != 0))


def _two_kinds(facts: InstanceFacts, previous: Int64s, current: Int64s) -> Mask:
    """Where the types of the two first responders are known and differ."""
    first, second = facts.responder_type[previous], facts.responder_type[current]
    return np.asarray((first != second) & (first != 0) & (second != 0))


def _nrm_numbers(references: TokenLists) -> TokenLists:
    """The NRM numbers alone: a referral holds its own where another quotes it (`normalise.earlier`)."""
    kept = np.array([text.startswith("nrm:") for text in references.texts], dtype=bool)[references.token]
    start = np.concatenate([[0], np.cumsum(kept)])[references.start]
    return TokenLists(start, references.token[kept], references.texts)


def _answered(facts: InstanceFacts, question: str, rows: Int64s) -> Mask:
    return np.asarray(getattr(facts, question)[rows] == int(Answer.YES))


def _common(places: TokenLists, previous: Int64s, current: Int64s) -> Mask:
    """Whether two rows share a place."""
    repeat_a, place_a = _places_of(places, previous)
    repeat_b, place_b = _places_of(places, current)
    n_places = len(places.texts) + 1
    shared = np.intersect1d(repeat_a * n_places + place_a, repeat_b * n_places + place_b)
    common = np.zeros(len(current), dtype=np.bool_)
    common[shared // n_places] = True
    return common


def _places_of(places: TokenLists, rows: Int64s) -> tuple[Int64s, Int64s]:
    """The places of each of `rows`: position in `rows`, and place."""
    count = places.count[rows]
    position = np.repeat(np.arange(len(rows), dtype=np.int64), count)
    offset = np.arange(len(position), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    return position, places.token[np.repeat(places.start[rows], count) + offset].astype(np.int64)


def _joined(reasons: list[tuple[Mask, str]], n: int) -> npt.NDArray[np.object_]:
    """The phrases that hold for each row, separated by semicolons."""
    texts = np.full(n, "", dtype=object)
    for where, phrase in reasons:
        texts[where] = [f"{text}; {phrase}" if text else phrase for text in texts[where]]
    return texts
