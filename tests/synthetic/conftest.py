"""Frames that several tests of the generator read; none of them changes one."""

from __future__ import annotations

import pytest

from nrm_linkage.synthetic.generate import Generated, generate


@pytest.fixture(scope="session")
def generated() -> Generated:
    """Many people under the assumed errors, as an analyst's sheet."""
    return generate(60_000, seed=11)


@pytest.fixture(scope="session")
def plain() -> Generated:
    """The same people without a single error."""
    return generate(60_000, seed=11, errors="none")
