"""`NrmFeature`: one of our compared fields as a feature of `recordlinkage.Compare`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
from recordlinkage import Compare
from recordlinkage.base import BaseCompareFeature

from nrm_linkage.compare import FIELDS, Field, compare_pairs
from nrm_linkage.compare.fields import OTHER_NAMES
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import ConfigError
from nrm_linkage.explain.evidence import RECORDED_IN
from nrm_linkage.schema import Recognised, arrange
from nrm_linkage.schema.headings import field_table, known_heading
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s
from nrm_linkage.toolkit.reading import Fields, read_together

__all__ = ["NrmFeature"]

RETURNS = ("similarity", "level", "name")

Labels = dict[str, tuple[object, ...]]
"""Canonical field -> labels of its columns."""


class NrmFeature(BaseCompareFeature):  # type: ignore[misc]  # recordlinkage has no types
    """How two records agree in one compared field, read and judged as `link_referrals` does.

    Columns are given raw, as recorded; names, dates and nationalities are read by us. Names are compared as
    bags of words, so give every box that holds a part of the name to `given_name` and to `other_names`.

    Parameters
    ----------
    field
        The compared field: `given_name`, `other_names` (all but the given name, be they one or several),
        `date_of_birth`, `birth_year`, `birth_range`, `age_group`, `nationality`, `gender`, `reference`,
        `contact`, `town` or `birthplace`.
    left_on
        A column, several, or canonical field -> column for headings that are not recognised by name.
    right_on
        The same for the right side; None where it has the left one's headings.
    returns
        "similarity": from 1 (the first level, the most agreement) in equal steps to 0 (the last, the least):
        an order, no evidence; what a level is worth only a model says. "level": the number of the level, 0
        where it is missing. "name": its name.
    missing_value
        The similarity where one or both do not say; 0 as in the toolkit's own features.
    config
        Settings; of these count `max_name_tokens`, `chunk_pairs` and `latest_date`.
    label
        The name of the feature's column; the field's by default.

    Raises
    ------
    ConfigError
        There is no such field, no column of it is given, or a heading is not recognised.

    Examples
    --------
    >>> import pandas as pd, recordlinkage
    >>> frame = pd.DataFrame(
    ...     {
    ...         "Forename": ["Zamira", "Ruth", "Zamirra"],
    ...         "Surname": ["Testaj", "Example", "Testaj"],
    ...         "Born": ["14/05/2001", "02/02/1990", "2001-05-14"],
    ...     },
    ...     index=["a", "b", "c"],
    ... )
    >>> pairs = pd.MultiIndex.from_tuples([("c", "a"), ("b", "a")])
    >>> compare = recordlinkage.Compare()
    >>> compare.add(NrmFeature("given_name", ["Forename", "Surname"], returns="name"))
    >>> compare.add(NrmFeature("date_of_birth", {"date_of_birth": "Born"}))
    >>> compare.compute(pairs, frame).to_numpy().tolist()
    [['variant', 1.0], ['different', 0.0]]
    """

    name = "nrm"
    description = "A compared field of nrm-linkage"

    def __init__(
        self,
        field: str,
        left_on: object,
        right_on: object = None,
        *,
        returns: str = "similarity",
        missing_value: float = 0.0,
        config: LinkageConfig | None = None,
        label: object = None,
    ) -> None:
        if returns not in RETURNS:
            raise ConfigError(f"returns must be one of {', '.join(map(repr, RETURNS))}.")
        if config is not None and not isinstance(config, LinkageConfig):
            raise ConfigError("config must be a LinkageConfig, for example LinkageConfig(max_name_tokens=4).")
        self.field = _field_named(field).name
        self.left_fields = _fields_of(self.field, left_on)
        self.right_fields = self.left_fields if right_on is None else _fields_of(self.field, right_on)
        self.returns, self.missing_value = returns, missing_value
        self.config = LinkageConfig() if config is None else config
        super().__init__(
            [one for labels in self.left_fields.values() for one in labels],
            [one for labels in self.right_fields.values() for one in labels],
            label=field if label is None else label,
        )

    def compute(self, pairs: pd.MultiIndex, x: pd.DataFrame, x_link: pd.DataFrame | None = None) -> pd.Series:
        """The feature alone. (The toolkit's own `compute` compares records of one frame with themselves.)"""
        values: pd.Series = Compare([self]).compute(pairs, x, x_link).iloc[:, 0]
        return values

    def _compute_vectorized(self, *columns: pd.Series) -> pd.Series:
        n_left = len(self.labels_left)
        left, left_row = _records(columns[:n_left], self.left_fields, level=0)
        right, right_row = _records(columns[n_left:], self.right_fields, level=1)
        sizes = [int(rows.max(initial=-1)) + 1 for rows in (left_row, right_row)]
        referrals = read_together([left, right], sizes, self.config)
        parts = OTHER_NAMES if self.field == "other_names" else (self.field,)
        columns_of = [number for number, known in enumerate(FIELDS) if known.name in parts]
        levels = compare_pairs(
            referrals,
            left_row.astype(np.int32),
            (right_row + sizes[0]).astype(np.int32),
            _NoRarity(),
            self.config.chunk_pairs,
        ).levels[:, columns_of]
        # Of parts of one field one at most speaks; the others are missing, which is 0.
        return pd.Series(self._shown(levels.max(axis=1), _field_named(self.field)), index=columns[0].index)

    def _shown(self, levels: Int8s, field: Field) -> Any:
        if self.returns == "level":
            return levels
        if self.returns == "name":
            return np.array([level.name for level in field.levels], dtype=object)[levels]
        last = len(field.levels) - 1
        return np.where(levels == 0, self.missing_value, (last - levels) / (last - 1))


def _records(columns: Sequence[pd.Series], fields: Labels, level: int) -> tuple[Fields, Int64s]:
    """The distinct records of one side of the pairs, and the record of each pair: most records stand in many
    pairs, and are read once.
    """
    code, _ = pd.factorize(columns[0].index.get_level_values(level), use_na_sentinel=False)
    first = np.unique(code, return_index=True)[1]
    frame = pd.DataFrame({at: column.iloc[first].array for at, column in enumerate(columns)})
    places = iter(range(len(columns)))
    used = {name: tuple(next(places) for _ in labels) for name, labels in fields.items()}
    arranged = arrange(frame, Recognised(used, frozenset(), n_unused=0, notes=())).columns
    return {name: column[0] for name, column in arranged.items()}, code.astype(np.int64)


def _field_named(name: object) -> Field:
    known = {field.name: field for field in FIELDS}
    if name not in known:
        near = get_close_matches(str(name), list(known), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"the fields are: {', '.join(known)}"
        raise ConfigError(f"NrmFeature: there is no such compared field; {hint}")
    return known[str(name)]


def _fields_of(field: str, on: object) -> Labels:
    """The canonical field of each column, of which one at least must be what the compared field is read
    from.
    """
    found: dict[str, list[object]] = {}
    for name, label in _named(on):
        found.setdefault(name, []).append(label)
    for name, labels in found.items():
        if len(labels) > 1 and field_table()[name].many != "joined":
            raise ConfigError(f"NrmFeature: {len(labels)} columns are given for {name}, which takes one.")
    if not set(found) & set(RECORDED_IN[field]):
        raise ConfigError(
            f"NrmFeature: {field} is read from {', '.join(RECORDED_IN[field])}; give a column of these."
        )
    return {name: tuple(labels) for name, labels in found.items()}


def _named(on: object) -> list[tuple[str, object]]:
    """Pairs of a canonical field and a label."""
    if isinstance(on, Mapping):
        unknown = [name for name in on if name not in field_table()]
        if unknown:
            raise ConfigError(
                f"NrmFeature: {len(unknown)} of the fields do not exist; map our field to your column, for "
                "example {'date_of_birth': 'Born'}."
            )
        return [(name, label) for name, labels in on.items() for label in _several(labels)]
    named = []
    for number, label in enumerate(_several(on), start=1):
        known = known_heading(label)
        if known is None:
            raise ConfigError(
                f"NrmFeature: the heading of column {number} is not recognised; say what it holds, for "
                "example {'date_of_birth': 'Born'}."
            )
        named.append((known[0], label))
    return named


def _several(labels: object) -> list[object]:
    return list(labels) if isinstance(labels, (list, tuple)) else [labels]


class _NoRarity:
    """How rare values are, for who asks for levels alone."""

    def words_bits(
        self,
        left: Int32s,
        right: Int32s,
        left_word: Int32s,
        right_word: Int32s,
        level: Int8s,
        n_aligned: Int64s,
    ) -> Float64s:
        return np.zeros(len(left))

    def places_bits(self, left: Int32s, right: Int32s) -> Float64s:
        return np.zeros(len(left))

    def dates_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        return np.zeros(len(left))

    birth_years_bits = nationalities_bits = genders_bits = towns_bits = birthplaces_bits = dates_bits
