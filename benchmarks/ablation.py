"""What each part of the method brings: `python benchmarks/ablation.py [FOLDER] [--seeds 1 2]`.

The data sets of `accuracy.py` (invented referrals as assumed, one population a seed, and once harsher; FEBRL
3; where FOLDER holds them, the public sets) are linked whole, and then with one part taken out at a time. The
output is a Markdown table, the same each time: what is taken out; F1 of pairs on each data set; precision and
recall on the first seed. Blocking is always whole, so that every row compares the same pairs.

The library has no switches for this. A part is taken out by replacing a function or a constant of its room
while `link_referrals` runs. Each `Ablation` also says by what the run shows that the part is gone (no pair at
the levels, nothing on the line of evidence, one weight for a level): that must hold of every run without the
part, and must not hold of the first data set's whole run. The small print of each:

- frequencies: an agreement weighs by its level's u, learned from strangers as shipped; the share of stand-in
  dates in a community stays known, which look-alikes and the start of m rest on.
- shipped m: every level of a field starts alike and is believed as strongly as the shipped m.
- estimation: shipped m and the expected number of repeats; u and frequencies are still counted.
- names across cultures: words are equal, near by letters, or shortened; no skeletons, spelling variants,
  nicknames or phonetic codes. Two words written as one, and words in other scripts, stay.
- bags: the naming word meets the naming word only, and every other word those of the same kind of box (given,
  family, alias; a whole name is any but an alias).
- stand-in dates: 1 January, 1 July and 31 December count as any day, which silences the look-alikes too.
- frequencies by community: names, places and dates are as common in a nationality as in the whole; u of the
  other date levels stays by community.
- relatives, namesakes, look-alikes: as good as none of them are expected.
- posterior of clusters: people are the connected components of the candidate pairs above even odds.

Not here: blocking (docs/decisions/0008), and the reading of columns.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from accuracy import Case, febrl, invented, print_row, public

from nrm_linkage import Linkage, evaluate, link, link_referrals
from nrm_linkage.cluster import Components, components
from nrm_linkage.compare import FIELDS, dates, names, pairs, words
from nrm_linkage.compare.fields import DateLevel, GivenLevel, OtherNamesLevel
from nrm_linkage.config import LinkageConfig
from nrm_linkage.evaluation import Evaluation
from nrm_linkage.model import (
    EVIDENCE_LINES,
    BoundRarity,
    Frequencies,
    LinkageModel,
    estimation,
    learn_frequencies,
    priors,
)
from nrm_linkage.model.parameters import array_of, table_of
from nrm_linkage.model.score import age_pair, pair_community
from nrm_linkage.normalise.dates import STAND_IN_DATES
from nrm_linkage.normalise.names import NameRole
from nrm_linkage.normalise.referrals import Normalised, normalise_referrals
from nrm_linkage.result import LinkedRun, Outcome, assemble
from nrm_linkage.review import Decisions
from nrm_linkage.tables import (
    CandidatePairs,
    Comparisons,
    Float64s,
    Int8s,
    Int32s,
    Int64s,
    Mask,
    NameBags,
    Partition,
    Referrals,
    ScoredPairs,
)

NONE_EXPECTED = 1e-100
"""So few a referral that no evidence speaks for them; a true zero has no logarithm."""

FIELD_NAMES = [field.name for field in FIELDS]


@dataclass(frozen=True, eq=False)
class Seen:
    """A run from within: what it knew, and what its stages found."""

    run: LinkedRun
    found: Outcome

    def levels(self, field: str) -> Int8s:
        """The levels of a field, int8 (p,), of all candidate pairs."""
        return self.found.pairs.levels[:, FIELD_NAMES.index(field)]


Change = tuple[Any, str, Any]
"""A module or class, the name in it, and what stands there while the part is out."""

Gone = Callable[[Seen], bool]


@dataclass(frozen=True)
class Ablation:
    """One part taken out. `how`: what is replaced; `gone`: whether a run shows that it is out."""

    name: str
    how: tuple[Change, ...]
    gone: Gone

    @contextmanager
    def taken_out(self) -> Iterator[None]:
        """The library without the part."""
        with ExitStack() as stack:
            for room, name, instead in self.how:
                stack.enter_context(patch.object(room, name, instead))
            yield


_level_matrix, _people = names._level_matrix, link._people


# How parts are taken out ------------------------------------------------------------------------------------


def without_frequencies(levels: Int8s, coincidence_bits: Float64s) -> Comparisons:
    """Comparisons in which no value is rarer than its level."""
    return Comparisons(levels, np.full_like(coincidence_bits, np.nan))


def all_alike() -> priors.Shares:
    """m that holds every level of a field for as likely as the others."""
    return {field.name: {level.name: 1.0 for level in field.levels[1:]} for field in FIELDS}


def not_estimated(
    rows: Referrals,
    candidates: CandidatePairs,
    comparisons: Comparisons,
    start: LinkageModel,
    config: LinkageConfig,
) -> tuple[LinkageModel, None]:
    """The starting model as it stands."""
    return start, None


def levels_by_letters(bags: NameBags, left: Int64s, right: Int64s) -> Int8s:
    """Levels of words that are alike to nothing but themselves."""
    own = np.arange(len(bags.tokens.texts), dtype=np.int32)
    plain = replace(bags, skeleton=own, variant=own, sound=own, skeleton_texts=bags.tokens.texts)
    return words.word_levels(plain, left, right)


def alone(word: str) -> frozenset[str]:
    """The nickname class of a word that has none."""
    return frozenset({word})


def levels_by_box(bags: NameBags, of_left: names.PaddedBags, of_right: names.PaddedBags) -> Int8s:
    """Levels of words in the same kind of box, and of naming words with naming words."""
    box = np.zeros(len(NameRole) + 1, dtype=np.int8)
    box[[NameRole.GIVEN, NameRole.FAMILY, NameRole.PATRONYMIC, NameRole.ALIAS]] = [1, 2, 2, 3]
    box_l, box_r = box[of_left.role][:, :, None], box[of_right.role][:, None, :]
    anywhere = (box_l != 3) & (box_r != 3) & ((box_l == 0) | (box_r == 0))
    place = np.arange(of_left.word.shape[1])
    naming_l, naming_r = (place == side.principal[:, None] for side in (of_left, of_right))
    meets = ((box_l == box_r) | anywhere) & (naming_l[:, :, None] == naming_r[:, None, :])
    meets |= naming_l[:, :, None] & naming_r[:, None, :]
    return np.where(meets, _level_matrix(bags, of_left, of_right), np.int8(words.WordLevel.NONE))


def never(_: object, left: Int32s, *rest: object) -> Mask:
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


def nothing_told(_: BoundRarity, *pairs_: object) -> tuple[Int64s, Int32s, Float64s]:
    """No pair of which one nationality says how common the words are."""
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0)


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
    model: LinkageModel,
    judged: Decisions,
    config: LinkageConfig,
) -> tuple[Components, ScoredPairs, Partition, Float64s, Mask]:
    """People as connected components; their confidences are still the posterior's, and mean nothing."""
    found, within, people, together, decided = _people(rows, candidates, scored, model, judged, config)
    return found, within, replace(people, cluster=tied(rows.n, scored)), together, decided


