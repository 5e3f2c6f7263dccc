"""A real SFTP server on this machine, and what fetches from it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import asyncssh
import pytest
import sqlalchemy as sa

from preau.agents import collecting
from preau.agents.collecting import SFTP, Collector, CollectTools
from preau.clock import SetClock
from preau.store import polls
from preau.store.database import open_database, prepare
from preau.store.polls import Poll
from preau.store.sftp_sources import SftpSource

NOW, PASSWORD = 1_790_000_000_000, "the-password"


class _Door(asyncssh.SSHServer):
    def begin_auth(self, _username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, _username: str, password: str) -> bool:
        return password == PASSWORD


class Server:
    """The server's folder, the hub's deposit folder, and a clock that moves when told to."""

    def __init__(self, folder: Path, engine: sa.Engine) -> None:
        self.there, self.depot = folder / "server", folder / "depot"
        (self.there / "out").mkdir(parents=True)
        self.clock, self.engine = SetClock(NOW), engine
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self.secret, self.loopback, self.shown = PASSWORD, True, self.key

    @property
    def out(self) -> Path:
        return self.there / "out"

    @property
    def own(self) -> Path:
        return self.depot / "rectorat"

    @property
    def row(self) -> Poll:
        with self.engine.connect() as connection:
            return polls.get(connection, "rectorat", SFTP) or Poll("rectorat", SFTP, "")

    def source(self, port: int) -> SftpSource:
        host_key = self.key.export_public_key().decode().strip()
        return SftpSource("rectorat", "127.0.0.1", port, "preau", "/out", host_key, self.secret)

    def play(self, *acts: Callable[[], object]) -> None:
        """Each act, and a look after it, all by one process; a look comes after each pause."""
        asyncio.run(self._play(acts))

    async def _play(self, acts: Sequence[Callable[[], object]]) -> None:
        keys = self.there.parent / "keys"
        keys.write_bytes(self.user_key.export_public_key())
        listening = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=_Door,
            server_host_keys=[self.shown],
            authorized_client_keys=str(keys),
            sftp_factory=lambda chan: asyncssh.SFTPServer(chan, chroot=os.fsencode(self.there)),
        )
        collector = Collector(self.source(listening.get_port()), self.tools)
        task = asyncio.ensure_future(collector.run())
        try:
            for act in acts:
                await self._looked(task)
                act()
                self.clock.advance(max(collecting.EVERY_MS, self.row.due - self.clock.now_ms()))
            await self._looked(task)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            listening.close()
            await listening.wait_closed()

    async def _looked(self, task: asyncio.Task[None]) -> None:
        async with asyncio.timeout(30):
            while self.row.asked_at != self.clock.now_ms():
                assert not task.done(), task.exception()
                await asyncio.sleep(0.01)

    @property
    def tools(self) -> CollectTools:
        return CollectTools(self.engine, self.depot, self.clock, lambda _: self.loopback)


@pytest.fixture
def server(tmp_path: Path, one_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(collecting, "LOOK_S", 0.01)
    engine = open_database(one_database)
    prepare(engine)
    yield Server(tmp_path, engine)
    engine.dispose()
