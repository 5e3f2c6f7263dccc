"""A vendor speaks by HTTP: 202 when Kafka has it, a reason otherwise, per event of a batch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from preau.broker.records import Output
from preau.errors import TryAgain

pytestmark = pytest.mark.kafka
ONE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
EVENT = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/ecoles/3001",
    "type": "GROUP_UPDATED",
    "data": {"data": {"id": 12}},
}


def test_an_accepted_event_is_in_kafka_with_its_key_and_headers(running: Any) -> None:
    answer = running.post("/v1/events", EVENT, Content_Type=ONE)
    assert (answer.status, answer.json) == (202, {"accepted": [{"id": "e-1"}]})
    (record,) = running.read(1)
    assert (record.key(), record.value()) == (b"ent-ecole/12", b'{"data":{"id":12}}')
    headers = dict(record.headers())
    assert headers["event"] == b"GROUP_UPDATED"
    assert headers["instance"] == b"ent-ecole"


def test_a_binary_cloudevent_is_accepted(running: Any) -> None:
    answer = running.post(
        "/v1/events",
        {"data": {"id": 12}},
        ce_specversion="1.0",
        ce_id="e-2",
        ce_source="/ecoles/3001",
        ce_type="GROUP_UPDATED",
    )
    assert (answer.status, answer.json) == (202, {"accepted": [{"id": "e-2"}]})


def test_a_vendors_own_body_is_kept_byte_for_byte(running: Any) -> None:
    body = b'{ "uid": "u-7", "data": {"id": 12} }'
    assert running.post("/v1/intake/ent-ecole", body).json == {"accepted": [{"id": "u-7"}]}
    assert running.read(1)[0].value() == body


def test_a_batch_says_of_each_event_what_became_of_it(running: Any) -> None:
    wrong = {name: value for name, value in EVENT.items() if name != "type"}
    answer = running.post("/v1/events", [EVENT, wrong], Content_Type=BATCH)
    assert answer.status == 207
    assert answer.json["accepted"] == [{"index": 0, "id": "e-1"}]
    (refused,) = answer.json["refused"]
    assert (refused["index"], refused["code"], refused["field"]) == (1, "CE_MISSING", "type")
    assert running.post("/v1/events", [wrong], Content_Type=BATCH).status == 422
    whole = running.post("/v1/events", [EVENT, {**EVENT, "id": "e-2"}], Content_Type=BATCH)
    assert (whole.status, whole.json["refused"]) == (202, [])


def test_a_batch_keeps_its_order(running: Any) -> None:
    many = [{**EVENT, "id": f"e-{rank}"} for rank in range(500)]
    assert running.post("/v1/events", many, Content_Type=BATCH).status == 202
    ids = [dict(record.headers())["vendor_event_id"] for record in running.read(500)]
    assert ids == [f"e-{rank}".encode() for rank in range(500)]


class Away:
    """A Kafka that takes the first records and then no more."""

    def __init__(self, taken: int = 0) -> None:
        self.left = taken

    async def publish_async(self, outputs: Sequence[Output], timeout_s: float = 1.0) -> None:
        await asyncio.sleep(0 * timeout_s)
        if self.left < len(outputs):
            raise TryAgain("KAFKA_WRITE", "not acknowledged", fix="send the same again")
        self.left -= len(outputs)


def test_without_kafka_nothing_is_accepted_and_the_vendor_is_told_when_to_come_back(
    world: Any, serve: Any
) -> None:
    with serve(world, kafka=Away()) as running:
        answer = running.post("/v1/events", EVENT, Content_Type=ONE)
        assert (answer.status, answer.json["code"]) == (503, "KAFKA_WRITE")
        assert int(answer.headers["retry-after"]) > 0
        batch = running.post("/v1/events", [EVENT], Content_Type=BATCH)
        assert (batch.status, batch.json["code"]) == (503, "KAFKA_WRITE")


def test_a_batch_half_acknowledged_says_which_half(world: Any, serve: Any) -> None:
    with serve(world, kafka=Away(1)) as running:
        answer = running.post("/v1/events", [EVENT, {**EVENT, "id": "e-2"}], Content_Type=BATCH)
        assert answer.status == 207
        assert answer.json["accepted"] == [{"index": 0, "id": "e-1"}]
        assert answer.json["refused"][0]["code"] == "KAFKA_WRITE"
