"""The same work as one would first write it: json to dict, dict to dict, fastavro, then the seal.

Written by hand for this one event, with the standard library, orjson, fastavro and cryptography. It
checks what the mapping checks and gives the same records (tests/bench). Around it all is the
product's: its loop, its book of keys and the cache before it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import struct
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import fastavro
import orjson
from bench.normalise.events import CONNECTOR, SECRET
from bench.normalise.hub_loop import HubLoop
from bench.normalise.job import Job, Stopwatch
from bench.normalise.key_book import open_book
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from preau.broker.records import Arrival, Output
from preau.canon.schemas import load
from preau.clock import SystemClock
from preau.ids import EVENT_NAMESPACE
from preau.keys.leased import Leased
from preau.keys.seal import AT_HAND, KeyBook, SubjectKey
from preau.mapping.conversions.academies import academy_names

EPOCH = date(1970, 1, 1)
INE = re.compile(r"[0-9]{9}[A-Z]{2}|[0-9]{10}[A-Z]|[0-9]{4}A[0-9]{5}[A-Z]")
ACADEMIES = frozenset(academy_names().values())
Headers = list[tuple[str, bytes]]


def run(job: Job, watch: Stopwatch) -> None:
    """The benchmark's entry."""
    HubLoop(job, watch, Plain(open_book(job.keys))).run()


class Plain:
    """Pupils' accounts to sealed persons."""

    def __init__(self, book: KeyBook) -> None:
        self._schema = load()["person"]
        self._inner = load()["person.pii"]
        self._keys = Leased(book.keys, SystemClock(), AT_HAND)

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """One record for each event."""
        events = [orjson.loads(arrival.value or b"") for arrival in batch]
        subjects = [
            f"{arrival.headers['instance'].decode()}/{event['data']['id']}"
            for arrival, event in zip(batch, events, strict=True)
        ]
        keys = self._keys.take(set(subjects))
        return [
            self._one(arrival, event, subject, keys[subject])
            for arrival, event, subject in zip(batch, events, subjects, strict=True)
        ]

    def _one(
        self, arrival: Arrival, event: dict[str, Any], subject: str, key: SubjectKey
    ) -> Output:
        moment = datetime.fromisoformat(event["date"])
        meta = _meta(arrival, event, moment)
        record = _person(event["data"], meta)
        record["pii"] = self._seal(subject, meta["event_id"], _pii(event["data"]), key)
        value = self._frame(record)
        return Output("preau.canon.person", subject.encode(), value, _headers(meta, moment))

    def _seal(
        self, subject: str, identity: str, pii: dict[str, Any], key: SubjectKey
    ) -> dict[str, bytes]:
        clear = BytesIO()
        fastavro.schemaless_writer(clear, self._inner.parsed, pii)
        nonce = os.urandom(12)
        bound = f"{subject}\0{identity}\0pii\0{self._schema.id}".encode()
        sealed = AESGCM(key.key).encrypt(nonce, clear.getvalue(), bound)
        return {"kid": key.kid, "nonce": nonce, "ciphertext": sealed}

    def _frame(self, record: dict[str, Any]) -> bytes:
        out = BytesIO()
        out.write(struct.pack(">bI", 0, self._schema.id))
        fastavro.schemaless_writer(out, self._schema.parsed, record)
        return out.getvalue()


def _meta(arrival: Arrival, event: dict[str, Any], moment: datetime) -> dict[str, Any]:
    instance = arrival.headers["instance"].decode()
    said = hashlib.sha256(arrival.value or b"").hexdigest()
    return {
        "event_id": str(uuid.uuid5(EVENT_NAMESPACE, f"{instance}\0{said}\0{'0/0'}")),
        "instance": instance,
        "connector": CONNECTOR,
        "connector_version": "1",
        "source_id": _text(event["data"]["id"]),
        "version": int(moment.timestamp() * 1_000_000),
        "deleted": False,
        "authority": "ENT",
        "occurred_at": int(moment.timestamp() * 1_000),
        "received_at": int(arrival.headers["received_at"]),
        "school_year": _school_year(moment),
        "lineage": {
            "topic": arrival.topic,
            "partition": arrival.partition,
            "offset": arrival.offset,
            "path": "",
        },
    }


def _person(data: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
    return {
        "meta": meta,
        "profile": "PUPIL",
        "vendor_role": "PUPIL",
        "national_ref": _reference(_text(data.get("aaf_academy")), _text(data.get("aaf_id"))),
    }


def _reference(academy: str | None, number: str | None) -> dict[str, Any] | None:
    if academy not in ACADEMIES or number is None or not number.isdigit() or len(number) > 20:
        return None
    return {"academy": academy, "degree": "FIRST", "jointure": number.lstrip("0") or "0"}


def _pii(data: dict[str, Any]) -> dict[str, Any]:
    born, given = _text(data.get("birthday")), _text(data.get("first_name"))
    return {
        "family_name": _text(data.get("last_name")),
        "given_names": [given] if given else [],
        "birth_date": (date.fromisoformat(born) - EPOCH).days if born else None,
        "ine_digest": _ine_digest(_text(data.get("ine"))),
    }


def _ine_digest(text: str | None) -> str | None:
    if text is None:
        return None
    ine = text.replace(" ", "").upper()
    if not INE.fullmatch(ine):
        raise ValueError("not an INE")
    return hmac.new(SECRET, b"preau/ine\0" + ine.encode(), "sha256").hexdigest()


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError("not a text")
    return str(value).strip() or None


def _school_year(moment: datetime) -> str:
    first = moment.year if moment.month >= 8 else moment.year - 1
    return f"{first}-{first + 1}"


def _headers(meta: dict[str, Any], moment: datetime) -> Headers:
    time = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return [
        ("ce_id", meta["event_id"].encode()),
        ("ce_source", f"urn:preau:{meta['instance']}".encode()),
        ("ce_type", b"fr.preau.person.v1"),
        ("ce_time", time.encode()),
        ("ce_specversion", b"1.0"),
        ("content-type", b"application/avro"),
    ]
