"""Invented referrals against published tables: `python benchmarks/synthetic_against_published.py [FOLDER]`.

Prints the Markdown tables of docs/synthetic.md. FOLDER holds `nrm_2023_joint.csv`, the joint table of 2023 by
quarter; without it the copy in the package serves, which has no quarters. First each published margin: the
greatest difference in shares between 100,000 invented NRM referrals of 2023 and the table, mean over seeds,
and what sampling alone would give: draws from the published shares, as many as there are independent
referrals (n squared over the sum of squares of the referrals of one person, family or operation). Then what
was asked for and what came out, how often repeat pairs agree exactly, and every rate of the generator with
its source, from the code's own documentation.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from nrm_linkage.synthetic import ErrorRates
from nrm_linkage.synthetic.communities import COMMUNITIES, split_nationality
from nrm_linkage.synthetic.described import parameter_table
from nrm_linkage.synthetic.generate import Generated, generate
from nrm_linkage.synthetic.population import (
    DUTY_TO_NOTIFY,
    FEMALE,
    cells,
    exploited_as_child,
    years_later,
)
from nrm_linkage.synthetic.repeats import ANONYMOUS, MULTI_AGENCY, NEW_INSTANCE, NRM, SAME_LATER
from nrm_linkage.synthetic.tables import joint_table, name_tables, nationalities

SEEDS = (1, 2, 3, 4, 5)
N = 100_000
LIKE_THE_FORM = dataclasses.replace(
    ErrorRates(),
    nationality_wording=0.0,
    nationality_joined=0.0,
    exploitation_free_text=0.0,
    gender_wording=0.0,
)
"""The errors as assumed without the wordings of sheets, which no published table has."""
SETTINGS: dict[str, ErrorRates | str] = {"without errors": "none", "as recorded": LIKE_THE_FORM}
HOME_NATIONS = frozenset({"UK", "British", "English", "Scottish", "Welsh", "Northern Irish"})
MARGINS: dict[str, tuple[str, ...]] = {
    "nationality": ("nationality",),
    "gender": ("gender",),
    "age at exploitation": ("age",),
    "exploitation type": ("type",),
    "first responder": ("responder",),
    "first responder type": ("responder type",),
    "quarter": ("quarter",),
    "age x gender": ("age", "gender"),
    "nationality (ten largest) x exploitation type": ("top nationality", "type"),
    "nationality (ten largest) x first responder type": ("top nationality", "responder type"),
    "nationality (ten largest) x age x gender": ("top nationality", "age", "gender"),
    "exploitation type x age x gender": ("type", "age", "gender"),
    "quarter x first responder type": ("quarter", "responder type"),
}
LOCATIONS = {"UK": 8377, "Overseas": 6163, "UK and Overseas": 2464}
"""NRM referrals of 2023 by place of exploitation (domain.md 2.1)."""


def row(*cells_of_row: object) -> None:
    print("| " + " | ".join(str(each) for each in cells_of_row) + " |")


def heading(*names: str) -> None:
    print()
    row(*names)
    row(*("---" for _ in names))


# --- the published margins


def one_label(label: str, singles: frozenset[str]) -> str:
    """A published nationality in one spelling, two nationalities in the order of the alphabet."""
    pair = split_nationality(label, singles)
    return " + ".join(sorted({"British" if each in HOME_NATIONS else each for each in pair if each}))


def published(folder: Path | None) -> pd.DataFrame:
    """The joint table: one row a cell, `referrals` its count; `quarter` where there is one."""
    if folder is None:
        table = joint_table()
        frame = pd.DataFrame({name: each[table.column(name)] for name, each in table.labels.items()})
        frame["referrals"] = table.referrals
    else:
        frame = pd.read_csv(folder / "nrm_2023_joint.csv", keep_default_na=False)
    singles = frozenset(nationalities()) | {"UK"}
    labels = {label: one_label(label, singles) for label in sorted(set(frame["nationality"]))}
    out = pd.DataFrame(
        {
            "nationality": frame["nationality"].map(labels),
            "gender": frame["gender"],
            "age": frame["age_at_exploitation"].replace("Unk", "Unknown"),
            "type": frame["exploitation_type"],
            "responder": frame["first_responder"],
            "responder type": frame["first_responder_type"],
            "referrals": frame["referrals"].astype(float),
        }
    )
    if "quarter" in frame:
        out["quarter"] = frame["quarter"].str[-1]
    return out


def invented(made: Generated) -> tuple[pd.DataFrame, float]:
    """NRM referrals in the words of the published table, and how many independent ones they amount to."""
    nrm = made.rows.route == NRM
    sheet, person = made.frame[nrm], made.rows.person[nrm]
    first, second = (
        sheet[name].fillna("").map(lambda each: "British" if each in HOME_NATIONS else each)
        for name in ("Nationality", "Second nationality")
    )
    both = np.where(first < second, first + " + " + second, second + " + " + first)
    label = np.where((second == "") | (first == second), first, both)
    kind = sheet["First responder type"].map(
        {
            "Government agency": "govt",
            "Local Authority": "la",
            "NGO and third sector": "ngo",
            "Police": "police",
        }
    )
    dates = pd.to_datetime(sheet["Date of referral"], format="%d/%m/%Y")
    out = pd.DataFrame(
        {
            "nationality": label,
            "gender": sheet["Gender"],
            "age": sheet["Age group at exploitation"],
            "type": sheet["Exploitation type"],
            "responder": np.where(kind == "la", "Local Authority", sheet["First responder"]),
            "responder type": kind,
            "quarter": dates.dt.quarter.astype(str),
            "location": sheet["Exploitation location"],
            "referrals": 1.0,
        }
    )
    people = made.people
    group = np.where(people.family >= 0, people.family + 10**8, np.arange(len(people)))
    group = np.where(people.operation >= 0, people.operation + 2 * 10**8, group)
    sizes = np.unique(group[person], return_counts=True)[1]
    return out, len(person) ** 2 / float((sizes.astype(float) ** 2).sum())


def shares(table: pd.DataFrame, by: tuple[str, ...]) -> pd.Series:
    counts = table.groupby(list(by))["referrals"].sum()
    return counts / counts.sum()


def by_sampling(share: pd.Series, n: float) -> np.ndarray:
    """The greatest difference in shares of 400 samples of `n` independent referrals."""
    drawn = np.random.default_rng(0).multinomial(round(n), share.to_numpy(), size=400) / round(n)
    return np.abs(drawn - share.to_numpy()).max(axis=1)


def margins(folder: Path | None) -> None:
    """Each margin's greatest difference in shares, without errors and as recorded."""
    truth = published(folder)
    top = truth.groupby("nationality")["referrals"].sum().nlargest(10).index
    made = {
        name: [
            invented(
                generate(
                    10, seed, errors=errors, n_referrals=round(N * 1.29), start="2023-01-01", end="2023-12-31"
                )
            )
            for seed in SEEDS
        ]
        for name, errors in SETTINGS.items()
    }
    size = np.mean([len(frame) for frame, _ in made["without errors"]])
    independent = float(np.mean([n for _, n in made["without errors"]]))
    for table in (truth, *(frame for found in made.values() for frame, _ in found)):
        table["top nationality"] = table["nationality"].where(table["nationality"].isin(top), "others")
    print(f"{size:,.0f} NRM referrals a seed, worth {independent:,.0f} independent ones; {len(SEEDS)} seeds.")
    heading(
        *("margin", "cells", "greatest difference", "of the mean of all seeds", "where", "by sampling alone"),
        "as recorded, with errors",
    )
    for name, by in {**MARGINS, "place of exploitation": ("location",)}.items():
        if by == ("location",):
            share = pd.Series(LOCATIONS, dtype=float) / sum(LOCATIONS.values())
        elif set(by) <= set(truth):
            share = shares(truth, by)
        else:
            continue
        found = {key: [shares(frame, by) for frame, _ in each] for key, each in made.items()}
        gaps = {
            key: [each.sub(share, fill_value=0.0).abs().max() for each in many] for key, many in found.items()
        }
        mean = pd.concat(found["without errors"], axis=1).fillna(0.0).mean(axis=1)
        gap = mean.sub(share, fill_value=0.0)
        where = gap.abs().idxmax()
        alone = by_sampling(share, independent)
        row(
            name,
            len(share),
            points(np.mean(gaps["without errors"])),
            f"{100 * gap[where]:+.2f}",
            " / ".join(where) if isinstance(where, tuple) else where,
            f"{points(alone.mean())} (95%: {points(np.quantile(alone, 0.95))})",
            points(np.mean(gaps["as recorded"])),
        )


