"""Small frames of invented referrals, and the way from a frame to the tables between stages."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from nrm_linkage.config import LinkageConfig
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.schema import arrange, recognise
from nrm_linkage.tables import Referrals

GIVEN = ("Zamir", "Zamira", "Teklay", "Teklai", "Nhung", "Abdirahman", "Abdulrahman", "Ruth", "Rut", "Osei")
FAMILY = ("Testaj", "Testai", "Mockiani", "Van Mau", "Example", "Exampel", "Haile Mock", "")
BIRTHS = ("14/05/2001", "2001-05-14", "05/04/2001", "04/05/2001", "01/01/2004", "2004", "", "17/08/2006", "17/08/2003")
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
