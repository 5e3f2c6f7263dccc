"""When a delivery is tried again, and when it is given up.

Standard Webhooks' schedule (5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h) with short steps
added at its start, because most failures of an ENT last seconds. About 76 hours in all.
"""

from __future__ import annotations

import random
from collections.abc import Callable

_MIN, _HOUR = 60, 3600
LADDER_S = (
    *(0.5, 1, 2, 5, 15, 60, 5 * _MIN, 30 * _MIN),
    *(2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR),
)
"""Seconds to wait after the first failed try, the second, and so on."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 30.0
_SPREAD = 0.2


def next_try_ms(
    tries: int,
    asked_ms: int | None,
    chance: Callable[[], float] = random.random,
) -> int | None:
    """Milliseconds until the next try after `tries` failed ones; None when it is given up.

    Never earlier than the ENT asked (`asked_ms`); up to 20 % later than the ladder, so that what
    failed together does not come back together.
    """
    if tries > len(LADDER_S):
        return None
    wait = LADDER_S[tries - 1] * 1000 * (1 + _SPREAD * chance())
    return max(int(wait), asked_ms or 0)


class Pause:
    """How long a destination that cannot be reached is left alone: doubling, up to 30 s."""

    def __init__(self) -> None:
        self._wait = 0.0

    def longer(self) -> float:
        """Seconds to wait after one more failure."""
        self._wait = min(self._wait * 2 or FIRST_PAUSE_S, LONGEST_PAUSE_S)
        return self._wait

    def over(self) -> None:
        """It answered."""
        self._wait = 0.0
