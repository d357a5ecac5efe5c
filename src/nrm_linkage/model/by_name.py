"""The nationality that names are of, for referrals that record none.

Names go together within a nationality: of strangers called Nguyen many are called Van, hardly any Mohammed.
Where a nationality is recorded, shares of words are taken within it, and a full name is as rare as its words
are there. Where none is, shares in the whole would make it as rare as if its words had nothing to do with one
another, and dates and ages would be everybody's. So such a referral is given the nationality that its names
are of (`Nationalities.by_name`), for frequencies and parameters alone: it is no evidence, compared with
nothing and shown nowhere.

In this order: a word's share within a nationality over its share in the whole says how much the word speaks
for it, by the model's frequencies or, for words that these do not name there, the shipped reference; words go
by their skeletons, so that spellings are one. Nationalities start from their shares in the extract and, as
far as it does not say, from those of all referrals: who records a nationality need not be like who does not.
Where one naming community is likelier than all others and none together, its likeliest nationality is taken.

Where fewer than half of the named referrals record a nationality, frequencies are counted anew with those
that the names are of, a few times over: what is known of some words tells others that go with them.

What it does not do: find names of a community that neither the extract nor the reference knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import priors
from nrm_linkage.model.frequencies import WORD_SHRINK_PEOPLE, Frequencies, learn_frequencies
from nrm_linkage.model.reference import reference
from nrm_linkage.normalise.nationality import group
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.tables import Float64s, Int32s, Int64s, Nationalities, RawReferrals, Referrals

__all__ = ["learn_by_name", "read_under", "with_nationalities_by_name"]

RECORDED = 0.5
"""Share of named referrals that record a nationality, and of people whose nationality is known, from which
these are enough to count by (chosen by us: docs/decisions/0027).
"""

ROUNDS = 4
"""How often frequencies are counted anew where they are not (chosen by us: docs/decisions/0027)."""

LACKED = 0.1
"""How much rarer a word that the whole names is held to be in a nationality that does not name it, at the
most (chosen by us).
"""

OF_NONE = 0.02
"""Share of names that are of no nationality that is known, at the least (chosen by us)."""

RAREST = 1e-7
"""The least share that a word is held to have (chosen by us)."""

AT_A_TIME = 1 << 15
"""Referrals that are looked at together (chosen by us)."""


def learn_by_name(referrals: Referrals) -> tuple[Referrals, Frequencies]:
    """Frequencies of the referrals, and the referrals with the nationalities that their names are of."""
    named = referrals.linkable & (referrals.names.tokens.count > 0)
    recorded = referrals.nationality.code[named] != 0
    frequencies = learn_frequencies(referrals)
    if recorded.sum() < RECORDED * len(recorded):
        for _ in range(ROUNDS):
            referrals = with_nationalities_by_name(referrals, frequencies)
            frequencies = learn_frequencies(referrals)
    return with_nationalities_by_name(referrals, frequencies), frequencies


def read_under(frequencies: Frequencies, raw: RawReferrals, config: LinkageConfig) -> Referrals:
    """Raw referrals as a run reads them that has a model with these frequencies already."""
    return with_nationalities_by_name(normalise_referrals(raw, config).referrals, frequencies)


def with_nationalities_by_name(referrals: Referrals, frequencies: Frequencies) -> Referrals:
    """The referrals with `nationality.by_name` of those that record no nationality."""
    nationality, bags = referrals.nationality, referrals.names
    lacking = referrals.linkable & (nationality.code == 0) & (bags.tokens.count > 0)
    rows = np.flatnonzero(lacking)
    if not len(rows):
        return replace(referrals, nationality=replace(nationality, by_name=nationality.code))
    shares = _expected_shares(frequencies)
    names = tuple(sorted(shares))
    sets = [frozenset(name.split("+")) for name in names]
    groups = [group(codes) for codes in sets]
    speaks = _spoken_bits(frequencies, names, bags.skeleton_texts)
    start = np.array([shares[name] for name in names])
    told = _likeliest(_words_held(referrals, rows), speaks, start, groups)
    return replace(referrals, nationality=_completed(nationality, rows, told, sets, groups))


def _expected_shares(frequencies: Frequencies) -> dict[str, float]:
    """Shares of nationalities: as counted, or as among all referrals of 2023, the more the fewer people were
    counted.
    """
    said = sum(frequencies.people_within.values()) / max(frequencies.people, 1.0)
    known = min(said / RECORDED, 1.0)
    shares = {name: share * (1 - known) for name, share in priors.NATIONALITIES.items()}
    for name, share in frequencies.nationalities.items():
        shares[name] = shares.get(name, 0.0) + share * known
    return shares


def _words_held(referrals: Referrals, rows: Int64s) -> csr_array:
    """Which skeletons some rows hold, as ones, (n_rows, n_skeletons)."""
    bags = referrals.names
    skeleton = bags.skeleton[bags.tokens.token]
    shape = (referrals.n, len(bags.skeleton_texts))
    held = csr_array((np.ones(len(skeleton)), skeleton, bags.tokens.start), shape=shape)[rows]
    held.sum_duplicates()
    held.data[:] = 1.0
    return held


def _spoken_bits(frequencies: Frequencies, names: Sequence[str], texts: Sequence[str]) -> Float64s:
    """log2 of each word's share within each nationality over that in the whole, (n_words, n_names); 0 where
    too few bear the word for it to be named.
    """
    counted, known = frequencies.skeletons, reference().skeletons
    mixed = known.mixed(frequencies.nationalities).overall
    overall = [max(counted.overall.get(text, 0.0), mixed.get(text, 0.0), RAREST) for text in texts]
    is_common = np.array([text in counted.overall for text in texts], dtype=bool)
    place = {text: at for at, text in enumerate(texts)}
    bits = np.zeros((len(texts), len(names)))
    for column, name in enumerate(names):
        begun = WORD_SHRINK_PEOPLE / (frequencies.people_within.get(name, 0.0) + WORD_SHRINK_PEOPLE)
        bits[is_common, column] = np.log2(begun + (1 - begun) * LACKED)
        for text, share in {**known.of(name), **counted.within.get(name, {})}.items():
            if text in place:
                bits[place[text], column] = np.log2(max(share, RAREST) / overall[place[text]])
    return bits


def _likeliest(held: csr_array, speaks: Float64s, start: Float64s, groups: Sequence[str]) -> Int32s:
    """For each row of `held` the number of the nationality that its words are of, -1 for none, int32.
    `start`: shares of the nationalities, (n_names,); `groups`: their naming communities.
    """
    _, of_group = np.unique(groups, return_inverse=True)
    in_group = (of_group[:, None] == np.arange(of_group.max() + 1)).astype(np.float64)
    of_none = max(1.0 - float(start.sum()), OF_NONE)
    found = np.empty(held.shape[0], dtype=np.int32)
    for first in range(0, len(found), AT_A_TIME):
        here = slice(first, first + AT_A_TIME)
        likely = start * np.exp2(held[here] @ speaks)
        by_group = likely @ in_group
        best = by_group.argmax(axis=1)
        sure = 2 * by_group.max(axis=1) > by_group.sum(axis=1) + of_none
        within = np.where(in_group.T[best] > 0, likely, -1.0).argmax(axis=1)
        found[here] = np.where(sure, within, -1)
    return found


def _completed(
    nationality: Nationalities,
    rows: Int64s,
    told: Int32s,
    sets: Sequence[frozenset[str]],
    groups: Sequence[str],
) -> Nationalities:
    """The nationalities with those that names are of: sets that no referral records stand last. `told`: int32
    (n_rows,), numbers into `sets` and `groups`, -1 for none.
    """
    all_sets = list(nationality.sets)
    group_of = [nationality.group_names[code] for code in nationality.group]
    code_of = np.zeros(len(sets) + 1, dtype=np.int32)  # The last is what -1 stands for.
    for number in np.unique(told[told >= 0]).tolist():
        if sets[number] not in all_sets:
            all_sets.append(sets[number])
            group_of.append(groups[number])
        code_of[number] = all_sets.index(sets[number])
    by_name = nationality.code.copy()
    by_name[rows] = code_of[told]
    group_names = tuple(sorted(set(group_of)))
    return replace(
        nationality,
        sets=tuple(all_sets),
        group=np.array([group_names.index(name) for name in group_of], dtype=np.int8),
        group_names=group_names,
        by_name=by_name,
    )