# By what a run shows that they are out ----------------------------------------------------------------------


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


def started_alike(seen: Seen) -> bool:
    """No m is below what an even start leaves of it, but for a tenth."""
    estimation_, m, strength = seen.found.estimation, seen.found.model.m, priors.M_STRENGTH_PAIRS
    return estimation_ is not None and all(
        share >= 0.9 * strength / (len(m[field]) * (strength + matched))
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
    variant |= seen.levels("other_names") == OtherNamesLevel.VARIANT
    return not (variant & ~otherwise[scored.left] & ~otherwise[scored.right]).any()


def none_at(field: str, *levels: int) -> Gone:
    """No pair is at one of these levels."""
    return lambda seen: not np.isin(seen.levels(field), levels).any()


def silent(*lines: str) -> Gone:
    """Nothing stands on these lines of evidence."""
    columns = [EVIDENCE_LINES.index(line) for line in lines]
    return lambda seen: not seen.found.pairs.bits[:, columns].any()


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


CLASSES = {
    "relatives": (priors, "RELATIVES_PER_REFERRAL", NONE_EXPECTED),
    "namesakes": (priors, "NAMESAKES_PER_REFERRAL", NONE_EXPECTED),
    "lookalikes": (priors, "LOOKALIKES_PER_UNKNOWN_DATE", NONE_EXPECTED),
}

ABLATIONS = (
    Ablation("frequencies of values", ((pairs, "Comparisons", without_frequencies),), weighs_by_level),
    Ablation("shipped m as the start", ((priors, "M_PRIOR", all_alike()),), started_alike),
    Ablation("estimation", ((link, "_estimated", not_estimated),), as_shipped),
    Ablation(
        "names across cultures",
        ((names, "word_levels", levels_by_letters), (words, "nickname_classes", alone)),
        no_variants,
    ),
    Ablation(
        "bags of words (boxes instead)",
        ((names, "_level_matrix", levels_by_box),),
        none_at("given_name", GivenLevel.MOVED, GivenLevel.ALIAS),
    ),
    Ablation(
        "other calendars, day and month exchanged",
        ((dates, "_reading_meets", never),),
        none_at("date_of_birth", DateLevel.SWAPPED, DateLevel.OTHER_CALENDAR),
    ),
    Ablation(
        "stand-in dates",
        ((link, "normalise_referrals", without_stand_ins),),
        none_at("date_of_birth", DateLevel.EXACT_DEFAULT, DateLevel.DEFAULT_NEAR),
    ),
    Ablation("m by community", ((estimation, "MIN_COMMUNITY_PAIRS", np.inf),), one_m),
    Ablation(
        "frequencies by community",
        (
            (BoundRarity, "_nationalities_among", among_everybody),
            (BoundRarity, "_nationality_told", nothing_told),
            (link, "learn_frequencies", one_table_of_dates),
        ),
        one_rarity,
    ),
    *(Ablation(name, (change,), silent(name)) for name, change in CLASSES.items()),
    Ablation("relatives, namesakes and lookalikes", tuple(CLASSES.values()), silent(*CLASSES)),
    Ablation(
        "town and birthplace",
        ((pairs, "town_levels", missing), (pairs, "birthplace_levels", missing)),
        silent("town", "birthplace"),
    ),
    Ablation("age groups", ((pairs, "age_group_levels", missing),), silent("age_group")),
    Ablation("posterior of clusters", ((link, "_people", people_by_ties),), by_ties),
)


def linked(case: Case, ablation: Ablation | None) -> tuple[Evaluation, Seen]:
    """A data set linked whole, or without a part, with a look at the run from within."""
    _, records, person, columns = case
    seen: list[Seen] = []

    def keeping(run: LinkedRun, found: Outcome, **given: Any) -> Linkage:
        seen.append(Seen(run, found))
        return assemble(run, found, **given)

    with ablation.taken_out() if ablation else ExitStack(), patch.object(link, "assemble", keeping):
        linkage = link_referrals(records, columns=columns, progress=False)
    return evaluate(linkage, person, draws=1), seen[0]


def result_row(name: str, found: Sequence[Evaluation]) -> None:
    """One row of the table."""
    of_first = found[0].precision, found[0].recall
    print_row(name, *(f"{share:.3f}" for share in (*(each.f1 for each in found), *of_first)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What each part of the method brings.")
    parser.add_argument("folder", nargs="?", type=Path, help="where the public sets are")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2], help="of invented referrals")
    given = parser.parse_args()
    cases = [*invented(given.seeds), *(case for case in febrl() if case[0] == "FEBRL 3")]
    cases += public(given.folder) if given.folder else ()
    headings = "taken out", *(case[0] for case in cases), "precision of the first", "recall of the first"
    print_row(*headings)
    print_row(*["---"] * len(headings))
    whole, seen = zip(*(linked(case, None) for case in cases), strict=True)
    result_row("nothing", whole)
    for ablation in ABLATIONS:
        assert not ablation.gone(seen[0]), f"{ablation.name}: the check says nothing"
        found = []
        for case in cases:
            measures, within = linked(case, ablation)
            assert ablation.gone(within), f"{ablation.name}: not taken out of {case[0]}"
            found.append(measures)
        result_row(ablation.name, found)


if __name__ == "__main__":
    main()
