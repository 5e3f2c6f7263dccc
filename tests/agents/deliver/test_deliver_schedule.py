"""When a delivery is tried again: soon at first, then like Standard Webhooks, then never."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from preau.agents.schedule import LADDER_S, LONGEST_PAUSE_S, Pause, next_try_ms


def test_the_whole_schedule_lasts_about_three_days() -> None:
    assert 75 * 3600 < sum(LADDER_S) < 78 * 3600


@given(st.integers(1, len(LADDER_S)), st.floats(0, 1, exclude_max=True))
def test_each_wait_is_the_ladders_and_at_most_a_fifth_longer(tries: int, chance: float) -> None:
    wait = next_try_ms(tries, None, lambda: chance)
    assert wait is not None
    assert LADDER_S[tries - 1] * 1000 <= wait <= LADDER_S[tries - 1] * 1200


@given(st.integers(1, len(LADDER_S)), st.integers(0, 86_400_000))
def test_never_sooner_than_the_ent_asked(tries: int, asked: int) -> None:
    wait = next_try_ms(tries, asked)
    assert wait is not None
    assert wait >= asked


def test_after_the_last_step_it_is_given_up() -> None:
    assert next_try_ms(len(LADDER_S) + 1, None) is None


def test_a_destination_that_does_not_answer_is_asked_ever_more_slowly_then_at_once() -> None:
    pause = Pause()
    waits = [pause.longer() for _ in range(12)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_PAUSE_S
    pause.over()
    assert pause.longer() < 1
