"""The published counts, from referrals built to them: truth, estimate and range of every cell.

    python benchmarks/published_counts.py [seeds] [share] [workers] [rows.csv] [first seed]

"Referred two or more times" between January 2023 and July 2024 (domain.md 3.1): 1,311 boys, 230 girls, 1,244
men and 470 women, among about 27,400 NRM referrals. Whether the published age is that at referral or that at
exploitation is not known; here it is that of the latest referral, as recorded.

A population is invented (`make_referrals`) much larger than is needed; of its people, so many of each
cell are kept whose linkable referrals in the window are two or more that the true table is the published one
times `share`; people referred once fill each cell up to its part of 27,400 times `share`. Nobody is made to
be found: how their records differ is the generator's affair. Each extract is linked on its own with the
defaults, and the 90% range of `repeat_referrals` in each cell is held against the truth, in the three
countings; for the other two the truth is what the same assessments give for the true people. (200 seeds and a
tenth are the defaults.)
One run at full size: `python benchmarks/published_counts.py 1 1`. Another first seed gives extracts that
nobody has looked at; say which before it is run. The output is Markdown.

With a file, every extract that is done is one row of it at once, and what stands in it is not done again: a
run that was cut off goes on where it was, and one of forty can become one of two hundred. The file is refused
where it is of another share or of other sources of the library.

Not covered: errors that the generator does not make.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

import nrm_linkage
from nrm_linkage import LinkageConfig, link_referrals, make_referrals
from nrm_linkage.evaluation.truth import people_of, true_partition
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.gender import Gender
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.report import repeat_referrals
from nrm_linkage.report.counted import COUNTINGS
from nrm_linkage.result import Linkage
from nrm_linkage.schema import arrange, recognise
from nrm_linkage.synthetic import PopulationParameters

FIRST_SEED = 5001
"""No other benchmark or test uses these seeds. How extracts are built (`TOO_MANY`, `AGES`) was settled while
looking at the first hundred of them.
"""

PERIOD = ("2023-01-01", "2024-07-31")
REFERRALS = 27_400
PUBLISHED = {
    ("child", "male"): 1_311,
    ("child", "female"): 230,
    ("adult", "male"): 1_244,
    ("adult", "female"): 470,
}
"""domain.md 3.1."""

OF_CELL = {
    ("child", "male"): 9_550,
    ("child", "female"): 2_430,
    ("adult", "male"): 10_110,
    ("adult", "female"): 3_780,
}
"""Referrals of each cell in the window, estimated (domain.md 3.1); those of unknown age are spread over them.
"""

TOO_MANY = (1.2, 1.3, 1.4, 1.6, 1.9, 2.4)
"""People invented for each referral that is kept, one after the other until there are enough of every cell.
As few as that: who is left out leaves relatives, co-victims and look-alikes behind, and in an extract that
has lost these a model that knows of them doubts too much.
"""

STANDARD_DEVIATIONS = 2 * 1.645
"""The width of a 90% range of a normal distribution."""

AGES = PopulationParameters(adult_when_referred_uk=0.0, adult_when_referred_other=0.0)
"""Referrals of each cell are known by age at exploitation and counted by age at referral: here the two are
one.
"""

TRUTH = ["true_person", "true_instance"]
BY = ["age_group", "gender"]
CELLS = [*PUBLISHED, ("total", "total")]
MEASURES = ("true", "estimate", "low", "high", "n_in_clusters")
COLUMNS = [
    "/".join((counting, *cell, name)) for counting in COUNTINGS for cell in CELLS for name in MEASURES
]


def built(seed: int, share: float) -> pd.DataFrame:
    """Referrals whose true table is the published one times `share`."""
    for too_many in TOO_MANY:
        found = _built(seed, share, too_many)
        if found is not None:
            return found
    raise SystemExit("too few people were invented: make TOO_MANY end higher.")


def _built(seed: int, share: float, too_many: float) -> pd.DataFrame | None:
    """The same out of so many referrals; None where these are too few."""
    wanted = round(REFERRALS * share)
    made = make_referrals(
        round(too_many * wanted), seed=seed, start=PERIOD[0], end=PERIOD[1], parameters=AGES
    )
    frame = made.drop(columns=TRUTH)
    raw = arrange(frame, recognise(frame))
    rows = normalise_referrals(raw, LinkageConfig()).referrals
    person = made["true_person"].to_numpy()[raw.position]
    counted = rows.linkable & ~np.isnat(rows.referred)
    held = pd.DataFrame(
        {
            "person": person[counted],
            "referred": rows.referred[counted].astype("datetime64[s]"),
            "age_group": [AgeGroup(code).name.lower() for code in rows.age_group[counted]],
            "gender": [Gender(code).name.lower() for code in rows.gender[counted]],
        }
    ).sort_values("referred", kind="stable")
    people = held.groupby("person").agg(
        n=("person", "size"), age_group=("age_group", "last"), gender=("gender", "last")
    )
    people = people.sample(frac=1, random_state=np.random.default_rng(seed))
    kept: list[int] = []
    for cell, number in PUBLISHED.items():
        of_cell = (people["age_group"] == cell[0]) & (people["gender"] == cell[1])
        again = people.index[of_cell & (people["n"] > 1)][: round(number * share)]
        n_once = round(wanted * OF_CELL[cell] / sum(OF_CELL.values())) - int(people.loc[again, "n"].sum())
        once = people.index[of_cell & (people["n"] == 1)][:n_once]
        if len(again) < round(number * share) or len(once) < n_once:
            return None
        kept += [*again, *once]
    # Reports without a name have nobody to be: they stand beside the referrals in the same share.
    nameless = ~made["true_person"].isin(people.index) & (
        np.random.default_rng((seed, 1)).random(len(made)) < len(kept) / len(people)
    )
    return made[made["true_person"].isin(kept) | nameless].reset_index(drop=True)


def one_seed(seed: int, share: float) -> pd.DataFrame:
    """One row a cell and counting: what is true, and what the model says."""
    made = built(seed, share)
    linkage = link_referrals(made.drop(columns=TRUTH), progress=False)
    table = linkage.repeat_referrals(period=PERIOD, by=BY)
    return table.assign(true=truth_of(linkage, made["true_person"])["n_in_clusters"], seed=seed)


def truth_of(linkage: Linkage, person: pd.Series) -> pd.DataFrame:
    """The same table of the true people."""
    true = true_partition(linkage.run.referrals, people_of(linkage, person))
    return repeat_referrals(linkage._countable, true, period=PERIOD, by=BY)


def row_of(table: pd.DataFrame) -> list[float]:
    """What `one_seed` gives as one row, in the order of `COLUMNS`."""
    wanted = [(counting, *cell) for counting in COUNTINGS for cell in CELLS]
    numbers = table.set_index(["counting", *BY])[list(MEASURES)].loc[wanted]
    return np.ravel(numbers).astype(np.float64).tolist()


def sources() -> str:
    """A short fingerprint of the library's files and of this one: rows of two versions do not mix."""
    folder = Path(nrm_linkage.__file__).parent
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    digest = hashlib.sha256()
    for path in [*files, Path(__file__)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


class Rows:
    """Extracts that are done, one row each, in a file where there is one."""

    def __init__(self, path: Path | None, share: float) -> None:
        self.path, self.of = path, [share, sources()]
        self.done: dict[int, list[float]] = {}
        if path is None:
            return
        if path.exists():
            self._read(path)
        else:
            self._write(["seed", "share", "sources", *COLUMNS])

    def _read(self, path: Path) -> None:
        whole = path.read_text(encoding="utf-8")
        kept = whole[: whole.rfind("\n") + 1]  # A row that was cut off is done again.
        header, *rows = csv.reader(kept.splitlines())
        if header[3:] != COLUMNS or any([float(row[1]), row[2]] != self.of for row in rows):
            raise SystemExit("the file is of another share or of other sources: name a new one.")
        self.done = {int(row[0]): [float(value) for value in row[3:]] for row in rows}
        path.write_text(kept, encoding="utf-8")

    def add(self, seed: int, numbers: list[float]) -> None:
        self.done[seed] = numbers
        self._write([seed, *self.of, *(repr(number) for number in numbers)])

    def _write(self, row: list[object]) -> None:
        if self.path is not None:
            with self.path.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow(row)

    def table(self, seeds: Iterable[int]) -> pd.DataFrame:
        """One row a seed, counting and cell."""
        parts = [
            pd.DataFrame(np.reshape(self.done[seed], (-1, len(MEASURES))), columns=MEASURES).assign(
                seed=seed,
                counting=np.repeat(COUNTINGS, len(CELLS)),
                age_group=[age_group for age_group, _ in CELLS] * len(COUNTINGS),
                gender=[gender for _, gender in CELLS] * len(COUNTINGS),
            )
            for seed in seeds
        ]
        return pd.concat(parts, ignore_index=True)


def show(found: pd.DataFrame) -> None:
    """Means over the seeds, how far estimates are off, how far ranges allow, and how many hold the truth."""
    found = found.assign(
        error=found["estimate"] - found["true"],
        allowed=(found["high"] - found["low"]) / STANDARD_DEVIATIONS,
        holds=(found["low"] <= found["true"]) & (found["true"] <= found["high"]),
        below=found["high"] < found["true"],
    )
    for counting, table in found.groupby("counting", sort=False):
        print(f"\n{counting}\n")
        print(
            "| cell | truth | estimate | in clusters | 90% range | mean error | spread of errors "
            "| spread that the range allows | ranges that hold it | too low |"
        )
        print("|" + " --- |" * 10)
        for age_group, gender in CELLS:
            cell = table[(table["age_group"] == age_group) & (table["gender"] == gender)]
            mean = cell[[*MEASURES, "error", "allowed"]].mean()
            print(
                f"| {age_group} {gender if gender != age_group else ''} | {mean['true']:,.1f} "
                f"| {mean['estimate']:,.1f} | {mean['n_in_clusters']:,.1f} "
                f"| {mean['low']:,.1f} to {mean['high']:,.1f} "
                f"| {mean['error']:+.2f} ({mean['error'] / mean['true']:+.1%}) | {cell['error'].std():.2f} "
                f"| {mean['allowed']:.2f} | {cell['holds'].sum()} of {len(cell)} | {cell['below'].sum()} |"
            )
        of_four = table[table["age_group"] != "total"]
        print(f"\nof the four cells: {of_four['holds'].mean():.1%} of ranges hold the truth")


def main(arguments: list[str]) -> None:
    """Print the tables."""
    given = [*arguments, *("200", "0.1", "2", "", str(FIRST_SEED))[len(arguments) :]]
    n_seeds, share, workers, path, first = given
    seeds = range(int(first), int(first) + int(n_seeds))
    rows = Rows(Path(path) if path else None, float(share))
    of_seed = partial(one_seed, share=float(share))
    with ProcessPoolExecutor(int(workers), mp_context=get_context("spawn")) as pool:
        doing = {pool.submit(of_seed, seed): seed for seed in seeds if seed not in rows.done}
        for each in as_completed(doing):
            rows.add(doing[each], row_of(each.result()))
    print(f"### {n_seeds} extracts of {REFERRALS * float(share):,.0f} referrals")
    show(rows.table(seeds))


if __name__ == "__main__":
    main(sys.argv[1:])
