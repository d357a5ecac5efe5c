"""Cases of names as data: what the tests assert and `benchmarks/reading_names.py` counts.

`names_variant_lists.csv` transcribes domain.md 4.1; `names_own_lists.txt` adds names of the same communities;
`names_boxes.txt` holds whole referrals by mechanism; `names_scripts.txt` names in other scripts beside Latin
spellings. Of the last three a part was held out until it was first measured; those files say what the shares
were then, which is what names not seen before may expect.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nrm_linkage.compare.words import WordLevel, WordTable, word_levels
from nrm_linkage.normalise.bags import name_bags, with_keys
from nrm_linkage.normalise.names import NameBox, NameRole, read_name
from nrm_linkage.normalise.skeleton import skeleton
from nrm_linkage.normalise.variants import known_different, nickname_classes, variant_class
from nrm_linkage.tables import TokenLists

HERE = Path(__file__).parent
LEVELS = ("exact", "variant", "skeleton", "short form")


@dataclass(frozen=True)
class Spelling:
    """A name, another form, and whether the two are one name (`same`, `different`, `unmet`)."""

    community: str
    name: str
    relation: str
    form: str
    held_out: bool = False


@dataclass(frozen=True)
class Boxes:
    """The boxes of a referral and the words, with the first letter of their roles, that they should give."""

    mechanism: str
    boxes: dict[NameBox, str]
    expected: tuple[str, ...]
    held_out: bool


def listed_spellings() -> list[Spelling]:
    with (HERE / "names_variant_lists.csv").open(encoding="utf-8", newline="") as lines:
        return [Spelling(r["community"], r["name"], r["relation"], r["form"]) for r in csv.DictReader(lines)]


def own_spellings() -> list[Spelling]:
    return list(_spellings("names_own_lists.txt"))


def script_spellings() -> list[Spelling]:
    """Names in other scripts; the script stands in the place of the community."""
    return list(_spellings("names_scripts.txt"))


def _spellings(file: str) -> Iterator[Spelling]:
    for line in (HERE / file).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        community, _, rest = line.rpartition(": ")
        held_out = community.startswith("hold ")
        community = community.removeprefix("hold ").strip('"')
        name, _, forms = rest.partition(" = ")
        same, _, different = forms.partition(" ! ")
        for relation, listed in (("same", same), ("different", different)):
            for form in listed.split():
                yield Spelling(community, name.replace("_", " "), relation, form.replace("_", " "), held_out)


def referral_boxes() -> list[Boxes]:
    found = []
    for line in (HERE / "names_boxes.txt").read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith("#"):
            continue
        mechanism, _, rest = line.partition(": ")
        written, _, expected = rest.rpartition("-> ")
        texts = [text.removesuffix(" ").removeprefix(" ") for text in f" {written}".split(" / ")]
        if len(texts) == 1 and written.endswith(" / "):
            texts.append("")
        kinds = (NameBox.GIVEN, NameBox.FAMILY, NameBox.ALIAS) if len(texts) > 1 else (NameBox.WHOLE,)
        found.append(
            Boxes(
                mechanism=mechanism.removeprefix("hold "),
                boxes=dict(zip(kinds, texts, strict=False)),
                expected=() if expected == "-" else tuple(expected.split()),
                held_out=mechanism.startswith("hold "),
            )
        )
    return found


def bag(boxes: dict[NameBox, str]) -> tuple[str, ...]:
    """The words of one referral with the first letter of their roles, as its bag holds them."""
    columns = {str(box): (pd.Series([text], dtype=object),) for box, text in boxes.items()}
    bags = name_bags(columns, 1, 12).bags
    return tuple(
        f"{bags.tokens.texts[token]}:{NameRole(int(role)).name[0]}"
        for token, role in zip(bags.tokens.token.tolist(), bags.role.tolist(), strict=True)
    )


def is_read_right(case: Boxes) -> bool:
    """Whether a referral gives the words expected of it; in another script, whether each is one name with the
    word expected.
    """
    found = bag(case.boxes)
    if case.mechanism != "other script" or len(found) != len(case.expected):
        return found == case.expected
    pairs = [(one.split(":"), other.split(":")) for one, other in zip(found, case.expected, strict=True)]
    return all(a == b and level(x, y) in LEVELS[:3] for (x, a), (y, b) in pairs)


def tokens(text: str) -> list[str]:
    return [token.text for token in read_name(text, NameBox.WHOLE).tokens]


def level(left: str, right: str) -> str | None:
    """The strongest level at which two words meet in this room; edit distance is left to comparison."""
    if left == right:
        return "exact"
    if variant_class(left) == variant_class(right):
        return "variant"
    if skeleton(left) == skeleton(right) and not known_different(left, right):
        return "skeleton"
    return "short form" if nickname_classes(left) & nickname_classes(right) else None


def meets(name: str, form: str) -> bool:
    """Whether every word of the shorter reading meets one of the longer."""
    shorter, longer = sorted((tokens(name), tokens(form)), key=len)
    return bool(shorter) and all(any(level(one, other) for other in longer) for one in shorter)


def is_right(case: Spelling) -> bool:
    """Whether a spelling is treated as its list says."""
    met = any(meets(one, case.form) for one in case.name.split("|"))
    return met == (case.relation != "different")


def meets_nearly(name: str, form: str) -> bool:
    """Whether every word of the shorter reading is a variant of one of the longer, or near it."""
    shorter, longer = sorted((tokens(name), tokens(form)), key=len)
    words = tuple(sorted({*shorter, *longer}))
    nothing = TokenLists(np.zeros(1, np.int64), np.zeros(0, np.int32), words)
    bags = with_keys(nothing, np.zeros(0, np.int8), words)
    one, other = (np.array([words.index(word) for word in line], np.int32) for line in (shorter, longer))
    levels = word_levels(WordTable.of(bags), *np.meshgrid(one, other, indexing="ij"))
    return bool(shorter) and bool((levels >= WordLevel.NEAR).any(axis=1).all())
