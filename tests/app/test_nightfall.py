"""Sets are due at 21:00 in Paris, in summer and in winter."""

from __future__ import annotations

import datetime as dt

import pytest

from preau.app.set_writing import nightfall


def utc(text: str) -> int:
    return int(dt.datetime.fromisoformat(text + "+00:00").timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-25T20:00:00", "2026-11-25T20:00:00"),
        ("2026-11-25T19:59:59", "2026-11-24T20:00:00"),
        ("2026-11-25T23:30:00", "2026-11-25T20:00:00"),
        ("2026-06-10T19:00:00", "2026-06-10T19:00:00"),
        ("2026-06-10T18:59:59", "2026-06-09T19:00:00"),
        ("2026-03-29T19:00:00", "2026-03-29T19:00:00"),  # clocks were changed that morning
        ("2026-10-25T20:00:00", "2026-10-25T20:00:00"),
    ],
)
def test_the_last_moment_at_which_sets_were_due(now: str, due: str) -> None:
    assert nightfall(utc(now)) == utc(due)
