"""Whether anything listens at Kafka's address, asked at once instead of waiting for a client."""

from __future__ import annotations

import socket

from preau.errors import Place, Stop

_REACH_S = 5.0


def unreached(bootstrap: str) -> list[str]:
    """Why each address refused, or nothing as soon as one of them took a connection.

    Raises `Stop` (KAFKA_ADDRESS) for what is not written `host:port[,host:port]`.
    """
    refused: list[str] = []
    for one in bootstrap.split(","):
        host, _, port = one.strip().rpartition(":")
        if not host or not port.isdigit():
            raise Stop(
                "KAFKA_ADDRESS",
                "an address of Kafka is not written host:port",
                where=Place(field="PREAU_KAFKA"),
                known=("host:port", "host:port,host:port"),
                fix="write it as in kafka-1.example.org:9092",
            )
        try:
            socket.create_connection((host.strip("[]"), int(port)), _REACH_S).close()
        except (OSError, OverflowError) as error:
            refused.append(f"{host}:{port} {type(error).__name__}")
        else:
            return []
    return refused
