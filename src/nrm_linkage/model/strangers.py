"""u: how often two unrelated referrals show each level, counted over pairs drawn without looking at who
resembles whom.

Rows stand in the order of hashes of their own content, as in a ring, and each is paired with those that stand
so many places further on: so a sample is as good as random, every row has a part in it (where there are no
more rows than pairs), and nothing depends on the order of rows, on ids or on a seed. Pairs that are plainly
one person are left out (a small extract is full of them): those that a first score with the shipped
parameters puts above even odds. Counts are shrunk to the shipped u, those of a rare level by what a pair that
shows it is worth at least, or a level that a sample is too small for would come out as next to impossible.

Gender is counted once more among pairs whose given names agree: a name tells the gender, and agreement of
both is hardly more than agreement of one. For dates of birth pairs are taken apart by age stratum, because
two children share a year of birth far more often than two people; the ages themselves are counted within each
naming community, because some refer hardly anybody but children. Within a community, people of like ages
start from what their ages and their community make likely together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from nrm_linkage.compare import RowTables, compare_pairs
from nrm_linkage.compare.dates import age_group_levels, birth_period_levels, date_levels
from nrm_linkage.compare.extra import ExtraField
from nrm_linkage.compare.fields import FIELDS, GenderLevel
from nrm_linkage.compare.names import PaddedBags, align
from nrm_linkage.compare.pairs import by_width
from nrm_linkage.compare.words import WordLevel
from nrm_linkage.model import priors
from nrm_linkage.model.extra import with_extra
from nrm_linkage.model.frequencies import Frequencies
from nrm_linkage.model.lookalikes import believed_numbers
from nrm_linkage.model.parameters import (
    DATE_FIELDS,
    STRATUM_FIELDS,
    LinkageModel,
    array_of,
    stratum_key,
    table_of,
)
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.score import GENDER_COLUMN, match_weights, named_alike
from nrm_linkage.model.strata import AGE_PAIRS, age_pair
from nrm_linkage.provenance import mixed
from nrm_linkage.tables import Float64s, Int32s, Int64s, Mask, Referrals

__all__ = ["learn_strangers", "starting_model"]

SAMPLE_PAIRS = 250_000
"""Pairs of the sample, which fix a u of 1 in 10,000 to within a fifth (chosen by us: docs/decisions/0022)."""

ACCIDENT_PAIRS = 100_000
"""Pairs of the sample in which near and shortened words are counted (chosen by us)."""

COMMUNITY_PAIRS = 45_000
"""Pairs of the sample of one naming community (chosen by us)."""

RARE_LEVEL_PAIRS = 1.0
"""Pairs that show a level, which what is believed of it is worth at least (chosen by us:
docs/decisions/0022).
"""

_MAX_BY_LETTERS = 8

Levels = np.ndarray[tuple[int, int], np.dtype[np.int8]]


def starting_model(
    frequencies: Frequencies, n_referrals: int, repeats_per_referral: float, floor_referrals: float
) -> LinkageModel:
    """The model before estimation: shipped m and u, the data's frequencies, and the expected prior."""
    growth = repeats_per_referral / (1 + repeats_per_referral)
    scale = max(n_referrals, floor_referrals, 2) - 1
    return LinkageModel(
        m=table_of(array_of(priors.M_PRIOR)),
        m_by_community={},
        u=table_of(array_of(priors.U_PRIOR)),
        u_dates={},
        prior_bits=float(np.log2(2 * growth / (scale * (1 - growth) ** 2))),
        relative_bits=float(np.log2(2 * priors.RELATIVES_PER_REFERRAL / scale)),
        namesake_bits=float(np.log2(2 * priors.NAMESAKES_PER_REFERRAL / scale)),
        lookalike_bits=float(np.log2(2 / scale)),
        lookalikes=_believed_lookalikes(frequencies),
        gender_of_name=priors.GENDER_OF_NAME,
        relatives=table_of(array_of(priors.RELATIVE)),
        parents_name=priors.GIVEN_A_PARENTS_NAME,
        namesakes=table_of(array_of(priors.NAMESAKE)),
        growth=growth,
        n_referrals=n_referrals,
        frequencies=frequencies,
    )


def _believed_lookalikes(frequencies: Frequencies) -> dict[str, float]:
    communities = sorted({"", *frequencies.days})
    numbers = believed_numbers(frequencies.days, communities)
    return dict(zip(communities, numbers.tolist(), strict=True))


