"""The kind of a record: a referral to the National Referral Mechanism or a Duty to Notify report (domain.md
1.1).
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

from nrm_linkage.normalise.values import text_of, word_set

__all__ = ["RecordType", "read_record_type"]


class RecordType(IntEnum):
    """NRM referrals are made with consent or for a child; Duty to Notify reports without consent, mostly
    without a name.
    """

    MISSING = 0
    NRM = 1
    DTN = 2


_NRM: Final = word_set(
    "nrm|560734|referral|nrm referral|national referral mechanism|nrm form|child nrm|adult nrm"
)
_DTN: Final = word_set(
    "dtn|662265|ms1|duty to notify|dtn report|duty to notify report|notification|d2n|dutytonotify"
)
_DTN_INSIDE: Final = re.compile(r"\bd(?:uty)?[\s_-]*t(?:o)?[\s_-]*n(?:otify)?\b|\bms1\b")


def read_record_type(value: object) -> RecordType:
    """Read the record type from its code, its name, or the case system's type number.

    >>> [read_record_type(value).name for value in ("DTN", 560734, "Duty to Notify (MS1)")]
    ['DTN', 'NRM', 'DTN']
    """
    text, _ = text_of(value)
    if text is None:
        return RecordType.MISSING
    lower = text.casefold()
    if lower in _NRM:
        return RecordType.NRM
    if lower in _DTN:
        return RecordType.DTN
    dtn, nrm = bool(_DTN_INSIDE.search(lower)), bool(re.search(r"\bnrm\b|national referral mechanism", lower))
    return RecordType.MISSING if dtn == nrm else RecordType.DTN if dtn else RecordType.NRM
