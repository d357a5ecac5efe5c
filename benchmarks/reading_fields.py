"""How many values each reader reads right: `python benchmarks/reading_fields.py [FOLDER]`.

Our own cases are those of `tests/normalise/cases` and `nationality_wordings.txt`, which the tests hold too,
so that they say what was thought of and not how often it occurs. With FOLDER (the development data) come the
form's pick-lists, the published labels of 2023 and the country names of opensanctions/countrynames. The
generated tables were built from those names: there the share read as another country is the figure to look
at. The output is a Markdown table and what was not read as expected; all values are public or invented.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from nrm_linkage.normalise.nationality_tables import iso_codes
from scripts.build_nationality_tables import OTHER_ALIAS_CODES
from tests.normalise.reading_cases import READ, cases, nationality_cases

Case = tuple[str, str]
Checked = tuple[str, str, list[Case], Callable[[str], str]]

TYPES = {"govt": "GOVERNMENT", "la": "LOCAL_AUTHORITY", "police": "POLICE", "ngo": "NGO"}
GENDERS = {"Female": "FEMALE", "Male": "MALE", "Other": "OTHER", "Unknown": "MISSING"}
CLASSES = ("Labour", "Sexual", "Criminal", "Domestic", "Organ")


def own() -> Iterator[Checked]:
    """Our own cases of every field."""
    read = READ["nationality_form"]
    wordings = nationality_cases()
    yield "nationality", "own wordings", [case for case in wordings if case[1]], read
    yield "nationality", "own, must stay unresolved", [case for case in wordings if not case[1]], read
    for field, reader in READ.items():
        source = "form's list" if field.endswith("_form") else "own cases"
        yield field.removesuffix("_form"), source, cases(field), reader


def published(folder: Path) -> Iterator[Checked]:
    """The pick-lists and the published labels, with what they mean by the lists themselves."""
    lists = folder / "lists"
    with (folder / "nrm_2023_joint.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    responders = {(row["first_responder"], TYPES[row["first_responder_type"]]) for row in rows}
    yield "responders", "published, 2023", sorted(responders), READ["responders"]
    for name, kind in (("ms_uk_local_authorities", "LOCAL_AUTHORITY"), ("ms_uk_police_forces", "POLICE")):
        yield "responders", name, [(line, kind) for line in lines(lists / f"{name}.txt")], READ["responders"]
    labels = sorted({row["exploitation_type"] for row in rows})
    named = [(label, sorted(name.lower() for name in CLASSES if name in label)) for label in labels]
    classes = [(label, " ".join(names)) for label, names in named]
    yield "exploitation", "published, 2023", classes, READ["exploitation"]
    genders = sorted({row["gender"] for row in rows})
    yield "gender", "published, 2023", [(gender, GENDERS[gender]) for gender in genders], READ["gender"]
    labels = sorted({row["nationality"] for row in rows})
    read = READ["nationality_form"]
    yield "nationality", "published, 2023", [(label, codes_of_label(label)) for label in labels], read
    towns = [(line, town(line)) for line in lines(lists / "ms_uk_cities_and_towns.txt")]
    yield "places", "form's towns", towns, READ["places"]
    yield "nationality", "countrynames", list(aliases(folder)), read


def lines(path: Path) -> list[str]:
    """The lines that are not blank."""
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def codes_of_label(label: str) -> str:
    """A published label taken apart into entries of the form's list, the longest first."""
    entries = {value.casefold(): expected for value, expected in cases("nationality_form")}
    entries |= {"uk": "GBR", "congolese drc": "COD", "congolese congo": "COG"}
    entries |= {"citizen of guinea bissau": "GNB"}
    rest, found = label.casefold(), set()
    for entry in sorted(entries, key=len, reverse=True):
        shorter = re.sub(rf"(?<!\w){re.escape(entry)}(?!\w)", " ", rest)
        if shorter != rest:
            rest, found = shorter, found | set(entries[entry].split())
    return " ".join(sorted(found)) if not rest.strip() else "a label that the list does not explain"


def town(line: str) -> str:
    """The one or two names of a town as a place has them: ASCII letters, no punctuation."""
    plain = unicodedata.normalize("NFKD", line.casefold().replace("'", "")).encode("ascii", "ignore").decode()
    names = (re.sub(r"[^a-z0-9]+", "_", name).strip("_") for name in plain.split("/"))
    return " ".join(sorted(names))


def aliases(folder: Path) -> Iterator[Case]:
    """Wordings that the table of country names gives to one country alone, and the code of it."""
    with (folder / "nationality" / "country_aliases_countrynames.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    known = {code.upper(): iso for code, iso in iso_codes().items()} | OTHER_ALIAS_CODES
    meant: dict[str, set[str]] = {}
    for code, wording in rows:
        meant.setdefault(wording, set()).add(known.get(code, ""))
    yield from ((wording, *codes) for wording, codes in meant.items() if len(codes) == 1 and "" not in codes)


def report(checked: Iterable[Checked], *, listed: int) -> None:
    """The table, and the first `listed` failures of each line: misread ones before unread ones."""
    failures = []
    print("| field | source | read right | tried | share | read as something else |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for field, source, tried, read in checked:
        found = [(value, expected, read(value)) for value, expected in tried]
        wrong = [case for case in found if case[1] != case[2]]
        misread = [case for case in wrong if case[2] not in ("", "MISSING")]
        right = len(found) - len(wrong)
        share = right / max(len(found), 1)
        print(f"| {field} | {source} | {right} | {len(found)} | {share:.1%} | {len(misread)} |")
        unread = [case for case in wrong if case[2] in ("", "MISSING")]
        failures += [(field, source, case) for case in (misread + unread)[:listed]]
    print("\nNot read as expected:\n")
    for field, source, (value, expected, made) in failures:
        print(f"- {field}, {source}: {value!r} should be {expected or 'nothing'}, is {made or 'nothing'}")


def main() -> None:
    """Own cases, and with a folder the data files."""
    checked = list(own())
    if len(sys.argv) > 1:
        checked += published(Path(sys.argv[1]))
    report(sorted(checked, key=lambda line: line[:2]), listed=40)


if __name__ == "__main__":
    main()
