"""Small frames of invented referrals, and the way from a frame to the tables between stages."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from nrm_linkage.compare import FIELDS, compare_pairs
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import BoundRarity, LinkageModel, learn_frequencies, score, starting_model
from nrm_linkage.normalise.bags import with_keys
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.schema import arrange, recognise
from nrm_linkage.tables import Comparisons, NameBags, Referrals, TokenLists

GIVEN = ("Zamir", "Zamira", "Teklay", "Teklai", "Nhung", "Abdirahman", "Abdulrahman", "Ruth", "Rut", "Osei")
FAMILY = ("Testaj", "Testai", "Mockiani", "Van Mau", "Example", "Exampel", "Haile Mock", "")
BIRTHS = (
    *("14/05/2001", "2001-05-14", "05/04/2001", "04/05/2001", "01/01/2004"),
    *("2004", "", "17/08/2006", "17/08/2003"),
)
NATIONALITIES = ("Albanian", "Albania", "Eritrean", "Ethiopian", "Vietnamese", "British", "")


def referrals_of(frame: pd.DataFrame, **columns: str) -> Referrals:
    """The frame in comparable form, canonical order."""
    recognised = recognise(frame, columns or None)
    return normalise_referrals(arrange(frame, recognised), LinkageConfig()).referrals


def frame_of(rows: list[tuple[str, str, str, str]], dates: list[str] | None = None) -> pd.DataFrame:
    """Given name, family name, birth, nationality a row; ids R000, R001, ..."""
    frame = pd.DataFrame(rows, columns=["Forename(s)", "Surname", "DOB", "Nationality"])
    frame.insert(0, "NRM reference", [f"R{number:03d}" for number in range(len(frame))])
    if dates is not None:
        frame["Date of referral"] = dates
    return frame


def rows() -> st.SearchStrategy[tuple[str, str, str, str]]:
    """One invented referral, from few enough values that some agree."""
    return st.tuples(*(st.sampled_from(values) for values in (GIVEN, FAMILY, BIRTHS, NATIONALITIES)))


def invented(n: int, seed: int) -> pd.DataFrame:
    """n invented referrals with some agreement, the same for a seed."""
    random = np.random.default_rng(seed)
    picked = [[random.choice(values) for values in (GIVEN, FAMILY, BIRTHS, NATIONALITIES)] for _ in range(n)]
    day = [f"{1 + number % 28:02d}/{1 + number % 12:02d}/2023" for number in random.permutation(n)]
    return frame_of([tuple(str(value) for value in row) for row in picked], day)  # type: ignore[misc]


def people(*records: dict[str, str]) -> pd.DataFrame:
    """One referral a record, by canonical field; boxes that a record does not fill are empty. Rows keep their
    order.
    """
    boxes = list(dict.fromkeys(["given_name", *(box for record in records for box in record)]))
    frame = pd.DataFrame({box: [record.get(box, "") for record in records] for box in boxes}, dtype=object)
    frame.insert(0, "referral_id", [f"R{number:03d}" for number in range(len(frame))])
    return frame


def bags_of(bags: list[list[tuple[str, int]]], native: list[list[str]] | None = None) -> NameBags:
    """Name bags straight from words and their roles, without reading any text; and the words' forms in
    another script, `""` for none.
    """
    texts = tuple(sorted({word for bag in bags for word, _ in bag}))
    flat = [entry for bag in bags for entry in bag]
    start = np.cumsum([0, *(len(bag) for bag in bags)])
    token = np.array([texts.index(word) for word, _ in flat], dtype=np.int32)
    written = [text for texts in native for text in texts] if native else [""] * len(flat)
    of_native = tuple(sorted({"", *written}))
    tokens = TokenLists(start=start.astype(np.int64), token=token, texts=texts)
    codes = np.array([of_native.index(text) for text in written], dtype=np.int32)
    return with_keys(tokens, np.array([role for _, role in flat], dtype=np.int8), texts, (codes, of_native))


def all_pairs(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Left and right of all pairs of n rows, int32."""
    left, right = np.triu_indices(n, 1)
    return left.astype(np.int32), right.astype(np.int32)


def model_of(referrals: Referrals) -> LinkageModel:
    """The model before estimation."""
    return starting_model(learn_frequencies(referrals), int(referrals.linkable.sum()), 0.13, 200)


def compared(
    referrals: Referrals, left: np.ndarray, right: np.ndarray, model: LinkageModel | None = None
) -> Comparisons:
    """Pairs compared under a model's frequencies."""
    rarity = BoundRarity((model or model_of(referrals)).frequencies, referrals)
    return compare_pairs(referrals, left, right, rarity, chunk_pairs=1000)


def level_names(frame: pd.DataFrame) -> dict[str, str]:
    """Field -> name of the level between the first two referrals."""
    levels = compared(referrals_of(frame), *all_pairs(2)).levels[0]
    return {field.name: field.levels[code].name for field, code in zip(FIELDS, levels, strict=True)}


def scored(
    referrals: Referrals, left: np.ndarray, right: np.ndarray, model: LinkageModel | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Evidence lines and match weights of pairs."""
    model = model or model_of(referrals)
    return score(referrals, left, right, compared(referrals, left, right, model), model)
