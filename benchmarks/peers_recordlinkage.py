"""recordlinkage 0.16 as a peer: its indexes, its comparisons and its unsupervised classifier.

`scored_pairs(table)` takes the columns of `peers_cleaning.cleaned` and gives every pair that an index brought
together with its match probability. The steps and settings, in order:

1. Indexes, each a block: the sounds of both names; date of birth; and, where there are any, reference (the
   first of the record), email, phone and postcode.
2. Comparisons, each yes or no: names by Jaro-Winkler 0.88; date of birth, reference, phone, email and
   postcode by Damerau-Levenshtein 0.85 (one typing error in ten characters); nationality and place by
   Jaro-Winkler 0.88; gender equal.
3. `ECMClassifier`, from Jaro's starting values, once for each index, without what the index is made of and
   what is the same in all its pairs. A pair has the highest probability that any index gave it.

One classifier over the pairs of all indexes together was tried first. Which pairs are there hangs on what
agrees in them, so what it finds need not be matches: with indexes like these its F1 of pairs is below 0.01 on
invented referrals. With wider ones (each name alone, or its neighbours in the alphabet) it does better than
this on `fake_1000` and FEBRL 3 and 4, worse on invented referrals (0.62 to 0.67), and fails on pseudopeople.

What it does not do, because the classifier has no place for it: a value that is missing counts as different;
a rare name counts no more than a common one; there are no degrees of likeness. Thresholds on probabilities
and joining what is left are the caller's.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
import recordlinkage
from recordlinkage.base import BaseCompareFeature
from recordlinkage.compare import Exact, String

LIKE = 0.88
ONE_TYPING_ERROR = 0.85
MORE_THAN_ENOUGH_ITERATIONS = 1000
CONVERGED = 1e-6

INDEXES: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("given_sound", "family_sound"): ("given_name", "family_name"),
    ("date_of_birth",): ("date_of_birth",),
    ("reference",): ("reference",),
    ("email",): ("email",),
    ("phone",): ("phone",),
    ("postcode",): ("postcode",),
}
"""What an index is made of -> what is not compared within it."""


def scored_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """One row a candidate pair: `left`, `right` (rows of `table`, int64), `probability`."""
    records = table.drop(columns="row")
    if "reference" in records.columns:
        records["reference"] = records["reference"].str[0]
    features = _features(records)
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # Of the packages that recordlinkage calls in ways that they advise against; nothing to be done here.
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            parts = [
                _pairs_of(records, index, {n: each for n, each in features.items() if n not in made_of})
                for index, made_of in INDEXES.items()
                if set(index) <= set(records.columns)
            ]
        finally:
            logging.disable(logging.NOTSET)
    return pd.concat(parts).groupby(["left", "right"])["probability"].max().reset_index()


def _features(records: pd.DataFrame) -> dict[str, BaseCompareFeature]:
    def like(name: str) -> String:
        return String(name, name, method="jarowinkler", threshold=LIKE, label=name)

    def typed(name: str) -> String:
        return String(name, name, method="damerau_levenshtein", threshold=ONE_TYPING_ERROR, label=name)

    features = {name: like(name) for name in ("given_name", "family_name", "nationality", "place")}
    features |= {name: typed(name) for name in ("date_of_birth", "reference", "phone", "email", "postcode")}
    features["gender"] = Exact("gender", "gender", label="gender")
    return {name: feature for name, feature in features.items() if name in records.columns}


def _pairs_of(
    records: pd.DataFrame, index: tuple[str, ...], features: Mapping[str, BaseCompareFeature]
) -> pd.DataFrame:
    """The pairs of one index, classified on their own."""
    pairs = recordlinkage.Index().block(list(index)).index(records)
    table = pd.DataFrame({"left": pairs.get_level_values(0), "right": pairs.get_level_values(1)})
    table["probability"] = np.zeros(len(table))
    if len(pairs):
        agreed = recordlinkage.Compare(list(features.values())).compute(pairs, records)
        agreed = agreed.loc[:, agreed.nunique() > 1]
        classifier = recordlinkage.ECMClassifier(max_iter=MORE_THAN_ENOUGH_ITERATIONS, atol=CONVERGED)
        classifier.fit(agreed)
        table["probability"] = np.asarray(classifier.prob(agreed))
    return table
