"""Whether a repeat referral may be about the same instance of modern slavery as the one before it.

The Home Office says that multiple referrals may be received relating to the same potential instance, so a
repeat referral is not a repeat exploitation. Each repeat is assessed against the person's previous referral,
from what the two records hold and never from the days between them or from a place alone (domain.md 3.4,
modelled on section 62 of the Nationality and Borders Act 2022):

- "later exploitation recorded": the record says that exploitation began after the previous referral's
  reasonable grounds decision, or after the previous referral where no decision is dated; or says in words
  that it went on or began after the previous one;
- "same instance possible": exploitation ended by the previous referral's date; or began by then, and is of a
  type in common or the previous referral had a negative decision or was withdrawn (domain.md 3.3, T2); or two
  different bodies referred within thirty days and the records have a type and a place of exploitation in
  common (T1);
- "cannot tell" otherwise: where the record holds nothing to tell by, and where its dates contradict one
  another (exploitation that was over before it began, that began after the decision and by the referral
  before it, or after the referral that speaks of it).

An imprecise date decides only when every day that it may mean decides alike. Reasons are fixed: a code, which
does not change, and a sentence without values (`Reason`). They are what the assessment rests on and what a
reader may want to know beside it: those from `TURNED_ADULT` on decide nothing, nor do places and types that
differ. Nothing here links anybody: who is one person is decided without it.
"""

from __future__ import annotations

import enum
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.answers import Answer
from nrm_linkage.tables import Coded, Days, InstanceFacts, Int64s, Mask, Referrals, TokenLists

__all__ = [
    "ASSESSMENTS",
    "CANNOT_TELL",
    "LATER",
    "SAME_POSSIBLE",
    "Assessed",
    "Reason",
    "assess",
    "read_codes",
]

SAME_POSSIBLE = "same instance possible"
LATER = "later exploitation recorded"
CANNOT_TELL = "cannot tell"
ASSESSMENTS = (SAME_POSSIBLE, LATER, CANNOT_TELL)

MULTI_AGENCY_DAYS = 30
"""Two bodies that refer one situation do so within about a month (domain.md 3.3, T1); it supports, and never
decides alone."""


SEPARATOR = "; "


class Reason(enum.StrEnum):
    """What may be said of a repeat and the referral before it; the value is its code, which does not change.

    >>> Reason("type_in_common").sentence
    'an exploitation type in common'
    """

    DATES_CONTRADICT = "dates_contradict"
    BEGAN_AFTER_DECISION = "began_after_decision"
    BEGAN_AFTER_REFERRAL = "began_after_referral"
    BEGAN_BEFORE_DECISION = "began_before_decision"
    SAID_LATER = "said_later"
    OVER_BY_REFERRAL = "over_by_referral"
    BEGUN_BY_REFERRAL = "begun_by_referral"
    TYPE_IN_COMMON = "type_in_common"
    PLACE_IN_COMMON = "place_in_common"
    NO_TYPE_IN_COMMON = "no_type_in_common"
    NO_PLACE_IN_COMMON = "no_place_in_common"
    TWO_BODIES = "two_bodies"
    TWO_KINDS_OF_BODY = "two_kinds_of_body"
    REFUSED_BEFORE = "refused_before"
    TURNED_ADULT = "turned_adult"
    GIVES_NUMBER = "gives_number"
    REPORTED_BEFORE = "reported_before"
    SEVERAL_SITUATIONS = "several_situations"
    STILL_EXPLOITED = "still_exploited"
    NOTHING = "nothing"

    @property
    def sentence(self) -> str:
        """The reason in words, without values."""
        return SENTENCES[self]


SENTENCES: Mapping[Reason, str] = {
    Reason.DATES_CONTRADICT: "the recorded dates contradict one another",
    Reason.BEGAN_AFTER_DECISION: (
        "exploitation is recorded as beginning after the decision on the previous referral"
    ),
    Reason.BEGAN_AFTER_REFERRAL: "exploitation is recorded as beginning after the previous referral",
    Reason.BEGAN_BEFORE_DECISION: (
        "exploitation is recorded as beginning after the previous referral and by the decision on it"
    ),
    Reason.SAID_LATER: (
        "the record says in words that exploitation went on or began after the previous referral"
    ),
    Reason.OVER_BY_REFERRAL: "exploitation is recorded as over by the previous referral",
    Reason.BEGUN_BY_REFERRAL: "exploitation is recorded as having begun by the previous referral",
    Reason.TYPE_IN_COMMON: "an exploitation type in common",
    Reason.PLACE_IN_COMMON: "a place of exploitation in common",
    Reason.NO_TYPE_IN_COMMON: "no exploitation type in common, of those recorded",
    Reason.NO_PLACE_IN_COMMON: "no place of exploitation in common, of those recorded",
    Reason.TWO_BODIES: "two bodies referred within thirty days",
    Reason.TWO_KINDS_OF_BODY: "the two bodies are of different kinds",
    Reason.REFUSED_BEFORE: "the previous referral had a negative decision or was withdrawn",
    Reason.TURNED_ADULT: "a child in the previous referral, an adult in this one",
    Reason.GIVES_NUMBER: "the record gives the number of the previous referral",
    Reason.REPORTED_BEFORE: "the record says that the person had reported before",
    Reason.SEVERAL_SITUATIONS: "the record says that there was more than one situation",
    Reason.STILL_EXPLOITED: "the record says that the exploitation is still going on",
    Reason.NOTHING: "the records hold nothing to tell by",
}


