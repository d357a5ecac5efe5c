"""Frequencies bound to the referrals of a run: how often strangers agree on given values, in bits, by array
look-up.

A word's share is taken within the nationality that the two referrals have in common; where they record two
nationalities of one naming community (Eritrean and Ethiopian), from its shares in both; where of two, from
both or in the whole, whichever is more; and otherwise in the whole. Where one side does not say, several
words that agree are as common as a stranger of the nationality that the other records, who bears them all:
names tell the nationality, and do so once, not with every word. Where neither says, of that which the names
are of (`by_name`), of either side. At the level `variant` the share is that of
the commonest class that either word belongs to, times how often two bearers of one name are spelt differently
(`spellings`); at `near` and `shortened` that of strangers' near or
shortened words, and never below the words' own shares (whoever is near Mohamed is near many). A word that too
few of the extract bear to be named in the model, and that the shipped reference knows as common, has the
reference's share and not a rare word's.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace

import numpy as np

from nrm_linkage.compare import RowTables
from nrm_linkage.compare.fields import (
    BirthYearLevel,
    DateLevel,
    GenderLevel,
    NationalityLevel,
    PlaceLevel,
)
from nrm_linkage.compare.values import shared_tokens
from nrm_linkage.compare.words import WordLevel
from nrm_linkage.model import priors
from nrm_linkage.model.frequencies import (
    WORD_SHRINK_PEOPLE,
    Frequencies,
    WordShares,
    nationality_key,
    stratum_name,
)
from nrm_linkage.model.reference import ReferenceShares, of_few, reference
from nrm_linkage.model.strata import pair_community
from nrm_linkage.normalise.dates import DefaultDate
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s, Mask, Referrals, TokenLists

__all__ = ["BoundRarity"]

DAYS_OF_KIND = {
    DefaultDate.NONE: 365.2425 - 3 - 10 - 12,
    DefaultDate.FIRST_JANUARY: 1.0,
    DefaultDate.FIRST_JULY: 1.0,
    DefaultDate.THIRTY_FIRST_DECEMBER: 1.0,
    DefaultDate.FIRST_OF_MONTH: 10.0,
    DefaultDate.FIFTEENTH: 12.0,
}
"""Days of a year of each kind: twelve firsts less 1 January and 1 July, twelve fifteenths."""

_MAX_BY_LETTERS = 8


class BoundRarity:
    """The `Rarity` of one run, codes and shares without text; and `tables`, what else is looked up of its
    rows, which are made where they are not at hand.
    """

    def __init__(
        self, frequencies: Frequencies, referrals: Referrals, tables: RowTables | None = None
    ) -> None:
        self.tables = RowTables.of(referrals) if tables is None else tables
        self._referrals = referrals
        bags = referrals.names
        names = tuple(nationality_key(codes) for codes in referrals.nationality.sets)
        known = reference()
        group = referrals.nationality.group

        def bound(shares: WordShares, texts: tuple[str, ...], of: ReferenceShares) -> _BoundShares:
            return _BoundShares(_with_known(shares, of, frequencies, set(texts), names), texts, names, group)

        self._words = bound(frequencies.words, bags.tokens.texts, known.words)
        self._skeletons = bound(frequencies.skeletons, bags.skeleton_texts, known.skeletons)
        self._variants = bound(frequencies.variants, bags.variant_texts, known.variants)
        self._towns = _BoundShares(frequencies.towns, referrals.towns.texts, names, group)
        self._birthplaces = _BoundShares(frequencies.birthplaces, referrals.birthplaces.texts, names, group)
        letters = np.array(
            [min(len(text), _MAX_BY_LETTERS) for text in bags.tokens.texts] or [1], dtype=np.int64
        )
        self._letters = letters
        self._near = _by_letters(frequencies.near_words)
        self._short = _by_letters(frequencies.short_words)
        otherwise = frequencies.spelt_otherwise
        communities = ("", *referrals.nationality.group_names)
        self._spelt_otherwise = np.array([otherwise.get(name, otherwise[""]) for name in communities])
        other_words = frequencies.other_words
        self._places_bits = np.log2([other_words.get(name, other_words[""]) for name in communities])
        self._nationality_share = np.array(
            [frequencies.nationalities.get(name, frequencies.rare_nationality) for name in names]
        )
        self._code_shares = _code_shares(frequencies)
        self._rare_nationality = frequencies.rare_nationality
        self._gender_share = np.array(
            [1.0] + [frequencies.genders.get(str(code), 1.0) for code in range(1, 4)]
        )
        self._date_share, self._year_share = _date_shares(frequencies, referrals)

    def with_accidents(self, frequencies: Frequencies) -> BoundRarity:
        """The same with the near and shortened words of other frequencies, which are otherwise these."""
        changed = copy(self)
        changed._near = _by_letters(frequencies.near_words)
        changed._short = _by_letters(frequencies.short_words)
        return changed

    def words_bits(
        self,
        left: Int32s,
        right: Int32s,
        left_word: Int32s,
        right_word: Int32s,
        level: Int8s,
        n_aligned: Int64s,
    ) -> Float64s:
        """For aligned words, at a `WordLevel`. An initial has no share of its own: agreeing, it says no more
        than one that shortens a word.
        """
        bags = self._referrals.names
        if not len(left):
            return np.zeros(0)
        among_l, among_r = self._nationalities_among(left, right)
        places, known, other, once = self._nationality_told(left, right, n_aligned)
        told = np.full(len(left), -1, dtype=np.int64)
        told[places] = np.arange(len(places))

        def share_of(shares: _BoundShares, code: Int32s, at: Int64s) -> Float64s:
            """The shares of the codes of some places."""
            found = shares.share(code, among_l[at], among_r[at])
            where = np.flatnonzero(told[at] >= 0)
            by = told[at[where]]
            for one in (known, other):
                charged = self._nationality_share[one[by]] ** once[by]
                of_known = charged * shares.share(code[where], one[by], one[by])
                found[where] = np.maximum(found[where], of_known)
            return found

        exact = (level == WordLevel.EXACT) & ~bags.is_initial[left_word]
        share = share_of(self._words, left_word, np.arange(len(left)))
        at = np.flatnonzero(~exact)
        share[at] = np.maximum(share[at], share_of(self._words, right_word[at], at))
        at = np.flatnonzero(level == WordLevel.VARIANT)
        for shares, class_of in ((self._skeletons, bags.skeleton), (self._variants, bags.variant)):
            of_left, of_right = class_of[left_word[at]], class_of[right_word[at]]
            share[at] = np.maximum(share[at], share_of(shares, of_left, at))
            # Most variants are of one class, which is looked up once.
            differ = np.flatnonzero(of_left != of_right)
            of_other = share_of(shares, of_right[differ], at[differ])
            share[at[differ]] = np.maximum(share[at[differ]], of_other)
        share[at] *= self._spelt_otherwise[pair_community(self._referrals, left[at], right[at])]
        letters_l, letters_r = self._letters[left_word], self._letters[right_word]
        at = np.flatnonzero(level == WordLevel.NEAR)
        near = np.maximum(self._near[letters_l[at]], self._near[letters_r[at]])
        share[at] = np.maximum(share[at], near)
        at = np.flatnonzero(~exact & (level != WordLevel.VARIANT) & (level != WordLevel.NEAR))
        short = self._short[np.minimum(letters_l[at], letters_r[at])]
        share[at] = np.maximum(share[at], short)
        return np.asarray(-np.log2(np.clip(share, 1e-9, 1.0)))

    def places_bits(self, left: Int32s, right: Int32s) -> Float64s:
        """log2 of the other words that people of the pair's naming community have on the average."""
        return np.asarray(self._places_bits[pair_community(self._referrals, left, right)])

    def _nationalities_among(self, left: Int32s, right: Int32s) -> tuple[Int32s, Int32s]:
        """The nationalities within which names of each pair are common or rare; 0 (the whole) on both sides
        where one is not known.
        """
        code = self._referrals.nationality.code
        of_left, of_right = code[left], code[right]
        known = (of_left != 0) & (of_right != 0)
        return np.where(known, of_left, 0), np.where(known, of_right, 0)

    def _nationality_told(
        self, left: Int32s, right: Int32s, n_aligned: Int64s
    ) -> tuple[Int64s, Int32s, Int32s, Float64s]:
        """Words of pairs of which not both record a nationality and several words agree: their places, the
        nationality that is recorded, or else those that the two names are of, and the power of its share that
        each word is charged: the stranger need be of it only once for all.
        """
        nationality = self._referrals.nationality
        code, by_name = nationality.code, nationality.by_name
        of_left, of_right = by_name[left], by_name[right]
        unsaid = ((code[left] == 0) | (code[right] == 0)) & ((of_left != 0) | (of_right != 0))
        told = np.flatnonzero(unsaid & (n_aligned > 1))
        recorded = np.maximum(code[left[told]], code[right[told]])
        one, other = of_left[told], of_right[told]
        known = np.where(recorded != 0, recorded, np.where(one != 0, one, other))
        also = np.where(recorded != 0, recorded, np.where(other != 0, other, one))
        return told, known, also, 1.0 / n_aligned[told]

    def dates_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For equal dates the date's share; NaN at other levels."""
        exact = (level == DateLevel.EXACT) | (level == DateLevel.EXACT_DEFAULT)
        share = (self._date_share[left] + self._date_share[right]) / 2
        return np.where(exact, -np.log2(np.clip(share, 1e-9, 1.0)), np.nan)

    def birth_years_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For births that can be one day, the share of the years that the wider interval touches."""
        share = np.maximum(self._year_share[left], self._year_share[right])
        return np.where(level == BirthYearLevel.AGREES, -np.log2(np.clip(share, 1e-9, 1.0)), np.nan)

    def nationalities_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For equal sets the set's share; for overlapping sets that of the commonest code in both."""
        code = self._referrals.nationality.code
        same, overlap = level == NationalityLevel.SAME, level == NationalityLevel.OVERLAP
        share = np.where(same, self._nationality_share[code[left]], 1.0)
        pairs = np.stack([code[left[overlap]], code[right[overlap]]], axis=1)
        distinct, which = np.unique(pairs, axis=0, return_inverse=True)
        sets = self._referrals.nationality.sets
        common = [max(self._code_share(one) for one in sets[a] & sets[b]) for a, b in distinct.tolist()]
        share[overlap] = np.array(common, dtype=float)[which.ravel()]
        return np.where(same | overlap, -np.log2(np.clip(share, 1e-9, 1.0)), np.nan)

    def _code_share(self, code: str) -> float:
        return self._code_shares.get(code, self._rare_nationality)

    def genders_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For equal genders the gender's share."""
        share = self._gender_share[self._referrals.gender[left]]
        return np.where(level == GenderLevel.SAME, -np.log2(np.clip(share, 1e-9, 1.0)), np.nan)

    def towns_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For one town the share of its people."""
        return self._of_places(self._referrals.towns, self._towns, left, right, level == PlaceLevel.SAME)

    def birthplaces_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For one place of birth the share of people from there."""
        lists = self._referrals.birthplaces
        return self._of_places(lists, self._birthplaces, left, right, level == PlaceLevel.SAME)

    def _of_places(
        self, lists: TokenLists, shares: _BoundShares, left: Int32s, right: Int32s, same: Mask
    ) -> Float64s:
        bits = np.full(len(left), np.nan)
        left, right = left[same], right[same]
        if len(left):
            place = shared_tokens(lists, left, right)
            share = shares.share(place, *self._nationalities_among(left, right))
            bits[same] = -np.log2(np.clip(share, 1e-9, 1.0))
        return bits


