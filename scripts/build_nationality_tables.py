"""Build the generated nationality tables of `nrm_linkage.normalise` from their sources.

    python scripts/build_nationality_tables.py --sources path/to/data [--check]

`--sources` holds `lists/ms_nationalities.txt`, `lists/ms_countries.txt`, `lists/ms_uk_cities_and_towns.txt`
and `nationality/country_aliases_countrynames.csv`; ISO codes and names come from pycountry. Three tables are
written:

- `nationality_codes.csv`: every code that a reading may hold, with its name, naming-community group and
  region;
- `nationality_towns.csv`: the towns of the form's pick-list, folded: no nationality, whatever they look like;
- `nationality_wordings.csv`: wordings in many languages that name exactly one of them, folded.

The tables kept by hand (`nationality_own.csv`, `nationality_words.csv`, `nationality_pairs.csv`) go before
the generated ones, and a wording that two sources give to two places is left out. `--check` writes nothing
and fails on a difference.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from pathlib import Path

import pycountry
from rapidfuzz.distance import OSA

from nrm_linkage.normalise.nationality import folded, read_nationality

DATA = Path(__file__).parents[1] / "src" / "nrm_linkage" / "normalise" / "data"

GROUPS = {
    "uk": "GBR IRL GIB FLK SHN PCN",
    "albanian": "ALB XKX",
    "vietnamese": "VNM",
    "horn": "ERI ETH",
    "somali": "SOM DJI",
    "arabic": "SDN EGY SYR IRQ LBY YEM KWT x-bidoon PSE JOR LBN SAU ARE QAT BHR OMN DZA MAR TUN ESH MRT "
    "TCD SSD",
    "iranian_kurdish": "IRN x-kurdish",
    "afghan": "AFG x-hazara",
    "chinese": "CHN HKG TWN MAC",
    "south_asian": "IND PAK BGD LKA NPL BTN MDV x-rohingya",
    "east_european": "ROU POL BGR SVK CZE LTU LVA HUN EST UKR RUS BLR MDA SRB HRV BIH MNE MKD SVN x-roma "
    "x-yugoslav "
    "x-soviet x-czechoslovak",
    "west_african": "NGA GHA GMB SLE GIN SEN MLI CIV LBR BFA BEN TGO NER CMR",
    "african_other": "NAM ZWE UGA KEN ZMB MWI TZA RWA BDI COD COG ZAF BWA LSO SWZ CAF GAB GNQ MDG COM SYC "
    "MUS",
    "portuguese_spanish": "PRT ESP BRA AGO MOZ CPV STP GNB MEX GTM HND SLV NIC CRI PAN CUB DOM PRI COL "
    "VEN ECU PER BOL "
    "CHL ARG URY PRY AND",
    "southeast_asian": "PHL THA MYS IDN MMR KHM LAO SGP BRN TLS",
}
REGIONS = {
    "northern_europe": "GBR IRL DNK SWE NOR FIN ISL EST LVA LTU FRO ALA SJM",
    "western_europe": "FRA DEU NLD BEL LUX AUT CHE LIE MCO",
    "southern_europe": "PRT ESP ITA GRC MLT CYP AND SMR VAT GIB",
    "balkans": "ALB XKX SRB MNE BIH HRV SVN MKD x-yugoslav",
    "eastern_europe": "POL CZE SVK HUN ROU BGR MDA UKR BLR RUS x-roma x-soviet x-czechoslovak",
    "caucasus_and_central_asia": "GEO ARM AZE KAZ UZB TKM TJK KGZ MNG",
    "middle_east": "IRN IRQ SYR TUR LBN JOR ISR PSE KWT SAU ARE QAT BHR OMN YEM x-kurdish x-bidoon",
    "north_africa": "EGY LBY TUN DZA MAR ESH SDN",
    "horn_of_africa": "ERI ETH SOM DJI SSD",
    "west_africa": "NGA GHA GMB SLE GIN GNB SEN MLI CIV LBR BFA BEN TGO NER MRT CPV SHN",
    "central_africa": "TCD CMR CAF COD COG GAB GNQ AGO STP",
    "east_and_southern_africa": "KEN UGA TZA RWA BDI MOZ MWI ZMB ZWE BWA NAM ZAF LSO SWZ MDG COM MUS SYC "
    "REU MYT",
    "south_asia": "AFG PAK IND BGD LKA NPL BTN MDV IOT x-hazara x-rohingya",
    "east_asia": "CHN HKG TWN MAC JPN KOR PRK x-tibetan x-uyghur",
    "southeast_asia": "VNM THA MYS IDN PHL MMR KHM LAO SGP BRN TLS CXR CCK",
    "caribbean": "JAM TTO BRB GRD VCT LCA DMA KNA ATG BHS HTI DOM CUB PRI AIA BMU VGB VIR CYM MSR TCA "
    "MTQ GLP ABW CUW SXM "
    "BES BLM MAF",
    "latin_america": "MEX GTM HND SLV NIC CRI PAN BLZ COL VEN ECU PER BOL CHL ARG URY PRY BRA GUY SUR "
    "GUF FLK SGS",
    "north_america": "USA CAN GRL SPM",
    "oceania": "AUS NZL PNG FJI SLB VUT WSM TON KIR TUV NRU PLW FSM MHL COK NIU TKL PCN NCL PYF WLF GUM "
    "MNP ASM NFK",
}
OWN_CODES = {
    "XKX": "Kosovo",
    "x-bidoon": "Bidoon",
    "x-czechoslovak": "Czechoslovakia (historic)",
    "x-hazara": "Hazara",
    "x-kurdish": "Kurds",
    "x-roma": "Roma",
    "x-rohingya": "Rohingya",
    "x-soviet": "Soviet Union (historic)",
    "x-stateless": "Stateless",
    "x-tibetan": "Tibetans",
    "x-uyghur": "Uyghurs",
    "x-yugoslav": "Yugoslavia (historic)",
}
OTHER_ALIAS_CODES = {
    "XK": "XKX",
    "YUCS": "x-yugoslav",
    "CSXX": "x-yugoslav",
    "SUHH": "x-soviet",
    "CSHH": "x-czechoslovak",
    "DD": "DEU",
    "ZR": "COD",
    "MD-PMR": "MDA",
    "GE-AB": "GEO",
    "X-SO": "GEO",
    "AZ-NK": "AZE",
    "CY-TRNC": "CYP",
    "UA-CRI": "UKR",
    "UA-LPR": "UKR",
    "UA-DPR": "UKR",
    "IC": "ESP",
    "AC": "SHN",
    "TA": "SHN",
    "GB-SCT": "GBR",
    "GB-WLS": "GBR",
    "GB-NIR": "GBR",
    "JE": "GBR",
    "GG": "GBR",
    "IM": "GBR",
}
"""Codes of the alias table that are not ISO countries; its cities, blocs and dissolved islands are left
out.
"""


def by_code(table: dict[str, str]) -> dict[str, str]:
    """code -> label; a code under two labels is an error of this script."""
    found: dict[str, str] = {}
    for label, codes in table.items():
        for code in codes.split():
            if code in found:
                raise ValueError(f"{code} is both {found[code]} and {label}")
            found[code] = label
    return found


def code_rows() -> list[tuple[str, ...]]:
    """code, ISO alpha-2, name, group, region; sorted by code."""
    groups, regions = by_code(GROUPS), by_code(REGIONS)
    names = {country.alpha_3: (country.alpha_2, country.name) for country in pycountry.countries}
    names |= {code: ("XK" if code == "XKX" else "", name) for code, name in OWN_CODES.items()}
    unknown = sorted((groups.keys() | regions.keys()) - names.keys())
    if unknown:
        raise ValueError(f"no such codes: {unknown}")
    return [
        (code, alpha_2, name.replace(",", ""), groups.get(code, "other"), regions.get(code, "other"))
        for code, (alpha_2, name) in sorted(names.items())
    ]


def hand_wordings() -> set[str]:
    """Folded wordings of the tables kept by hand: the generated table may not speak of them."""
    own = {
        wording for _, _, wordings in rows(DATA / "nationality_own.csv") for wording in wordings.split("|")
    }
    words: set[str] = set()
    for _, listed in rows(DATA / "nationality_words.csv"):
        words |= set(listed.split("|") if "|" in listed else listed.split())
    return {folded(wording) for wording in own | words}


def rows(path: Path) -> list[list[str]]:
    """The rows below the header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def town_rows(sources: Path) -> list[tuple[str, ...]]:
    """Every town of the form's pick-list, under each of its names, that no table kept by hand speaks of."""
    lines = (sources / "lists" / "ms_uk_cities_and_towns.txt").read_text(encoding="utf-8").splitlines()
    names = {folded(name) for line in lines for name in (line, *line.split("/"))}
    return sorted((name,) for name in names - hand_wordings() if len(name) >= 3)


