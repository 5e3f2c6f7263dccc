"""Whether the hub is ready, and if it cannot be, which of its processes is why."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from preau.app.supervisor import Child, Supervisor
from preau.broker import node_files
from preau.errors import Place, Stop

READY_S = 90.0
LIVES = 4
"""A process that ended so often before the hub was ready will not do better by itself."""
_TICK_S = 0.1


def wait_until_well(address: str, supervisor: Supervisor) -> None:
    """Until every step has its process; raises `Stop` when one cannot run, or after a while."""
    limit = time.monotonic() + READY_S
    while health(address).get("status") != "ok":
        worst = max(supervisor.children, key=lambda child: child.lives)
        if worst.lives >= LIVES or time.monotonic() > limit:
            raise _not_ready(worst, supervisor.log_of(worst))
        time.sleep(_TICK_S)


def _not_ready(child: Child, log_file: Path) -> Stop:
    """With the last reason that the process gave: our errors tell no values."""
    said = re.findall(r'"said": "((?:[^"\\]|\\.)*)"', node_files.tail(log_file))
    last = json.loads(f'"{said[-1]}"') if said else "it gave no reason"
    return Stop(
        "HUB_NOT_READY",
        f"the process {child.name} was started {child.lives} times and is not ready: {last}",
        where=Place(file=str(log_file)),
        fix="mend what it says, or read the last lines of this file",
    )


def health(address: str) -> Mapping[str, Any]:
    """What `/health` says; nothing while nobody answers."""
    host = address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request("GET", "/health")
        found = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    else:
        return found if isinstance(found, dict) else {}
    finally:
        connection.close()