class _BoundShares:
    """Shares of words or classes as arrays: overall by code, and within nationality by a sorted packed
    key.
    """

    def __init__(
        self, shares: WordShares, texts: tuple[str, ...], nationalities: tuple[str, ...], group: Int8s
    ) -> None:
        self._group = group
        self._n_texts = max(len(texts), 1)
        self._overall = np.array([shares.overall.get(text, shares.rare) for text in texts] or [shares.rare])
        number = {text: code for code, text in enumerate(texts)}
        packed: list[int] = []
        values: list[float] = []
        for code, name in enumerate(nationalities):
            held = {text: share for text, share in shares.within.get(name, {}).items() if text in number}
            packed += [code * self._n_texts + number[text] for text in held]
            values += held.values()
        order = np.argsort(np.array(packed, dtype=np.int64))
        self._packed: Int64s = np.array(packed, dtype=np.int64)[order]
        self._values: Float64s = np.array(values, dtype=float)[order]
        # A word that is common elsewhere but rare in this nationality: no rarer than either says.
        self._rare_within = np.array(
            [shares.rare_within.get(name, shares.rare_elsewhere) for name in nationalities] or [np.nan]
        )

    def share(self, code: Int32s, nationality: Int32s, other: Int32s) -> Float64s:
        """The chance that strangers of two nationalities (0: the whole) meet in each code, given that one
        person recorded as both might bear it: the harmonic mean of its shares, the share itself where the
        two are one. Where they are of two naming communities it is never less than the share in the whole.
        """
        share, apart = self._share_within(code, nationality), np.flatnonzero(nationality != other)
        if len(apart):
            met = 2.0 / (1.0 / share[apart] + 1.0 / self._share_within(code[apart], other[apart]))
            unlike = self._group[nationality[apart]] != self._group[other[apart]]
            share[apart] = np.where(unlike, np.maximum(met, self._overall[code[apart]]), met)
        return share

    def _share_within(self, code: Int32s, nationality: Int32s) -> Float64s:
        overall = self._overall[code]
        rare_here = self._rare_within[nationality]
        result = np.where(nationality == 0, overall, rare_here)
        if len(self._packed):
            wanted = nationality.astype(np.int64) * self._n_texts + code
            place = np.minimum(np.searchsorted(self._packed, wanted), len(self._packed) - 1)
            hit = (self._packed[place] == wanted) & (nationality != 0)
            result = np.where(hit, self._values[place], result)
        return np.asarray(result)


