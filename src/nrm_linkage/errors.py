"""The errors and warnings that this library raises, all public.

Every message names the column or parameter, the reason and the fix. None ever holds a value of a record: the
records are victims', and a traceback travels further than the data it came from.
"""

from __future__ import annotations

__all__ = [
    "ConfigError",
    "DecisionConflictWarning",
    "InputError",
    "MissingExtraError",
    "NotConvergedWarning",
    "NrmLinkageError",
    "TooManyPairsError",
]


class NrmLinkageError(Exception):
    """The base of every error that this library raises on purpose."""


class InputError(NrmLinkageError, ValueError):
    """The referrals, the columns or the decisions that were passed in cannot be used as they are."""


class ConfigError(NrmLinkageError, ValueError):
    """A setting in `LinkageConfig` is unknown or out of its range."""


class TooManyPairsError(NrmLinkageError):
    """The blocking rules would make more candidate pairs than the config allows, even after refinement."""


class MissingExtraError(NrmLinkageError, ImportError):
    """A feature needs an optional dependency that is not installed; the message says which extra brings
    it."""


class NotConvergedWarning(UserWarning):
    """Estimation stopped at its iteration limit; the parameters are the best so far, not a maximum."""


class DecisionConflictWarning(UserWarning):
    """Human decisions contradict one another; the conflicting ones bind nothing and are listed in the
    report."""
