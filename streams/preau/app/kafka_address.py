"""Where this hub's Kafka is, for a process that the supervisor did not start."""

from __future__ import annotations

from collections.abc import Callable

from preau.broker.node_files import recall
from preau.broker.ports import LOOPBACK
from preau.errors import Place, Stop
from preau.settings import Settings

NODE = "kafka"
"""The folder of the embedded node, in the data folder."""
Find = Callable[[], str]
"""Gives Kafka's `host:port`, perhaps after a while."""


def kafka_address(settings: Settings) -> str:
    """`host:port` of the operator's Kafka, else of the node that `preau serve` keeps running.

    Raises `Stop` (KAFKA_NOT_STARTED) when this data folder never had a node.
    """
    if settings.kafka:
        return settings.kafka
    memory = recall(settings.folder / NODE)
    if memory is None:
        raise Stop(
            "KAFKA_NOT_STARTED",
            "this data folder has no Kafka node yet",
            where=Place(field="PREAU_DATA"),
            fix="start it with `preau serve`, or give a running Kafka with PREAU_KAFKA=host:port",
        )
    return f"{LOOPBACK}:{memory.port}"
