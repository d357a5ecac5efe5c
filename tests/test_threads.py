"""Work in threads: everything once, in order; what fails is said."""

from __future__ import annotations

import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.threads import beside, in_threads, slices

threads = sys.modules["nrm_linkage.threads"]


@given(st.lists(st.integers()))
def test_results_stand_in_the_order_of_the_parts(parts):
    assert in_threads(lambda part: part * 2, parts) == [part * 2 for part in parts]


@given(st.integers(0, 50), st.integers(1, 60))
def test_slices_hold_every_place_once(n, size):
    found = slices(n, size)
    assert [place for here in found for place in range(n)[here]] == list(range(n))
    lengths = [here.stop - here.start for here in found]
    assert all(0 < length <= size for length in lengths)
    assert not found or max(lengths) - min(lengths) <= 1
    assert len(found) in (0, 1, n) or len(found) % 2 == 0


@pytest.mark.parametrize("processors", [1, 2])
def test_what_a_part_raises_is_raised_and_the_others_are_left(monkeypatch, processors):
    monkeypatch.setattr(threads, "_processors", lambda: processors)
    begun = []

    def work(part: int) -> None:
        begun.append(part)
        if part == 0:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_threads(work, range(10_000))
    assert 0 in begun
    assert len(begun) < 10_000


def test_there_are_as_many_threads_as_processors(monkeypatch):
    monkeypatch.setattr(threads, "_processors", lambda: 2)
    meet = threading.Barrier(2, timeout=30)
    # Two that wait for one another are only done if they run at once.
    assert len(in_threads(lambda part: meet.wait(), range(2))) == 2


def test_threads_begin_no_threads(monkeypatch):
    monkeypatch.setattr(threads, "_processors", lambda: 2)

    def names(part: int) -> set[str]:
        return {
            threading.current_thread().name,
            *in_threads(lambda _: threading.current_thread().name, range(3)),
        }

    found = in_threads(names, range(4))
    assert all(len(of_part) == 1 for of_part in found)
    assert threading.current_thread().name not in set.union(*found)


def test_two_pieces_of_work_are_done_at_once_and_each_may_begin_threads(monkeypatch):
    monkeypatch.setattr(threads, "_processors", lambda: 2)
    meet = threading.Barrier(4, timeout=30)

    def in_two() -> list[int]:
        def waits(part: int) -> int:
            meet.wait()
            return part

        return in_threads(waits, range(2))

    # Four that wait for one another are only done if all of them run at once.
    assert beside(in_two, in_two) == ([0, 1], [0, 1])


def test_with_one_processor_one_piece_of_work_follows_the_other(monkeypatch):
    monkeypatch.setattr(threads, "_processors", lambda: 1)
    done = []
    assert beside(lambda: done.append("own"), lambda: done.append("other")) == (None, None)
    assert done == ["own", "other"]


@pytest.mark.parametrize("processors", [1, 2])
@pytest.mark.parametrize("fails", ["own", "other", "both"])
def test_what_either_piece_of_work_raises_is_raised(monkeypatch, processors, fails):
    monkeypatch.setattr(threads, "_processors", lambda: processors)

    def work(name: str) -> None:
        if fails in (name, "both"):
            raise {"own": ZeroDivisionError, "other": KeyError}[name]

    with pytest.raises(KeyError if fails == "other" else ZeroDivisionError):
        beside(lambda: work("own"), lambda: work("other"))
