"""How a referral was taken, and what that does to its errors.

An interpreter, a telephone, a custody suite or a beach raise whole groups of errors together, and some
records are written with more care than others. So the errors of one record are correlated, as they are in
hospital data (domain.md 6, S63), though each mechanism keeps its mean rate over all records.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrm_linkage.synthetic.arrays import Bools, Floats, Streams
from nrm_linkage.synthetic.communities import COMMUNITIES
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.population import People, cells
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.repeats import Referrals

__all__ = ["Taking", "take"]


@dataclass(frozen=True, repr=False)
class Taking:
    """One entry a referral. The three factors multiply rates and have mean 1 over all referrals."""

    british: Bools
    interpreter: Bools
    telephone: Bools
    custody: Bools
    small_boat: Bools
    names: Floats
    dates: Floats
    blanks: Floats
    later: Floats
    """1 for a further record of a person, `ErrorRates.first_record` for the first."""

    def hits(self, streams: Streams, name: str, rate: Floats | float, factor: Floats | None = None) -> Bools:
        """Where the mechanism `name` strikes: a uniform of its own against rate times factor, never above
        0.97.
        """
        chance = np.minimum(np.asarray(rate) * (1.0 if factor is None else factor), 0.97)
        struck: Bools = streams.uniform(f"hit.{name}", len(self.british)) < chance
        return struck


def take(
    people: People, rows: Referrals, rates: ErrorRates, given: PopulationParameters, streams: Streams
) -> Taking:
    """How each referral was taken."""
    n = len(rows)
    known = cells()
    group = known.groups[people.nationality[rows.person]]
    british = group == "British"
    kind = known.table.labels["first_responder_type"][known.table.column("first_responder_type")[rows.cell]]
    speaks = np.array([each.language != "" for each in COMMUNITIES])[people.community[rows.person]] & ~british
    interpreter = speaks & (streams.uniform("taking.interpreter", n) < given.interpreter_used)
    telephone = streams.uniform("taking.telephone", n) < np.where(
        kind == "ngo", given.telephone_charity, given.telephone_other
    )
    custody = (kind == "police") & (streams.uniform("taking.custody", n) < given.custody_of_police)
    boats = np.isin(group, ["asylum", "Albanian", "Vietnamese"])
    at_sea = streams.uniform("taking.small_boat", n) < given.small_boat_of_government
    small_boat = boats & (kind == "govt") & at_sea
    shape = rates.carelessness_shape
    care = streams("taking.care").gamma(shape, 1 / shape, n) if shape > 0 else np.ones(n)
    names = (
        care
        * np.where(interpreter, rates.interpreter_factor, 1)
        * np.where(telephone, rates.telephone_factor, 1)
    )
    names = names * np.where(small_boat, rates.small_boat_factor, 1)
    dates = care * np.where(small_boat, rates.small_boat_factor, 1)
    blanks = care * np.where(custody, rates.custody_factor, 1)
    return Taking(
        british,
        interpreter,
        telephone,
        custody,
        small_boat,
        _unit(names),
        _unit(dates),
        _unit(blanks),
        np.where(rows.sequence > 0, 1.0, rates.first_record),
    )


def _unit(factor: Floats) -> Floats:
    """The factor with mean 1; few rows keep their own mean, which says nothing."""
    return factor / factor.mean() if len(factor) >= 200 else factor
