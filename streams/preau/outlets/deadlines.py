"""How long an ENT may take: to be reached, and to have done what it was told.

Préau's own choice, stated to operators and vendors; no text of law sets them. Being reached counts
by the clock: an ENT is a service that runs at night too. Having done counts on working days of
France (`working_days`), from midnight to midnight in Paris, since a person may have to look.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from preau.clock import paris, paris_midnight
from preau.outlets.working_days import is_working_day

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
TRANSPORT, PROCESSING = "TRANSPORT", "PROCESSING"
"""The two levels of a receipt: the ENT has it; its users see it, or it said no."""


class Deadline(NamedTuple):
    """Milliseconds from when the hub had it to say: until the ENT has it, until it is done."""

    transport_ms: int
    processing_ms: int


USUAL = Deadline(HOUR_MS, DAY_MS)
DEADLINES: Mapping[str, Deadline] = {
    "GROUP_PUT": USUAL,
    "MEMBER_PUT": USUAL,
    "RESOURCE_PUT": USUAL,
    "SHARE_PUT": USUAL,
    "HOMEWORK_PUT": USUAL,
    "NOTICE_PUT": USUAL,
    "CALENDAR_EVENT_PUT": USUAL,
    # what may no longer be seen is urgent
    "GROUP_REMOVE": Deadline(HOUR_MS, 4 * HOUR_MS),
    "MEMBER_REMOVE": Deadline(HOUR_MS, 4 * HOUR_MS),
    "SHARE_REMOVE": Deadline(HOUR_MS, 4 * HOUR_MS),
    "HOMEWORK_REMOVE": Deadline(HOUR_MS, 4 * HOUR_MS),
    "NOTICE_REMOVE": Deadline(HOUR_MS, 4 * HOUR_MS),
    "CALENDAR_EVENT_REMOVE": Deadline(HOUR_MS, 4 * HOUR_MS),
}
"""Operation → its deadline; one that is not here has the usual."""


def due(operation: str, level: str, since_ms: int) -> int:
    """When that level must be reached, in ms since 1970, for what was to be said at `since_ms`."""
    deadline = DEADLINES.get(operation, USUAL)
    if level == TRANSPORT:
        return since_ms + deadline.transport_ms
    return working_time(since_ms, deadline.processing_ms)


def working_time(since_ms: int, span_ms: int) -> int:
    """The moment at which so much time of working days has passed, by the clock of Paris."""
    at, left = since_ms, span_ms
    while True:
        today = paris(at).date()
        midnight = paris_midnight(today + dt.timedelta(days=1))
        if is_working_day(today):
            if left <= midnight - at:
                return at + left
            left -= midnight - at
        at = midnight
