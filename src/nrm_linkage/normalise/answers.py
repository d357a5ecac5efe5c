"""Answers to the form's questions: yes, no, not sure, or nothing.

What an answer means is the caller's affair: the `reported_before` question was turned round on 31 March
2025 (domain.md 1.1.2).
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = ["Answer", "read_answer"]


class Answer(IntEnum):
    """An answer; `UNSURE` was given as such, `MISSING` was not given."""

    MISSING = 0
    YES = 1
    NO = 2
    UNSURE = 3


_ANSWERS: Final = (
    (Answer.YES, word_set("yes y true t 1 yeah yep checked ticked on flagged positive selected")),
    (Answer.NO, word_set("no|n|false|f|0|nope|unchecked|off|not flagged|none|nil")),
    (
        Answer.UNSURE,
        word_set(
            "not sure|not-sure|notsure|not_sure|unsure|don't know|dont know|dontknow|do not know|dk"
            "|maybe|possibly|"
            "unknown|not known|unclear|uncertain|dont-know|don't-know"
        ),
    ),
)
_BY_WORD: Final = {word: answer for answer, words in _ANSWERS for word in words}
_LEADING: Final = re.compile(
    r"(yes|no|not sure|unsure|don't know|dont know)\b(?!\s+(?:one|data|record|information))[\s,.:;()-]"
)


def read_answer(value: object) -> Answer:
    """Read one answer; an answer followed by an explanation counts as the answer.

    >>> [read_answer(value).name for value in ("Yes", "not-sure", "No - first referral", None)]
    ['YES', 'UNSURE', 'NO', 'MISSING']
    """
    text, _ = text_of(value)
    if text is None:
        return Answer.MISSING
    lower = text.casefold().rstrip(".!")
    if (found := _BY_WORD.get(lower)) is not None:
        return found
    if lower in MISSING_WORDS:
        return Answer.MISSING
    match = _LEADING.match(lower)
    return _BY_WORD[match[1]] if match else Answer.MISSING
