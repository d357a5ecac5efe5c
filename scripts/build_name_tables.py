"""Builds the tables of name variants that ship with the package, from curated lists and public data.

    python -m scripts.build_name_tables --sources FOLDER [--check]

`--check` writes nothing and exits with 1 when a table is not what would be written.

FOLDER holds `names/wikidata_name_groups_dev.csv` (name_id, form) and `names/english_nicknames.csv` (name1,
relationship, name2); `normalise/data/NAMES_SOURCES.md` says where they come from. The curated lists
(`names_curated.txt`) are in the package and win over both.

What is cleaned out of the Wikidata groups, which also join cognates and dialect readings of one character:
forms of more than one word, forms in several groups, compounds that rules class, forms whose skeleton is not
that of the group's most typical form, and any form that the curated lists know.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from rapidfuzz.distance import OSA, JaroWinkler

from nrm_linkage.normalise.name_text import fold
from nrm_linkage.normalise.skeleton import skeleton
from nrm_linkage.normalise.variants import is_compound

DATA = Path(__file__).resolve().parent.parent / "src" / "nrm_linkage" / "normalise" / "data"
NOTE = "# Built by scripts/build_name_tables.py; do not edit. See NAMES_SOURCES.md.\n"
SHORTEST = 4  # letters: in shorter names one letter is too much of the name for a noisy source
LEAST_LIKE = 0.8  # Jaro-Winkler to the most typical form of its group


def curated() -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
    """Classes, short forms (form first) and lists of different names."""
    found: dict[str, list[list[str]]] = {"=": [], "~": [], "!": []}
    for line in (DATA / "names_curated.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            mark, *words = line.split()
            found[mark].append(list(dict.fromkeys(words)))
    return found["="], found["~"], found["!"]


def checked_classes(classes: list[list[str]]) -> dict[str, list[str]]:
    """Curated classes by head; a form in two classes is an error of the list."""
    counts = Counter(form for members in classes for form in members)
    twice = sorted(form for form, count in counts.items() if count > 1)
    if twice:
        raise SystemExit(f"in more than one curated class: {' '.join(twice)}")
    return {members[0]: members for members in classes}


def wikidata_groups(path: Path, reserved: set[str]) -> dict[str, list[str]]:
    """Cleaned groups by their most typical form."""
    groups: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            form = row["form"].replace("'", "")
            folded = fold(form)
            if len(folded) >= SHORTEST and form.isalpha():
                groups[row["name_id"]].add(folded)
    holders = Counter(form for forms in groups.values() for form in forms)
    classes: dict[str, list[str]] = {}
    for name_id in sorted(groups):
        forms = sorted(
            form
            for form in groups[name_id]
            if holders[form] == 1 and form not in reserved and not is_compound(form)
        )
        if len(forms) > 1:
            head = max(
                forms, key=lambda form: (sum(JaroWinkler.similarity(form, other) for other in forms), form)
            )
            kept = [head, *(form for form in forms if form != head and alike(head, form))]
            if len(kept) > 1:
                classes[head] = kept
    return classes


def alike(head: str, form: str) -> bool:
    """Whether a form of a noisy group is a spelling of its head."""
    if skeleton(head) != skeleton(form) or JaroWinkler.similarity(head, form) < LEAST_LIKE:
        return False
    # `Mario` and `Maria` differ by gender, not by spelling.
    return not (
        OSA.distance(head, form) == 1 and {head[-1], form[-1]} == {"a", "o"} and head[:-1] == form[:-1]
    )


def short_forms(
    curated_forms: Iterable[list[str]], nicknames: Path, class_of: dict[str, str]
) -> dict[str, list[str]]:
    """Short form -> the classes that it may stand for."""
    found: dict[str, set[str]] = defaultdict(set)
    for form, *full in curated_forms:
        found[form].update(full)
    with nicknames.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            full_name, form = fold(row["name1"]), fold(row["name2"])
            if row["relationship"] == "has_nickname" and full_name and len(form) > 1:
                found[form].add(full_name)
    classed = {
        form: sorted({class_of.get(name, name) for name in full} - {class_of.get(form, form)})
        for form, full in found.items()
    }
    return {form: classed[form] for form in sorted(classed) if classed[form]}


def tables(sources: Path) -> dict[str, str]:
    """File name -> what it should hold."""
    same, short, different = curated()
    classes = checked_classes(same)
    reserved = {word for lists in (same, short, different) for words in lists for word in words}
    classes |= wikidata_groups(sources / "names" / "wikidata_name_groups_dev.csv", reserved)
    class_of = {form: head for head, members in classes.items() for form in members}
    shorts = short_forms(short, sources / "names" / "english_nicknames.csv", class_of)
    apart = [sorted({class_of.get(word, word) for word in words}) for words in different]
    broken = [
        " ".join(words) for words, heads in zip(different, apart, strict=True) if len(heads) < len(words)
    ]
    if broken:
        raise SystemExit(f"listed as different and as one: {'; '.join(broken)}")
    return {
        "names_variants.txt": written(classes[head] for head in sorted(classes)),
        "names_short_forms.txt": written([form, *shorts[form]] for form in shorts),
        "names_different.txt": written(apart),
    }


def written(lines: Iterable[list[str]]) -> str:
    """The table's bytes: the key first, the rest in order."""
    return NOTE + "".join(" ".join([words[0], *sorted(words[1:])]) + "\n" for words in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    stale = []
    for name, text in tables(arguments.sources).items():
        path = DATA / name
        if arguments.check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    if stale:
        sys.stderr.write(f"not what the sources give: {', '.join(stale)}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
