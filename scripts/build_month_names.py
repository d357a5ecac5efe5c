"""Build the table of Gregorian month names of `nrm_linkage.normalise` from CLDR, as babel ships it.

    python scripts/build_month_names.py --sources path/to/data [--check]

One row a word, folded, with the months that it names: wide and abbreviated names, in both of CLDR's contexts,
of `LANGUAGES`. Names with a digit or a blank in them and single characters are left out; the words of
`GIVES_WAY` count only where no other language has them. `--sources` is not read: CLDR comes with babel, whose
version is pinned, since another one may have other names. `--check` writes nothing and fails on a difference.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from pathlib import Path

from babel import Locale

from nrm_linkage.normalise.month_names import folded_month

TABLE = Path(__file__).parents[1] / "src" / "nrm_linkage" / "normalise" / "data" / "month_names.csv"

LANGUAGES = (
    "sq ar ar_IQ ar_MA ar_DZ ar_TN fa fa_AF ps ckb ku ur am ti om so sw vi zh zh_Hant ja ko hi bn ne pa "
    "ta te gu mr si my km lo th id ms fil ro pl bg sk cs lt lv hu et uk ru be sr sr_Latn bs sl mk ka "
    "hy az uz kk ky tk tg mn tr el fr es pt it de nl sv da nb fi he ha yo ig"
).split()
"""CLDR locales of the communities in the statistics, and of the states they pass through (chosen by us)."""

GIVES_WAY = "hr"
"""The locale whose names count only where no other has the word (chosen by us)."""


def table() -> str:
    """The table as text."""
    named: dict[str, set[int]] = {}
    for language in (*LANGUAGES, GIVES_WAY):
        months = Locale.parse(language).months
        known = frozenset(named) if language == GIVES_WAY else frozenset()
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, text in months[context][width].items():
                    word = folded_month(unicodedata.normalize("NFKC", str(text))).replace(".", "")
                    if len(word) >= 2 and word not in known and not any(map(_is_no_letter, word)):
                        named.setdefault(word, set()).add(int(month))
    rows = [f"{word},{' '.join(map(str, sorted(months)))}" for word, months in sorted(named.items())]
    return "\n".join(["word,months", *rows, ""])


def _is_no_letter(character: str) -> bool:
    return character.isdigit() or character.isspace()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--check", action="store_true")
    check, text = parser.parse_args().check, table()
    if not check:
        TABLE.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if not TABLE.exists() or TABLE.read_text(encoding="utf-8") != text:
        sys.stderr.write(f"not what CLDR gives: {TABLE.name}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
