"""Everything that the hub holds of one person, opened, and to whom it was given: one export."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import orjson

from preau.agents.letter_opening import open_letter
from preau.app.control import Control
from preau.app.erasure_request import find
from preau.app.personal_records import Found, PersonalRecords
from preau.broker.lookup import Lookup
from preau.broker.topics import INTAKE, RECEIPT, SHARE
from preau.canon.codec import decode
from preau.errors import SetAside
from preau.keys.envelope import Unsealer
from preau.rights.paper import iso
from preau.store import audit, held_rows

OTHER = "une autre personne"
"""What stands in the place of somebody else in a list of members."""


class Exports:
    """Makes exports; `find_kafka` gives Kafka's address."""

    def __init__(self, control: Control, find_kafka: Callable[[], str]) -> None:
        self._control = control
        self._find = find_kafka
        self._records = PersonalRecords(control, find_kafka)

    def of(self, who: str, actor: str, by: str) -> dict[str, Any]:
        """The export as plain values, keys in French; raises `SetAside` (PERSON_UNKNOWN).

        The act is written in the audit chain first: an export that nobody may know of is not made.
        """
        control, now = self._control, self._control.clock.now_ms()
        with control.engine.begin() as connection:
            [(person, sources)] = find(connection, [who]).items()
            act = audit.Act(actor, "person.exported", person, {"by": by, "accounts": len(sources)})
            audit.append(connection, act, now)
            called = [*sources, *control.own_names([person])[person]]
            rows = held_rows.naming(connection, called, person)
            entities = held_rows.entities(connection, called)
        return {
            "objet": "accès et portabilité (RGPD, articles 15 et 20)",
            "fait_le": iso(now),
            "personne": person,
            "comptes": list(sources),
            "données": [_said(each, frozenset(sources)) for each in self._records.naming(sources)],
            "base": rows,
            "remises": list(self._given(entities)),
            "messages_reçus": list(self._letters(frozenset(sources))),
        }

    def _given(self, entities: Collection[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        """What was written for ENTs about the person, and what they answered, as Kafka holds it."""
        if not entities:
            return
        topics = [RECEIPT, *sorted({SHARE + destination for destination, _ in entities})]
        with Lookup(self._find()) as lookup:
            for arrival in lookup.records(topics):
                value = _decoded(arrival.value)
                if (value.get("destination"), value.get("entity")) in entities:
                    yield {"nature": "réponse" if arrival.topic == RECEIPT else "envoi", **value}

    def _letters(self, sources: frozenset[str]) -> Iterator[dict[str, Any]]:
        """What instances sent under the person's own keys and is still kept, word for word."""
        unsealer = Unsealer(self._control.letter_keys, self._control.clock)
        keys = {source.encode() for source in sources}
        topics = [INTAKE + name for name in self._control.catalogue.names()]
        with Lookup(self._find()) as lookup:
            for letter in lookup.records(topics, keys):
                try:
                    body = open_letter(unsealer, letter).value or b""
                except SetAside:
                    continue  # its key is gone: nobody holds it any more
                received = letter.headers.get("received_at", b"0").decode("ascii", "replace")
                yield {
                    "instance": letter.headers.get("instance", b"").decode("ascii", "replace"),
                    "reçu_le": iso(int(received)) if received.isdigit() else None,
                    "texte": _text(body),
                }


def _said(found: Found, sources: frozenset[str]) -> dict[str, Any]:
    """One record; its sealed part opened, other people in its lists not named."""
    value = {name: each for name, each in found.value.items() if name != "pii"}
    if found.pii is not None:
        value["pii"] = dict(found.pii)
    if "members" in value:
        value["members"] = [_member(each, sources) for each in value["members"]]
    where = f"{found.topic}/{found.partition}/{found.offset}"
    return {"nature": found.record, "où": where, "valeur": value}


def _member(member: Mapping[str, Any], sources: frozenset[str]) -> Mapping[str, Any]:
    return member if member["member"] in sources else {**member, "member": OTHER}


def _decoded(value: bytes | None) -> Mapping[str, Any]:
    try:
        return decode(value or b"").value
    except SetAside:
        return {}


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return f"base64:{base64.b64encode(body).decode()}"


def as_json(export: Mapping[str, Any]) -> bytes:
    """The export as JSON in UTF-8, indented."""
    return orjson.dumps(export, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
