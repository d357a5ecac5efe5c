"""Stand-in dates of birth: what their share says of one person's referrals, and of look-alikes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.compare.fields import FIELDS, DateLevel
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import array_of
from nrm_linkage.model.stand_ins import LEAST_UNKNOWN, MOST_UNKNOWN, date_shares, unknown_share

DATES = array_of(priors.M_PRIOR)[[field.name for field in FIELDS].index("date_of_birth")]
DAYS = {"0": 0.9, "1": 0.0, "2": 0.0, "3": 0.0, "4": 0.05, "5": 0.05}


@given(st.floats(LEAST_UNKNOWN, MOST_UNKNOWN))
def test_m_stays_shares_and_the_other_levels_keep_their_proportions(unknown):
    found = date_shares(DATES, unknown)
    assert np.nansum(found[1:]) == pytest.approx(1.0)
    assert (found[~np.isnan(found)] > 0).all()
    kept = [DateLevel.EXACT, DateLevel.SWAPPED, DateLevel.ONE_DIGIT, DateLevel.FAR]
    np.testing.assert_allclose(found[kept] / found[DateLevel.EXACT], DATES[kept] / DATES[DateLevel.EXACT])
    np.testing.assert_array_equal(np.isnan(found), np.isnan(DATES))


def test_more_unknown_days_mean_more_stand_ins_and_fewer_true_dates():
    few, many = date_shares(DATES, 0.01), date_shares(DATES, 0.25)
    for level in (DateLevel.EXACT_DEFAULT, DateLevel.DEFAULT_NEAR):
        assert many[level] > 5 * few[level]
    assert many[DateLevel.EXACT] < few[DateLevel.EXACT]
    # domain.md 4.3, D2: of Afghan or Eritrean second referrals 15-25% have a stand-in of another true date.
    assert 0.2 < many[DateLevel.DEFAULT_NEAR] < 0.35


def test_people_truly_born_on_such_days_are_not_unknown():
    born = {**DAYS, "1": 0.0027, "2": 0.0027, "3": 0.0027}
    days = {"": DAYS, "one": born, "two": {**DAYS, "1": 0.2}, "all": {**DAYS, "1": 1.0}}
    assert unknown_share(days, "one") == unknown_share(days, "") == LEAST_UNKNOWN
    assert unknown_share(days, "two") == pytest.approx(0.2 - 3 / 365.25)
    assert unknown_share(days, "all") == MOST_UNKNOWN
    assert unknown_share(days, "a community that nobody knows") == unknown_share(days, "")
