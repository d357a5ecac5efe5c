"""What stands in a part's place while it is out, and by what a run shows that it is out: for `ablation.py`.

Every replacement has the parameters of what it replaces and gives the same kind of result. Every check looks
at a finished run: its levels, its lines of evidence, its model, its people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nrm_linkage.cluster import People, components, people_of
from nrm_linkage.compare import FIELDS, names, words
from nrm_linkage.compare.fields import GivenLevel, OtherNamesLevel
from nrm_linkage.config import LinkageConfig
from nrm_linkage.hearing import Counter
from nrm_linkage.model import (
    EVIDENCE_LINES,
    BoundRarity,
    Frequencies,
    Leeway,
    LinkageModel,
    Sifted,
    Unseen,
    learn_frequencies,
    priors,
)
from nrm_linkage.model.parameters import array_of, table_of
from nrm_linkage.model.reference import NOTHING_KNOWN, ReferenceShares
from nrm_linkage.model.strata import age_pair, pair_community
from nrm_linkage.normalise.dates import STAND_IN_DATES
from nrm_linkage.normalise.names import NameRole
from nrm_linkage.normalise.referrals import Normalised, normalise_referrals
from nrm_linkage.result import LinkedRun, Outcome
from nrm_linkage.tables import (
    CandidatePairs,
    Comparisons,
    Float64s,
    Int8s,
    Int32s,
    Int64s,
    Mask,
    Referrals,
    ScoredPairs,
    TokenLists,
)

FIELD_NAMES = [field.name for field in FIELDS]

_level_matrix = names._level_matrix


@dataclass(frozen=True, eq=False)
class Seen:
    """A run from within: what it knew, and what its stages found."""

    run: LinkedRun
    found: Outcome

    def levels(self, field: str) -> Int8s:
        """The levels of a field, int8 (p,), of all candidate pairs."""
        return self.found.pairs.levels[:, FIELD_NAMES.index(field)]


Gone = Callable[[Seen], bool]


# What stands in the place of parts --------------------------------------------------------------------------


def without_frequencies(levels: Int8s, coincidence_bits: Float64s) -> Comparisons:
    """Comparisons in which no value is rarer than its level."""
    return Comparisons(levels, np.full_like(coincidence_bits, np.nan))


def no_word(_: ReferenceShares, nationality: str) -> dict[str, float]:
    """Of no word is it known how common it is in a nationality."""
    return {}


def nothing_known(_: ReferenceShares, nationalities: object) -> ReferenceShares:
    """Nor in the whole."""
    return NOTHING_KNOWN


def all_alike() -> priors.Shares:
    """m that holds every level of a field for as likely as the others."""
    return {field.name: {level.name: 1.0 for level in field.levels[1:]} for field in FIELDS}


def not_estimated(
    rows: Referrals, sifted: Sifted, start: LinkageModel, config: LinkageConfig
) -> tuple[LinkageModel, None]:
    """The starting model as it stands."""
    return start, None


def levels_by_letters(table: words.WordTable, left: Int32s, right: Int32s) -> Int8s:
    """Levels of words that are alike to nothing but themselves."""
    bags = table.bags
    own, texts = np.arange(len(bags.tokens.texts), dtype=np.int32), bags.tokens.texts
    alone = TokenLists(np.arange(len(own) + 1, dtype=np.int64), own, texts)
    plain = replace(bags, skeleton=own, variant=own, sound=own, skeleton_texts=texts, short_for=alone)
    return words.word_levels(words.WordTable.of(plain), left, right)


def levels_by_box(of_left: names.PaddedBags, of_right: names.PaddedBags) -> Int8s:
    """Levels of words in the same kind of box, and of naming words with naming words."""
    box = np.zeros(len(NameRole) + 1, dtype=np.int8)
    box[[NameRole.GIVEN, NameRole.FAMILY, NameRole.PATRONYMIC, NameRole.ALIAS]] = [1, 2, 2, 3]
    box_l, box_r = box[of_left.role][:, :, None], box[of_right.role][:, None, :]
    anywhere = (box_l != 3) & (box_r != 3) & ((box_l == 0) | (box_r == 0))
    place = np.arange(of_left.word.shape[1])
    naming_l, naming_r = (place == side.principal[:, None] for side in (of_left, of_right))
    meets = ((box_l == box_r) | anywhere) & (naming_l[:, :, None] == naming_r[:, None, :])
    meets |= naming_l[:, :, None] & naming_r[:, None, :]
    return np.where(meets, _level_matrix(of_left, of_right), np.int8(words.WordLevel.NONE))


def never(birth: object, of_rows: object, left: Int32s, *rest: object) -> Mask:
    """No date is the other in any other reading."""
    return np.zeros(len(left), dtype=bool)


def without_stand_ins(*given: Any) -> Normalised:
    """Referrals in whose dates of birth 1 January, 1 July and 31 December are days like others."""
    normalised = normalise_referrals(*given)
    birth = normalised.referrals.birth
    default = np.where(np.isin(birth.default, STAND_IN_DATES), 0, birth.default).astype(np.int8)
    rows = replace(normalised.referrals, birth=replace(birth, default=default))
    return replace(normalised, referrals=rows)


def one_table_of_dates(referrals: Referrals) -> Frequencies:
    """Frequencies with the years and days of the whole for every community."""
    learned = learn_frequencies(referrals)
    years = {stratum: share for stratum, share in learned.years.items() if stratum.startswith("|")}
    return replace(learned, years=years, days={"": learned.days[""]})


def among_everybody(_: BoundRarity, left: Int32s, right: Int32s) -> tuple[Int32s, Int32s]:
    """The whole, for every pair."""
    return np.zeros(len(left), dtype=np.int32), np.zeros(len(left), dtype=np.int32)


def nothing_told(_: BoundRarity, *pairs_: object) -> tuple[Int64s, Int32s, Int32s, Float64s]:
    """No pair of which one nationality says how common the words are."""
    nothing = np.zeros(0, dtype=np.int32)
    return np.zeros(0, dtype=np.int64), nothing, nothing, np.zeros(0)


def of_none(held: Any, *_: object) -> Int32s:
    """No names that are of a nationality."""
    return np.full(held.shape[0], -1, dtype=np.int32)


def missing(_: object, left: Int32s, *rest: object) -> Int8s:
    """Levels of a field that nobody records."""
    return np.zeros(len(left), dtype=np.int8)


def tied(n_rows: int, scored: ScoredPairs) -> Int64s:
    """The connected components of the pairs above even odds, int64 (n,)."""
    likely = scored.weight_bits > 0
    return components(n_rows, scored.left[likely], scored.right[likely])


def people_by_ties(
    rows: Referrals,
    candidates: CandidatePairs,
    scored: ScoredPairs,
    unseen: Unseen,
    model: LinkageModel,
    leeway: Leeway,
    rarity: BoundRarity,
    judged: tuple[Int64s, Int64s],
    config: LinkageConfig,
    counter: Callable[[int], Counter] | None = None,
) -> People:
    """People as connected components; their confidences are still the posterior's, and mean nothing."""
    found = people_of(rows, candidates, scored, unseen, model, leeway, rarity, judged, config, counter)
    return replace(found, partition=replace(found.partition, cluster=tied(rows.n, scored)))