def alias_rows(sources: Path) -> list[tuple[str, ...]]:
    """folded wording, code: what exactly one place is called, in any language; no code where it is
    mistakable.
    """
    alpha_3 = {country.alpha_2: country.alpha_3 for country in pycountry.countries} | OTHER_ALIAS_CODES
    taken, found = hand_wordings() | {town for (town,) in town_rows(sources)}, defaultdict(set)
    for code, wording in rows(sources / "nationality" / "country_aliases_countrynames.csv"):
        if code in alpha_3:
            found[folded(wording)].add(alpha_3[code])
    for country in pycountry.countries:
        for name in (
            country.name,
            getattr(country, "official_name", ""),
            getattr(country, "common_name", ""),
        ):
            found[folded(name)].add(alpha_3[country.alpha_2])
    english = english_wordings(sources)
    return sorted(
        (wording, "" if mistakable(wording, code, english) else code)
        for wording, (code, *others) in ((wording, sorted(codes)) for wording, codes in found.items())
        if not others
        and (len(wording) >= 4 or not wording.isascii())
        and wording not in taken
        and not any(map(str.isdigit, wording))
    )


def english_wordings(sources: Path) -> dict[str, str]:
    """Folded entries of the form's pick-lists, and the code of each."""
    found = {}
    for name in ("ms_nationalities.txt", "ms_countries.txt"):
        for line in (sources / "lists" / name).read_text(encoding="utf-8").splitlines():
            codes = sorted(read_nationality(line).codes)
            if len(codes) == 1:
                found[folded(line)] = codes[0]
    return found