def points(share: float) -> str:
    return f"{100 * share:.2f}"


# --- what domain.md asks for


@dataclasses.dataclass(frozen=True)
class Window:
    """One draw of the default window, and what is measured on it often."""

    made: Generated

    @property
    def nrm(self) -> np.ndarray:
        return (self.made.rows.route == NRM) & (self.made.rows.copy_of < 0)

    @property
    def each(self) -> np.ndarray:
        """NRM referrals of each person."""
        return np.bincount(self.made.rows.person[self.nrm], minlength=len(self.made.people))

    @property
    def history(self) -> pd.DataFrame:
        """One row an NRM referral in order, with the gap since the one before."""
        rows, sheet = self.made.rows, self.made.frame
        table = pd.DataFrame(
            {
                "person": rows.person,
                "sequence": rows.sequence,
                "kind": rows.kind,
                "date": rows.date,
                "body": sheet["First responder"].to_numpy(),
            }
        )[self.nrm].sort_values(["person", "sequence"])
        table["gap"] = table.groupby("person")["date"].diff().dt.days
        table["same body"] = table["body"] == table.groupby("person")["body"].shift()
        return table

    def repeaters(self, child: bool, female: bool) -> float:
        people = self.made.people
        group = (exploited_as_child(people) == child) & ((people.gender == FEMALE) == female)
        return float((self.each[group] > 1).sum()) * 27_400 / self.nrm.sum()

    def marks(self, name: str, of: np.ndarray | None = None) -> float:
        here = self.nrm if of is None else self.nrm & of
        return float(self.made.marks[name][here].mean())

    def nation(self, *names: str) -> np.ndarray:
        of = cells().demonyms[self.made.people.nationality[self.made.rows.person]]
        return np.isin(of, names)

    def group(self, name: str) -> np.ndarray:
        return cells().groups[self.made.people.nationality[self.made.rows.person]] == name

    def community(self, *names: str) -> np.ndarray:
        of = np.array([each.name for each in COMMUNITIES])[self.made.people.community]
        return np.isin(of[self.made.rows.person], names)

    def born(self, of: np.ndarray) -> float:
        """Share of full dates of birth that are 1 January."""
        text = self.made.frame["DOB"][self.nrm & of].dropna()
        full = text[text.str.fullmatch(r"\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d|\d+ \w{3} \d{4}")]
        return float(full.str.contains(r"^(?:01/01/|1 Jan )|-01-01$").mean())


