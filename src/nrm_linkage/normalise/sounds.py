"""A folded name token -> how English speakers would hear it, by jellyfish.

Metaphone, because mishearing happens in English: an interviewer writes down what an interpreter or a
telephone said. The transliteration-tolerant key is skeleton.py; this one is a second, independent opinion for
blocking and for partial agreement, and is biased to English spelling (domain.md 4.0). It does not try to mend
that bias.
"""

from __future__ import annotations

from jellyfish import metaphone

__all__ = ["sounds"]


def sounds(token: str) -> str:
    """The Metaphone code of a folded token; the token itself, in capitals, when it has no code (`h`, `wh`).

    >>> sounds("filmon") == sounds("philmon")
    True
    """
    return metaphone(token).replace(" ", "") or token.upper()
