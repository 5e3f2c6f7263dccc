"""The step in its loop, on a real Kafka: from `preau.share.<instance>` to `preau.receipt`."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import confluent_kafka as ck
import pytest

from preau.agents.deliver import Deliver
from preau.agents.dispatcher import Tools
from preau.agents.loop import Loop
from preau.broker.gate import ensure_topics
from preau.broker.publisher import Publisher
from preau.broker.records import Output
from preau.broker.topics import own, share
from preau.clock import SystemClock
from preau.outlets.opening import WaysOut

COLLEGE = "mon-ent"


@pytest.mark.kafka
def test_what_lies_in_the_share_topic_reaches_the_ent_and_its_receipt_reaches_kafka(
    kafka: str, fresh_name: Any, hub: Any, ents: Any, group: Any, member: Any, users: Any
) -> None:
    name = fresh_name("mon-ent")[:60]
    hub.instances[name] = hub.instances[COLLEGE]._replace(name=name)
    ensure_topics(kafka, [share(name), *own()])
    rows = [group(COLLEGE), *(member(COLLEGE, user) for user in users)]
    rows = [row._replace(destination=name) for row in rows]
    with Publisher(kafka) as publisher:
        publisher.publish([shared(row) for row in rows])
        step, ways = open_step(hub, publisher)
        loop = Loop(kafka, step)
        thread = threading.Thread(target=loop.run)
        thread.start()
        try:
            asyncio.run(deliver(step, ways, lambda: applied(kafka, name, len(rows))))
        finally:
            loop.stop()
            thread.join()
    assert len(ents["edifice"].effects()) == len(rows) + 1  # the group is also linked to itself


def open_step(hub: Any, publisher: Publisher) -> tuple[Deliver, WaysOut]:
    ways = WaysOut(hub.instances.get, hub.products.__getitem__, SystemClock())
    tools = Tools(
        hub.outbox,
        hub,
        publisher.publish_async,
        lambda _record, said: json.dumps(said).encode(),
        SystemClock(),
    )
    return Deliver(tools, json.loads, ways.open), ways


async def deliver(step: Deliver, ways: WaysOut, holds: Any) -> None:
    stop = asyncio.Event()
    running = asyncio.ensure_future(step.run(stop))
    assert await asyncio.to_thread(holds)
    stop.set()
    await running
    await ways.close()


def applied(kafka: str, name: str, wanted: int) -> bool:
    """Waits until Kafka holds that many different APPLIED receipts of one destination."""
    settings = {"bootstrap.servers": kafka, "group.id": "reader", "auto.offset.reset": "earliest"}
    consumer = ck.Consumer(settings)
    partitions = consumer.list_topics("preau.receipt").topics["preau.receipt"].partitions
    consumer.assign([ck.TopicPartition("preau.receipt", n, 0) for n in partitions])
    seen: set[str] = set()
    for _ in range(600):
        message = consumer.poll(0.1)
        if message is not None and message.error() is None:
            value = message.value() or b""
            if value.startswith(b"{") and json.loads(value)["destination"] == name:
                said = json.loads(value)
                seen |= {said["event_id"]} if said["outcome"] == "APPLIED" else set()
        if len(seen) >= wanted:
            break
    consumer.close()
    return len(seen) >= wanted


def shared(row: Any) -> Output:
    value = json.dumps(row._asdict()).encode()
    return Output(f"preau.share.{row.destination}", row.entity.encode(), value, [])
