"""The step `identity`: which accounts and file entries are one person, decided and told on `link`.

State is in SQL, one transaction per batch; a repeat of the batch finds its own decisions there and
tells them again, word for word.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
import structlog

from preau.agents.matching import ALONE, EVIDENCE, families, match_keys, named, rule_of
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON, LINK
from preau.canon.cloudevents import header_list
from preau.canon.codec import decode, encode, read_inner
from preau.clock import Clock
from preau.errors import SetAside
from preau.ids import event_id
from preau.store import persons
from preau.store.persons import Entry, MatchKey

PERSON = "person"
log = structlog.get_logger()


class Opens(Protocol):
    """Opens the sealed part of a record; `preau.keys.seal.Opener`."""

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
        clock: Clock,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._engine = engine
        self._opener = opener
        self._clock = clock
        self._new_id = new_id

    def topics(self) -> list[str]:
        """The one topic of persons."""
        return [CANON + PERSON]

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """The decisions on the people of a batch, and on whoever they touch."""
        spoken = self._spoken(batch)
        with self._engine.begin() as connection:
            known = persons.entries(connection, spoken)
            fresh = {
                s: p for s, p in spoken.items() if s not in known or p.version > known[s].version
            }
            decided = self._decide(connection, fresh, known)
            repeated = [known[s] for s in spoken.keys() - fresh.keys() - decided.keys()]
        return [self._link(entry) for entry in (*decided.values(), *repeated)]

    def _spoken(self, batch: Sequence[Arrival]) -> dict[str, Spoken]:
        """The newest state of each source in the batch."""
        found: dict[str, Spoken] = {}
        for arrival in batch:
            if arrival.value is None or arrival.key is None:
                continue
            try:
                read = self._read(arrival.key.decode(), arrival.value)
            except SetAside as error:
                log.warning("unreadable person", code=error.code, offset=arrival.offset)
                continue
            if read.source not in found or read.version > found[read.source].version:
                found[read.source] = read
        return found

    def _read(self, source: str, value: bytes) -> Spoken:
        decoded = decode(value)
        person, meta = decoded.value, decoded.value["meta"]
        digest = self._ine_digest(decoded.schema_id, person)
        keys = match_keys(source, person, digest)
        return Spoken(source, meta["version"], meta["deleted"], keys)

    def _ine_digest(self, schema_id: int, person: Mapping[str, Any]) -> str | None:
        if person["pii"] is None:
            return None
        try:
            clear = self._opener.open(schema_id, person["meta"], person["pii"])
        except SetAside as error:
            # erased meanwhile: the record stays, what was personal in it cannot be read any more
            log.info("sealed part not opened", code=error.code)
            return None
        digest: str | None = read_inner(PERSON, clear)["ine_digest"]
        return digest

    def _decide(
        self, connection: sa.Connection, fresh: Mapping[str, Spoken], known: Mapping[str, Entry]
    ) -> dict[str, Entry]:
        if not fresh:
            return {}
        said = [key for each in fresh.values() for key in each.keys]
        touched = persons.sources_with(connection, said) | fresh.keys()
        persons.put_keys(connection, fresh.keys(), said)
        people = {each.person for each in persons.entries(connection, touched).values()}
        around = persons.living(connection, people)
        alive = {s for s in around if s not in fresh}
        alive |= {s for s, each in fresh.items() if not each.deleted}
        changed = self._regrouped(connection, alive, {**around, **known})
        gone = [self._gone(each, known.get(s)) for s, each in fresh.items() if each.deleted]
        decided = _worth_telling(changed, {**around, **known}, fresh) | {e.source: e for e in gone}
        persons.put_entries(connection, list(decided.values()))
        return decided

    def _regrouped(
        self, connection: sa.Connection, alive: set[str], held: Mapping[str, Entry]
    ) -> dict[str, tuple[str, str]]:
        """Source → (person, rule) of everybody whom the batch may have moved."""
        keys = persons.keys_of(connection, alive)
        by_source: dict[str, list[MatchKey]] = {}
        for key in keys:
            by_source.setdefault(key.source, []).append(key)
        grouped = families(alive, keys)
        found = named(grouped, {s: e.person for s, e in held.items()}, self._new_id)
        return {
            source: (found[source], rule_of(source, family, _of(by_source, family)))
            for family in grouped
            for source in family
        }

    def _gone(self, spoken: Spoken, known: Entry | None) -> Entry:
        person = known.person if known is not None else self._new_id()
        decisions = known.decisions if known is not None else 0
        return Entry(
            spoken.source,
            spoken.version,
            deleted=True,
            person=person,
            rule=ALONE,
            decisions=decisions + 1,
        )

    def _link(self, entry: Entry) -> Output:
        told = f"{entry.decisions}:{entry.person}"
        identity = event_id("hub", f"link:{entry.source}", told)
        now = self._clock.now_ms()
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
                "at": now,
            },
        )
        headers = header_list("link", "hub", identity, now)
        return Output(LINK, entry.source.encode(), value, headers)


def _of(by_source: Mapping[str, list[MatchKey]], family: Sequence[str]) -> list[MatchKey]:
    return [key for source in family for key in by_source.get(source, ())]


def _worth_telling(
    changed: Mapping[str, tuple[str, str]],
    held: Mapping[str, Entry],
    fresh: Mapping[str, Spoken],
) -> dict[str, Entry]:
    """New entries for whoever spoke or moved; a decision that stands is not counted again."""
    found = {}
    for source, (person, rule) in changed.items():
        before = held.get(source)
        version = fresh[source].version if source in fresh else before.version if before else 0
        same = before is not None and not before.deleted and before[3:5] == (person, rule)
        decisions = (before.decisions if before else 0) + (not same)
        if source in fresh or not same:
            found[source] = Entry(
                source, version, deleted=False, person=person, rule=rule, decisions=decisions
            )
    return found
