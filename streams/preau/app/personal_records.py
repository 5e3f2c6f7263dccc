"""What Kafka holds of people, opened with their keys: to be shown, and to know them in letters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from preau.app.control import Control
from preau.broker.lookup import Lookup
from preau.broker.records import Arrival
from preau.broker.topics import CANON, LINK, RECORDS
from preau.canon.codec import Decoded, decode, read_inner
from preau.errors import SetAside
from preau.keys.seal import Opener

PERSON = "person"
#: Records that speak of people; each names accounts in clear.
SPEAKING = tuple(f"{CANON}{name}" for name in sorted(RECORDS - {"nomenclature", "sector"}))

_BLOCK = 500


class Found(NamedTuple):
    """One record that names an account; `pii` is opened, None when it has none or its key is gone.

    `topic`, `partition` and `offset` say where it lies.
    """

    topic: str
    partition: int
    offset: int
    record: str
    value: Mapping[str, Any]
    pii: Mapping[str, Any] | None


class PersonalRecords:
    """Looks through Kafka; `find` gives its address, and may wait for it."""

    def __init__(self, control: Control, find: Callable[[], str]) -> None:
        self._control = control
        self._find = find

    def terms(self, people: Mapping[str, Sequence[str]]) -> dict[str, dict[str, Any]]:
        """Person → the ids of its accounts and its names, as `preau.rights.mentions` takes them."""
        owner = {source: person for person, each in people.items() for source in each}
        found: dict[str, dict[str, Any]] = {
            person: {"ids": sorted({s.partition("/")[2] for s in each}), "names": []}
            for person, each in people.items()
        }
        keys = {source.encode() for source in owner}
        for each in self._read([f"{CANON}{PERSON}"], keys):
            if each.pii is not None:
                names = found[owner[_source(each.value)]]["names"]
                names += [pair for pair in _names(each.pii) if pair not in names]
        return found

    def states(self, sources: Collection[str]) -> dict[str, Found]:
        """The last state of each of these accounts; not of one that is gone, nor erased."""
        newest: dict[str, Found] = {}
        for each in self._read([f"{CANON}{PERSON}"], {source.encode() for source in sources}):
            held = newest.get(source := _source(each.value))
            if held is None or each.value["meta"]["version"] >= held.value["meta"]["version"]:
                newest[source] = each
        return {
            source: each
            for source, each in newest.items()
            if each.pii is not None and not each.value["meta"]["deleted"]
        }

    def opened(self) -> Iterator[Found]:
        """Every account of which the personal part can be read."""
        return (each for each in self._read([f"{CANON}{PERSON}"], None) if each.pii is not None)

    def naming(
        self, sources: Collection[str], topics: Sequence[str] = (*SPEAKING, LINK)
    ) -> Iterator[Found]:
        """Every record of these topics that names one of these accounts, in whatever field."""
        return self._read(topics, None, frozenset(sources))

    def _read(
        self,
        topics: Sequence[str],
        keys: set[bytes] | None,
        named: frozenset[str] | None = None,
    ) -> Iterator[Found]:
        """What lies there, with `named` only what names one of them; opened a block at a time."""
        opener = Opener(self._control.subject_keys, self._control.clock)
        with Lookup(self._find()) as lookup:
            read = map(_decoded, lookup.records(topics, keys))
            wanted = (
                (place, each)
                for place, each in read
                if each is not None and (named is None or _names_one(each.value, named))
            )
            while block := list(islice(wanted, _BLOCK)):
                opener.expect([sealed for _, each in block if (sealed := _sealed(each))])
                for place, each in block:
                    yield Found(*place, each.record, each.value, _opened(each, opener))


def _decoded(arrival: Arrival) -> tuple[tuple[str, int, int], Decoded | None]:
    """A record and its place; None for a tombstone, and for what is not one of ours."""
    place = (arrival.topic, arrival.partition, arrival.offset)
    try:
        return place, None if arrival.value is None else decode(arrival.value)
    except SetAside:
        return place, None


def _sealed(decoded: Decoded) -> Mapping[str, bytes] | None:
    return decoded.value.get("pii") if decoded.record == PERSON else None


def _opened(decoded: Decoded, opener: Opener) -> Mapping[str, Any] | None:
    sealed = _sealed(decoded)
    if sealed is None:
        return None
    try:
        clear = opener.open(decoded.schema_id, decoded.value["meta"], sealed)
    except SetAside:
        return None  # erased before, or a year that is over
    return read_inner(PERSON, clear)


def _source(value: Mapping[str, Any]) -> str:
    return f"{value['meta']['instance']}/{value['meta']['source_id']}"


def _names(pii: Mapping[str, Any]) -> Iterator[list[str]]:
    given = [name.partition(",")[0] for name in pii["given_names"] or () if name]
    for family in (pii["family_name"], pii["usual_name"]):
        if family and given:
            yield [given[0], family]


def _names_one(value: Any, wanted: frozenset[str]) -> bool:
    """Whether one of these texts stands somewhere in a record."""
    if isinstance(value, str):
        return value in wanted
    if isinstance(value, Mapping):
        meta = value.get("meta")
        if isinstance(meta, Mapping) and _source(value) in wanted:
            return True
        return any(_names_one(each, wanted) for each in value.values())
    if isinstance(value, list | tuple):
        return any(_names_one(each, wanted) for each in value)
    return False