def learn_strangers(
    referrals: Referrals,
    start: LinkageModel,
    chunk_pairs: int,
    extra: Sequence[ExtraField] = (),
    rarity: BoundRarity | None = None,
) -> LinkageModel:
    """`start` with u counted over the sample's pairs, and the chance of near and shortened words with it.

    `extra`: the fields that `referrals.extra` compares, which `start` does not know: who is plainly one
    person is told without them. `rarity`: the frequencies of `start` bound to the referrals, if at hand.
    """
    rarity = rarity or BoundRarity(start.frequencies, referrals)
    tables = rarity.tables
    content, bags = _content(referrals), tables.bags
    everybody = _in_order(referrals, content, np.ones(referrals.n, dtype=bool))
    frequencies = _word_accidents(bags, start.frequencies, *_paired(everybody, ACCIDENT_PAIRS))
    left, right = _paired(everybody, SAMPLE_PAIRS)
    start = replace(start, frequencies=frequencies)
    rarity = rarity.with_accidents(frequencies)
    comparisons = compare_pairs(referrals, left, right, rarity, chunk_pairs, tables)
    weight_bits = match_weights(referrals, left, right, comparisons, start)
    strangers = weight_bits < 0
    levels = comparisons.levels[strangers]
    count = _level_counts(levels, age_pair(referrals.age_group, left, right)[strangers], AGE_PAIRS)
    whole = _shrunk(count.sum(axis=0), array_of(priors.U_PRIOR))
    by_ages = [_shrunk(of_ages, whole) for of_ages in count]
    u_dates = {stratum_key("", code): _stratum_tables(by_ages[code], whole) for code in range(AGE_PAIRS)}
    communities = referrals.nationality.group_names
    within, ages, community = _within_communities(referrals, content, tables)
    counts = _level_counts(within, community * AGE_PAIRS + ages, len(communities) * AGE_PAIRS)
    for name, count in zip(communities, counts.reshape(-1, AGE_PAIRS, *whole.shape), strict=True):
        at_all_ages = _shrunk(count.sum(axis=0), whole)
        for code in range(AGE_PAIRS):
            believed = _summing_to_one(by_ages[code] * at_all_ages / whole)
            counted = _shrunk(count[code], believed)
            u_dates[stratum_key(name, code)] = _stratum_tables(counted, at_all_ages)
    learned = replace(start, u=table_of(whole), u_dates=u_dates, gender_of_name=_gender_of_name(levels))
    return with_extra(learned, extra, levels[:, len(FIELDS) :])


def _gender_of_name(levels: Levels) -> float:
    """Among strangers whose given names agree, how often genders do too, shrunk to the shipped share."""
    level = levels[named_alike(levels), GENDER_COLUMN]
    same, strength = np.count_nonzero(level == GenderLevel.SAME), priors.GENDER_OF_NAME_PAIRS
    return float((same + strength * priors.GENDER_OF_NAME) / (len(level) + strength))


