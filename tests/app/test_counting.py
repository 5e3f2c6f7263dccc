"""What a step says of its work: at once at first, then a sum now and then."""

from __future__ import annotations

import structlog

from preau.app.counting import EVERY_S, Counting


def test_the_first_batch_is_told_and_later_ones_are_summed() -> None:
    now = [100.0]
    counting = Counting("normalise", lambda: now[0])
    with structlog.testing.capture_logs() as said:
        counting(10, 12)
        counting(5, 5)
        counting(5, 6)
        now[0] += EVERY_S
        counting(1, 0)
    told = [line for line in said if line["event"] == "worked"]
    assert [(t["batches"], t["taken"], t["given"]) for t in told] == [(1, 10, 12), (3, 11, 11)]


def test_nothing_is_told_of_no_work() -> None:
    counting = Counting("deliver")
    with structlog.testing.capture_logs() as said:
        counting.tell()
    assert said == []