def mistakable(wording: str, code: str, english: dict[str, str]) -> bool:
    """Whether a foreign name of one place is a likely typing error for the English name of another
    ("Nigera").
    """
    return wording not in english and any(
        code != other and OSA.distance(wording, name, score_cutoff=1) <= 1 for name, other in english.items()
    )


def unresolved(sources: Path, wordings: set[str]) -> list[str]:
    """Entries of the form's pick-lists that no table names."""
    lists = [sources / "lists" / name for name in ("ms_nationalities.txt", "ms_countries.txt")]
    entries = [line.strip() for path in lists for line in path.read_text(encoding="utf-8").splitlines()]
    return sorted({entry for entry in entries if entry and folded(entry) not in wordings})


def table(header: str, body: list[tuple[str, ...]]) -> str:
    """A table without quoting: a comma in a cell is an error."""
    if any("," in cell or '"' in cell for row in body for cell in row):
        raise ValueError("a cell holds a comma or a quote")
    return "\n".join([header, *(",".join(row) for row in body)]) + "\n"


def main() -> int:
    """Write the tables, or with --check compare them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    aliases = alias_rows(arguments.sources)
    missing = unresolved(arguments.sources, hand_wordings() | {row[0] for row in aliases})
    if missing:
        print("no code for these entries of the pick-lists:", missing)
        return 1
    wanted = {
        "nationality_codes.csv": table("code,alpha_2,name,group,region", code_rows()),
        "nationality_towns.csv": table("town", town_rows(arguments.sources)),
        "nationality_wordings.csv": table("wording,code", aliases),
    }
    stale = [
        name
        for name, text in wanted.items()
        if not (DATA / name).exists() or (DATA / name).read_text("utf-8") != text
    ]
    for name in stale if not arguments.check else ():
        (DATA / name).write_text(wanted[name], encoding="utf-8")
    print("changed:" if stale else "nothing changed", *stale)
    return int(bool(stale) and arguments.check)


if __name__ == "__main__":
    sys.exit(main())
