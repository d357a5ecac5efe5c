"""Telephone numbers, e-mail addresses and postcodes as tokens that are equal when they mean the same.

- `read_phone`: `+` and digits, as in E.164. UK numbers in every usual form; others keep their country code.
  A number with no country that cannot be British stays as its digits. Freephone, shared-cost and emergency
  numbers are no person's.
- `read_email`: lower case, no `+tag`; Gmail ignores dots. Addresses of public bodies belong to staff, not
  to the person.
- `read_postcode`: the full unit without a space; an outward code alone is no identity, and
  `read_outward_code` reads that.

No look-up against live numbers, domains or postcode lists is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = [
    "ContactReading",
    "plain_phone",
    "plain_postcode",
    "read_email",
    "read_outward_code",
    "read_phone",
    "read_postcode",
]

NOT_A_PHONE: Final = "not a telephone number"
NOT_PERSONAL: Final = "not a personal number or address"
SEVERAL: Final = "more than one value; the first is read"
PLACEHOLDER: Final = "placeholder"


@dataclass(frozen=True, slots=True)
class ContactReading:
    """One contact; `token` is None where missing or not usable."""

    token: str | None = field(default=None, repr=False)
    issues: tuple[str, ...] = ()


_SEVERAL_PHONES: Final = re.compile(
    r"(?<=\d{3})\s*(?:[;,|]|\s/\s|/(?=\s*(?:\+|0))|\bor\b|\band\b|&)\s*(?=\(?[+\d])"
)
_MOBILE: Final = re.compile(r"(?:0|\+44)(7\d{9})", re.ASCII)
"""A British mobile number as most are written."""

_SCIENTIFIC: Final = re.compile(r"\d\.\d{6,13}e\+?\d{1,2}")
_EXTENSION: Final = re.compile(r"\s*(?:ext|extension|x)\.?\s*\d{1,6}$")
_NOT_DIAL: Final = re.compile(r"[^\d+]")
_SEQUENCES: Final = ("0123456789", "1234567890", "9876543210")
_UK_NATIONAL: Final = re.compile(r"(?:1\d{8,9}|2\d{9}|7\d{9}|5[56]\d{8})")
_UK_SHARED: Final = re.compile(r"(?:800\d{6,7}|808\d{7}|3\d{9}|8\d{8,9}|9\d{9})")


def read_phone(value: object) -> ContactReading:
    """Read one telephone number.

    >>> {read_phone(value).token for value in ("07700 900123", "+44 (0)7700-900123", 447700900123)}
    {'+447700900123'}
    """
    if (plain := plain_phone(value)) is not None:
        return ContactReading(plain)
    text, problems = text_of(value)
    if text is None or (lower := text.casefold()) in MISSING_WORDS:
        return ContactReading(issues=problems)
    if len(lower) > 200 or not any(map(str.isdigit, lower)):
        return ContactReading(issues=(NOT_A_PHONE,))
    if _SCIENTIFIC.fullmatch(lower):
        lower = f"{float(lower):.0f}"
    first, *others = _SEVERAL_PHONES.split(lower, maxsplit=4)
    issues = (SEVERAL,) if others else ()
    digits = _NOT_DIAL.sub(
        "", _EXTENSION.sub("", first).replace("(0)", "", 1 if "+" in first or "0044" in first else 0)
    )
    plus, digits = digits.startswith("+"), digits.replace("+", "")
    if digits.startswith("00"):
        plus, digits = True, digits[2:]
    if not 7 <= len(digits) <= 15:
        return ContactReading(issues=(*issues, NOT_A_PHONE))
    if len(set(digits[-7:])) == 1 or any(run in digits for run in _SEQUENCES) or len(set(digits)) <= 2:
        return ContactReading(issues=(*issues, PLACEHOLDER))
    return _dialled(digits, plus, issues)


def plain_phone(value: object) -> str | None:
    """The token of a British mobile number as most are written, as `read_phone` reads it too; None for any
    other value.

    >>> plain_phone("07700900123"), plain_phone("07777777777")
    ('+447700900123', None)
    """
    mobile = _MOBILE.fullmatch(value) if type(value) is str else None
    if mobile is None:
        return None
    number = mobile[1]
    return f"+44{number}" if len(set(number)) > 3 and number[3:] != number[3] * 7 else None


def _dialled(digits: str, plus: bool, issues: tuple[str, ...]) -> ContactReading:
    national = _uk_national(digits, plus)
    if national is not None:
        if _UK_SHARED.fullmatch(national):
            return ContactReading(issues=(*issues, NOT_PERSONAL))
        if _UK_NATIONAL.fullmatch(national):
            lost = not plus and digits == national
            return ContactReading(f"+44{national}", (*issues, *(("leading zero lost",) if lost else ())))
    if plus and not digits.startswith("0"):
        return ContactReading(
            f"+{digits}" if len(digits) >= 8 else None, issues if len(digits) >= 8 else (*issues, NOT_A_PHONE)
        )
    if len(digits) >= 11 and not digits.startswith("0"):
        return ContactReading(f"+{digits}", (*issues, "read as an international number"))
    return ContactReading(digits, (*issues, "no country, and not a UK number"))


def _uk_national(digits: str, plus: bool) -> str | None:
    """The national significant number where the digits can be British, else None."""
    if digits.startswith("44") and (plus or len(digits) in (12, 13)):
        return digits[2:].removeprefix("0")
    if plus:
        return None
    if digits.startswith("0"):
        return digits[1:] if len(digits) in (10, 11) else None
    return digits if len(digits) == 10 and digits[0] == "7" else None


_EMAIL: Final = re.compile(
    r"(?<![\w.+-])([a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64})@([a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z]{2,24})(?![\w-])"
)
_SPACED_AT: Final = re.compile(r" ?@ ?(?=[a-z0-9-]+\.)")
_STAFF_DOMAIN: Final = re.compile(
    r"(?:.*\.)?(?:gov\.uk|police\.uk|nhs\.uk|nhs\.net|mod\.uk|gov\.scot|gov\.wales|parliament\.uk"
    r"|cjsm\.net|pnn\.police\.uk"
    r"|salvationarmy\.org\.uk|migranthelpuk\.org|medaille-trust\.org\.uk|unseenuk\.org|kalayaan\.org\.uk"
    r"|barnardos\.org\.uk"
    r"|refugeecouncil\.org\.uk|bawso\.org\.uk|hestia\.org|causewaycharity\.org\.uk"
    r"|blackcountrywomensaid\.co\.uk|nspcc\.org\.uk)"
)
_NO_MAILBOX: Final = word_set(
    "none no unknown na noemail no-email no.email noreply no-reply donotreply nil null test x xx xxx "
    "nobody notknown not.known"
)
_SHARED_MAILBOX: Final = word_set(
    "info admin office enquiries contact reception support mail hello team referrals safeguarding"
)


def read_email(value: object) -> ContactReading:
    """Read one e-mail address.

    >>> read_email("Mailto:A.Person+nrm@Example.org").token
    'a.person@example.org'
    """
    text, problems = text_of(value)
    if text is None or (lower := text.casefold()) in MISSING_WORDS:
        return ContactReading(issues=problems)
    closed = _SPACED_AT.sub("@", lower.removeprefix("mailto:")[:1000])
    found = [
        match
        for match in _EMAIL.finditer(closed)
        if ".." not in match[0] and not match[1].startswith(".") and not match[1].endswith(".")
    ]
    if not found:
        return ContactReading(issues=("not an e-mail address",))
    local, domain = found[0][1].partition("+")[0], found[0][2]
    issues = (SEVERAL,) if len({match[0] for match in found}) > 1 else ()
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    if not local or local in _NO_MAILBOX:
        return ContactReading(issues=(*issues, PLACEHOLDER))
    if _STAFF_DOMAIN.fullmatch(domain) or local in _SHARED_MAILBOX:
        return ContactReading(issues=(*issues, NOT_PERSONAL))
    return ContactReading(f"{local}@{domain}", issues)


_OUTWARD: Final = r"(?:[A-PR-UWYZ]\d[A-HJKPSTUW\d]?|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY\d]?)"
_USUAL_UNIT: Final = re.compile(rf"({_OUTWARD}) (\d[ABD-HJLNP-UW-Z]{{2}})", re.ASCII)
_UNIT: Final = re.compile(rf"({_OUTWARD})(\d[ABD-HJLNP-UW-Z]{{2}})")
_GAPS: Final = re.compile(r"[ .-]")
LONGEST_UNIT: Final = 10
"""A text of so many characters is one postcode whatever gaps it has: seven and three gaps (chosen by us)."""

_UNIT_INSIDE: Final = re.compile(rf"(?<![A-Z0-9])({_OUTWARD}) ?(\d[ABD-HJLNP-UW-Z]{{2}})(?![A-Z0-9])")
_OUTWARD_ONLY: Final = re.compile(_OUTWARD)
_O_FOR_ZERO: Final = re.compile(r"[OI](?=[A-Z]{2}$)")
_PSEUDO: Final = ("ZZ99", "NF1", "XX99", "AA1")
"""Postcodes that stand for no fixed abode, unknown or test (the first is the NHS's; the others chosen by
us).
"""


def plain_postcode(value: object) -> str | None:
    """The unit of a postcode in capitals with its space, as `read_postcode` reads it too; None for any other
    value.

    >>> plain_postcode("SW1A 1AA"), plain_postcode("sw1a1aa")
    ('SW1A1AA', None)
    """
    usual = _USUAL_UNIT.fullmatch(value) if type(value) is str else None
    if usual is None or usual[1].startswith(_PSEUDO):
        return None
    return usual[1] + usual[2]


def read_postcode(value: object) -> ContactReading:
    """Read a full UK postcode.

    >>> read_postcode("sw1a 1aa").token, read_postcode("SW1A").issues
    ('SW1A1AA', ('outward code only',))
    """
    outward, inward, issues = _postcode(value)
    if outward is None or inward is None:
        return ContactReading(issues=issues if outward is None else (*issues, "outward code only"))
    return ContactReading(outward + inward, issues)


def read_outward_code(value: object) -> ContactReading:
    """Read the outward code of a UK postcode, full or not: an area, shared by thousands.

    >>> read_outward_code("sw1a 1aa").token
    'SW1A'
    """
    outward, _, issues = _postcode(value)
    return ContactReading(outward, issues)


def _postcode(value: object) -> tuple[str | None, str | None, tuple[str, ...]]:
    if (plain := plain_postcode(value)) is not None:
        return plain[:-3], plain[-3:], ()
    text, problems = text_of(value)
    if text is None or text.casefold() in MISSING_WORDS:
        return None, None, problems
    upper = text.upper()[:200].strip(" .,")
    if upper.startswith(_PSEUDO):
        return None, None, (PLACEHOLDER,)
    compact = _GAPS.sub("", upper) if len(upper) <= LONGEST_UNIT else upper
    match = _UNIT.fullmatch(compact) or _UNIT.fullmatch(
        _O_FOR_ZERO.sub(lambda found: "0" if found[0] == "O" else "1", compact)
    )
    issues: tuple[str, ...] = ()
    if match is None and (inside := {found.groups() for found in _UNIT_INSIDE.finditer(upper)}):
        match = _UNIT_INSIDE.search(upper)
        issues = ("words beside the postcode", *((SEVERAL,) if len(inside) > 1 else ()))
    if match is not None:
        return match[1], match[2], issues
    if _OUTWARD_ONLY.fullmatch(upper):
        return upper, None, ()
    return None, None, ("not a UK postcode",)