def _with_known(
    shares: WordShares,
    known: ReferenceShares,
    frequencies: Frequencies,
    texts: set[str],
    nationalities: tuple[str, ...],
) -> WordShares:
    """`shares` with the words of a run's texts that the reference knows and the extract has too few bearers
    of to name them.
    """

    def completed(
        named: Mapping[str, float], of: Mapping[str, float], people: float, rare: float, strength: float
    ) -> dict[str, float]:
        few = [text for text in of if text in texts and text not in named]
        share = of_few(np.array([of[text] for text in few]), people, rare, strength)
        return {**named, **dict(zip(few, share.tolist(), strict=True))}

    mixed = known.mixed(frequencies.nationalities).overall
    overall = completed(shares.overall, mixed, frequencies.people, shares.rare, priors.REFERENCE_STRENGTH)
    within = {
        name: completed(
            shares.within.get(name, {}),
            known.of(name),
            frequencies.people_within.get(name, 0.0),
            shares.rare_within.get(name, shares.rare_elsewhere),
            WORD_SHRINK_PEOPLE,
        )
        for name in nationalities
        if name
    }
    return replace(shares, overall=overall, within=within)


def _by_letters(shares: Mapping[str, float]) -> Float64s:
    """A share for every number of letters: that of the nearest shorter one that is known."""
    known = sorted(int(letters) for letters in shares)
    nearest = [max([k for k in known if k <= n] or known[:1]) for n in range(_MAX_BY_LETTERS + 1)]
    return np.array([shares[str(letters)] for letters in nearest])


