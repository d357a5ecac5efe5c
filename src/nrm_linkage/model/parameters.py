"""`LinkageModel`: everything that scoring needs and nothing else, as versioned JSON that names no one.

m by field and level (for the whole and, partly pooled, for each naming community), u by field and level
(dates of birth also by age stratum), the shares of relatives, the prior in bits, the frequencies, and what
the estimate leaves open.
Words and nationalities of fewer than five people never enter it (`COMMON_MIN_PEOPLE`). Common words that the
extract has too few bearers of are looked up in the shipped reference, whose fingerprint the model holds; one
estimated with another reference is refused. Loading a model and scoring gives the bits of the run that saved
it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from nrm_linkage.compare.extra import ExtraField
from nrm_linkage.compare.fields import FIELDS, OTHER_NAMES, Field
from nrm_linkage.errors import ConfigError, InputError
from nrm_linkage.io import write_private
from nrm_linkage.model import priors
from nrm_linkage.model.frequencies import Frequencies, WordShares
from nrm_linkage.model.reference import reference
from nrm_linkage.tables import Float64s, Int8s

__all__ = [
    "DATE_FIELDS",
    "FORMAT",
    "NAME_FIELDS",
    "STRATUM_FIELDS",
    "LinkageModel",
    "ParameterPoints",
    "array_of",
    "m_tables",
    "stratum_key",
    "table_of",
]

FORMAT = "nrm-linkage model 15"

NAME_FIELDS = ("given_name", *OTHER_NAMES)
"""Fields whose levels tell namesakes from strangers."""

DATE_FIELDS = ("date_of_birth", "birth_year", "birth_range")
"""Fields whose u is taken within strata of naming community and ages."""

STRATUM_FIELDS = (*DATE_FIELDS, "age_group")
"""Fields whose u depends on the naming community; that of the last is the same at all ages of it."""

Table = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class ParameterPoints:
    """Points of the parameters' posterior, each as likely as any other (`model.leeway` says what they are).

    `error_bits`, `carelessness`, `number_bits`: one number a point; `worth_pairs`: naming community ("" the
    whole) -> field -> matched pairs that its m is worth, from which each point's m is drawn with `seed`.
    """

    error_bits: tuple[float, ...]
    carelessness: tuple[float, ...]
    number_bits: tuple[float, ...]
    worth_pairs: Mapping[str, Mapping[str, float]]
    seed: int

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `dataclasses.asdict`."""
        numbers = {name: tuple(values[name]) for name in ("error_bits", "carelessness", "number_bits")}
        return cls(**numbers, worth_pairs=values["worth_pairs"], seed=values["seed"])


