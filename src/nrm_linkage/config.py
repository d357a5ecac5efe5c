"""Every setting of a run, in one frozen object that round-trips to a dict and to TOML.

A setting belongs here when a user may reasonably want another value. What the data teach (m, u, the prior,
frequencies) belongs to `LinkageModel`; what is a fact of the domain belongs to the room that uses it. There
are no hidden settings: the report of a run shows this object whole.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import numbers
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from nrm_linkage.errors import ConfigError

__all__ = ["LinkageConfig"]

EXTRACTS = ("new rows", "full")


@dataclasses.dataclass(frozen=True, kw_only=True)
class LinkageConfig:
    """How one run is done. Construct with keywords; `LinkageConfig()` is right for an extract of NRM
    referrals.

    Attributes
    ----------
    false_link_cost
        What a false link costs, in missed links (default 1: they cost the same, which makes the expected
        counts right; the conservative preset says 9, so that two referrals join only when 9 in 10 such joins
        are right).
    review_floor_bits
        Pairs with a match weight at or above this stand in `.links` (-7 bits: a match probability of 1 in
        129).
    component_floor_bits
        Pairs at or above this join a component whose partitions are weighed together. Not above
        `review_floor_bits`.
    exact_component_size
        Components up to this many referrals, 15 at most, get their exact posterior over partitions (13 take a
        tenth of a second, each further one thrice as long); larger ones are sampled (docs/method.md).
    partition_sweeps
        Sweeps of each chain of the sampler that are kept, at most, of a component that is too large for the
        exact posterior.
    draws
        Joint draws, parameters first and the partition given them, from which every count takes its range;
        fewer than 20 do not use all points of the parameters' posterior.
    max_key_size
        A blocking key shared by more referrals than this, or than the part of it that its rule may use, is
        refined with one more field instead of being compared in full.
    max_candidate_pairs
        Above this many candidate pairs a run stops with `TooManyPairsError` before it makes them.
    chunk_pairs
        Pairs compared at a time; bounds memory, changes no result.
    max_name_tokens
        Name tokens of one referral that are compared; the report says how many referrals had more.
    em_max_iterations, em_tolerance_bits
        The estimation stops when the penalised log-likelihood rises by less than the tolerance (in bits, over
        the whole data), or at the limit, which is then reported and warned of.
    prior_repeats_per_referral
        Expected matched pairs per referral before the data speak (0.13: domain.md 3.1, 3,255 people in 27,400
        referrals, some of them with more than two), and `prior_strength_referrals`, the number of referrals
        that belief is worth.
    latest_date
        No birth and no referral is later than this; None: the latest referral date found, or the end of 2026
        where there is none.
    seed
        For every random draw of the run.
    extract
        With `previous=`: "new rows" (default): referrals of the earlier run that are not among the rows given
        are kept; "full": the rows given are all there are, and the others are withdrawn.

    Raises
    ------
    ConfigError
        A value is out of its range; the message names the setting.

    Examples
    --------
    >>> LinkageConfig(false_link_cost=4).decision_threshold
    0.8
    >>> LinkageConfig.from_dict(LinkageConfig().to_dict()) == LinkageConfig()
    True
    """

    false_link_cost: float = 1.0
    review_floor_bits: float = -7.0
    component_floor_bits: float = -7.0
    exact_component_size: int = 13
    partition_sweeps: int = 400
    draws: int = 400
    max_key_size: int = 60
    max_candidate_pairs: int = 400_000_000
    chunk_pairs: int = 300_000
    max_name_tokens: int = 6
    em_max_iterations: int = 500
    em_tolerance_bits: float = 0.01
    prior_repeats_per_referral: float = 0.13
    prior_strength_referrals: float = 200.0
    latest_date: datetime.date | None = None
    seed: int = 20_230_101
    extract: str = "new rows"

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _as_declared(field, getattr(self, field.name)))
        for name in (
            *("false_link_cost", "em_tolerance_bits"),
            *("prior_repeats_per_referral", "prior_strength_referrals"),
        ):
            _require(name, getattr(self, name) > 0, "must be above 0")
        for name in ("max_candidate_pairs", "chunk_pairs", "em_max_iterations", "draws", "partition_sweeps"):
            _require(name, getattr(self, name) >= 1, "must be at least 1")
        _require("seed", self.seed >= 0, "must not be below 0")
        _require("extract", self.extract in EXTRACTS, f"must be one of {', '.join(map(repr, EXTRACTS))}")
        _require("max_key_size", self.max_key_size >= 2, "must be at least 2")
        _require("max_name_tokens", 2 <= self.max_name_tokens <= 8, "must be from 2 to 8")
        _require("exact_component_size", 2 <= self.exact_component_size <= 15, "must be from 2 to 15")
        _require(
            "component_floor_bits",
            self.component_floor_bits <= self.review_floor_bits,
            "must not be above review_floor_bits",
        )

    @property
    def decision_threshold(self) -> float:
        """The same-person probability above which joining costs less than not joining: cost / (1 + cost)."""
        return self.false_link_cost / (1.0 + self.false_link_cost)

    @classmethod
    def conservative(cls, **changes: Any) -> Self:
        """The preset for uses in which a false link does far more harm than a missed one (a false link costs
        nine)."""
        return cls(**{"false_link_cost": 9.0, **changes})

    def to_dict(self) -> dict[str, Any]:
        """Plain values only: numbers, ISO dates; a setting that is None is left out."""
        values = {name: value for name, value in dataclasses.asdict(self).items() if value is not None}
        if self.latest_date is not None:
            values["latest_date"] = self.latest_date.isoformat()
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`.

        Raises
        ------
        ConfigError
            A setting is unknown (the message names the nearest known one) or out of its range.
        """
        from difflib import get_close_matches

        known = {field.name for field in dataclasses.fields(cls)}
        for name in sorted(set(map(str, values)) - known):
            near = get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"the settings are: {', '.join(sorted(known))}"
            raise ConfigError(f"LinkageConfig has no setting {name!r}; {hint}")
        values = dict(values)
        if isinstance(values.get("latest_date"), str):
            try:
                values["latest_date"] = datetime.date.fromisoformat(values["latest_date"])
            except ValueError:
                raise ConfigError("LinkageConfig: latest_date must be a date such as 2024-07-31") from None
        return cls(**values)

    def to_toml(self) -> str:
        """The settings as a TOML document."""
        import tomli_w

        return tomli_w.dumps(self.to_dict())

    @classmethod
    def from_toml(cls, text_or_path: str | Path) -> Self:
        """Read the settings from a TOML document, given as text or as a `Path` to a file.

        Raises
        ------
        ConfigError
            The document is not TOML, or a setting is unknown or out of its range.
        """
        try:
            text = (
                text_or_path.read_text(encoding="utf-8-sig")
                if isinstance(text_or_path, Path)
                else text_or_path
            )
            values = tomllib.loads(text)
        except ValueError as error:
            where = f": {error}" if isinstance(error, tomllib.TOMLDecodeError) else ""
            raise ConfigError(
                f"the settings are not TOML in UTF-8{where}. To read a file, pass a pathlib.Path."
            ) from None
        return cls.from_dict(values)


def _require(name: str, holds: bool, why: str) -> None:
    if not holds:
        raise ConfigError(f"LinkageConfig: {name} {why}")


def _as_declared(field: dataclasses.Field[Any], value: object) -> object:
    """A setting as the plain value of its declared type, so that equal settings are written alike."""
    if field.type == "float":
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        number = float(value) if is_number else math.nan  # type: ignore[arg-type]
        _require(field.name, math.isfinite(number), "must be a finite number")
        return number
    if field.type == "int":
        is_whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
        _require(field.name, is_whole, "must be a whole number")
        return int(value)  # type: ignore[call-overload]
    if field.type == "str":
        _require(field.name, isinstance(value, str), "must be a text")
        return str(value)
    is_date = isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
    _require(field.name, value is None or is_date, "must be a datetime.date, or None")
    return value
