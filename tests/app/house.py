"""A whole web side over a data folder, with the desks that it has in production, and commands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from preau.app.control import Control, open_control
from preau.app.imports_desk import open_desk
from preau.app.pages import hub_of
from preau.broker.publisher import Publisher
from preau.cli import create_cli
from preau.errors import PreauError
from preau.settings import Settings
from preau.store.instances import Instance
from tests.web.running import Answered, Running


class TwoDoors:
    """One hub with its two doors: `http` and `preau`."""

    def __init__(self, control: Control, running: Running, environment: dict[str, str]) -> None:
        self.control, self.running = control, running
        self._environment = environment
        self.key = control.api_keys.make(None, ["operate"])
        self.vendor = control.api_keys.make("ent-ecole", ["publish"])

    def http(
        self,
        method: str,
        path: str,
        body: object = None,
        key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One call with an operator's key; `body` is sent as it is when it is bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        bearer = f"Bearer {key or self.key}"
        if body is None:
            return self.running.call(method, path, Authorization=bearer)
        kind = "application/json"
        named = {"Authorization": bearer, "Content_Type": kind, **(headers or {})}
        return self.running.call(method, path, raw, **named)

    def preau(self, *arguments: str) -> tuple[str, str]:
        """One command: what it said, and the code of the error that it left with."""
        done = CliRunner().invoke(create_cli(), arguments, env=self._environment)
        if done.exception is None or isinstance(done.exception, PreauError):
            return done.output, getattr(done.exception, "code", "")
        raise done.exception


@contextmanager
def two_doors(folder: Path, kafka: str, database: str) -> Iterator[TwoDoors]:
    """A hub in this folder, with an école's ENT, a collège's, and two académies declared."""
    settings = Settings(data=str(folder), kafka=kafka, replicas="1", database=database)
    environment = {"PREAU_DATA": str(folder), "PREAU_KAFKA": kafka, "PREAU_DATABASE": database}
    with open_control(settings) as control:
        for name, connector, degree in (
            ("ent-ecole", "beneylu", "FIRST"),
            ("mon-ent", "edifice", "SECOND"),
            ("academie", "aaf", "SECOND"),
            ("rectorat", "aaf", "SECOND"),
        ):
            told = (name, connector, degree, "11", "", "", "none")
            control.instances.put(Instance(*told, loopback=False, disabled=False))
        with Publisher(kafka) as publisher, open_desk(control, _nothing) as imports:
            hub = hub_of(control, kafka, publisher, imports)
            with Running(hub, "none", kafka) as running:
                yield TwoDoors(control, running, environment)


def _nothing(*_: Any) -> Any:
    raise AssertionError
