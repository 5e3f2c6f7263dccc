"""How a supervised process begins and ends: it follows its parent, logs, and tells why it stops."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

import structlog

from preau.app.kafka_address import Find
from preau.app.logs import start_logs
from preau.app.parent import Parent
from preau.errors import FixTheFolder, PreauError, Stop, TryAgain, frames
from preau.settings import Settings, read_settings

#: The same codes as the command line's.
CODES: dict[type[PreauError], int] = {FixTheFolder: 3, Stop: 4, TryAgain: 7}
EX_SOFTWARE = 70  # sysexits.h
log = structlog.get_logger()


def run_child(name: str, run: Callable[[Settings, Find], int]) -> NoReturn:
    """Runs a process of the hub until it ends, or its parent does."""
    parent = Parent()
    try:
        settings = read_settings()
        start_logs(settings.log_level, name)
        code = run(settings, parent.kafka_address)
    except PreauError as error:
        log.critical("process cannot run", code=error.code, said=str(error))
        code = next((number for kind, number in CODES.items() if isinstance(error, kind)), 4)
    except Exception as error:
        log.critical("process failed", kind=type(error).__name__, at=frames(error))
        code = EX_SOFTWARE
    leave(code)


def leave(code: int) -> NoReturn:
    """Ends the process, whatever threads live on.

    A stop asked for while Faust starts may leave its consumer's thread running for ever; our own
    loops have committed and closed by then.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
