"""One linkage of invented referrals, with wrong and missed links enough, for the tests of this folder."""

from __future__ import annotations

import pandas as pd
import pytest

from nrm_linkage import Linkage, link_referrals, make_referrals


@pytest.fixture(scope="session")
def made() -> pd.DataFrame:
    return make_referrals(700, seed=8, errors="harsher")


@pytest.fixture(scope="session")
def linkage(made: pd.DataFrame) -> Linkage:
    return link_referrals(made.drop(columns=["true_person", "true_instance"]), progress=False)