def children_at_referral(w: Window) -> float:
    people, rows = w.made.people, w.made.rows
    of_age = years_later(people.birth[rows.person], 18) <= rows.date
    return float(1 - of_age[w.nrm].mean())


def related(w: Window, kind: str) -> float:
    people = w.made.people
    return float((getattr(people, kind) >= 0).sum() / (~people.duty_to_notify).sum())


def turned_18(w: Window) -> float:
    people, history = w.made.people, w.history
    last = history.groupby("person")["date"].max()
    who = np.flatnonzero((w.each > 1) & people.child(people.first_date))
    grown = years_later(people.birth[who], 18) <= last.loc[who].to_numpy().astype("datetime64[D]")
    return float(grown.mean())


def duty_to_notify_fit(w: Window) -> float:
    """Greatest difference of shares of nationalities among Duty to Notify reports."""
    rows = w.made.rows
    of = cells().demonyms[w.made.people.nationality[rows.person]][rows.route != NRM]
    found = pd.Series(of).value_counts(normalize=True)
    wanted = pd.Series(DUTY_TO_NOTIFY, dtype=float) / 4_929
    return float((found.reindex(wanted.index).fillna(0.0) - wanted).abs().max())


def second_kind(kind: int) -> Callable[[Window], float]:
    def share(w: Window) -> float:
        history = w.history
        return float((history["kind"][history["sequence"] == 1] == kind).mean())

    return share


def gap_of(kind: int) -> Callable[[Window], float]:
    def median(w: Window) -> float:
        history = w.history
        return float(history["gap"][(history["sequence"] == 1) & (history["kind"] == kind)].median())

    return median


def surname_share(name: str) -> Callable[[Window], float]:
    """Of Vietnamese people, those with this family name in truth."""
    pool, cumulative = name_tables().pools["vietnamese.s"]
    names = name_tables().words[pool]
    weights = np.diff(cumulative, prepend=0.0) / cumulative[-1]
    return lambda _: float(weights[names == name].sum())


