"""One step in its loop, as a process that can be told to die.

`chain.py STEP DATABASE KEY KAFKA SUFFIX N`: it kills itself after its Nth batch, when SQL has it
and Kafka does not (0: never), and ends in good order when its standard input ends. `KEY` is the
file of the master key. Its topics are the step's own, each with a suffix.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from preau.agents import loop
from preau.agents.identity import Identity
from preau.agents.projects import ProjectsStep
from preau.broker.records import Arrival, Output
from preau.clock import SystemClock
from preau.keys.likeness import Likeness
from preau.keys.master import open_master_key
from preau.keys.seal import Opener
from preau.store.database import open_database, prepare
from preau.store.subject_keys import SubjectKeys

SMALL = 40  # records in a batch, committed one by one: each death is in another place


class Apart:
    """A step on topics of its own, so that tests on one Kafka do not read each other's records."""

    def __init__(self, step: Identity | ProjectsStep, suffix: str, last: int) -> None:
        self.name = f"{step.name}-{suffix}"
        self._step = step
        self._suffix = suffix
        self._left = last

    def topics(self) -> list[str]:
        return [f"{topic}-{self._suffix}" for topic in self._step.topics()]

    def opening(self) -> list[Output]:
        return self._moved(self._step.opening())

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        outputs = self._moved(self._step.handle(batch))
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return outputs

    def acknowledged(self) -> None:
        self._step.acknowledged()

    def _moved(self, outputs: Sequence[Output]) -> list[Output]:
        return [each._replace(topic=f"{each.topic}-{self._suffix}") for each in outputs]


def main(name: str, database: str, key_file: str, kafka: str, suffix: str, last: str) -> None:
    house = _house()
    engine = open_database(database)
    prepare(engine)
    clock, key = SystemClock(), Path(key_file)
    book = SubjectKeys(engine, open_master_key(key, fresh=not key.exists()))
    cards = {"ecole": house.OF_CLASSES, "college": house.OF_PEOPLE}
    steps: dict[str, Identity | ProjectsStep] = {
        "identity": Identity(engine, Opener(book, clock), Likeness(b"secret"), clock),
        "projects": ProjectsStep(engine, cards.get, lambda _i, person: person[:26], clock),
    }
    loop.BATCH = loop.CHECKPOINT_RECORDS = SMALL
    worked = loop.Loop(kafka, Apart(steps[name], suffix, int(last)))
    running = threading.Thread(target=worked.run)
    running.start()
    sys.stdin.read()
    worked.stop()
    running.join()


def _house() -> Any:
    spec = importlib.util.spec_from_file_location("house", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    house = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(house)
    return house


if __name__ == "__main__":
    main(*sys.argv[1:])
