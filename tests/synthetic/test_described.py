"""What a page says of the rates is what the code says."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from nrm_linkage.synthetic import ErrorRates, PopulationParameters
from nrm_linkage.synthetic.described import describe_parameters, parameter_table

PAGE = Path(__file__).parents[2] / "docs" / "synthetic.md"


def test_every_parameter_says_what_it_is():
    described = describe_parameters()
    names = [each.name for owner in (PopulationParameters, ErrorRates) for each in fields(owner)]
    assert [each.name for each in described] == names
    assert all(each.text.endswith(".") and len(each.text) > 2 for each in described)


def test_every_parameter_names_a_source_or_says_assumed():
    """Rates stand in the domain's tables, are inferred from one, or are assumptions; none is silent."""
    silent = [each.name for each in describe_parameters() if each.assumed and "assumed" not in each.text]
    assert not silent


@pytest.mark.skipif(not PAGE.exists(), reason="the page is not beside the tests")
def test_the_page_shows_the_parameters_as_they_are():
    """`python benchmarks/synthetic_against_published.py` prints the table again."""
    assert parameter_table() in PAGE.read_text("utf-8")
