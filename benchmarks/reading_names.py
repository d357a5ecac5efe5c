"""How many names are read right, and how loose the keys are: `python benchmarks/reading_names.py [FOLDER]`.

Tables in Markdown: spellings by community, names in other scripts and boxes by mechanism, from the case files
that the tests read (`tests/normalise/name_cases.py`), with what is wrong listed by name; and, where FOLDER
holds the development data, the share of spellings of one name that meet at each level beside the share of
pairs of *different* names that meet as well. Names here are words of public lists, not records.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from nrm_linkage.compare.words import WordLevel, WordTable, word_levels
from nrm_linkage.normalise.bags import with_keys
from nrm_linkage.normalise.name_tables import read_lines
from nrm_linkage.normalise.name_text import fold, latinise
from nrm_linkage.tables import TokenLists
from tests.normalise.name_cases import (
    LEVELS,
    Spelling,
    bag,
    is_read_right,
    is_right,
    level,
    listed_spellings,
    meets_nearly,
    own_spellings,
    referral_boxes,
    script_spellings,
    tokens,
)

Pair = tuple[str, str]
PAIRS = 200_000  # different names drawn for a rate of wrong meetings


def by_community() -> None:
    print(
        "| community | domain.md 4.1 | own lists, seen | held out at first | kept apart | pairs that meet |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    listed, own = listed_spellings(), own_spellings()
    communities = sorted({case.community for case in listed})
    sets = (
        [case for case in listed if case.relation != "different"],
        [case for case in own if case.relation != "different" and not case.held_out],
        [case for case in own if case.relation != "different" and case.held_out],
        [case for case in (*listed, *own) if case.relation == "different"],
    )
    for community in (*communities, "all"):
        cells = []
        for cases in sets:
            here = [case for case in cases if community in ("all", case.community)]
            cells.append(f"{sum(map(is_right, here))} / {len(here)}")
        met, tried = meetings([case for case in (*listed, *own) if case.community == community])
        cells.append(f"{met} / {tried}" if tried else "")
        print(f"| {community} | {' | '.join(cells)} |")
    print("\nThe last column: of the pairs of a community's different names, those that meet unasked.")
    print("\nNot read right:\n")
    wrong = [case for case in (*listed, *own) if not is_right(case)]
    for community in communities:
        said = [_said(case) for case in wrong if case.community == community]
        if said:
            print(f"- {community}: {'; '.join(said)}")


def meetings(cases: list[Spelling]) -> tuple[int, int]:
    """How many pairs of one community's names of one word meet, and how many pairs there are."""
    names = sorted(
        {words[0] for case in cases if len(words := tokens(case.name)) == 1 and "|" not in case.name}
    )
    same = {(word, names_) for case in cases if case.relation == "same" for word in tokens(case.name)
            for names_ in tokens(case.form)}  # fmt: skip
    pairs = [pair for pair in combinations(names, 2) if pair not in same and pair[::-1] not in same]
    return sum(level(*pair) is not None for pair in pairs), len(pairs)


def _said(case: Spelling) -> str:
    between = "meets" if case.relation == "different" else "and"
    return f"{case.name} {between} {case.form}{' (held out at first)' if case.held_out else ''}"


def by_script() -> None:
    print("| script | seen | near or nearer | held out at first | near or nearer |")
    print("| --- | ---: | ---: | ---: | ---: |")
    cases = script_spellings()
    for script in (*dict.fromkeys(case.community for case in cases), "all"):
        cells = []
        for held_out in (False, True):
            here = [c for c in cases if script in ("all", c.community) and c.held_out is held_out]
            cells.append(f"{sum(map(is_right, here))} / {len(here)}")
            cells.append(f"{sum(meets_nearly(case.name, case.form) for case in here)} / {len(here)}")
        print(f"| {script} | {' | '.join(cells)} |")
    wrong = [case for case in cases if not meets_nearly(case.name, case.form)]
    print("\nNot near:\n\n- " + "; ".join(_said(case) for case in wrong))


def by_mechanism() -> None:
    print("| mechanism | seen | held out at first |\n| --- | ---: | ---: |")
    cases = referral_boxes()
    right = {id(case): is_read_right(case) for case in cases}
    for mechanism in (*dict.fromkeys(case.mechanism for case in cases), "all"):
        cells = []
        for held_out in (False, True):
            here = [c for c in cases if mechanism in ("all", c.mechanism) and c.held_out is held_out]
            cells.append(f"{sum(right[id(case)] for case in here)} / {len(here)}")
        print(f"| {mechanism} | {' | '.join(cells)} |")
    print("\nNot read right:\n")
    for case in cases:
        if not right[id(case)]:
            written = " / ".join(case.boxes.values())
            print(f"- {case.mechanism}: `{written}` is read as `{' '.join(bag(case.boxes)) or '-'}`")


