"""Stand-in dates of birth: what their share says of one person's referrals, and of look-alikes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.compare.fields import FIELDS, DateLevel
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import array_of
from nrm_linkage.model.stand_ins import (
    KEPT,
    LEAST_UNKNOWN,
    MOST_UNKNOWN,
    date_shares,
    kept_share,
    unknown_share,
)

DATES = array_of(priors.M_PRIOR)[[field.name for field in FIELDS].index("date_of_birth")]
DAYS = {"0": 0.9, "1": 0.0, "2": 0.0, "3": 0.0, "4": 0.05, "5": 0.05}


UNKNOWN = st.floats(LEAST_UNKNOWN, MOST_UNKNOWN)


@given(UNKNOWN, st.floats(0, 1))
def test_m_stays_shares_and_the_other_levels_keep_their_proportions(unknown, one_alone):
    found = date_shares(DATES, unknown, kept_share(unknown, one_alone))
    assert np.nansum(found[1:]) == pytest.approx(1.0)
    assert (found[~np.isnan(found)] > 0).all()
    kept = [DateLevel.EXACT, DateLevel.SWAPPED, DateLevel.ONE_DIGIT, DateLevel.FAR]
    np.testing.assert_allclose(found[kept] / found[DateLevel.EXACT], DATES[kept] / DATES[DateLevel.EXACT])
    np.testing.assert_array_equal(np.isnan(found), np.isnan(DATES))


def test_more_unknown_days_mean_more_stand_ins_and_fewer_true_dates():
    few, many = (date_shares(DATES, unknown, kept_share(unknown)) for unknown in (0.01, 0.25))
    for level in (DateLevel.EXACT_DEFAULT, DateLevel.DEFAULT_NEAR):
        assert many[level] > 5 * few[level]
    assert many[DateLevel.EXACT] < few[DateLevel.EXACT]
    # domain.md 4.3, D2: of Afghan or Eritrean second referrals 15-25% have a stand-in of another true date.
    assert 0.2 < many[DateLevel.DEFAULT_NEAR] < 0.35


@given(st.floats(0.01, MOST_UNKNOWN), st.floats(KEPT, 1))
def test_how_often_a_stand_in_date_is_kept_is_read_off_those_that_stand_alone(unknown, kept):
    kept = max(kept, unknown)
    one_alone = float(date_shares(DATES, unknown, kept)[DateLevel.DEFAULT_NEAR])
    assert kept_share(unknown, one_alone) == pytest.approx(kept, abs=0.06)
    assert kept_share(unknown) == max(KEPT, unknown)


def test_people_truly_born_on_such_days_are_not_unknown():
    born = {**DAYS, "1": 0.0027, "2": 0.0027, "3": 0.0027}
    days = {"": DAYS, "one": born, "two": {**DAYS, "1": 0.2}, "all": {**DAYS, "1": 1.0}}
    assert unknown_share(days, "one") == unknown_share(days, "") == LEAST_UNKNOWN
    assert unknown_share(days, "two") == pytest.approx(0.2 - 3 / 365.25)
    assert unknown_share(days, "all") == MOST_UNKNOWN
    assert unknown_share(days, "a community that nobody knows") == unknown_share(days, "")
