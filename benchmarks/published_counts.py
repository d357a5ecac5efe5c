"""The published counts, from referrals built to them: truth, estimate and range of every cell.

    python benchmarks/published_counts.py [seeds] [share] [workers]

"Referred two or more times" between January 2023 and July 2024 (domain.md 3.1): 1,311 boys, 230 girls, 1,244
men and 470 women, among about 27,400 NRM referrals. Whether the published age is that at referral or that at
exploitation is not known; here it is that of the latest referral, as recorded.

A population is invented (`make_referrals`) much larger than is needed; of its people, so many of each
cell are kept whose linkable referrals in the window are two or more that the true table is the published one
times `share`; people referred once fill it up to 27,400 times `share`. Nobody is made to be found: how their
records differ is the generator's affair. Each extract is linked on its own with the defaults, and the 90%
range of `repeat_referrals` in each cell is held against the truth, in the three countings; for the other two
the truth is what the same assessments give for the true people. (200 seeds and a tenth are the defaults.)
One run at full size: `python benchmarks/published_counts.py 1 1`. The output is Markdown.

Not covered: errors that the generator does not make.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pandas as pd

from nrm_linkage import LinkageConfig, link_referrals, make_referrals
from nrm_linkage.evaluation.truth import people_of, true_partition
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.gender import Gender
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.report import repeat_referrals
from nrm_linkage.result import Linkage
from nrm_linkage.schema import arrange, recognise

FIRST_SEED = 5001
"""No other benchmark or test uses these seeds, so nothing was tuned on them."""

PERIOD = ("2023-01-01", "2024-07-31")
REFERRALS = 27_400
PUBLISHED = {
    ("child", "male"): 1_311,
    ("child", "female"): 230,
    ("adult", "male"): 1_244,
    ("adult", "female"): 470,
}
"""domain.md 3.1."""

TOO_MANY = 2.4
"""People invented for each that is kept (chosen by us: enough of every cell)."""

TRUTH = ["true_person", "true_instance"]
BY = ["age_group", "gender"]


def built(seed: int, share: float) -> pd.DataFrame:
    """Referrals whose true table is the published one times `share`."""
    wanted = round(REFERRALS * share)
    made = make_referrals(round(TOO_MANY * wanted), seed=seed, start=PERIOD[0], end=PERIOD[1])
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
    for (age_group, gender), number in PUBLISHED.items():
        of_cell = people.index[
            (people["n"] > 1) & (people["age_group"] == age_group) & (people["gender"] == gender)
        ]
        if len(of_cell) < round(number * share):
            raise SystemExit(f"too few people were invented for {age_group}, {gender}: raise TOO_MANY.")
        kept += of_cell[: round(number * share)].tolist()
    once = people.index[people["n"] == 1]
    kept += once[: wanted - int(people.loc[kept, "n"].sum())].tolist()
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


def show(found: pd.DataFrame) -> None:
    """Means over the seeds, and how many of the ranges hold the truth."""
    found = found.assign(
        holds=(found["low"] <= found["true"]) & (found["true"] <= found["high"]),
        below=found["high"] < found["true"],
    )
    cells = [*PUBLISHED, ("total", "total")]
    for counting, table in found.groupby("counting", sort=False):
        print(f"\n{counting}\n")
        print("| cell | truth | estimate | in clusters | 90% range | ranges that hold it | too low |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for age_group, gender in cells:
            cell = table[(table["age_group"] == age_group) & (table["gender"] == gender)]
            mean = cell[["true", "estimate", "n_in_clusters", "low", "high"]].mean()
            print(
                f"| {age_group} {gender if gender != age_group else ''} | {mean['true']:,.1f} "
                f"| {mean['estimate']:,.1f} | {mean['n_in_clusters']:,.1f} "
                f"| {mean['low']:,.1f} to {mean['high']:,.1f} "
                f"| {cell['holds'].sum()} of {len(cell)} | {cell['below'].sum()} |"
            )
        of_four = table[
            table["age_group"].isin(["child", "adult"]) & table["gender"].isin(["male", "female"])
        ]
        print(f"\nof the four cells: {of_four['holds'].mean():.1%} of ranges hold the truth")


def main(arguments: list[str]) -> None:
    """Print the tables."""
    n_seeds, share, workers = [*arguments, *("200", "0.1", "2")[len(arguments) :]]
    seeds = range(FIRST_SEED, FIRST_SEED + int(n_seeds))
    of_seed = partial(one_seed, share=float(share))
    with ProcessPoolExecutor(int(workers), mp_context=get_context("spawn")) as pool:
        found = pd.concat(pool.map(of_seed, seeds), ignore_index=True)
    print(f"### {n_seeds} extracts of {REFERRALS * float(share):,.0f} referrals")
    show(found)


if __name__ == "__main__":
    main(sys.argv[1:])
