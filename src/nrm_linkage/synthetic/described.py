"""The rates of the generator as a table for people, read from the code's own documentation.

Every field of `PopulationParameters` and `ErrorRates` has a string below it that says what it is and where
its value comes from. This module reads those strings, so that a page never says something else than the code.
It does not judge a source: "domain.md" is the project's table of the domain's facts, which marks most of its
own rates as proposals.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from dataclasses import dataclass, fields

from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.rates import ErrorRates

__all__ = ["Described", "describe_parameters", "parameter_table"]


@dataclass(frozen=True)
class Described:
    """One parameter: its class and name, its value as text, what it is, and whether no source is named."""

    owner: str
    name: str
    value: str
    text: str
    assumed: bool


def describe_parameters() -> tuple[Described, ...]:
    """Every parameter in the order of the code.

    >>> [each.value for each in describe_parameters() if each.name == "swapped"]
    ['0.03']
    """
    return tuple(each for owner in (PopulationParameters, ErrorRates) for each in _described(owner))


def _described(owner: type[PopulationParameters] | type[ErrorRates]) -> list[Described]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    assert isinstance(tree, ast.ClassDef)
    texts: dict[str, str] = {}
    for before, after in zip(tree.body, tree.body[1:], strict=False):
        if not (isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name)):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            texts[before.target.id] = " ".join(str(after.value.value).split())
    values = owner()
    return [
        Described(
            owner.__name__,
            each.name,
            _written(getattr(values, each.name)),
            texts[each.name],
            "domain.md" not in texts[each.name] and not _is_code(texts[each.name]),
        )
        for each in fields(owner)
    ]


def _is_code(text: str) -> bool:
    """Whether the text starts with a code of the domain's catalogue of dates ("D6, of dates that ...")."""
    return re.match(r"D\d+\b", text) is not None and "(assumed)" not in text


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(
            f"{each[0]} {each[1]:g}" if isinstance(each, tuple) else f"{each:g}" for each in value
        )
    return f"{value:g}" if isinstance(value, float) else str(value)


def parameter_table() -> str:
    """Markdown: one row a parameter with its value and what the code says of it."""
    lines = ["| parameter | value | what it is, and its source |", "| --- | --- | --- |"]
    lines += [f"| `{each.name}` | {each.value} | {each.text} |" for each in describe_parameters()]
    return "\n".join(lines)