@dataclass(frozen=True, eq=False)
class Assessed:
    """For each repeat: `assessment`, object (r,) of text; `holds`: each reason, in order, and where it holds,
    bool (r,).
    """

    assessment: npt.NDArray[np.object_]
    holds: tuple[tuple[Reason, Mask], ...]

    @property
    def reasons(self) -> npt.NDArray[np.object_]:
        """The sentences of the reasons that hold, object (r,) of text."""
        return _joined(((reason.sentence, where) for reason, where in self.holds), len(self.assessment))

    @property
    def codes(self) -> npt.NDArray[np.object_]:
        """The codes of the reasons that hold, object (r,) of text; `read_codes` reads them."""
        return _joined(((reason.value, where) for reason, where in self.holds), len(self.assessment))


def read_codes(codes: str) -> frozenset[Reason]:
    """The reasons of a repeat, from the text of their codes.

    Raises
    ------
    ValueError
        A code is none of ours.
    """
    return frozenset(Reason(code) for code in codes.split(SEPARATOR) if code)


def assess(referrals: Referrals, previous: Int64s, current: Int64s) -> Assessed:
    """Assess each repeat against the referral before it. `previous`, `current`: int64 (r,), rows."""
    facts, referred = referrals.facts, referrals.referred
    decided = ~np.isnat(facts.decided[previous])
    cut = np.where(decided, facts.decided[previous], referred[previous])
    start_first, start_last = facts.started_first[current], facts.started_last[current]
    began_after = ~np.isnat(cut) & ~np.isnat(start_first) & (start_first > cut)
    ended_before = _known_by(facts.ended_last[current], referred[previous])
    began_before = _known_by(start_last, referred[previous])
    began_between = (start_first > referred[previous]) & _known_by(start_last, facts.decided[previous])
    contradicts = began_after & (ended_before | began_before)
    contradicts |= facts.said_later[current] & ended_before
    contradicts |= ~np.isnat(start_first) & (start_first > facts.ended_last[current])
    contradicts |= ~np.isnat(start_first) & (start_first > referred[current])
    common_type = (facts.types[previous] & facts.types[current]) != 0
    common_place = _common(facts.places, previous, current)
    two_bodies = _two_bodies(facts.responder, referred, previous, current) & common_type & common_place
    refiled = facts.negative_decision[previous] == int(Answer.YES)
    by_dates = ended_before | (began_before & (common_type | refiled))
    same = (by_dates & ~contradicts) | two_bodies
    later = (began_after | facts.said_later[current]) & ~contradicts
    assessment = np.select([later, same], [LATER, SAME_POSSIBLE], CANNOT_TELL)
    both_types = (facts.types[previous] != 0) & (facts.types[current] != 0)
    both_places = (facts.places.count[previous] > 0) & (facts.places.count[current] > 0)
    holds = (
        (Reason.DATES_CONTRADICT, contradicts),
        (Reason.BEGAN_AFTER_DECISION, began_after & decided),
        (Reason.BEGAN_AFTER_REFERRAL, began_after & ~decided),
        (Reason.BEGAN_BEFORE_DECISION, began_between),
        (Reason.SAID_LATER, facts.said_later[current]),
        (Reason.OVER_BY_REFERRAL, ended_before),
        (Reason.BEGUN_BY_REFERRAL, began_before & ~ended_before),
        (Reason.TYPE_IN_COMMON, common_type),
        (Reason.PLACE_IN_COMMON, common_place),
        (Reason.NO_TYPE_IN_COMMON, both_types & ~common_type),
        (Reason.NO_PLACE_IN_COMMON, both_places & ~common_place),
        (Reason.TWO_BODIES, two_bodies),
        (Reason.TWO_KINDS_OF_BODY, two_bodies & _two_kinds(facts, previous, current)),
        (Reason.REFUSED_BEFORE, refiled),
        *_said(referrals, previous, current),
    )
    nothing = ~np.any([where for _, where in holds], axis=0)
    return Assessed(assessment.astype(object), (*holds, (Reason.NOTHING, nothing)))


def _said(referrals: Referrals, previous: Int64s, current: Int64s) -> list[tuple[Reason, Mask]]:
    """What the records say of the person and of themselves: reasons that decide nothing."""
    facts, age = referrals.facts, referrals.age_group
    turned = (age[previous] == AgeGroup.CHILD) & (age[current] == AgeGroup.ADULT)
    numbers = _nrm_numbers(referrals.references)
    return [
        (Reason.TURNED_ADULT, turned),
        (Reason.GIVES_NUMBER, _common(numbers, previous, current)),
        (Reason.REPORTED_BEFORE, _answered(facts, "reported_before", current)),
        (Reason.SEVERAL_SITUATIONS, _answered(facts, "more_than_one_situation", current)),
        (Reason.STILL_EXPLOITED, _answered(facts, "still_exploited", current)),
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
    # `merge_lists` sorts texts: those with one prefix stand together, and a semicolon follows the colon.
    first, beyond = (bisect_left(references.texts, prefix) for prefix in ("nrm:", "nrm;"))
    kept = (references.token >= first) & (references.token < beyond)
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


def _joined(texts: Iterable[tuple[str, Mask]], n: int) -> npt.NDArray[np.object_]:
    """The texts that hold for each row, in order."""
    joined = np.full(n, "", dtype=object)
    for text, where in texts:
        joined[where] = [f"{before}{SEPARATOR}{text}" if before else text for before in joined[where]]
    return joined
