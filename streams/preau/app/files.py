"""The process that watches the deposit folders: what is dropped there goes to the intake topics."""

from __future__ import annotations

import signal
from functools import partial
from threading import Event

from preau.agents.loop import settle_memory
from preau.app.child import run_child
from preau.app.control import open_control
from preau.app.imports import writing
from preau.app.kafka_address import Find
from preau.app.set_taking import SetTaking
from preau.broker.publisher import Publisher
from preau.canon.codec import encode
from preau.inlets.filedrop import FileDrop
from preau.inlets.filework import Tools
from preau.settings import Settings

DEPOSIT = "depot"
"""The folder, in the data folder, that holds one folder per instance."""


def watch_files(settings: Settings, find_kafka: Find) -> int:
    """Reads what is dropped until SIGTERM or SIGINT, then ends its batch; 0."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_control(settings) as control, Publisher(find_kafka()) as publisher:
        publish = partial(writing, publisher, control.seal())
        take = SetTaking(control, publish, stop)
        tools = Tools(
            publish, encode, control.clock, control.digests.mask, control.digests.hidden, take
        )
        settle_memory()
        FileDrop(settings.folder / DEPOSIT, control.droppers, tools).run(stop)
    return 0


if __name__ == "__main__":
    run_child("files", watch_files)
