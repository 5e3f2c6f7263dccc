"""Fills again, from Kafka alone, what follows from Kafka: for an operator who doubts a table."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

from preau.agents.hearing import Hearing
from preau.agents.rebuilding import Rebuilding, Steps
from preau.agents.recollecting import Recollecting
from preau.app.control import Control, open_control
from preau.app.hub_lock import only_hub
from preau.app.kafka_address import NODE
from preau.app.steps import projects_step, receipts_step, setasides_step
from preau.broker.backlog import Backlog
from preau.broker.opening import open_broker
from preau.errors import Place, Stop
from preau.keys.seal import Opener
from preau.settings import Settings
from preau.store import projections

Tell = Callable[[str, int, float], None]
"""What was read, how many records, in how many seconds."""


def rebuild(settings: Settings, tell: Tell) -> None:
    """Works while the hub is stopped; raises `Stop` (HUB_RUNNING), or `TryAgain` halfway.

    Stopped halfway, the hub does not start (`REBUILD_UNFINISHED`) until this was run to its end.
    """
    with ExitStack() as stack:
        stack.enter_context(only_hub(settings.folder))
        control = stack.enter_context(open_control(settings))
        broker = stack.enter_context(open_broker(settings.kafka or None, settings.folder / NODE))
        work = Rebuilding(control.engine, _steps(control), control.clock)
        work.run(Backlog(broker.bootstrap), _timed(tell))


def check_rebuilt(control: Control) -> None:
    """Raises `Stop` (REBUILD_UNFINISHED) when a rebuild was begun and not ended."""
    with control.engine.connect() as connection:
        if projections.unfinished(connection):
            raise Stop(
                "REBUILD_UNFINISHED",
                "the tables that follow from Kafka were emptied and not filled to the end",
                where=Place(field="PREAU_DATABASE"),
                fix="run `preau rebuild` once more, to its end",
            )


def _steps(control: Control) -> Steps:
    hearing = Hearing(Opener(control.subject_keys, control.clock), control.likeness)
    return Steps(
        Recollecting(control.engine, hearing, control.clock),
        projects_step(control),
        receipts_step(control),
        setasides_step(control),
    )


def _timed(tell: Tell) -> Callable[[str, int], None]:
    last = time.monotonic()

    def told(what: str, count: int) -> None:
        nonlocal last
        now = time.monotonic()
        tell(what, count, now - last)
        last = now

    return told
