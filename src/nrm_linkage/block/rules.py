"""The blocking rules: what two referrals must share for one rule to bring them together.

A rule gives each row some keys; two rows with a key in common are a candidate pair. The union of the rules is
meant to find at least 99% of true pairs (measured in docs/quality.md); no single rule is. Rules rest on what
survives bad recording: name words by their transliteration-tolerant skeleton in whichever box they stood,
birth years within one, birth dates whichever way day and month were written, the beginnings of words that an
error disfigures, towns, references, telephone numbers and e-mail addresses. Gender and nationality alone
bring nobody together.

Some rules split every key by an attribute that one person's referrals nearly always share (`always_by`). A
key shared by too many rows is refined with one more attribute (`refine_by`, tried in turn), never dropped in
silence. A row that lacks the attribute stays with every part of its key. A small extract is compared in full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nrm_linkage.normalise.distinct import expand_lists
from nrm_linkage.normalise.nationality import group
from nrm_linkage.provenance import mixed
from nrm_linkage.tables import Int64s, Mask, Referrals, TokenLists

__all__ = ["ATTRIBUTES", "KEY_RULES", "RULES", "BlockingRule", "Keys"]

UInt64s = npt.NDArray[np.uint64]

SMALL_EXTRACT = 1_000
"""Linkable referrals of which all pairs are compared, half a million at most (chosen by us)."""

BEGINNING_LETTERS = 2
"""Letters of a beginning: one would bring half as many pairs more and hardly a true one (chosen by us:
docs/decisions/0008).
"""


@dataclass(frozen=True, eq=False)
class Keys:
    """Keys of rows. `row`: int64 (k,); `key`: uint64 (k,); `made_of`: int64 (k, w), the words that the key is
    made of, which cannot refine it again (w may be 0).
    """

    row: Int64s
    key: UInt64s
    made_of: Int64s

    def take(self, where: Mask) -> Keys:
        """The keys selected by a mask."""
        return Keys(self.row[where], self.key[where], self.made_of[where])


@dataclass(frozen=True)
class BlockingRule:
    """One rule. `sentence` says in words what the pair shares; `always_by`: an attribute in which the pair
    does not differ, where both record it, however few share the key; None for none; `part`: a key is compared
    in full when no more referrals share it than the config's limit divided by this; `fits`: referrals of a
    key that are compared in full whatever the config says, None for the config's limit; `rare_only`: keys
    that are too common, even when refined, are no keys of this rule.

    The parts are chosen by us, so that no rule pays many more pairs than another for each true pair that
    nothing else finds (docs/decisions/0011); so is what splits every key (docs/decisions/0032).
    """

    name: str
    sentence: str
    keys: Callable[[Referrals], Keys]
    refine_by: tuple[str, ...] = ()
    always_by: str | None = None
    rare_only: bool = False
    part: int = 1
    fits: int | None = None


def name_words(referrals: Referrals) -> tuple[Int64s, Int64s]:
    """Row and skeleton code of every name word that is more than an initial."""
    bags = referrals.names
    whole = ~bags.is_initial[bags.tokens.token]
    return bags.tokens.row[whole], bags.skeleton[bags.tokens.token[whole]].astype(np.int64)


def birth_years(referrals: Referrals) -> tuple[Int64s, Int64s]:
    """Row and year of every birth year that a record admits, where it admits no more than three; a default
    year counts as said.
    """
    birth = referrals.birth
    known = ~np.isnat(birth.first)
    first = np.where(known, birth.first, referrals.birth_by_age_first)
    last = np.where(known, birth.last, referrals.birth_by_age_last)
    usable = np.flatnonzero(~np.isnat(first) & ~np.isnat(last))
    low, high = (days[usable].astype("datetime64[Y]").astype(np.int64) for days in (first, last))
    narrow = high - low <= 2
    usable, low, high = usable[narrow], low[narrow], high[narrow]
    rows, years = [usable[:0]], [low[:0]]
    for step in range(3):
        here = low + step <= high
        rows.append(usable[here])
        years.append(low[here] + step)
    return np.concatenate(rows), np.concatenate(years)


def joined(row_a: Int64s, row_b: Int64s, n_rows: int) -> tuple[Int64s, Int64s]:
    """Positions (in a, in b) of every combination with the same row; `row_b` is sorted first."""
    order = np.argsort(row_b, kind="stable")
    start = np.searchsorted(row_b[order], np.arange(n_rows + 1))
    count = np.diff(start)[row_a]
    position_a = np.repeat(np.arange(len(row_a)), count)
    within = np.arange(len(position_a)) - np.repeat(np.cumsum(count) - count, count)
    return position_a, order[start[row_a[position_a]] + within]


def _word_and_year(referrals: Referrals) -> Keys:
    row, word = name_words(referrals)
    year_row, year = birth_years(referrals)
    a, b = joined(row, year_row, referrals.n)
    # Years y and y + 1 for each: two rows share one of them exactly when their years differ by one at most.
    both = [Keys(row[a], mixed(word[a], year[b] + ahead), word[a][:, None]) for ahead in (0, 1)]
    return _stacked(both)


def _two_words(referrals: Referrals) -> Keys:
    row, word = name_words(referrals)
    a, b = joined(row, row, referrals.n)
    ordered = word[a] < word[b]
    a, b = a[ordered], b[ordered]
    return Keys(row[a], mixed(word[a], word[b]), np.stack([word[a], word[b]], axis=1))


def _word_and_town(referrals: Referrals) -> Keys:
    row, word = name_words(referrals)
    towns = referrals.towns
    a, b = joined(row, towns.row, referrals.n)
    return Keys(row[a], mixed(word[a], towns.token[b].astype(np.int64)), word[a][:, None])


def _beginnings(referrals: Referrals) -> tuple[Int64s, Int64s, Int64s]:
    """Row, word and its first letters, of every name word that is more than an initial; words as codes of the
    vocabulary, letters as codes of their own.
    """
    bags = referrals.names
    whole = ~bags.is_initial[bags.tokens.token]
    row, token = bags.tokens.row[whole], bags.tokens.token[whole]
    _, beginnings = np.unique(
        np.array([text[:BEGINNING_LETTERS] for text in bags.tokens.texts] or [""]), return_inverse=True
    )
    return row, token.astype(np.int64), beginnings[token].astype(np.int64)


def _word_and_beginning(referrals: Referrals) -> Keys:
    row, token, beginning = _beginnings(referrals)
    a, b = joined(row, row, referrals.n)
    other = token[a] != token[b]
    a, b = a[other], b[other]
    word = referrals.names.skeleton[token[a]].astype(np.int64)
    return Keys(row[a], mixed(word, beginning[b]), word[:, None])


def _beginning_and_town(referrals: Referrals) -> Keys:
    row, _, beginning = _beginnings(referrals)
    towns = referrals.towns
    a, b = joined(row, towns.row, referrals.n)
    key = mixed(beginning[a], towns.token[b].astype(np.int64))
    return Keys(row[a], key, np.zeros((len(a), 0), dtype=np.int64))


def _rare_word(referrals: Referrals) -> Keys:
    row, word = name_words(referrals)
    return Keys(row, mixed(word), word[:, None])


def _birth_date(referrals: Referrals) -> Keys:
    birth = referrals.birth
    exact = birth.first == birth.last
    rows, days = [np.flatnonzero(exact)], [birth.first[exact]]
    for kind in range(birth.readings.shape[1]):
        admitted = ~np.isnat(birth.readings[:, kind])
        rows.append(np.flatnonzero(admitted))
        days.append(birth.readings[admitted, kind])
    row, day = np.concatenate(rows), np.concatenate(days).astype("datetime64[D]").astype(np.int64)
    return Keys(row, mixed(day), np.zeros((len(row), 0), dtype=np.int64))


def _tokens(lists: TokenLists, kinds: tuple[str, ...] | None = None) -> Keys:
    usable = np.array([kinds is None or text.split(":", 1)[0] in kinds for text in lists.texts], dtype=bool)
    kept = usable[lists.token] if len(usable) else np.zeros(0, dtype=bool)
    row, token = lists.row[kept], lists.token[kept]
    return Keys(row, mixed(token), np.zeros((len(row), 0), dtype=np.int64))


def _reference(referrals: Referrals) -> Keys:
    return _tokens(referrals.references)


def _contact(referrals: Referrals) -> Keys:
    return _tokens(referrals.contacts, ("phone", "email"))


def _small_extract(referrals: Referrals) -> Keys:
    rows = np.flatnonzero(referrals.linkable)
    rows = rows if len(rows) <= SMALL_EXTRACT else rows[:0]
    return Keys(rows, mixed(np.zeros(len(rows), dtype=np.int64)), np.zeros((len(rows), 0), dtype=np.int64))


def _stacked(parts: list[Keys]) -> Keys:
    return Keys(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.key for part in parts]),
        np.concatenate([part.made_of for part in parts]),
    )


def _code_attribute(codes: npt.NDArray[np.integer]) -> tuple[Int64s, Int64s]:
    rows = np.flatnonzero(codes != 0)
    return rows, codes[rows].astype(np.int64)


def _birth_month(referrals: Referrals) -> tuple[Int64s, Int64s]:
    same = referrals.birth.first.astype("datetime64[M]") == referrals.birth.last.astype("datetime64[M]")
    rows = np.flatnonzero(same)
    return rows, referrals.birth.first[rows].astype("datetime64[M]").astype(np.int64) % 12


def _near_birth_years(referrals: Referrals) -> tuple[Int64s, Int64s]:
    row, year = birth_years(referrals)
    return np.concatenate([row, row]), np.concatenate([year, year + 1])


def _naming_communities(referrals: Referrals) -> tuple[Int64s, Int64s]:
    """Row and community of every nationality that a record gives, where the community is known."""
    nationality = referrals.nationality
    found = [sorted({group(frozenset({code})) for code in codes} - {"unknown"}) for codes in nationality.sets]
    number = {name: code for code, name in enumerate(sorted({name for names in found for name in names}))}
    count = np.array([len(names) for names in found], dtype=np.int64)
    community = np.array([number[name] for names in found for name in names], dtype=np.int64)
    start, taken = expand_lists(count, nationality.code)
    return np.repeat(np.arange(len(nationality.code)), np.diff(start)), community[taken]


ATTRIBUTES: dict[str, Callable[[Referrals], tuple[Int64s, Int64s]]] = {
    "another name word": name_words,
    "birth year within one": _near_birth_years,
    "birth month": _birth_month,
    "gender": lambda referrals: _code_attribute(referrals.gender),
    "nationality": lambda referrals: _code_attribute(referrals.nationality.code),
    "naming community": _naming_communities,
}
"""What can split a key: row and value of an attribute, which a row may have several times or not at all."""

RULES: tuple[BlockingRule, ...] = (
    BlockingRule(
        "name word and birth year",
        "a name word sounds alike and the birth years are at most one apart",
        _word_and_year,
        ("birth month", "nationality", "gender", "another name word"),
        part=12,
    ),
    BlockingRule(
        "two name words",
        "two name words sound alike, in whichever box",
        _two_words,
        ("birth year within one", "another name word", "gender", "birth month"),
    ),
    BlockingRule(
        "name word and town",
        "a name word sounds alike and the present towns are the same",
        _word_and_town,
        ("nationality", "birth year within one", "gender"),
        part=6,
    ),
    BlockingRule(
        "name word and beginning of another",
        "a name word sounds alike and another begins with the same two letters",
        _word_and_beginning,
        ("nationality", "birth year within one", "gender"),
        part=12,
    ),
    BlockingRule(
        "beginning and town",
        "a name word begins with the same two letters and the present towns are the same",
        _beginning_and_town,
        ("nationality", "birth year within one", "gender"),
        part=12,
    ),
    BlockingRule(
        "rare name word",
        "a name word that few referrals of the same gender hold, or few of one nationality and birth year, "
        "sounds alike",
        _rare_word,
        ("nationality", "birth year within one"),
        always_by="gender",
        rare_only=True,
        part=4,
    ),
    BlockingRule(
        "birth date",
        "the dates of birth are the same in one of their readings, and the nationalities are of one naming "
        "community",
        _birth_date,
        ("nationality", "another name word", "gender"),
        always_by="naming community",
    ),
    BlockingRule(
        "reference",
        "a reference number is the same",
        _reference,
        ("another name word", "birth year within one"),
    ),
    BlockingRule(
        "contact", "a telephone number or e-mail address is the same", _contact, ("another name word",)
    ),
    BlockingRule(
        "small extract",
        "the extract is small enough to compare everybody with everybody",
        _small_extract,
        fits=SMALL_EXTRACT,
    ),
)
"""The default rules, in the order of their bits in `CandidatePairs.found_by`."""

KEY_RULES: tuple[BlockingRule, ...] = tuple(rule for rule in RULES if rule.fits is None)
"""Those that say something of the two referrals, and not of the extract that they stand in."""