def nguyen_recorded(w: Window) -> float:
    sheet = w.made.frame[w.nrm & w.community("vietnamese")]
    whole = (sheet["Forename(s)"].fillna("") + " " + sheet["Surname"].fillna("")).map(letters)
    return float(whole.str.contains("nguyen").mean())


def letters(text: object) -> str:
    """Small letters without marks, nothing else; nothing for a missing value."""
    if not isinstance(text, str):
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^a-z]", "", plain.lower())


def two_random_agree(column: str) -> Callable[[Window], float]:
    def chance(w: Window) -> float:
        table = invented(w.made)[0][column].value_counts(normalize=True)
        return float((table**2).sum())

    return chance


def later(w: Window) -> np.ndarray:
    """Rows that are not the first of their person."""
    return w.made.rows.sequence > 0


def with_reference(w: Window, of: np.ndarray, body: str | None = None) -> float:
    """Of these NRM referrals, by such a body, those with a Home Office reference."""
    sheet = w.made.frame
    by = (
        np.ones(len(sheet), dtype=bool)
        if body is None
        else (sheet["First responder type"] == body).to_numpy()
    )
    return float(sheet["HO reference"][w.nrm & of & by].notna().mean())


def repeaters_with(n: int) -> Callable[[Window], float]:
    """Of people referred again, those with `n` referrals."""
    return lambda w: float((w.each == n).sum() / (w.each > 1).sum())


def by_same_body(w: Window) -> float:
    history = w.history
    return float(history["same body"][history["sequence"] > 0].mean())


def notified(w: Window) -> np.ndarray:
    return w.made.rows.route != NRM


def all_repeaters(w: Window) -> float:
    return float((w.each > 1).sum()) * 27_400 / w.nrm.sum()


