"""Free loopback ports for the node, below the range that the system hands to clients.

Inside that range a client that retries while the node is down may be given the node's own port,
connect to itself and hold it: the node could then not come back.
"""

from __future__ import annotations

import random
import socket
from pathlib import Path

from preau.errors import Place, Stop

LOOPBACK = "127.0.0.1"
_LOWEST = 20_000
_DICE = random.SystemRandom()
"""Two processes whose `random` was seeded alike would draw the same ports."""
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """That many different free ports; raises `Stop` (NO_PORT) when 1,000 draws find too few."""
    highest = _client_range_start() - 1
    found: list[int] = []
    for _ in range(1_000):
        port = _DICE.randint(min(_LOWEST, highest - 1_000), highest)
        if port not in found and is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise Stop("NO_PORT", "no free loopback port was found", fix="close what holds the ports")


def refuse_taken(port: int) -> None:
    """Raises `Stop` (PORT_TAKEN) when this port, which was asked for, cannot be had."""
    if not is_free(port):
        raise port_taken(port)


def port_taken(port: int) -> Stop:
    """The error itself, also said when Kafka finds the port taken a moment later."""
    return Stop(
        "PORT_TAKEN",
        f"another program listens on {LOOPBACK}:{port}",
        where=Place(field="port"),
        fix=f"stop it (`ss -ltnp sport = :{port}` names it), or let the hub choose a port",
    )


def _client_range_start() -> int:
    try:
        return int(_RANGE.read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 32_768
