"""The broker the hub works on: its own embedded node, or the one PREAU_KAFKA names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from preau.broker.node import SERVE, EmbeddedNode, Machine, Profile
from preau.broker.reach import unreached
from preau.errors import Place, Stop


class Broker(Protocol):
    """What the rest of the hub may ask of Kafka's process, whoever runs it."""

    @property
    def bootstrap(self) -> str:
        """`host:port`, several separated by commas."""
        ...

    @property
    def pid(self) -> int | None:
        """The process number of our own node; None for somebody else's."""
        ...

    def ensure_running(self) -> bool:
        """Restarts our own node if it ended, and says so; never touches somebody else's."""
        ...


@dataclass(frozen=True, slots=True)
class ExternalBroker:
    """The operator's cluster: ours to use, not to start."""

    bootstrap: str
    pid: int | None = None

    def ensure_running(self) -> bool:
        return False


@contextmanager
def open_broker(
    external: str | None,
    data_dir: Path,
    profile: Profile = SERVE,
    *,
    port: int | None = None,
    machine: Machine | None = None,
) -> Iterator[Broker]:
    """`external` (`host:port[,host:port]`) if given and reachable, else a node in `data_dir`."""
    if external:
        _refuse_unreachable(external)
        yield ExternalBroker(external)
        return
    with EmbeddedNode(data_dir, profile, port=port, machine=machine) as node:
        yield node


def _refuse_unreachable(external: str) -> None:
    if refused := unreached(external):
        raise Stop(
            "KAFKA_UNREACHABLE",
            f"no Kafka answers: {'; '.join(refused)}",
            where=Place(field="PREAU_KAFKA"),
            fix="start it or correct the address; without PREAU_KAFKA the hub starts its own node",
        )