def targets() -> list[tuple[str, str, str, Callable[[Window], float], str]]:
    """What, the target, its source, how it is measured, how it is written."""
    people, share, days = "{:,.0f}", "{:.1%}", "{:.0f}"
    name_rates = [
        ("placeholder for a surname, all", "1.5%", "4.0", lambda w: w.marks("placeholder")),
        ("... Afghan", "6-10%", "4.0", lambda w: w.marks("placeholder", w.community("afghan"))),
        ("one name twice, all", "0.5%", "4.0", lambda w: w.marks("repeated")),
        ("... Afghan", "4%", "4.0", lambda w: w.marks("repeated", w.community("afghan"))),
        ("whole name in one box", "3%", "4.0", lambda w: w.marks("whole_in_one_box")),
        (
            "first and last swapped, general (British)",
            "3%",
            "4.0",
            lambda w: w.marks("swapped", w.group("British")),
        ),
        (
            "... Vietnamese and Chinese",
            "15-25%",
            "4.0",
            lambda w: w.marks("swapped", w.community("vietnamese", "chinese")),
        ),
        (
            "... Eritrean, Ethiopian, Somali",
            "8%",
            "4.0",
            lambda w: w.marks("swapped", w.community("habesha", "somali")),
        ),
        ("SURNAME, Forename in one box", "1%", "4.0", lambda w: w.marks("surname_comma")),
        ("title", "1%", "4.0", lambda w: w.marks("title")),
        ("alias in a name box", "2%", "4.0", lambda w: w.marks("alias_embedded")),
        ("case and punctuation", "30%", "4.0", lambda w: w.marks("casing")),
        ("typing error, surname", "2%", "4.0", lambda w: w.marks("typing_surname")),
        ("misheard, not British", "5%", "4.0", lambda w: w.marks("mishearing", ~w.group("British"))),
        ("pseudonym or redaction", "0.5%", "4.0", lambda w: w.marks("pseudonym")),
        ("other script", "0.2%", "4.0", lambda w: w.marks("other_script")),
    ]
    return [
        ("boys referred twice or more", "1,311", "published", lambda w: w.repeaters(True, False), people),
        ("girls", "230", "published", lambda w: w.repeaters(True, True), people),
        ("men", "1,244", "published", lambda w: w.repeaters(False, False), people),
        ("women", "470", "published", lambda w: w.repeaters(False, True), people),
        ("people referred twice or more", "3,255", "published", all_repeaters, people),
        ("most referrals of one person", "7", "published", lambda w: float(w.each.max()), days),
        ("of repeaters, two referrals", "88%", "assumed", repeaters_with(2), share),
        ("... three", "9.5%", "assumed", repeaters_with(3), share),
        (
            "second referrals: same instance, another body (T1)",
            "35%",
            "assumed",
            second_kind(MULTI_AGENCY),
            share,
        ),
        ("... same instance, later (T2)", "30%", "assumed", second_kind(SAME_LATER), share),
        ("... new instance (T3)", "35%", "assumed", second_kind(NEW_INSTANCE), share),
        ("median gap T1, days", "9", "assumed", gap_of(MULTI_AGENCY), days),
        ("... T2", "150 before the window cuts", "assumed", gap_of(SAME_LATER), days),
        ("... T3", "330 before the window cuts", "assumed", gap_of(NEW_INSTANCE), days),
        ("repeat referral by the same body", "30%", "assumed", by_same_body, share),
        ("repeating children who turn 18 in between (T4)", "8%", "assumed", turned_18, share),
        (
            "Duty to Notify rows for each NRM row",
            "29%",
            "published",
            lambda w: float(notified(w).sum() / (~notified(w)).sum()),
            share,
        ),
        (
            "... anonymous",
            "80%",
            "assumed",
            lambda w: float((w.made.rows.route == ANONYMOUS)[notified(w)].mean()),
            share,
        ),
        ("... by nationality, greatest difference", "0", "published", duty_to_notify_fit, share),
        (
            "technical duplicates (T0)",
            "0.2%",
            "inferred",
            lambda w: float((w.made.rows.copy_of >= 0).mean()),
            share,
        ),
        (
            "people with a brother or sister referred the same day",
            "4%",
            "assumed",
            lambda w: related(w, "family"),
            share,
        ),
        ("people in an operation with co-victims", "3%", "assumed", lambda w: related(w, "operation"), share),
        ("people who are somebody's look-alike", "1%", "assumed", lambda w: related(w, "namesake"), share),
        ("children at referral", "35%", "published", children_at_referral, share),
        (
            "two random referrals agree: nationality",
            "13.3%",
            "published",
            two_random_agree("nationality"),
            share,
        ),
        ("... exploitation type", "19.0%", "published", two_random_agree("type"), share),
        ("... first responder", "17.8%", "published", two_random_agree("responder"), share),
        ("date of birth missing", "5%", "assumed", lambda w: w.marks("dob_missing"), share),
        (
            "1 January, first records of asylum nationalities",
            "14.3% (1 in 7)",
            "published",
            lambda w: w.born(w.group("asylum") & ~later(w)),
            share,
        ),
        ("... all records of asylum nationalities", "", "", lambda w: w.born(w.group("asylum")), share),
        (
            "... all that are not British",
            "4% of all immigration records",
            "published, others",
            lambda w: w.born(~w.group("British")),
            share,
        ),
        (
            "... British",
            "0.3% (1 in 365) and little more",
            "arithmetic",
            lambda w: w.born(w.group("British")),
            share,
        ),
        ("Vietnamese family name Nguyễn", "38%", "published", surname_share("Nguyễn"), share),
        ("... Trần", "11%", "published", surname_share("Trần"), share),
        ("... Nguyễn anywhere in the recorded name", "", "", nguyen_recorded, share),
        (
            "Home Office reference, British",
            "0%",
            "assumed",
            lambda w: with_reference(w, w.group("British")),
            share,
        ),
        (
            "... others by government bodies",
            "70%",
            "assumed",
            lambda w: with_reference(w, ~w.group("British"), "Government agency"),
            share,
        ),
        (
            "... others by police",
            "25%",
            "assumed",
            lambda w: with_reference(w, ~w.group("British"), "Police"),
            share,
        ),
        *((*each, share) for each in name_rates),
        ("gender flipped", "0.5%, single names 1.5%", "assumed", lambda w: w.marks("gender_flipped"), share),
        (
            "nationality unknown, later records",
            "2.5%",
            "assumed",
            lambda w: w.marks("nationality_unknown", later(w)),
            share,
        ),
    ]


def asked_for() -> None:
    """What domain.md asks for, and the mean of what came out over the seeds."""
    windows = [Window(generate(10, seed, errors=LIKE_THE_FORM, n_referrals=35_400)) for seed in SEEDS]
    nrm = np.mean([w.nrm.sum() for w in windows])
    print(f"\nJanuary 2023 to July 2024, {nrm:,.0f} NRM referrals a seed; counts to 27,400.")
    heading("what", "target", "target is", "measured, mean of seeds", "smallest to largest")
    for what, target, source, measure, form in targets():
        found = [measure(w) for w in windows]
        kind = f"assumed ({source})" if source[:1].isdigit() else source
        row(
            what,
            target,
            kind,
            form.format(np.mean(found)),
            f"{form.format(min(found))} to {form.format(max(found))}",
        )


