"""The three files a node starts from: its settings, its logging, and what it remembers.

Setting names and defaults: kafka.apache.org/43, broker configs.
"""

from __future__ import annotations

import base64
import json
import os
import uuid
from pathlib import Path
from typing import NamedTuple

from preau.broker.ports import LOOPBACK

DURABLE = {
    # Kafka leaves fsync to its replicas, and here there is none: acknowledged must mean on disk.
    # Measured on 2 cores with an SSD: 1 ms more per acknowledged record (7.8 against 6.9 ms), bulk
    # writes at 0.56 of the speed without (300,000 against 540,000 records/s of 560 bytes).
    "log.flush.interval.messages": "1",
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
    "min.insync.replicas": "1",
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "offsets.retention.minutes": "144000",  # 100 days: a hub closed all summer finds its place
    "message.max.bytes": "1048588",
}
QUICK = {
    "broker.session.timeout.ms": "2000",  # after kill -9 the old session must expire first
    "broker.heartbeat.interval.ms": "500",
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "4",  # 50 by default, each with its files, for nothing here
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "log.cleaner.dedupe.buffer.size": "16777216",  # 128 MB by default, out of a 512 MB heap
    "num.partitions": "1",
}
_LOGGING = """\
status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {folder}/kafka.log
appender.file.filePattern = {folder}/kafka.log.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{ISO8601}} %p %m (%c)%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""


class Memory(NamedTuple):
    """What a node keeps from one start to the next; ports on loopback."""

    cluster: str
    port: int
    controller_port: int


def recall(folder: Path) -> Memory | None:
    """What `remember` wrote, or None at the first start."""
    try:
        return Memory(**json.loads((folder / "node.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def remember(folder: Path, memory: Memory) -> None:
    """Written whole or not at all."""
    draft = folder / "node.json.new"
    draft.write_text(json.dumps(memory._asdict()), "utf-8")
    draft.replace(folder / "node.json")


def known_cluster(folder: Path) -> str:
    """The id that the data was formatted with, else a new one (22 characters, URL-safe base64)."""
    try:
        meta = (folder / "data" / "meta.properties").read_text("utf-8")
    except OSError:
        meta = ""
    for line in meta.splitlines():
        if line.startswith("cluster.id="):
            return line.removeprefix("cluster.id=").strip()
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")


def write_settings(folder: Path, memory: Memory) -> Path:
    """`node.properties`, every start anew: what is in force is what this version says."""
    broker, controller = (f"{LOOPBACK}:{port}" for port in memory[1:])
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": controller,
        "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(folder / "data"),
        **DURABLE,
        **QUICK,
    }
    path = folder / "node.properties"
    path.write_text("".join(f"{key}={value}\n" for key, value in settings.items()), "utf-8")
    return path


def write_logging(folder: Path) -> Path:
    """`logging.properties`: INFO to `log/kafka.log`, 40 MB at most in all."""
    (folder / "log").mkdir(exist_ok=True)
    path = folder / "logging.properties"
    path.write_text(_LOGGING.format(folder=(folder / "log").as_posix()), "utf-8")
    return path


def tail(path: Path, start: int = 0, most: int = 65_536) -> str:
    """The file's end from byte `start` on (from its beginning if it was rolled), as text."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(start if start <= size else 0, size - most))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
