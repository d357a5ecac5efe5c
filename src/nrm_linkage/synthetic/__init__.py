"""Invented referrals with known truth: `make_referrals`, the shape of its population and the rates of its
errors.

Importing this package reads no table and loads nothing heavy; the generator is loaded when it is first asked
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.rates import ErrorRates

if TYPE_CHECKING:
    from nrm_linkage.synthetic.generate import make_referrals

__all__ = ["ErrorRates", "PopulationParameters", "make_referrals"]


def __getattr__(name: str) -> Any:
    if name == "make_referrals":
        from nrm_linkage.synthetic.generate import make_referrals

        return make_referrals
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
