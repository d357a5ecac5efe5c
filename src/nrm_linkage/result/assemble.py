"""A run's outcome -> `Linkage`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from nrm_linkage.result.linkage import Linkage
from nrm_linkage.result.parts import linkage_parts
from nrm_linkage.result.run import LinkedRun, Outcome

__all__ = ["assemble"]


def assemble(run: LinkedRun, found: Outcome, give_back: Callable[[pd.DataFrame], Any]) -> Linkage:
    """Put a run's tables together. `give_back` adds columns to the caller's frame, in his kind."""
    return Linkage(**linkage_parts(run, found, give_back))
