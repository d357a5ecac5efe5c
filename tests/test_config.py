"""Settings survive being written and read, and a bad one is named with its range."""

from __future__ import annotations

import dataclasses
import datetime
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import ConfigError

SIZES = st.integers(1, 10**12)
POSITIVE = st.floats(min_value=1e-9, max_value=1e9)


@st.composite
def configs(draw: st.DrawFn) -> LinkageConfig:
    floors = sorted(draw(st.tuples(*[st.floats(-100, 100)] * 2)))
    return LinkageConfig(
        false_link_cost=draw(POSITIVE),
        component_floor_bits=floors[0],
        review_floor_bits=floors[1],
        exact_component_size=draw(st.integers(2, 15)),
        partition_sweeps=draw(SIZES),
        draws=draw(SIZES),
        max_key_size=draw(st.integers(2, 10**6)),
        max_candidate_pairs=draw(SIZES),
        chunk_pairs=draw(SIZES),
        max_name_tokens=draw(st.integers(2, 8)),
        em_max_iterations=draw(SIZES),
        em_tolerance_bits=draw(POSITIVE),
        prior_repeats_per_referral=draw(POSITIVE),
        prior_strength_referrals=draw(POSITIVE),
        latest_date=draw(st.none() | st.dates()),
        seed=draw(st.integers(0, 2**63 - 1)),
    )


@given(configs())
def test_settings_survive_a_dict_and_toml(config: LinkageConfig) -> None:
    assert LinkageConfig.from_dict(config.to_dict()) == config
    assert LinkageConfig.from_toml(config.to_toml()) == config


def test_every_setting_is_tried_above() -> None:
    drawn: dict[str, Any] = {"false_link_cost": 3.5, "latest_date": datetime.date(2024, 7, 31)}
    assert set(LinkageConfig(**drawn).to_dict()) == {
        field.name for field in dataclasses.fields(LinkageConfig)
    }


@given(configs())
def test_the_dict_holds_plain_values_alone(config: LinkageConfig) -> None:
    assert {type(value) for value in config.to_dict().values()} <= {int, float, str}


def test_equal_settings_are_written_alike() -> None:
    others: dict[str, Any] = {"false_link_cost": 4, "draws": np.int64(9), "review_floor_bits": np.float32(-2)}
    given_as_others = LinkageConfig(**others)
    plain = LinkageConfig(false_link_cost=4.0, draws=9, review_floor_bits=-2.0)
    assert given_as_others.to_toml() == plain.to_toml()


def test_a_toml_file_is_read_also_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("draws = 7\nlatest_date = 2024-07-31\n", encoding="utf-8-sig")
    assert LinkageConfig.from_toml(path) == LinkageConfig(draws=7, latest_date=datetime.date(2024, 7, 31))


NOT_WHOLE = [2.5, "400", True, None, math.nan]
NOT_NUMBERS = ["1", True, None, math.nan, math.inf, -math.inf, 1j]
WHOLE = [field.name for field in dataclasses.fields(LinkageConfig) if field.type == "int"]
NUMBERS = [field.name for field in dataclasses.fields(LinkageConfig) if field.type == "float"]
OUT_OF_RANGE = [
    *[(name, value) for name in ("false_link_cost", "em_tolerance_bits") for value in (0, -1)],
    *[(name, 0) for name in ("prior_repeats_per_referral", "prior_strength_referrals")],
    *[
        (name, 0)
        for name in ("max_candidate_pairs", "chunk_pairs", "em_max_iterations", "draws", "partition_sweeps")
    ],
    *[("max_key_size", 1), ("max_name_tokens", 1), ("max_name_tokens", 9), ("seed", -1)],
    *[("exact_component_size", 1), ("exact_component_size", 16), ("component_floor_bits", -6.5)],
    *[(name, value) for name in WHOLE for value in NOT_WHOLE],
    *[(name, value) for name in NUMBERS for value in NOT_NUMBERS],
    *[("latest_date", value) for value in ("July 2024", 2024, datetime.datetime(2024, 7, 31, 12))],
]


@pytest.mark.parametrize(("name", "value"), OUT_OF_RANGE)
def test_a_setting_out_of_its_range_is_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"LinkageConfig: {name} must "):
        LinkageConfig(**{name: value})
    if value is not None:
        with pytest.raises(ConfigError, match=f"LinkageConfig: {name} must "):
            LinkageConfig.from_dict({name: value})


def test_values_at_the_ends_of_their_ranges_are_taken() -> None:
    ends: list[dict[str, Any]] = [
        *({"exact_component_size": size} for size in (2, 15)),
        *({"max_name_tokens": 8}, {"seed": 0}),
    ]
    for end in ends:
        assert end.items() <= LinkageConfig(**end).to_dict().items()
    assert LinkageConfig(component_floor_bits=-7, review_floor_bits=-7).component_floor_bits == -7


def test_an_unknown_setting_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(ConfigError, match="no setting 'false_link_costs'; did you mean 'false_link_cost'"):
        LinkageConfig.from_dict({"false_link_costs": 2})
    with pytest.raises(ConfigError, match=r"no setting 'zzz'; the settings are: .*draws"):
        LinkageConfig.from_toml("zzz = 1")


@pytest.mark.parametrize("text", ["settings.toml", "draws =", "latest_date = 2024-13-01"])
def test_a_document_that_is_not_toml_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(ConfigError, match=r"not TOML.*pathlib\.Path"):
        LinkageConfig.from_toml(text)


def test_a_file_that_is_not_text_is_refused_without_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"draws = 7 # \xff\xfe")
    with pytest.raises(ConfigError, match="not TOML in UTF-8"):
        LinkageConfig.from_toml(path)


@given(POSITIVE)
def test_the_threshold_is_where_joining_costs_as_much_as_not_joining(cost: float) -> None:
    threshold = LinkageConfig(false_link_cost=cost).decision_threshold
    assert math.isclose(threshold * 1.0, (1 - threshold) * cost, rel_tol=1e-6, abs_tol=1e-9)


def test_the_conservative_preset_joins_only_what_is_right_nine_times_in_ten() -> None:
    assert math.isclose(LinkageConfig.conservative(draws=9).decision_threshold, 0.9)
    assert LinkageConfig.conservative(draws=9).draws == 9


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        LinkageConfig().draws = 3  # type: ignore[misc]