# By what a run shows that parts are out ---------------------------------------------------------------------


def weighs_by_level(seen: Seen) -> bool:
    """A level has one weight in a community and age group, whatever the values."""
    rows, scored = seen.run.referrals, seen.found.pairs
    strata = 3 * pair_community(rows, scored.left, scored.right)
    strata += age_pair(rows.age_group, scored.left, scored.right)
    return all(
        len(np.unique(np.stack([strata, levels], axis=1), axis=0))
        == len(np.unique(np.stack([strata, levels, scored.bits[:, column]], axis=1), axis=0))
        for column, levels in enumerate(scored.levels.T)
    )


def counted_alone(seen: Seen) -> bool:
    """The share of every common word comes from a whole number of bearers and the share of rare words."""
    learned, strength = seen.found.model.frequencies, priors.REFERENCE_STRENGTH
    share = np.array(list(learned.words.overall.values()))
    others = share * (learned.people - 1 + strength) - strength * priors.RARE_WORD_SHARE
    bearers = others + 1
    return bool((np.abs(bearers - bearers.round()) < 1e-6).all())


def started_alike(seen: Seen) -> bool:
    """No m is below what an even start leaves of it, but for a tenth."""
    estimation_, m = seen.found.estimation, seen.found.model.m
    strength = {field: priors.M_STRENGTH_PAIRS_OF.get(field, priors.M_STRENGTH_PAIRS) for field in m}
    return estimation_ is not None and all(
        share >= 0.9 * strength[field] / (len(m[field]) * (strength[field] + matched))
        for field, matched in estimation_.learned.items()
        for share in m[field].values()
    )


def as_shipped(seen: Seen) -> bool:
    """m is the shipped one, for everybody."""
    model = seen.found.model
    return model.m == table_of(array_of(priors.M_PRIOR)) and not model.m_by_community


def no_variants(seen: Seen) -> bool:
    """No names are variants, but where two words are written as one or in another script."""
    scored, bags = seen.found.pairs, seen.run.referrals.names
    otherwise = np.zeros(seen.run.referrals.n, dtype=bool)
    otherwise[bags.tokens.row[(bags.joined >= 0) | (bags.native > 0)]] = True
    variant = seen.levels("given_name") == GivenLevel.VARIANT
    for field in ("other_name", "other_names"):
        variant |= seen.levels(field) == OtherNamesLevel.VARIANT
    return not (variant & ~otherwise[scored.left] & ~otherwise[scored.right]).any()


def none_at(field: str, *levels: int) -> Gone:
    """No pair is at one of these levels."""
    return lambda seen: not np.isin(seen.levels(field), levels).any()


def silent(*lines: str) -> Gone:
    """Nothing stands on these lines of evidence."""
    columns = [EVIDENCE_LINES.index(line) for line in lines]
    return lambda seen: not seen.found.pairs.bits[:, columns].any()


def names_tell_nothing(seen: Seen) -> bool:
    """Nobody has a nationality but as recorded."""
    nationality = seen.run.referrals.nationality
    return bool((nationality.by_name == nationality.code).all())


def one_m(seen: Seen) -> bool:
    """No community has an m of its own."""
    return not seen.found.model.m_by_community


def one_rarity(seen: Seen) -> bool:
    """Wherever two naming words are the same one, it weighs the same within a community, whose m is one."""
    rows, scored = seen.run.referrals, seen.found.pairs
    matrix = names.padded(rows.names)
    same = seen.levels("given_name") == GivenLevel.EXACT
    left, right = scored.left[same], scored.right[same]
    word = matrix.word[left, matrix.principal[left]]
    key = np.stack([pair_community(rows, left, right), word], axis=1)
    weight = scored.bits[same, FIELD_NAMES.index("given_name")]
    distinct = np.unique(np.column_stack([key, weight]), axis=0)
    return len(np.unique(key, axis=0)) == len(distinct) and set(seen.found.model.frequencies.days) == {""}


def by_ties(seen: Seen) -> bool:
    """People are the connected components."""
    return np.array_equal(seen.run.partition.cluster, tied(seen.run.referrals.n, seen.found.pairs))
