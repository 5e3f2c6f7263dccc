"""How a supervised process begins and ends: it follows its parent, logs, and tells why it stops."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import NoReturn

import sqlalchemy as sa
import structlog

from preau.app.kafka_address import Find
from preau.app.logs import start_logs
from preau.app.parent import Parent
from preau.errors import FixTheFolder, PreauError, Stop, TryAgain, frames
from preau.settings import Settings, read_settings
from preau.store.database import open_database

#: The same codes as the command line's.
CODES: dict[type[PreauError], int] = {FixTheFolder: 3, Stop: 4, TryAgain: 7}
EX_SOFTWARE = 70  # sysexits.h
_LOOK_AGAIN_S = 0.5
log = structlog.get_logger()


def run_child(name: str, run: Callable[[Settings, Find], int]) -> NoReturn:
    """Runs a process of the hub until it ends, or its parent does."""
    parent = Parent()
    try:
        settings = read_settings()
        start_logs(settings.log_level, name)
        await_database(settings.database_url)
        code = run(settings, parent.kafka_address)
    except PreauError as error:
        log.critical("process cannot run", code=error.code, said=str(error))
        code = next((number for kind, number in CODES.items() if isinstance(error, kind)), 4)
    except Exception as error:
        log.critical("process failed", kind=type(error).__name__, at=frames(error))
        code = EX_SOFTWARE
    leave(code)


def await_database(url: str) -> None:
    """Returns when the database answers: a server that died is waited for, however long.

    A process that ended each time would be started ever more slowly, and each start costs a second
    of the processor, for six of them. Raises `Stop` for an address that will never answer.
    """
    told = False
    engine = open_database(url)
    try:
        while not _answers(engine):
            if not told:
                log.warning("process waits for the database")
            told = True
            time.sleep(_LOOK_AGAIN_S)
    finally:
        engine.dispose()


def _answers(engine: sa.Engine) -> bool:
    try:
        engine.connect().close()
    except TryAgain:
        return False
    return True


def leave(code: int) -> NoReturn:
    """Ends the process, whatever threads live on.

    A stop asked for while Faust starts may leave its consumer's thread running for ever; our own
    loops have committed and closed by then.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
