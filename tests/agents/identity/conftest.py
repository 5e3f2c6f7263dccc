"""A hub's database, its keys, and person records as `normalise` writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from preau.agents.identity import Identity
from preau.broker.records import Arrival, Output
from preau.canon.codec import decode, encode
from preau.canon.draft import Draft
from preau.canon.schemas import load
from preau.clock import SetClock
from preau.ids import event_id
from preau.keys.likeness import Likeness
from preau.keys.master import open_master_key
from preau.keys.seal import Opener, Sealer
from preau.store.database import open_database, prepare
from preau.store.subject_keys import SubjectKeys

TABLES = (
    *("person_entry", "person_key", "person_move", "person_trace", "person_past", "person_ruled"),
    *("person_origin", "ruling", "ruling_source"),
)
NOW = 1_791_793_800_000
LIKENESS = Likeness(b"secret")
HEAD = 5  # the frame before the Avro body


class Registry:
    """One database; `step` is what a fresh process would run on it."""

    def __init__(self, database: str, folder: Path) -> None:
        self.engine = open_database(database)
        prepare(self.engine)
        master = open_master_key(folder / "master.key", fresh=True)
        self.keys = SubjectKeys(self.engine, master)
        self.clock = SetClock(NOW)
        self._sealer = Sealer(self.keys, self.clock)

    def step(self) -> Identity:
        return Identity(self.engine, Opener(self.keys, self.clock), LIKENESS, self.clock)

    def person(self, source: str, version: int = 1, **said: Any) -> Arrival:
        """`said`: deleted, profile, ref (of its three parts), ine (its digest), who (pii)."""
        personal = dict(said.get("who") or {})
        if "ine" in said and said["ine"] is not None:
            personal["ine_digest"] = said["ine"]
        meta = self._meta(source, version, deleted=said.get("deleted", False))
        meta["authority"] = said.get("authority", "ENT")
        fields = {
            "meta": meta,
            "profile": said.get("profile", "PUPIL"),
            "national_ref": _reference(said.get("ref")),
            "pii": None,
        }
        head = encode("person", fields)[HEAD:-1]  # its last byte says: nothing is sealed
        pii = encode("person.pii", personal)[HEAD:] if personal else None
        number, key = load()["person"].id, source.encode()
        where = (source, meta["event_id"], NOW, meta["instance"])
        draft = Draft("person", number, key, *where, head, pii, sealable=True)
        (value,) = self._sealer.seal([draft])
        return Arrival("preau.canon.person", 0, version, key, value, {})

    def people(self) -> set[frozenset[str]]:
        """The sources of each person, those deleted left out."""
        sql = sa.text("select person, source from person_entry where not deleted")
        found: dict[str, set[str]] = {}
        with self.engine.connect() as connection:
            for person, source in connection.execute(sql):
                found.setdefault(person, set()).add(source)
        return {frozenset(each) for each in found.values()}

    def forget_everything(self) -> None:
        with self.engine.begin() as connection:
            for table in TABLES:
                connection.execute(sa.text(f"delete from {table}"))

    def _meta(self, source: str, version: int, *, deleted: bool) -> dict[str, Any]:
        instance, _, local = source.partition("/")
        return {
            "event_id": event_id(instance, local, str(version)),
            "instance": instance,
            "connector": instance,
            "connector_version": "1",
            "source_id": local,
            "version": version,
            "deleted": deleted,
            "occurred_at": NOW,
            "received_at": NOW,
        }


def _reference(ref: tuple[str, str, str] | None) -> dict[str, str] | None:
    return None if ref is None else dict(zip(("academy", "degree", "jointure"), ref, strict=True))


@pytest.fixture
def registry(database: str, tmp_path: Path) -> Iterator[Registry]:
    made = Registry(database, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def told() -> Callable[[Sequence[Output]], dict[str, dict[str, Any]]]:
    """What was told, by source; each source once."""

    def read(outputs: Sequence[Output]) -> dict[str, dict[str, Any]]:
        links = {(each.key or b"").decode(): decode(each.value or b"").value for each in outputs}
        assert len(links) == len(outputs)
        assert {each.topic for each in outputs} <= {"preau.link"}
        return links

    return read