def _paired(rows: Int64s, most: int) -> tuple[Int32s, Int32s]:
    """All pairs of some rows, or at most `most` of them in which each row is as often as any other: rows that
    stand so many places apart in a ring.
    """
    n = len(rows)
    if n * (n - 1) // 2 <= most:
        first, second = np.triu_indices(n, 1)
    else:
        n = min(n, most)
        farthest = (n - 1) // 2
        apart = np.unique(np.linspace(1, farthest, min(most // n, farthest)).astype(np.int64))
        first = np.tile(np.arange(n), len(apart))
        second = (first + np.repeat(apart, n)) % n
    return rows[first].astype(np.int32), rows[second].astype(np.int32)


def _within_communities(
    referrals: Referrals, content: np.ndarray[tuple[int], np.dtype[np.uint64]], tables: RowTables
) -> tuple[Levels, Int64s, Int64s]:
    """Pairs of strangers of one naming community, all communities together: their levels in the fields that
    are counted within communities, their ages (`age_pair`), and the community, (p,).

    Pairs whose naming words have one skeleton are left out: likely one person.
    """
    nationality = referrals.nationality
    named, group = nationality.by_name != 0, nationality.group[nationality.by_name]
    word = tables.bags.word[np.arange(referrals.n), tables.bags.principal]
    skeleton = referrals.names.skeleton[word] if len(referrals.names.skeleton) else word
    pairs = []
    for number in range(len(nationality.group_names)):
        rows = _in_order(referrals, content, named & (group == number))
        left, right = _paired(rows, COMMUNITY_PAIRS)
        apart = skeleton[left] != skeleton[right]
        pairs.append((left[apart], right[apart]))
    left, right = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    community = np.repeat(np.arange(len(pairs)), [len(pair[0]) for pair in pairs])
    levels = _stratum_levels(referrals, left, right, tables)
    return levels, age_pair(referrals.age_group, left, right), community


def _stratum_levels(referrals: Referrals, left: Int32s, right: Int32s, tables: RowTables) -> Levels:
    """Levels with the fields compared that are counted within communities, and all others missing."""
    dates = date_levels(referrals.birth, left, right, tables.dates)
    years, ranges = birth_period_levels(referrals, left, right, dates, tables.periods)
    found = {
        "date_of_birth": dates,
        "birth_year": years,
        "birth_range": ranges,
        "age_group": age_group_levels(referrals, left, right),
    }
    nothing = np.zeros(len(left), dtype=np.int8)
    return np.stack([found.get(field.name, nothing) for field in FIELDS], axis=1)


def _stratum_tables(of_like_ages: Float64s, at_all_ages: Float64s) -> dict[str, dict[str, float]]:
    """u of the dates among people of like ages, and of what is the same at all ages."""
    dates, others = table_of(of_like_ages), table_of(at_all_ages)
    return {name: (dates if name in DATE_FIELDS else others)[name] for name in STRATUM_FIELDS}


def _content(referrals: Referrals) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """A hash of each row's names, birth date, gender and day, whatever its id and place."""
    bags = referrals.names
    texts = np.array(bags.tokens.texts or ("",), dtype=object)
    hashed = pd.util.hash_array(texts, categorize=False)
    content = np.zeros(referrals.n, dtype=np.uint64)
    np.add.at(content, bags.tokens.row, hashed[bags.tokens.token] if len(bags.tokens.token) else hashed[:0])
    for days in (referrals.birth.first, referrals.referred):
        content = mixed(content.view(np.int64), days.astype("datetime64[D]").astype(np.int64))
    content = mixed(content.view(np.int64), referrals.birth.unreal.astype(np.int64))
    return mixed(content.view(np.int64), referrals.gender.astype(np.int64))


def _in_order(referrals: Referrals, content: np.ndarray[tuple[int], np.dtype[np.uint64]], of: Mask) -> Int64s:
    """The linkable rows among `of` in the order of their content hashes."""
    rows = np.flatnonzero(referrals.linkable & of)
    return rows[np.lexsort((rows, content[rows]))]


def _level_counts(levels: Levels, stratum: Int64s, n_strata: int) -> Float64s:
    """How many pairs of each stratum show each level, (n_strata, n_fields, n_levels)."""
    width = array_of(priors.U_PRIOR).shape[1]
    cell = stratum * width
    counts = [
        np.bincount(cell + levels[:, field], minlength=n_strata * width).reshape(n_strata, width)
        for field in range(len(FIELDS))
    ]
    return np.stack(counts, axis=1).astype(np.float64)


def _shrunk(count: Float64s, start: Float64s) -> Float64s:
    """Shares of levels, shrunk to `start`; missing stays 1 and levels that do not exist stay NaN. Each level
    is believed as if in so many pairs more, the rarer the more, so that some would show it.
    """
    held, believed = count[:, 1:], start[:, 1:]
    more = np.maximum(priors.U_STRENGTH_PAIRS, RARE_LEVEL_PAIRS / believed)
    share = (held + more * believed) / (held.sum(axis=1, keepdims=True) + more)
    return _summing_to_one(np.concatenate([start[:, :1], share], axis=1))


def _summing_to_one(shares: Float64s) -> Float64s:
    """Shares of levels scaled; missing stays as it is."""
    held = shares[:, 1:]
    return np.concatenate([shares[:, :1], held / np.nansum(held, axis=1, keepdims=True)], axis=1)


def _word_accidents(matrix: PaddedBags, frequencies: Frequencies, left: Int32s, right: Int32s) -> Frequencies:
    """How often a stranger's bag holds a near or a shortened word, by letters, counted over the sample and
    shrunk to the shipped.
    """
    bags = matrix.words.bags
    if not len(left) or not bags.tokens.texts:
        return frequencies
    letters = np.array([min(len(text), _MAX_BY_LETTERS) for text in bags.tokens.texts])
    size = _MAX_BY_LETTERS + 1
    words = np.concatenate([matrix.word[rows][matrix.held[rows]] for rows in (left, right)])
    asked = np.bincount(letters[words], minlength=size) / 2.0
    met = {level: np.zeros(size, dtype=np.int64) for level in (WordLevel.NEAR, WordLevel.SHORTENED)}
    for width, positions in by_width(matrix, left, right):
        names = align(matrix, left[positions], right[positions], width)
        for level in met:
            at = names.level == level
            shorter = np.minimum(letters[names.left_word[at]], letters[names.right_word[at]])
            met[level] += np.bincount(shorter, minlength=size)
    strength = priors.U_STRENGTH_PAIRS

    def shares(level: WordLevel, prior: Mapping[int, float]) -> dict[str, float]:
        return {
            str(n): float((met[level][n] + strength * share) / (asked[n] + strength))
            for n, share in sorted(prior.items())
        }

    return replace(
        frequencies,
        near_words=shares(WordLevel.NEAR, priors.NEAR_WORD_SHARES),
        short_words=shares(WordLevel.SHORTENED, priors.SHORT_WORD_SHARES),
    )
