"""What each part of the method brings: `python benchmarks/ablation.py [FOLDER] [--seeds 1 2]`.

The data sets of `accuracy.py` (invented referrals as assumed, one population a seed, once harsher, and with
fewer columns; FEBRL 3; where FOLDER holds them, the public sets) are linked whole, and then with one part
taken out at a time. The output is a Markdown table, the same each time: what is taken out; F1 of pairs on
each data set; precision and recall on the first seed. Blocking is always whole, so that every row compares
the same pairs.

The library has no switches for this. A part is taken out by replacing a function or a constant of its room
while `link_referrals` runs. Each `Ablation` also says by what the run shows that the part is gone (no pair at
the levels, nothing on the line of evidence, one weight for a level): that must hold of every run without the
part, and must not hold of the first data set's whole run. The small print of each:

- frequencies: an agreement weighs by its level's u, learned from strangers as shipped; the share of stand-in
  dates in a community stays known, which look-alikes and the start of m rest on.
- reference of common names: a word is as common as it is in the extract, or rare.
- shipped m: every level of a field starts alike and is believed as strongly as the shipped m.
- estimation: shipped m and the expected number of repeats; u and frequencies are still counted.
- names across cultures: words are equal, near by letters, or shortened; no skeletons, spelling variants,
  nicknames or phonetic codes. Two words written as one, and words in other scripts, stay.
- bags: the naming word meets the naming word only, and every other word those of the same kind of box (given,
  family, alias; a whole name is any but an alias).
- stand-in dates: 1 January, 1 July and 31 December count as any day, which silences the look-alikes too.
- frequencies by community: names, places and dates are as common in a nationality as in the whole; u of the
  other date levels stays by community.
- nationality of names: who records no nationality has none.
- base rates: of every group as many referrals are of one person.
- relatives, namesakes, look-alikes: as good as none of them are expected.
- posterior of clusters: people are the connected components of the candidate pairs above even odds.

Not here: blocking (docs/decisions/0008), and the reading of columns.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import ablation_parts as parts
import numpy as np
from ablation_parts import Gone, Seen
from accuracy import Case, febrl, invented, print_row, public, with_fewer_columns

from nrm_linkage import Linkage, evaluate, link, link_referrals
from nrm_linkage.compare import dates, names, pairs
from nrm_linkage.compare.fields import DateLevel, GivenLevel
from nrm_linkage.evaluation import Evaluation
from nrm_linkage.model import BoundRarity, base_rates, by_name, estimation, lookalikes, priors
from nrm_linkage.model.reference import ReferenceShares
from nrm_linkage.result import LinkedRun, Outcome, assemble

NONE_EXPECTED = 1e-100
"""So few a referral that no evidence speaks for them; a true zero has no logarithm."""

Change = tuple[Any, str, Any]
"""A module or class, the name in it, and what stands there while the part is out."""


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


CLASSES = {
    "relatives": ((priors, "RELATIVES_PER_REFERRAL", NONE_EXPECTED),),
    "namesakes": ((priors, "NAMESAKES_PER_REFERRAL", NONE_EXPECTED),),
    "lookalikes": (
        (priors, "LOOKALIKES_PER_UNKNOWN_DATE", NONE_EXPECTED),
        (lookalikes, "STRENGTH_REFERRALS", 1e15),
    ),
}

ABLATIONS = (
    Ablation(
        "frequencies of values", ((pairs, "Comparisons", parts.without_frequencies),), parts.weighs_by_level
    ),
    Ablation(
        "reference of common names",
        ((ReferenceShares, "of", parts.no_word), (ReferenceShares, "mixed", parts.nothing_known)),
        parts.counted_alone,
    ),
    Ablation("shipped m as the start", ((priors, "M_PRIOR", parts.all_alike()),), parts.started_alike),
    Ablation("estimation", ((link, "_estimated", parts.not_estimated),), parts.as_shipped),
    Ablation(
        "names across cultures",
        ((names, "word_levels", parts.levels_by_letters),),
        parts.no_variants,
    ),
    Ablation(
        "bags of words (boxes instead)",
        ((names, "_level_matrix", parts.levels_by_box),),
        parts.none_at("given_name", GivenLevel.MOVED, GivenLevel.ALIAS),
    ),
    Ablation(
        "other calendars, day and month exchanged",
        ((dates, "_reading_meets", parts.never),),
        parts.none_at("date_of_birth", DateLevel.SWAPPED, DateLevel.OTHER_CALENDAR),
    ),
    Ablation(
        "stand-in dates",
        ((link, "normalise_referrals", parts.without_stand_ins),),
        parts.none_at("date_of_birth", DateLevel.EXACT_DEFAULT, DateLevel.DEFAULT_NEAR),
    ),
    Ablation(
        "base rates of groups",
        ((base_rates, "BASE_RATE_STRENGTH_PAIRS", 1e15),),
        parts.silent("repeats_of_group"),
    ),
    Ablation("m by community", ((estimation, "MIN_COMMUNITY_PAIRS", np.inf),), parts.one_m),
    Ablation(
        "frequencies by community",
        (
            (BoundRarity, "_nationalities_among", parts.among_everybody),
            (BoundRarity, "_nationality_told", parts.nothing_told),
            (by_name, "learn_frequencies", parts.one_table_of_dates),
        ),
        parts.one_rarity,
    ),
    Ablation("nationality of names", ((by_name, "_likeliest", parts.of_none),), parts.names_tell_nothing),
    *(Ablation(name, changes, parts.silent(name)) for name, changes in CLASSES.items()),
    Ablation(
        "relatives, namesakes and lookalikes",
        tuple(change for changes in CLASSES.values() for change in changes),
        parts.silent(*CLASSES),
    ),
    Ablation(
        "town and birthplace",
        ((pairs, "town_levels", parts.missing), (pairs, "place_levels", parts.missing)),
        parts.silent("town", "birthplace"),
    ),
    Ablation("age groups", ((pairs, "age_group_levels", parts.missing),), parts.silent("age_group")),
    Ablation("posterior of clusters", ((link, "people_of", parts.people_by_ties),), parts.by_ties),
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
    names = [ablation.name for ablation in ABLATIONS]
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="parts to take out")
    given = parser.parse_args()
    cases = [*invented(given.seeds), *with_fewer_columns()]
    cases += [case for case in febrl() if case[0] == "FEBRL 3"]
    cases += public(given.folder) if given.folder else ()
    headings = "taken out", *(case[0] for case in cases), "precision of the first", "recall of the first"
    print_row(*headings)
    print_row(*["---"] * len(headings))
    whole, seen = zip(*(linked(case, None) for case in cases), strict=True)
    result_row("nothing", whole)
    for ablation in (each for each in ABLATIONS if each.name in given.only):
        assert not ablation.gone(seen[0]), f"{ablation.name}: the check says nothing"
        found = []
        for case in cases:
            measures, within = linked(case, ablation)
            assert ablation.gone(within), f"{ablation.name}: not taken out of {case[0]}"
            found.append(measures)
        result_row(ablation.name, found)


if __name__ == "__main__":
    main()
