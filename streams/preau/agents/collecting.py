"""Fetches files from the SFTP servers of instances into their deposit folders, whole or not at all.

A file is fetched when its size and time have not changed from one look to the next. It comes under
a hidden name, is renamed into `depot/<instance>/` when every byte is on disk, and then moved to
`fait/` on the server: killed in between, it is fetched again, and reading it twice changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import asyncssh
import sqlalchemy as sa
import structlog

from preau.clock import Clock
from preau.errors import Place, PreauError, TryAgain, frames
from preau.inlets.filework import MAX_FILE
from preau.outlets.address import CheckedResolver, check_address
from preau.store import polls
from preau.store.polls import Poll
from preau.store.sftp_sources import SftpSource

SFTP, DONE = "sftp:", "fait"
"""Its name among what is asked (no inlet's file can have it); the folder of what was fetched."""
EVERY_MS, STILL_MS = 30_000, 10_000
FIRST_WAIT_MS, LONGEST_WAIT_MS = 5_000, 900_000
LOOK_S, CALL_S = 1.0, 60
MOST = 20_000
_DOUBLINGS = 10
_CHUNK = 256 * 1024
_LEFT_ALONE = (".part", ".tmp", ".crdownload", ".filepart", "~")
log = structlog.get_logger()


class CollectTools(NamedTuple):
    """`depot` is the folder of deposit folders; `allowed` says whose server may be this machine."""

    engine: sa.Engine
    depot: Path
    clock: Clock
    allowed: Callable[[str], bool]


class Collecting:
    """One task per server: none waits for another; `sources` may block."""

    def __init__(self, sources: Callable[[], Sequence[SftpSource]], tools: CollectTools) -> None:
        self._sources = sources
        self._tools = tools
        self._tasks: dict[SftpSource, asyncio.Task[None]] = {}
        asyncssh.set_log_level("WARNING")  # it tells names of files, which may name somebody

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; a file that is half fetched then is fetched anew."""
        try:
            while not stop.is_set():
                with suppress(TryAgain):  # the database is away: those who are known go on
                    await self._look()
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK_S)
        finally:
            for source in [*self._tasks]:
                await self._end(source)

    async def _look(self) -> None:
        found = await asyncio.to_thread(self._sources)
        for source in [*self._tasks]:
            if source not in found or self._tasks[source].done():
                await self._end(source)
        for source in found:
            if source not in self._tasks:
                collector = Collector(source, self._tools)
                self._tasks[source] = asyncio.ensure_future(collector.run())

    async def _end(self, source: SftpSource) -> None:
        task = self._tasks.pop(source)
        task.cancel()
        await asyncio.wait([task])
        error = None if task.cancelled() else task.exception()
        if error is not None:  # a fault of ours: this one begins anew, the others go on
            told = {"kind": type(error).__name__, "at": frames(error)}
            log.error("fetching failed", instance=source.instance, **told)


class Collector:
    """One server."""

    def __init__(self, source: SftpSource, tools: CollectTools) -> None:
        self._source = source
        self._tools = tools
        self._seen: dict[str, tuple[int, int, int]] = {}

    async def run(self) -> None:
        """Looks when it is due, again and again, until it is cancelled."""
        while True:
            with suppress(TryAgain):
                row, now = await asyncio.to_thread(self._row), self._tools.clock.now_ms()
                if row.due <= now:
                    await asyncio.to_thread(self._put, await self._try(row))
            await asyncio.sleep(LOOK_S)

    async def _try(self, row: Poll) -> Poll:
        """What is known after one look."""
        try:
            count = await self._round()
        except PreauError as error:
            code, said = error.code, error.complaint.what
        except asyncssh.HostKeyNotVerifiable:
            code, said = "SFTP_HOST_KEY", "the server shows another key than the one declared"
        except asyncssh.PermissionDenied:
            code, said = "SFTP_REFUSED", "the server refuses the login or the secret"
        except (asyncssh.Error, OSError, TimeoutError) as error:
            code, said = "SFTP_FAILED", f"no files, or half of one ({type(error).__name__})"
        else:
            now = self._tools.clock.now_ms()
            row = row._replace(code="", said="", tries=0, answered_at=now, due=now + EVERY_MS)
            return row._replace(asked_at=now, moved_at=now if count else row.moved_at)
        now = self._tools.clock.now_ms()
        if row.code != code:
            log.warning("no files fetched", instance=row.instance, code=code)
        wait = min(FIRST_WAIT_MS * 2 ** min(row.tries, _DOUBLINGS), LONGEST_WAIT_MS)
        return row._replace(code=code, said=said, tries=row.tries + 1, asked_at=now, due=now + wait)

    async def _round(self) -> int:
        connection = await self._connect()
        try:
            sftp = await connection.start_sftp_client()
            await sftp.chdir(self._source.folder)
            return await self._collect(sftp)
        finally:
            connection.close()

    async def _collect(self, sftp: asyncssh.SFTPClient) -> int:
        """Fetches what has stood still; how many files. One that cannot be had stops no other."""
        there = await _files(sftp)
        self._seen = {name: seen for name, seen in self._seen.items() if name in there}
        now, count = self._tools.clock.now_ms(), 0
        trouble: Exception | None = None
        for name, (size, changed) in sorted(there.items()):
            seen = self._seen.get(name)
            if seen is None or seen[:2] != (size, changed):
                self._seen[name] = (size, changed, now)
            elif now - seen[2] >= STILL_MS:
                try:
                    count += await self._fetch(sftp, name, (size, changed))
                except (PreauError, asyncssh.SFTPError, OSError) as error:
                    trouble = error
        if trouble is not None:
            raise trouble
        return count

    async def _fetch(self, sftp: asyncssh.SFTPClient, name: str, shape: tuple[int, int]) -> bool:
        own = self._tools.depot / self._source.instance
        await asyncio.to_thread(own.mkdir, parents=True, exist_ok=True)
        if (own / name).exists():  # the last one of this name is not picked up yet
            return False
        part = own / f".{name}.part"
        written = await _download(sftp, name, part, shape[0])
        after = await sftp.lstat(name)
        if (written, (after.size or 0, after.mtime or 0)) != (shape[0], shape):
            part.unlink()  # it changed while it was read: it is looked at anew
            return False
        part.replace(own / name)
        await _move(sftp, name, self._tools.clock.now_ms())
        self._seen.pop(name, None)
        log.info("file fetched", instance=self._source.instance, bytes=written)
        return True

    async def _connect(self) -> asyncssh.SSHClientConnection:
        source, key = self._source, self._source.secret.startswith("-----BEGIN")
        told: dict[str, Any] = {"password": None if key else source.secret, "client_keys": None}
        if key:
            told["client_keys"] = [asyncssh.import_private_key(source.secret)]
        host_key = asyncssh.import_public_key(source.host_key)
        return await asyncssh.connect(
            await self._address(),
            source.port,
            username=source.login,
            known_hosts=([host_key], [], []),
            config=[],
            agent_path=None,
            connect_timeout=CALL_S,
            login_timeout=CALL_S,
            keepalive_interval=15,
            **told,
        )

    async def _address(self) -> str:
        """A checked address of the server; raises `Stop` when it is not public."""
        loopback = self._tools.allowed(self._source.instance)
        try:
            check_address(ipaddress.ip_address(self._source.host), loopback=loopback)
        except ValueError:
            resolver = CheckedResolver(loopback=loopback)
            found = await resolver.resolve(self._source.host, self._source.port)
            return str(found[0]["host"])
        return self._source.host

    def _row(self) -> Poll:
        name = self._source.instance
        with self._tools.engine.connect() as connection:
            found = polls.get(connection, name, SFTP)
        if found is not None:
            return found
        with self._tools.engine.begin() as connection:
            return polls.begin(connection, Poll(name, SFTP, ""))

    def _put(self, row: Poll) -> None:
        with self._tools.engine.begin() as connection:
            polls.put(connection, row)


async def _files(sftp: asyncssh.SFTPClient) -> dict[str, tuple[int, int]]:
    """Ordinary files that are meant to be read: name → (bytes, time of change in s)."""
    found: dict[str, tuple[int, int]] = {}
    async for entry in sftp.scandir("."):
        name, about = str(entry.filename), entry.attrs
        plain = (
            about.type == asyncssh.FILEXFER_TYPE_REGULAR and "/" not in name and "\0" not in name
        )
        if plain and not name.startswith(".") and not name.lower().endswith(_LEFT_ALONE):
            found[name] = (about.size or 0, about.mtime or 0)
        if len(found) > MOST:
            where = Place(field="folder")
            fix = "put fewer files there at once"
            raise TryAgain("SFTP_MANY", f"more than {MOST} files", where=where, fix=fix)
    return found


async def _download(sftp: asyncssh.SFTPClient, name: str, part: Path, size: int) -> int:
    """Bytes written; every one is on the disk then."""
    written = 0
    if size > MAX_FILE:
        fix = "cut it"
        raise TryAgain("SFTP_SIZE", f"a file of {size} bytes", where=Place(field="file"), fix=fix)
    async with sftp.open(name, "rb") as source:
        with part.open("wb") as sink:
            while chunk := await source.read(_CHUNK):
                written += len(chunk)
                if written > size:
                    break
                sink.write(chunk if isinstance(chunk, bytes) else chunk.encode())
            sink.flush()
            await asyncio.to_thread(os.fsync, sink.fileno())
    return written


async def _move(sftp: asyncssh.SFTPClient, name: str, now_ms: int) -> None:
    if not await sftp.isdir(DONE):
        await sftp.mkdir(DONE)
    target = f"{DONE}/{name}"
    await sftp.rename(name, f"{target}.{now_ms}" if await sftp.exists(target) else target)
