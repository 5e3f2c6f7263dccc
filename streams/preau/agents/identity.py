"""The step `identity`: which accounts and file entries are one person, decided and told on `link`.

State is in SQL, one transaction per batch; a repeat of the batch finds its own decisions there and
tells them again, word for word. Decisions on sources that did not speak themselves (another's word
moved them) are remembered until Kafka has them, and a fresh process tells those first.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
import structlog

from preau.agents.departed import heirs, part
from preau.agents.matching import (
    ALONE,
    CERTAIN,
    EVIDENCE,
    deciding,
    families,
    match_keys,
    named,
    rules,
)
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON, LINK
from preau.canon.cloudevents import header_list
from preau.canon.codec import Decoded, decode, encode, read_inner
from preau.clock import Clock
from preau.errors import SetAside
from preau.ids import event_id
from preau.keys.likeness import Likeness
from preau.store import persons
from preau.store.persons import Entry, MatchKey

PERSON, PUPIL = "person", "PUPIL"
GONE = "KEY_GONE"
"""The code with which a sealed part of an erased person does not open."""
_UNKNOWN = Entry("", 0, deleted=True, person="", rule=ALONE, decisions=0, at=0)
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


class Identity:
    """Reads `preau.canon.person`; one process works it."""

    name = "identity"

    def __init__(
        self,
        engine: sa.Engine,
        opener: Opens,
        likeness: Likeness,
        clock: Clock,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._engine = engine
        self._opener = opener
        self._likeness = likeness
        self._clock = clock
        self._new_id = new_id
        self._handed: set[str] = set()

    def topics(self) -> list[str]:
        """The one topic of persons."""
        return [CANON + PERSON]

    def opening(self) -> list[Output]:
        """What an earlier process decided on whoever had not spoken, and could not hand over."""
        with self._engine.connect() as connection:
            owed = persons.entries(connection, persons.moves(connection))
        self._handed |= owed.keys()
        return [_link(entry) for entry in owed.values()]

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """The decisions on the people of a batch, and on whoever they touch."""
        spoken = self._spoken(batch)
        with self._engine.begin() as connection:
            known = persons.entries(connection, spoken)
            fresh = {
                s: p for s, p in spoken.items() if s not in known or p.version > known[s].version
            }
            decided = self._decide(connection, fresh, known) if fresh else {}
            moved = decided.keys() - spoken.keys()
            persons.put_moves(connection, moved)
        self._handed |= moved
        told = {**known, **decided}
        return [_link(told[source]) for source in sorted(told)]

    def acknowledged(self) -> None:
        """Kafka has every decision that was handed over."""
        if self._handed:
            with self._engine.begin() as connection:
                persons.drop_moves(connection, self._handed)
            self._handed.clear()

    def _spoken(self, batch: Sequence[Arrival]) -> dict[str, Spoken]:
        """The newest state of each source in the batch."""
        newest: dict[str, Decoded] = {}
        for arrival in batch:
            if arrival.value is None or arrival.key is None:
                continue
            try:
                source, person = arrival.key.decode(), _person(arrival.value)
            except (SetAside, UnicodeDecodeError) as error:
                code = getattr(error, "code", "KEY_TEXT")
                log.warning("unreadable person", code=code, offset=arrival.offset)
                continue
            if source not in newest or _version(person) > _version(newest[source]):
                newest[source] = person
        self._opener.expect(p.value["pii"] for p in newest.values() if p.value["pii"] is not None)
        read = (self._read(source, person) for source, person in newest.items())
        return {each.source: each for each in read if each is not None}

    def _read(self, source: str, decoded: Decoded) -> Spoken | None:
        person, meta = decoded.value, decoded.value["meta"]
        try:
            keys = match_keys(source, person, *self._personal(decoded))
        except SetAside as error:
            log.warning("unreadable person", code=error.code, record=meta["event_id"])
            return None
        return Spoken(source, meta["version"], meta["deleted"], keys)

    def _personal(self, decoded: Decoded) -> tuple[str | None, str | None]:
        """The digest of the INE, and that of names and birth date."""
        person = decoded.value
        if person["pii"] is None:
            return None, None
        try:
            sealed = self._opener.open(decoded.schema_id, person["meta"], person["pii"])
        except SetAside as error:
            if error.code != GONE:
                raise
            return None, None  # erased meanwhile: what was personal cannot be read any more
        clear = read_inner(PERSON, sealed)
        alike = self._likeness.of(clear) if person["profile"] == PUPIL else None
        return clear["ine_digest"], alike

    def _decide(
        self, connection: sa.Connection, fresh: Mapping[str, Spoken], known: Mapping[str, Entry]
    ) -> dict[str, Entry]:
        held = persons.keys_of(connection, fresh)
        stirring = _stirring(fresh, known, held)
        decided = {
            source: known[source]._replace(version=each.version)
            for source, each in fresh.items()
            if source not in stirring
        }
        if stirring:
            said = [key for each in stirring.values() for key in each.keys]
            touched = persons.sources_with(connection, deciding(said)) - stirring.keys()
            persons.put_keys(connection, [key for key in held if key.source in stirring], said)
            part(connection, known, stirring, deciding(held), self._clock.now_ms())
            spoke = {source: known[source] for source in stirring.keys() & known.keys()}
            met = {**persons.entries(connection, touched), **spoke}
            decided |= self._settled(connection, stirring, met)
        persons.put_entries(connection, decided.values())
        return decided

    def _settled(
        self, connection: sa.Connection, stirring: Mapping[str, Spoken], met: Mapping[str, Entry]
    ) -> dict[str, Entry]:
        """New entries for whoever stirred, and for those of the same people whom that moves."""
        around = persons.living(connection, {each.person for each in met.values()})
        held = {**around, **met}
        alive = around.keys() - stirring.keys()
        alive |= {source for source, each in stirring.items() if not each.deleted}
        gone = {source: each for source, each in stirring.items() if each.deleted}
        found = self._regrouped(connection, alive, held, gone)
        decided = self._moved(found, held, stirring)
        return decided | {s: self._gone(each, held.get(s)) for s, each in gone.items()}

    def _regrouped(
        self,
        connection: sa.Connection,
        alive: set[str],
        held: Mapping[str, Entry],
        gone: Collection[str],
    ) -> dict[str, tuple[str, str]]:
        """Source → (person, rule) of everybody whom the batch may have moved."""
        keys = persons.keys_of(connection, alive)
        people = {source: entry.person for source, entry in held.items()}
        new = [key for key in deciding(keys) if key.source not in people]
        left = heirs(connection, new, gone, self._clock.now_ms())
        found = named(families(alive, keys), people, self._new_id, left)
        shared = {source: _led_by(left[source], found[source]) for source in left} | rules(keys)
        return {source: (person, shared.get(source, ALONE)) for source, person in found.items()}

    def _moved(
        self,
        found: Mapping[str, tuple[str, str]],
        held: Mapping[str, Entry],
        stirring: Mapping[str, Spoken],
    ) -> dict[str, Entry]:
        """New entries for whoever stirred or moved; a decision that stands is not taken again."""
        now, moved = self._clock.now_ms(), {}
        for source, (person, rule) in found.items():
            before = held.get(source) or _UNKNOWN
            version = stirring[source].version if source in stirring else before.version
            if (before.person, before.rule, before.deleted) != (person, rule, False):
                entry = (source, version, False, person, rule, before.decisions + 1, now)
                moved[source] = Entry(*entry)
            elif source in stirring:
                moved[source] = before._replace(version=version)
        return moved

    def _gone(self, spoken: Spoken, before: Entry | None) -> Entry:
        person = before.person if before is not None else self._new_id()
        count = before.decisions if before is not None else 0
        entry = (spoken.source, spoken.version, True, person, ALONE, count + 1)
        return Entry(*entry, at=self._clock.now_ms())


def _stirring(
    fresh: Mapping[str, Spoken], known: Mapping[str, Entry], held: Iterable[MatchKey]
) -> dict[str, Spoken]:
    """Those whose word may change who is one person: a daily import says the same of most."""
    keys: dict[str, set[MatchKey]] = {}
    for key in held:
        keys.setdefault(key.source, set()).add(key)
    return {
        source: each
        for source, each in fresh.items()
        if source not in known
        or known[source].deleted != each.deleted
        or keys.get(source, set()) != set(each.keys)
    }


def _led_by(left: Mapping[str, str], person: str) -> str:
    """The strongest rule by which a source is someone who left, if it became that person."""
    return next((rule for rule in CERTAIN if left.get(rule) == person), ALONE)


def _person(value: bytes) -> Decoded:
    decoded = decode(value)
    if decoded.record != PERSON:
        what, fix = f"a {decoded.record} where only persons belong", "see what else writes there"
        raise SetAside("AVRO_RECORD", what, known=(PERSON,), fix=fix)
    return decoded


def _version(person: Decoded) -> int:
    version: int = person.value["meta"]["version"]
    return version


def _link(entry: Entry) -> Output:
    """The decision as a record; the same entry gives the same bytes."""
    told = f"{entry.decisions}:{entry.person}"
    identity = event_id("hub", f"link:{entry.source}", told)
    value = encode(
        "link",
        {
            "event_id": identity,
            "source": entry.source,
            "person": entry.person,
            "decision": "UNLINKED" if entry.deleted else "LINKED",
            "rule": entry.rule,
            "assurance": "CERTAIN",
            "evidence": list(EVIDENCE[entry.rule]),
            "confirmed_by": None,
            "version": entry.decisions,
            "at": entry.at,
        },
    )
    headers = header_list("link", "hub", identity, entry.at)
    return Output(LINK, entry.source.encode(), value, headers)