@dataclass(frozen=True)
class LinkageModel:
    """The parameters of a run.

    Attributes
    ----------
    m
        field -> level -> share of matched pairs, missing left out.
    m_by_community
        naming community -> field -> level -> share; communities without evidence of their own are absent.
    u
        field -> level -> share of unrelated pairs; levels that go by frequency are there for information.
    u_dates
        stratum -> date field -> level -> share, for strangers of one naming community and age group, who are
        born in the same years far more often than any two people (`stratum_key`).
    prior_bits
        log2 odds that two referrals taken at random are one person, all else unknown: the size prior's case
        of two.
    relative_bits, namesake_bits
        log2 odds of relatives, and of namesakes, against strangers among pairs that are not one person.
    lookalike_bits
        The same of look-alikes (strangers with one name and one stand-in date of birth), if there were one
        pair of them a referral.
    lookalikes
        naming community ("" the whole) -> pairs of look-alikes per referral; a community that is absent has
        the whole's.
    gender_of_name
        Among strangers whose given names agree, how often genders do too.
    relatives
        field -> level -> share of relatives and co-victims, given names left out.
    parents_name
        In what share, at the least, of relatives who were born far apart both have one given name.
    namesakes
        name field -> level -> share of namesakes: strangers whose names agree beyond their words'
        frequencies.
    growth
        Ratio of the expected numbers of people with k + 1 and with k referrals (one size distribution,
        geometric).
    base_rates
        kind of group -> group -> how many times as often one person's pairs are of it as its referrals would
        have it (`model.base_rates`).
    n_referrals
        Linkable referrals that the model was estimated on.
    frequencies
        Shares of names, dates, nationalities and genders; its repr is hidden for brevity.
    extra
        Fields of the caller's own that the model was estimated with, by name: their levels, cuts and what
        they replace. What compares them is not in a model.
    points
        What the estimate leaves open, learned from the run that estimated it, so that later runs with this
        model doubt it as that one did; None before a run has learned it. Its repr is hidden for brevity.
    """

    m: Table
    m_by_community: Mapping[str, Table]
    u: Table
    u_dates: Mapping[str, Table]
    prior_bits: float
    relative_bits: float
    namesake_bits: float
    lookalike_bits: float
    lookalikes: Mapping[str, float]
    gender_of_name: float
    relatives: Table
    parents_name: float
    namesakes: Table
    growth: float
    n_referrals: int
    frequencies: Frequencies = field(repr=False)
    base_rates: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    extra: tuple[ExtraField, ...] = ()
    points: ParameterPoints | None = field(default=None, repr=False)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The compared fields, in the order of the columns of levels: the fixed ones, then the caller's."""
        return (*FIELDS, *self.extra)

    @property
    def replaced(self) -> frozenset[str]:
        """The fixed fields that are missing throughout, because another stands in their place."""
        return frozenset(name for own in self.extra for name in own.replaces)

    def require_extra(self, extra: tuple[ExtraField, ...]) -> None:
        """Raise `ConfigError` where the caller's own fields are not those of this model."""
        if extra == self.extra:
            return
        names = ", ".join(repr(own.name) for own in self.extra)
        wanted = (
            f"was estimated with {names}; pass those in compare=, with the same kind of feature, cuts, "
            "sentences and replaces"
            if self.extra
            else "was estimated without any; leave compare= out"
        )
        raise ConfigError(
            f"the fields in compare= are not those of the model, which {wanted}, or estimate a model of your "
            "own by leaving model= out."
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, ready for JSON."""
        return {"format": FORMAT, **asdict(self)}

    def to_json(self) -> str:
        """Versioned JSON, keys sorted, the same bytes for the same model."""
        return json.dumps(self.to_dict(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    def save(self, path: str | Path) -> None:
        """Write the JSON to a file that only its owner may read."""
        write_private(Path(path), self.to_json())

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`; another format, or another reference of names, is an `InputError`."""
        if values.get("format") != FORMAT:
            raise InputError(
                f"this is not a model that this version can read: its format is not {FORMAT!r}; "
                "estimate it again"
            )
        if values["frequencies"]["reference"] != reference().fingerprint:
            raise InputError(
                "this model was estimated with another table of common names than this version ships, and "
                "would score otherwise here; use the version that saved it, or estimate it again"
            )
        apart = ("format", "frequencies", "extra", "points")
        rest = {name: value for name, value in values.items() if name not in apart}
        frequencies = dict(values["frequencies"])
        for name in ("words", "skeletons", "variants", "towns", "birthplaces"):
            frequencies[name] = WordShares(**frequencies[name])
        extra = tuple(map(ExtraField.from_dict, values.get("extra", ())))
        points = ParameterPoints.from_dict(values["points"]) if values["points"] else None
        return cls(**rest, frequencies=Frequencies(**frequencies), extra=extra, points=points)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a model that `save` wrote."""
        return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))

    def describe(self) -> pd.DataFrame:
        """Every m, u, base rate and number of a class as a plain question with its answer: `field`, `level`,
        `question`, `m`, `u`, `bits`.

        `u` and `bits` are missing at levels whose u is the frequency of the very values.
        """
        rows = []
        for compared in self.fields:
            for level in compared.levels[1:]:
                m, u = self.m[compared.name][level.name], self.u[compared.name][level.name]
                shown = (m, None, None) if level.by_frequency else (m, u, float(np.log2(m / u)))
                question = (
                    "Among referrals of one person (m), and of strangers (u), in what share is it that "
                    f"{level.sentence}?"
                )
                rows.append((compared.name, level.name, question, *shown))
        for kind, ratios in self.base_rates.items():
            for group, ratio in ratios.items():
                bits = float(np.log2(ratio))
                rows.append((f"repeats_of_group, {kind}", group, _GROUP, None, None, bits))
        for community, number in self.lookalikes.items():
            bits = float(np.log2(number))
            rows.append(("lookalikes", community or "any", _LOOKALIKES, None, None, bits))
        rows.append(("relatives", "any", _RELATIVES, None, None, self.relative_bits))
        parents_name = float(np.log2(self.parents_name))
        rows.append(("relatives, given_name", "one, born far apart", _PARENTS, None, None, parents_name))
        for compared in FIELDS:
            for level in compared.levels[1:] if compared.name in self.relatives else ():
                bits = float(np.log2(self.relatives[compared.name][level.name]))
                question = f"In what share of relatives and co-victims, as log2, is it that {level.sentence}?"
                rows.append((f"relatives, {compared.name}", level.name, question, None, None, bits))
        rows.append(("namesakes", "any", _NAMESAKES, None, None, self.namesake_bits))
        frame = pd.DataFrame(rows, columns=["field", "level", "question", "m", "u", "bits"])
        return frame.astype({"m": "float64", "u": "float64", "bits": "float64"})


_GROUP = (
    "How many bits does it add that two referrals are of this group, because more or fewer of its referrals "
    "are of one person?"
)
_LOOKALIKES = (
    "How many pairs of strangers with one name and one stand-in date of birth are there for each referral of "
    "this community, as log2?"
)
_RELATIVES = "How many pairs of relatives or co-victims are there for each pair of strangers, as log2?"
_PARENTS = "In what share of relatives born far apart, at the least and as log2, is the given name one?"
_NAMESAKES = (
    "How many pairs of strangers whose names agree beyond what frequencies say are there for each pair of "
    "strangers, as log2?"
)


def stratum_key(community: str, ages: int) -> str:
    """The name of a stratum of u.

    A naming community ("" for any two), and ages: 1 both children, 2 both adults, 0 other.
    """
    return f"{community}|{ages}"


def table_of(array: Float64s, fields: Sequence[Field] = FIELDS) -> dict[str, dict[str, float]]:
    """Shares (n_fields, n_levels) as field -> level -> share, missing left out."""
    return {
        compared.name: {
            level.name: float(array[row, code]) for code, level in enumerate(compared.levels) if code
        }
        for row, compared in enumerate(fields)
        if not np.isnan(array[row, 1])
    }


def m_tables(model: LinkageModel, communities: tuple[str, ...]) -> Float64s:
    """m of the whole and of each community, (1 + n_communities, n_fields, n_levels); a community without an m
    of its own has the whole's.
    """
    tables = [model.m, *(model.m_by_community.get(name, model.m) for name in communities)]
    return np.stack([array_of(table, model.fields) for table in tables])


def lookalike_numbers(model: LinkageModel, communities: tuple[str, ...]) -> Float64s:
    """Pairs of look-alikes per referral of the whole and of each community, (1 + n_communities,); a community
    that the model does not know has the whole's.
    """
    whole = model.lookalikes[""]
    return np.array([whole, *(model.lookalikes.get(name, whole) for name in communities)])


def by_field(array: Float64s, levels: Int8s) -> Float64s:
    """One value a pair and field of an `array_of`, (p, n_fields)."""
    first = np.arange(levels.shape[1], dtype=np.int16) * array.shape[1]
    return np.asarray(array.ravel().take(first + levels))


def array_of(table: priors.Shares | Table, fields: Sequence[Field] = FIELDS) -> Float64s:
    """The inverse of `table_of`, scaled to sum to one a field; missing is 1 (it says nothing) and levels that
    do not exist are NaN.
    """
    width = max(len(compared.levels) for compared in fields)
    array = np.full((len(fields), width), np.nan)
    for row, compared in enumerate(fields):
        if compared.name not in table:
            continue
        shares = np.array([table[compared.name][level.name] for level in compared.levels[1:]])
        array[row, 0] = 1.0
        array[row, 1 : len(compared.levels)] = shares / shares.sum()
    return array