def _code_shares(frequencies: Frequencies) -> dict[str, float]:
    """The share of each nationality code, counting every set that holds it."""
    by_code: dict[str, float] = {}
    for name, share in frequencies.nationalities.items():
        for code in name.split("+"):
            by_code[code] = by_code.get(code, 0.0) + share
    return by_code


def _date_shares(frequencies: Frequencies, referrals: Referrals) -> tuple[Float64s, Float64s]:
    """For each row the share of its very date, and of the years that its interval covers, in its stratum; a
    community that the model does not know has the shares of the whole.
    """
    birth = referrals.birth
    dated = ~np.isnat(birth.first)
    begin = np.where(dated, birth.first, referrals.birth_by_age_first)
    end = np.where(dated, birth.last, referrals.birth_by_age_last)
    known = ~np.isnat(begin)
    first = np.where(known, begin, np.datetime64(0, "D")).astype("datetime64[Y]").astype(np.int64) + 1970
    last = np.where(known, end, np.datetime64(0, "D")).astype("datetime64[Y]").astype(np.int64) + 1970
    communities = referrals.nationality.group_names
    community = referrals.nationality.group[referrals.nationality.by_name].astype(np.int64)
    stratum = community * 3 + np.clip(referrals.age_group, 0, 2)
    span = np.array(sorted(int(year) for year in frequencies.years[stratum_name("", 0)]))
    rare_year = 1e-4
    years = np.full((len(communities) * 3, len(span) + 1), rare_year)
    for code, name in enumerate(communities):
        for group in range(3):
            whole = frequencies.years[stratum_name("", group)]
            table = frequencies.years.get(stratum_name(name, group), whole)
            years[code * 3 + group, :-1] = [table.get(str(year), rare_year) for year in span.tolist()]
    cumulative = np.concatenate([np.zeros((len(years), 1)), np.cumsum(years[:, :-1], axis=1)], axis=1)
    place = np.where((first >= span[0]) & (first <= span[-1]), first - span[0], len(span))
    low, high = np.clip(first - span[0], 0, len(span)), np.clip(last - span[0] + 1, 0, len(span))
    kinds = np.array([DAYS_OF_KIND[kind] for kind in DefaultDate])
    days = np.array(
        [
            [frequencies.days.get(name, frequencies.days[""])[str(int(kind))] for kind in DefaultDate]
            for name in communities
        ]
    )
    of_day = days[community, birth.default] / kinds[birth.default] if len(community) else np.zeros(0)
    in_years = np.maximum(cumulative[stratum, high] - cumulative[stratum, low], rare_year)
    months = (end.astype("datetime64[M]") - begin.astype("datetime64[M]")).astype(np.int64) + 1
    within_year = np.where(known & (months > 0) & (months < 12), months / 12.0, 1.0)
    return years[stratum, place] * of_day, in_years * within_year
