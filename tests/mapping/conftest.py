"""Small canonical schemas of our own, and a normaliser made from YAML text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import fastavro
import orjson
import pytest

from preau.errors import Place
from preau.mapping.language import parse_mapping
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.paths import parse_path
from preau.mapping.said import Said
from preau.mapping.strict_yaml import parse_yaml
from preau.mapping.voice import Voice

LEVELS = (
    *("OTHER", "TPS", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2"),
    *("SIXIEME", "CINQUIEME", "QUATRIEME", "TROISIEME", "SECONDE", "PREMIERE", "TERMINALE"),
    *("ULIS", "SEGPA"),
)
DAY: Any = ["null", {"type": "int", "logicalType": "date"}]
TEXT: Any = ["null", "string"]
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}


def enum(name: str, *symbols: str) -> dict[str, Any]:
    return {"type": "enum", "name": name, "symbols": list(symbols), "default": symbols[0]}


def field(name: str, kind: Any, default: Any = None, *, required: bool = False) -> dict[str, Any]:
    plain = {"name": name, "type": kind, "default": default}
    return {**plain, "x-required": True} if required else plain


def text(name: str, *, required: bool = False) -> dict[str, Any]:
    return field(name, "string", "", required=required)


def record(name: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields)}


def array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


LINEAGE = record("Lineage", text("topic"), field("partition", "int", 0), field("offset", "long", 0))
LINEAGE["fields"].append(text("path"))
META = record(
    "Meta",
    field("event_id", {"type": "string", "logicalType": "uuid"}, ""),
    *(text(name) for name in ("instance", "connector", "connector_version")),
    text("source_id", required=True),
    field("version", "long", 0),
    field("deleted", "boolean", default=False),
    field("authority", enum("Authority", "ENT", "STATE", "HUB"), "ENT"),
    field("occurred_at", MILLIS, 0),
    field("received_at", MILLIS, 0),
    text("school_year"),
    field("lineage", LINEAGE, {}),
)
REFERENCE = record("Ref", text("academy"), field("degree", enum("D", "FIRST", "SECOND"), "FIRST"))
REFERENCE["fields"].append(text("jointure"))
SEALED = record("Sealed", *({"name": n, "type": "bytes", "default": ""} for n in ("kid", "nonce")))
RECORDS = {
    "person": (
        field("profile", enum("Profile", "GUEST", "PUPIL", "TEACHER"), "GUEST", required=True),
        field("vendor_role", TEXT),
        field("national_ref", ["null", REFERENCE]),
        field("pii", ["null", SEALED]),
    ),
    "group": (
        field("establishments", array("string"), []),
        field("kind", enum("GroupKind", "CLASS", "WORKING_GROUP"), "CLASS", required=True),
        text("name"),
        field("levels", array(enum("Level", *LEVELS)), []),
        field("mefstat4", array("string"), []),
        field("cycle3", ["null", "boolean"]),
        field("parent", TEXT),
        field("size", "int", 0),
        field("weight", "double", 0.0),
        field("labels", {"type": "map", "values": "string"}, {}),
    ),
    "membership": (
        text("group", required=True),
        text("member", required=True),
        field("role", [enum("Role", "PUPIL", "TEACHER"), "null"], "PUPIL"),
        field("until", DAY),
    ),
    "roster": (
        text("group", required=True),
        field(
            "members",
            array(record("Member", text("member", required=True), field("since", DAY))),
            [],
        ),
    ),
    "resource": (
        text("title"),
        field("size", ["null", "long"]),
        field(
            "resolver", ["null", record("Resolver", text("instance"), text("media", required=True))]
        ),
    ),
    "project": (text("title"),),
}
PII = record(
    "person_pii",
    text("family_name"),
    field("given_names", array("string"), []),
    field("birth_date", DAY),
    field("ine_digest", TEXT),
)


class StandIn(NamedTuple):
    """A schema as the engine sees it."""

    name: str
    major: int
    id: int
    raw: dict[str, Any]
    parsed: Any
    pii: StandIn | None


def stand_in(name: str, number: int, raw: dict[str, Any], pii: StandIn | None = None) -> StandIn:
    return StandIn(name, 1, number, raw, fastavro.parse_schema(raw), pii)


@pytest.fixture(scope="session")
def schemas() -> dict[str, StandIn]:
    """The records above by name."""
    inner = stand_in("person.pii", 100, PII)
    found = {
        name: stand_in(
            name,
            number,
            record(name, field("meta", META, {}), *fields),
            inner if name == "person" else None,
        )
        for number, (name, fields) in enumerate(RECORDS.items(), 1)
    }
    return {**found, "person.pii": inner}


VOICE = Voice(
    connector="essai",
    edition="1",
    degree="FIRST",
    authority="ENT",
    event=parse_path("event"),
    event_id=parse_path("id"),
    occurred_at=parse_path("date"),
    version=parse_path("version"),
    ignored={"TALK": "messages are never read"},
)
CONTEXT = Context(b"a key of the tests, 32 bytes long")
Make = Callable[..., Normaliser]
Say = Callable[..., Said]


@pytest.fixture
def make(schemas: dict[str, StandIn]) -> Make:
    """A normaliser whose event EVENT is mapped by the YAML text given."""

    def made(
        yaml: str, voice: Voice = VOICE, context: Context = CONTEXT, **more: str
    ) -> Normaliser:
        texts = {"EVENT": yaml, **more}
        rules = {
            event: parse_mapping(
                parse_yaml(given, Place("essai", f"mapping/{event}.yaml")),
                Place("essai", f"mapping/{event}.yaml"),
            )
            for event, given in texts.items()
        }
        return Normaliser(voice, rules, schemas, context)

    return made


@pytest.fixture
def say() -> Say:
    """One event EVENT with these fields under `data`, received at a fixed moment."""

    def said(data: object = None, event: str = "EVENT", **top: object) -> Said:
        body = orjson.dumps(
            {"event": event, "date": "2026-09-14T08:31:02+02:00", "data": data} | top
        )
        return Said(
            "ent", None, None, body, 1_789_400_000_000, "preau.intake.essai", 3, 41, "record 7"
        )

    return said
