"""The same work as one would first write it: json to dict, dict to dict, fastavro, then the seal.

Output: a sealed `person.v1` in Confluent wire format under CloudEvents headers, as the product's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import struct
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import confluent_kafka as ck
import fastavro
import orjson
from bench.normalise import batch_loop
from bench.normalise.batch_loop import Headers
from bench.normalise.job import Job, Stopwatch
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from preau import shelf
from preau.ids import digest, event_id

RECORD, INNER = "person.v1", "person.pii.v1"
SECRET = b"a key for the bench only, 32 byte"
EPOCH = date(1970, 1, 1)


def run(job: Job, watch: Stopwatch) -> None:
    """The benchmark's entry."""
    plain = Plain()

    def handle(batch: list[ck.Message]) -> list[tuple[bytes, bytes, Headers]]:
        return [plain.message(message) for message in batch]

    batch_loop.run(job, watch, handle)


class Plain:
    """One pupil's account to one sealed person."""

    def __init__(self) -> None:
        folder = shelf.schemas()
        self._id = int(json.loads((folder / "ids.json").read_text("utf-8"))[RECORD]["id"])
        self._outer = fastavro.parse_schema(json.loads((folder / f"{RECORD}.avsc").read_text()))
        self._inner = fastavro.parse_schema(json.loads((folder / f"{INNER}.avsc").read_text()))
        self._ciphers: dict[str, AESGCM] = {}

    def message(self, message: ck.Message) -> tuple[bytes, bytes, Headers]:
        """For confluent-kafka."""
        at = (message.topic() or "", message.partition() or 0, message.offset() or 0)
        return self.one(message.value() or b"", dict(message.headers() or ()), at)

    def one(
        self, body: bytes, said: dict[str, Any], at: tuple[str, int, int]
    ) -> tuple[bytes, bytes, Headers]:
        """Key, value, headers of the canonical record."""
        event = orjson.loads(body)
        instance = said["instance"].decode()
        source_id = str(event["data"]["id"])
        identity = event_id(instance, digest(body), "0")
        moment = datetime.fromisoformat(event["date"])
        meta = {
            "event_id": identity,
            "instance": instance,
            "connector": "beneylu",
            "connector_version": "1",
            "source_id": source_id,
            "version": int(moment.timestamp() * 1_000_000),
            "deleted": False,
            "authority": "ENT",
            "occurred_at": int(moment.timestamp() * 1_000),
            "received_at": int(said["received_at"]),
            "school_year": _school_year(moment),
            "lineage": {"topic": at[0], "partition": at[1], "offset": at[2], "path": ""},
        }
        subject = f"{instance}/{source_id}"
        record = _person(event["data"], meta)
        record["pii"] = self._seal(subject, identity, _pii(event["data"]))
        return subject.encode(), self._frame(record), _headers(meta, moment)

    def _seal(self, subject: str, identity: str, pii: dict[str, Any]) -> dict[str, bytes]:
        cipher = self._ciphers.get(subject)
        if cipher is None:
            cipher = AESGCM(hashlib.sha256(SECRET + subject.encode()).digest())
            self._ciphers[subject] = cipher
        clear = BytesIO()
        fastavro.schemaless_writer(clear, self._inner, pii)
        nonce = os.urandom(12)
        bound = f"{subject}\0{identity}\0pii\0{self._id}".encode()
        sealed = cipher.encrypt(nonce, clear.getvalue(), bound)
        return {"kid": bytes(16), "nonce": nonce, "ciphertext": sealed}

    def _frame(self, record: dict[str, Any]) -> bytes:
        out = BytesIO()
        out.write(struct.pack(">bI", 0, self._id))
        fastavro.schemaless_writer(out, self._outer, record)
        return out.getvalue()


def _person(data: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
    jointure = {"academy": data["aaf_academy"], "degree": "FIRST", "number": data["aaf_id"]}
    return {
        "meta": meta,
        "profile": "PUPIL",
        "vendor_role": "PUPIL",
        "national_ref": jointure if data.get("aaf_id") else None,
    }


def _pii(data: dict[str, Any]) -> dict[str, Any]:
    born = data.get("birthday")
    return {
        "family_name": data["last_name"],
        "given_names": [data["first_name"]],
        "birth_date": (date.fromisoformat(born) - EPOCH).days if born else None,
        "ine_digest": hmac.digest(SECRET, data["ine"].encode(), "sha256") if data["ine"] else None,
    }


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
