"""What a batch says to the step `identity`: the last word of each source, and people's rulings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import structlog

from preau.agents.matching import match_keys
from preau.agents.ruling_record import RECORD as RULING
from preau.agents.ruling_record import read
from preau.broker.records import Arrival
from preau.canon.codec import Decoded, decode, read_inner
from preau.errors import SetAside
from preau.keys.likeness import Likeness
from preau.store.origins import Origin
from preau.store.persons import MatchKey
from preau.store.rulings import Ruling

PERSON, PUPIL = "person", "PUPIL"
_PLAIN = ("profile", "national_profile")
GONE = "KEY_GONE"
"""The code with which a sealed part of an erased person does not open."""
log = structlog.get_logger()


class Opens(Protocol):
    """Opens the sealed part of a record; `preau.keys.seal.Opener`."""

    def expect(self, sealed: Iterable[Mapping[str, bytes]]) -> None:
        """Fetches at once the keys of the parts that will be opened."""
        ...

    def open(self, schema_id: int, meta: Mapping[str, Any], sealed: Mapping[str, bytes]) -> bytes:
        """The clear Avro; raises `SetAside` when its key is gone."""
        ...


class Spoken(NamedTuple):
    """One person record of a batch, read."""

    source: str
    version: int
    deleted: bool
    keys: list[MatchKey]
    origin: Origin


class Heard(NamedTuple):
    """All that a batch says; `erased` are the sources that Kafka was told to forget."""

    spoken: dict[str, Spoken]
    rulings: list[Ruling]
    erased: set[str]


class Hearing:
    """Reads batches; what cannot be read is logged by its place, and passed over."""

    def __init__(self, opener: Opens, likeness: Likeness) -> None:
        self._opener = opener
        self._likeness = likeness

    def heard(self, batch: Sequence[Arrival]) -> Heard:
        """The newest state of each source in the batch, and every ruling."""
        newest: dict[str, Decoded] = {}
        ruled: list[Ruling] = []
        erased: set[str] = set()
        for source, decoded in _readable(batch):
            if decoded is None:  # what was said of it before is nobody's
                newest.pop(source, None)
                erased.add(source)
            elif decoded.record == RULING:
                ruled.append(read(decoded.value))
            elif source not in newest or _version(decoded) > _version(newest[source]):
                newest[source] = decoded
        self._opener.expect(p.value["pii"] for p in newest.values() if p.value["pii"] is not None)
        people = (self._read(source, person) for source, person in newest.items())
        return Heard({each.source: each for each in people if each is not None}, ruled, erased)

    def _read(self, source: str, decoded: Decoded) -> Spoken | None:
        person, meta = decoded.value, decoded.value["meta"]
        try:
            clear = self._clear(decoded)
        except SetAside as error:
            log.warning("unreadable person", code=error.code, record=meta["event_id"])
            return None
        pupil = bool(clear) and person["profile"] == PUPIL
        alike = self._likeness.of(clear) if pupil else None
        keys = match_keys(source, person, clear.get("ine_digest"), alike)
        return Spoken(source, meta["version"], meta["deleted"], keys, origin(source, person, clear))

    def _clear(self, decoded: Decoded) -> Mapping[str, Any]:
        """What is personal, opened; nothing when there is none, or it is erased."""
        person = decoded.value
        if person["pii"] is None:
            return {}
        try:
            sealed = self._opener.open(decoded.schema_id, person["meta"], person["pii"])
        except SetAside as error:
            if error.code != GONE:
                raise
            return {}  # erased meanwhile: what was personal cannot be read any more
        return read_inner(PERSON, sealed)


def origin(source: str, person: Mapping[str, Any], clear: Mapping[str, Any]) -> Origin:
    """Where a record came from, and the fields that it says; of personal ones only the names."""
    meta = person["meta"]
    line = meta["lineage"]
    said: dict[str, str | None] = {name: person[name] for name in _PLAIN if person[name]}
    said |= {name: None for name in ("vendor_role", "national_ref") if person[name]}
    said |= {f"pii.{name}": None for name, value in clear.items() if value}
    times = meta["authority"], meta["occurred_at"], meta["received_at"]
    place = line["topic"], line["partition"], line["offset"], line["path"]
    return Origin(source, meta["event_id"], *times, *place, {} if meta["deleted"] else said)


def _readable(batch: Sequence[Arrival]) -> Iterator[tuple[str, Decoded | None]]:
    """Key and record; a tombstone has none."""
    for arrival in batch:
        if arrival.key is None:
            continue
        try:
            yield arrival.key.decode(), _decoded(arrival.value) if arrival.value else None
        except (SetAside, UnicodeDecodeError) as error:
            code = getattr(error, "code", "KEY_TEXT")
            log.warning("unreadable person", code=code, offset=arrival.offset)


def _decoded(value: bytes) -> Decoded:
    decoded = decode(value)
    if decoded.record not in {PERSON, RULING}:
        what, fix = f"a {decoded.record} where only persons belong", "see what else writes there"
        raise SetAside("AVRO_RECORD", what, known=(PERSON, RULING), fix=fix)
    return decoded


def _version(person: Decoded) -> int:
    version: int = person.value["meta"]["version"]
    return version