# --- do two records of one person agree?


def agreement(seed: int, errors: ErrorRates | str) -> pd.DataFrame:
    """One row a pair of successive NRM referrals of one person in the form's layout: which fields agree."""
    made = generate(60_000, seed, errors=errors, layout="form")
    rows, people, form = made.rows, made.people, made.frame
    table = pd.DataFrame(
        {
            "person": rows.person,
            "sequence": rows.sequence,
            "first": form["pv-name-first-name"],
            "last": form["pv-name-last-name"],
            "born": form["pv-dob"],
            "nation": cells().demonyms[people.nationality[rows.person]],
        }
    )[(rows.route == NRM) & (rows.copy_of < 0)].sort_values(["person", "sequence"])
    for name in ("first", "last"):
        table[f"{name} letters"] = table[name].map(letters)
        table[name] = table[name].str.lower()
    table["token letters"] = table["first"].str.split().str[0].fillna("").map(letters)
    a, b = table.iloc[:-1].reset_index(drop=True), table.iloc[1:].reset_index(drop=True)
    out = pd.DataFrame({"nation": a["nation"], "born": (a["born"] == b["born"]) & a["born"].notna()})
    out["born, both told"] = out["born"].astype(float).where(a["born"].notna() & b["born"].notna())
    for name in ("first", "last", "first letters", "last letters", "token letters"):
        out[name] = a[name] == b[name]
    out["exact"] = out["first"] & out["last"] & out["born"]
    out["letters"] = out["first letters"] & out["last letters"] & out["born"]
    out["one forename"] = out["token letters"] & out["last letters"] & out["born"]
    return out[(a["person"] == b["person"]).to_numpy()]


def baseline() -> None:
    """The share of repeat pairs that an exact comparison finds, and which field loses the others."""
    columns = (
        "first letters",
        "token letters",
        "last letters",
        "born",
        "born, both told",
        "exact",
        "letters",
        "one forename",
    )
    communities = {
        "British": ["British"],
        "Albanian": ["Albanian"],
        "Vietnamese": ["Vietnamese"],
        "Eritrean, Ethiopian, Somali": ["Eritrean", "Ethiopian", "Somali"],
        "Sudanese": ["Sudanese"],
        "Afghan": ["Afghan"],
    }
    heading("pairs of", "errors", "pairs", *columns)
    for setting in ("as assumed", "milder"):
        found = pd.concat([agreement(seed, setting) for seed in SEEDS[:2]])
        for name, nations in communities.items():
            pairs = found[found["nation"].isin(nations)]
            row(name, setting, len(pairs), *(f"{pairs[column].mean():.0%}" for column in columns))
    heading("British pairs, a mechanism taken away", "exact", "letters")
    base = ErrorRates()
    for name, off in WITHOUT.items():
        found = agreement(SEEDS[0], dataclasses.replace(base, **dict.fromkeys(off, 0.0)))
        british = found[found["nation"] == "British"]
        row(name, f"{british['exact'].mean():.0%}", f"{british['letters'].mean():.0%}")


WITHOUT: dict[str, tuple[str, ...]] = {
    "none": (),
    "middle names": ("middle_changed",),
    "date of birth missing": ("dob_missing",),
    "boxes: swapped, all in one, comma": ("whole_in_one_box", "swapped", "surname_comma"),
    "case and punctuation": ("casing",),
    "other spellings": tuple(
        each.name for each in dataclasses.fields(ErrorRates) if each.name.startswith("spelling_")
    ),
    "typing": ("typing",),
    "titles, aliases": ("title", "alias_embedded"),
    "nicknames, other surname": ("nickname", "family_name_changed"),
    "placeholders, one name twice": ("placeholder", "placeholder_one_name", "repeated", "repeated_afghan"),
}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print("## Published tables\n")
    margins(folder)
    print("\n## What was asked for")
    asked_for()
    print("\n## Exact agreement of repeat pairs")
    baseline()
    print("\n## Every rate\n")
    print(parameter_table())


if __name__ == "__main__":
    main()
