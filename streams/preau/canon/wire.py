"""Confluent's wire format: a zero byte, the schema's id in four bytes, the Avro body.

Source: docs.confluent.io, Schema Registry, "Wire format".
"""

from __future__ import annotations

from preau.errors import SetAside

MAGIC = b"\x00"
HEAD = 5


def frame(schema_id: int, body: bytes) -> bytes:
    """The value as it lies in Kafka."""
    return MAGIC + schema_id.to_bytes(4, "big") + body


def unframe(value: bytes) -> tuple[int, bytes]:
    """The schema's id and the Avro body; raises `SetAside` for anything else."""
    if len(value) < HEAD or value[:1] != MAGIC:
        raise SetAside(
            "AVRO_FRAME",
            f"{len(value)} bytes without the head of a framed record",
            known=("a zero byte, four bytes of schema id, Avro",),
            fix="see what else writes to this topic",
        )
    return int.from_bytes(value[1:HEAD], "big"), value[HEAD:]
