"""Why Kafka did not start, in words and with a fix, from what it wrote before it ended."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from preau.errors import Place, Stop

LEAST_FREE = 256 * 1024 * 1024
"""Bytes: below it a node is not even started, Kafka does not survive a full disk."""

_CAUSES = (
    (
        "DISK_FULL",
        r"No space left on device|Disk quota exceeded",
        "the disk of Kafka's data directory is full",
        "free some space, or move the data to a larger disk; nothing acknowledged is lost",
    ),
    (
        "PORT_TAKEN",
        r"Address already in use|Failed to bind",
        "another program took one of the node's ports",
        "stop that program and start again",
    ),
    (
        "DIR_IN_USE",
        r"Failed to acquire lock on file|\.lock file",
        "another Kafka writes into this data directory",
        "stop it, or give this hub a data directory of its own",
    ),
    (
        "WRONG_JAVA",
        r"UnsupportedClassVersionError|Unrecognized option|Unrecognized VM option",
        "this Java is too old or too different for Kafka 4",
        "set JAVA_HOME to a Java 17 or newer",
    ),
    (
        "JARS_MIXED",
        r"NoSuchMethodError|NoClassDefFoundError|ClassNotFoundException",
        "Kafka's jars do not fit together",
        "delete the folder of Kafka's jars: the next start fetches it again",
    ),
    (
        "NO_MEMORY",
        r"OutOfMemoryError|Could not reserve enough space|Cannot allocate memory",
        "Java did not get the memory it asked for",
        "close other programs: one node needs 512 MB",
    ),
    (
        "DATA_BROKEN",
        r"InconsistentClusterId|meta\.properties|Invalid cluster\.id|InconsistentBrokerMetadata",
        "the data directory belongs to another node or was changed by hand",
        "put its meta.properties back from a copy, or give another data directory",
    ),
    (
        "DATA_DENIED",
        r"AccessDeniedException|Permission denied|Read-only file system",
        "Kafka may not write into its data directory",
        "give this user the right to write there",
    ),
)


def why(words: str, log: Path) -> Stop:
    """The first known cause in Kafka's words, else its last line of trouble."""
    for code, pattern, what, fix in _CAUSES:
        if re.search(pattern, words):
            return Stop(code, what, where=Place(file=str(log)), fix=fix)
    trouble = [line for line in words.splitlines() if re.search(r"ERROR|FATAL|Exception", line)]
    last = trouble[-1][:300] if trouble else "it said nothing"
    return Stop(
        "KAFKA_DIED",
        f"Kafka ended before it answered: {last}",
        where=Place(file=str(log)),
        fix="read this file; if it does not help, start again with an empty data directory",
    )


def refuse_full_disk(folder: Path, least: int = LEAST_FREE) -> None:
    """Raises `Stop` (DISK_FULL) when fewer than `least` bytes are free for the data."""
    free = shutil.disk_usage(folder).free
    if free < least:
        raise Stop(
            "DISK_FULL",
            f"{free >> 20} MB are free for Kafka's data, {least >> 20} MB are needed",
            where=Place(file=str(folder)),
            fix="free some space, or give a data directory on a larger disk",
        )
