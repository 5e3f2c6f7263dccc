"""Until when a project of the demonstration lasts."""

from __future__ import annotations

import datetime as dt

from preau.demo.stage import Stage

_SHORTEST = dt.timedelta(days=30)


def days(stage: Stage) -> dict[str, str]:
    """The first and last day of a project that begins today: `from` and `until`."""
    today = dt.datetime.fromtimestamp(stage.control.clock.now_ms() / 1000, dt.UTC).date()
    return {"from": today.isoformat(), "until": _summer(today).isoformat()}


def _summer(today: dt.date) -> dt.date:
    """The 2nd of July that ends the project: at least a month away."""
    end = dt.date(today.year, 7, 2)
    return end if end - today >= _SHORTEST else end.replace(year=today.year + 1)
