"""Runs a file through a connector without Kafka: reader, mapping, canonical records, all exact.

The clock, the digest key and the position in Kafka are constants, so that an expected file is
compared byte for byte and never by pattern.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import orjson

from preau.canon.draft import Draft
from preau.catalogue.catalogue import SCHOOL, Connector
from preau.errors import Place, SetAside
from preau.mapping.normaliser import Normaliser
from preau.mapping.refusal import Refusal, refused
from preau.mapping.said import Said
from preau.readers import open_reader
from preau.readers.piece import Piece
from preau.readers.told import Told

#: 2026-09-01T00:00:00Z in milliseconds: when everything in an expected file was received.
RECEIVED_AT = 1_788_220_800_000


class Heard(NamedTuple):
    """What became of one piece of a file."""

    said: Said
    drafts: list[Draft]
    refusals: list[Refusal]


class Speaker(NamedTuple):
    """Who is said to speak: an instance, the moment of receipt in milliseconds UTC, its school."""

    instance: str
    received_at: int = RECEIVED_AT
    uai: str = SCHOOL


def listen(
    connector: Connector, normaliser: Normaliser, stream: BinaryIO, name: str, speaker: Speaker
) -> Iterator[Heard]:
    """Reads a file as a stream; a bad record is heard as a refusal and reading goes on.

    Where the file can be read no further, the last thing heard is the refusal that says so.
    """
    told = Told(uai=speaker.uai, mask=normaliser.digests.mask, hide=normaliser.digests.hidden)
    for offset, piece in enumerate(_pieces(connector, stream, name, told)):
        said = _said(connector, piece, offset, speaker)
        if piece.problem is not None:
            yield Heard(said, [], [refused(said, connector.name, piece.problem)])
        else:
            yield Heard(said, *normaliser.normalise(said))


def unopened(connector: Connector, name: str, why: OSError, speaker: Speaker) -> Heard:
    """What is heard of a file that cannot even be opened."""
    what = f"the file cannot be opened: {why.strerror}"
    fix = "give files that exist and may be read"
    error = SetAside("FILE_UNREADABLE", what, where=Place(file=name), fix=fix)
    said = _said(connector, Piece(None, b"", "", error), 0, speaker)
    return Heard(said, [], [refused(said, connector.name, error)])


def _pieces(connector: Connector, stream: BinaryIO, name: str, told: Told) -> Iterator[Piece]:
    try:
        yield from open_reader(connector.card.reader, told, connector.dropped).split(stream, name)
    except SetAside as error:
        yield Piece(None, b"", "", error)


def _said(connector: Connector, piece: Piece, offset: int, speaker: Speaker) -> Said:
    asked, own_id = _asked(connector, piece) if piece.event is None else (None, None)
    return Said(
        instance=speaker.instance,
        event=piece.event or asked,
        vendor_event_id=own_id,
        body=piece.body,
        received_at=speaker.received_at,
        topic=f"preau.intake.{connector.name}",
        partition=0,
        offset=offset,
        path=piece.path,
    )


def _asked(connector: Connector, piece: Piece) -> tuple[str | None, str | None]:
    """Its name and id when the hub asks for such events: then the inlet's file says where."""
    try:
        return connector.asked(orjson.loads(piece.body)) if connector.inlets else (None, None)
    except ValueError:
        return None, None