def groups_of(folder: Path) -> dict[str, list[str]]:
    """One-word Latin forms by name, of the groups that have several."""
    groups: dict[str, set[str]] = defaultdict(set)
    with (folder / "wikidata_name_groups_dev.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["form"].replace("'", "").isalpha() and len(folded := fold(row["form"])) > 2:
                groups[row["name_id"]].add(folded)
    return {name: sorted(forms) for name, forms in groups.items() if len(forms) > 1}


def same_in_groups(groups: dict[str, list[str]]) -> Iterator[Pair]:
    for forms in groups.values():
        yield from combinations(forms, 2)


def different_in_groups(groups: dict[str, list[str]], seed: int) -> Iterator[Pair]:
    """Pairs of forms that no group holds together."""
    random = Random(seed)
    holders: dict[str, set[str]] = defaultdict(set)
    for name, forms in groups.items():
        for form in forms:
            holders[form].add(name)
    words = sorted(holders)
    for _ in range(PAIRS):
        one, other = random.choice(words), random.choice(words)
        if holders[one].isdisjoint(holders[other]):
            yield one, other


def arabic(folder: Path) -> tuple[list[Pair], list[Pair]]:
    """What an Arabic word is written as here beside a Latin spelling of it, and beside that of another."""
    with (folder / "arabic_latin_wikipedia.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(fold(latinise(row["arabic"])), fold(row["latin"])) for row in csv.DictReader(lines)]
    rows = [(ours, theirs) for ours, theirs in rows if ours and theirs]
    shuffled = Random(1).sample(rows, len(rows))
    others = [
        (ours, theirs) for (ours, own), (_, theirs) in zip(rows, shuffled, strict=True) if own != theirs
    ]
    return rows, others


def different_in_list(path: Path, column: str) -> list[Pair]:
    """Pairs of the different words of a list of names."""
    with path.open(encoding="utf-8", newline="") as lines:
        words = sorted({fold(word) for row in csv.DictReader(lines) for word in row[column].split()} - {""})
    random = Random(3)
    drawn = [(random.choice(words), random.choice(words)) for _ in range(PAIRS)]
    return [(one, other) for one, other in drawn if one != other]


def nicknames(folder: Path) -> tuple[list[Pair], list[Pair]]:
    with (folder / "english_nicknames.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(fold(row["name1"]), fold(row["name2"])) for row in csv.DictReader(lines)]
    rows = [(full, short) for full, short in rows if len(full) > 1 and len(short) > 1]
    known = set(rows)
    shuffled = Random(1).sample(rows, len(rows))
    others = [
        (full, short)
        for (full, _), (_, short) in zip(rows, shuffled, strict=True)
        if (full, short) not in known and full != short
    ]
    return rows, others


def compared(pairs: list[Pair]) -> Counter[WordLevel]:
    """The levels that comparison gives, which knows edit distance, prefixes and sounds besides."""
    words = tuple(sorted({word for pair in pairs for word in pair}))
    number = {word: code for code, word in enumerate(words)}
    tokens = TokenLists(start=np.zeros(1, np.int64), token=np.zeros(0, np.int32), texts=words)
    codes = np.array([[number[one], number[other]] for one, other in pairs], dtype=np.int32)
    table = WordTable.of(with_keys(tokens, np.zeros(0, np.int8), words))
    return Counter(WordLevel(level) for level in word_levels(table, codes[:, 0], codes[:, 1]).tolist())


def by_data(folder: Path) -> None:
    groups = groups_of(folder)
    built = {word for line in read_lines("names_variants.txt") for word in line.split()}
    unbuilt = {name: forms for name, forms in groups.items() if built.isdisjoint(forms)}
    sets: list[tuple[str, Iterable[Pair], Iterable[Pair]]] = [
        ("Wikidata groups", same_in_groups(groups), different_in_groups(groups, 1)),
        ("those of which no form is in a table", same_in_groups(unbuilt), different_in_groups(unbuilt, 2)),
        ("Arabic words and a Latin spelling", *arabic(folder)),
        ("English nicknames", *nicknames(folder)),
    ]
    print("| pairs | tried | exact | variant | skeleton | short form | met | different | met | by skeleton |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    pairs = [(name, list(same), list(different)) for name, same, different in sets]
    for name, same, different in pairs:
        found, apart = Counter(level(*pair) for pair in same), Counter(level(*pair) for pair in different)
        n_same, n_apart = found.total(), apart.total()
        cells = [f"{found[kind] / n_same:.1%}" for kind in LEVELS]
        met = 1 - found[None] / n_same
        wrong = 1 - apart[None] / n_apart
        print(
            f"| {name} | {n_same:,} | {' | '.join(cells)} | {met:.1%} | {n_apart:,} | {wrong:.3%} "
            f"| {apart['skeleton'] / n_apart:.3%} |"
        )
    print("\nDifferent names of one list, where spellings of one name are listed as well:\n")
    print("| list | pairs | meet | by variant | by skeleton | by short form |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, column in (("albanian_given_names", "name"), ("vietnamese_given_names", "given_names")):
        drawn = different_in_list(folder / f"{name}.csv", column)
        found = Counter(level(*pair) for pair in drawn)
        shares = [1 - found[None] / len(drawn), *(found[kind] / len(drawn) for kind in LEVELS[1:])]
        print(f"| {name} | {len(drawn):,} | {' | '.join(f'{share:.3%}' for share in shares)} |")
    print("\nWith comparison's levels of words (edit distance, beginnings, sounds):\n")
    print("| pairs | exact | variant | near | shortened | met | different: variant | near | shortened |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    levels = sorted(WordLevel, reverse=True)[:-1]
    for name, same, different in pairs:
        found, apart = compared(same), compared(different)
        cells = [f"{found[kind] / len(same):.1%}" for kind in levels]
        cells.append(f"{1 - found[WordLevel.NONE] / len(same):.1%}")
        cells += [f"{apart[kind] / len(different):.3%}" for kind in levels[1:]]
        print(f"| {name} | {' | '.join(cells)} |")


def main() -> None:
    print("## Spellings of one name, by community\n")
    by_community()
    print("\n## Names in other scripts and a Latin spelling\n")
    by_script()
    print("\n## Boxes of one referral, by mechanism\n")
    by_mechanism()
    if len(sys.argv) > 1:
        print("\n## Data files\n")
        by_data(Path(sys.argv[1]) / "names")


if __name__ == "__main__":
    main()
