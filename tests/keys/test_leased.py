"""Keys at hand: asked once, few, and gone when the lease ends."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from preau.clock import SetClock
from preau.keys.leased import LEASE_MS, Leased


class Source:
    """Answers `x` with `X`, but nothing for a name beginning with `no`."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, names: Collection[str]) -> dict[str, str]:
        self.asked.append(sorted(names))
        return {name: name.upper() for name in names if not name.startswith("no")}


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(1_000_000)


def test_what_is_at_hand_is_not_asked_again(source: Source, clock: SetClock) -> None:
    leased = Leased(source, clock)
    assert leased.take(["a", "b"]) == {"a": "A", "b": "B"}
    assert leased.take(["b", "c"]) == {"b": "B", "c": "C"}
    assert source.asked == [["a", "b"], ["c"]]


def test_what_is_not_there_is_asked_each_time(source: Source, clock: SetClock) -> None:
    leased = Leased(source, clock)
    assert leased.take(["none"]) == {}
    assert leased.take(["none"]) == {}
    assert len(source.asked) == 2


def test_the_least_recently_used_is_dropped_first(source: Source, clock: SetClock) -> None:
    leased = Leased(source, clock, capacity=2)
    for name in ("a", "b", "a", "c", "a", "b"):
        leased.take([name])
    assert source.asked == [["a"], ["b"], ["c"], ["b"]]


def test_a_batch_larger_than_the_memory_is_answered_whole(source: Source, clock: SetClock) -> None:
    leased = Leased(source, clock, capacity=2)
    assert set(leased.take([str(n) for n in range(10)])) == {str(n) for n in range(10)}


@pytest.mark.parametrize("moved", [LEASE_MS, -1])
def test_a_lease_that_ends_or_a_clock_set_back_drops_everything(
    source: Source, clock: SetClock, moved: int
) -> None:
    leased = Leased(source, clock)
    leased.take(["a"])
    clock.advance(LEASE_MS - 1 if moved > 0 else 0)
    leased.take(["a"])
    assert source.asked == [["a"]]
    clock.advance(1 if moved > 0 else moved)
    leased.take(["a"])
    assert source.asked == [["a"], ["a"]]
