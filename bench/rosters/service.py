"""The roster service on a real socket over a real store, for a directory of any size.

The directory is given and not gathered: what a hub spends on Kafka, mandates and names for each
whole reading is not in the figures, so that a held reading is worth more in a hub than here.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from fastapi import FastAPI

from preau.app.control import Control, open_control
from preau.app.rosters_desk import RostersDesk
from preau.outlets.directory import Account, Belongs, Directory, Group, School
from preau.settings import Settings
from preau.store import audit
from preau.web.auth import Doorkeeper
from preau.web.hub import Hub
from preau.web.needs import RECEIVE
from preau.web.rosters import rosters
from preau.web.server import listen, server

READER = "reader"
_CLASS = 25


class Service(NamedTuple):
    """Its address, and the key of its reader."""

    address: str
    key: str
    control: Control

    def end_reading(self) -> None:
        """Somebody decides something: the next question is answered by a reading of its own."""
        act = audit.Act(audit.OPERATOR, "project.decided", "p-0", {})
        with self.control.engine.begin() as connection:
            audit.append(connection, act, self.control.clock.now_ms())


def directory(users: int) -> Directory:
    """So many pupils, in schools of four groups of 25."""
    uais = [f"099{number:04}Z" for number in range(max(users // (4 * _CLASS), 1))]
    groups = [
        Group(f"g-{number}", uais[number // 4 % len(uais)], f"Projet {number}", f"p-{number}")
        for number in range(max(users // _CLASS, 1))
    ]
    of = [groups[number // _CLASS % len(groups)] for number in range(users)]
    accounts = [
        Account(f"{number:026x}", "PUPIL", (group.uai,), f"NOM{number}", f"Prénom{number}", "1125")
        for number, group in enumerate(of)
    ]
    belongs = [
        Belongs(group.id, account.id, "PUPIL") for group, account in zip(of, accounts, strict=True)
    ]
    schools = tuple(School(uai, f"École {uai}", "first") for uai in uais)
    return Directory(schools, tuple(accounts), tuple(groups), tuple(belongs), 1_795_500_000_000)


@contextlib.contextmanager
def serving(folder: Path, users: int, lease_ms: int) -> Iterator[Service]:
    """A service that runs; `lease_ms` 0 holds no reading."""
    found = directory(users)
    with open_control(Settings(data=str(folder))) as control, listen("127.0.0.1", 0) as held:
        parts: Any = SimpleNamespace(
            rosters=RostersDesk(control, lambda _: found, lease_ms),
            keys=control.api_keys,
            clock=control.clock,
            rate=0.0,
            burst=0,
        )
        hub, app = cast("Hub", parts), FastAPI()
        app.include_router(rosters(hub, Doorkeeper(hub)))
        running = server(app)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [held]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        try:
            address = f"http://127.0.0.1:{held.getsockname()[1]}"
            yield Service(address, control.api_keys.make(READER, (RECEIVE,)), control)
        finally:
            running.should_exit = True
            thread.join(30)
