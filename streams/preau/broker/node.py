"""One real Apache Kafka node (KRaft) on loopback, owned by this process, in a directory of its own.

It keeps what it acknowledged through `kill -9` of itself and of the hub, and leaves no Java behind
(guard.py). Only this machine's programs reach it: it listens on 127.0.0.1, without passwords.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from preau.broker import guard, node_files
from preau.broker.diagnose import LEAST_FREE, refuse_full_disk, why
from preau.broker.fetch import Told, untold
from preau.broker.jars import class_path
from preau.broker.java import Java, find_java
from preau.broker.lock import DirLock, Seen, end, seen
from preau.broker.node_files import Memory
from preau.broker.ports import LOOPBACK, free_ports, is_free, refuse_taken
from preau.errors import Place, Stop

READY = "Kafka Server started"
READY_S = 120.0
_FORMAT_S = 120.0
_TRIES = 3
_TICK_S = 0.05
_BRIEF = ("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


class Profile(NamedTuple):
    """How Java runs the node: heap in megabytes, and flags."""

    heap: int
    flags: tuple[str, ...] = ()


SERVE = Profile(512)
BENCH = Profile(1024, ("-Xms1024m",))
TEST = Profile(512, _BRIEF[1:])  # starts sooner, is slower at its best


class Machine(NamedTuple):
    """What the node takes from the machine; each has its usual place."""

    jars: Path | None = None
    java: Path | None = None
    least_free: int = LEAST_FREE
    tell: Told = untold


class EmbeddedNode:
    """Starts with `start` or `with`; every trouble is a `Stop` with its code, words and the fix.

    The ports are drawn at the first start and kept afterwards. At a later start a port that
    another program took is replaced; a `port` that was asked for is never.
    """

    def __init__(
        self,
        data_dir: Path,
        profile: Profile = SERVE,
        *,
        port: int | None = None,
        machine: Machine | None = None,
    ) -> None:
        self._folder = data_dir.absolute()
        self._profile = profile
        self._port = port
        self._machine = machine or Machine()
        self._memory: Memory | None = None
        self._lock: DirLock | None = None
        self._run: _Run | None = None
        self._command: list[str] = []
        self._turn = threading.RLock()

    @property
    def bootstrap(self) -> str:
        """`host:port` for every client; known once started, the same until `stop`."""
        if self._memory is None:
            raise Stop("NOT_STARTED", "the node has not been started", fix="call start() first")
        return f"{LOOPBACK}:{self._memory.port}"

    @property
    def pid(self) -> int | None:
        """Java's process number while it runs."""
        return self._run.java.pid if self._run and self._run.alive else None

    @property
    def log(self) -> Path:
        """Kafka's own log, rolled at 10 MB; it holds no record's content."""
        return self._folder / "log" / "kafka.log"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _t: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns once the node takes records; raises `Stop`, and then nothing is left running."""
        with self._turn:
            self._make_folder()
            java = find_java(self._machine.java)
            jars = class_path(self._machine.jars, self._machine.tell)
            self._lock = DirLock(self._folder)
            try:
                self._memory = self._choose_ports()
                self._command = self._java_command(java, jars)
                self._format(java, jars)
                self._launch()
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """Ends the node cleanly (its logs flushed), by force after 30 s; may be called twice."""
        with self._turn:
            self._end_run()
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    def restart(self) -> None:
        """Ends what is left of the node and starts it again at the same address."""
        with self._turn:
            if self._lock is None:
                self.start()
                return
            self._end_run()
            refuse_full_disk(self._folder, self._machine.least_free)
            self._launch()

    def ensure_running(self) -> bool:
        """For a supervisor: restarts the node if it ended; says whether it had to."""
        with self._turn:
            if self._run is not None and self._run.alive:
                return False
            self.restart()
            return True

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            node_files.write_logging(self._folder)
        except OSError as error:
            raise why(f"{type(error).__name__}: {error.strerror}", self._folder) from error
        refuse_full_disk(self._folder, self._machine.least_free)

    def _choose_ports(self) -> Memory:
        old = node_files.recall(self._folder)
        cluster = node_files.known_cluster(self._folder)
        if self._port is not None:
            refuse_taken(self._port)
        port, controller = self._port or (old.port if old else 0), old.controller_port if old else 0
        if not (port and is_free(port)) or not (controller and is_free(controller)):
            fresh, controller = free_ports(2)
            port = self._port or fresh
        memory = Memory(cluster, port, controller)
        node_files.write_settings(self._folder, memory)
        node_files.remember(self._folder, memory)
        return memory

    def _java_command(self, java: Java, jars: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self._folder / 'logging.properties'}"
        flags = [f"-Xmx{self._profile.heap}m", *self._profile.flags, *java.quiet_flags(), logging]
        settings = str(self._folder / "node.properties")
        return [str(java.path), *flags, "-cp", jars, "kafka.Kafka", settings]

    def _format(self, java: Java, jars: str) -> None:
        if (self._folder / "data" / "meta.properties").exists() or self._memory is None:
            return
        tool = ["kafka.tools.StorageTool", "format", "--standalone", "--ignore-formatted"]
        what = ["-t", self._memory.cluster, "-c", str(self._folder / "node.properties")]
        flags = [*_BRIEF, *java.quiet_flags(), "-cp", jars]
        answer = subprocess.run(
            [str(java.path), *flags, *tool, *what],
            capture_output=True,
            text=True,
            timeout=_FORMAT_S,
            env=_environment(),
            check=False,
        )
        if answer.returncode:
            raise why(answer.stdout + answer.stderr, self._folder)

    def _launch(self) -> None:
        if self._lock is None:
            raise Stop("NOT_STARTED", "the node has not been started", fix="call start() first")
        self._run = _Run(self._command, self._lock, self.log)
        self._lock.note(self._run.java)
        self._run.wait_until_ready()

    def _end_run(self) -> None:
        if self._run is not None:
            self._run.end()
            self._run = None


class _Run:
    """One life of Java, from the guard's start to the end of both."""

    def __init__(self, command: list[str], lock: DirLock, log: Path) -> None:
        self._log = log
        self._out = log.with_name("kafka.out")
        self._from = log.stat().st_size if log.exists() else 0
        own = [sys.executable, "-I", "-S", guard.__file__, str(os.getpid()), str(lock.fd)]
        with self._out.open("wb") as out:
            self._guard = subprocess.Popen(
                [*own, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                pass_fds=(lock.fd,),
                start_new_session=True,  # Ctrl-C is for the hub, which then stops us in order
                env=_environment(),
            )
        self.java = Seen(0, 0.0)
        try:
            said = self._guard.stdout.readline() if self._guard.stdout else b""
        except BaseException:  # Ctrl-C at this very moment: nobody else knows of the guard yet
            self.end()
            raise
        if said.strip():
            self.java = seen(int(said))

    @property
    def alive(self) -> bool:
        return self._guard.poll() is None

    def wait_until_ready(self) -> None:
        """Until Kafka says so in its log; raises `Stop` when it ended or took too long."""
        limit = time.monotonic() + READY_S
        while READY not in node_files.tail(self._log, self._from):
            if not self.alive:
                words = node_files.tail(self._log, self._from) + node_files.tail(self._out)
                self.end()
                raise why(words, self._log)
            if time.monotonic() > limit:
                self.end()
                raise Stop(
                    "KAFKA_SLOW",
                    f"Kafka did not answer within {READY_S:.0f} s",
                    where=Place(file=str(self._log)),
                    fix="the machine is overloaded, or its disk is: try again when it is calm",
                )
            time.sleep(_TICK_S)

    def end(self) -> None:
        """Asks, waits, then forces; afterwards neither the guard nor Java runs."""
        with contextlib.suppress(OSError):  # a pipe to a guard that is already dead
            if self._guard.stdin:
                self._guard.stdin.close()
        try:
            self._guard.wait(guard.ASKED_S + 5)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            self._guard.wait()
        if self._guard.stdout:
            self._guard.stdout.close()
        end(self.java)


def _environment() -> dict[str, str]:
    """Nothing of the hub's own secrets, and no variable that changes Java behind our back."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
