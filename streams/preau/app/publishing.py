"""How a command hands records to Kafka, when what it says is in the store already."""

from __future__ import annotations

from collections.abc import Sequence

from preau.app.control import Control
from preau.app.kafka_address import kafka_address
from preau.broker.publisher import Publisher
from preau.broker.reach import unreached
from preau.broker.records import Output
from preau.errors import Stop, TryAgain


def publish_if_running(control: Control, records: Sequence[Output]) -> bool:
    """Whether Kafka has them now; when it is away, the step finds them in the store later."""
    try:
        bootstrap = kafka_address(control.settings)
    except Stop:
        return False
    if unreached(bootstrap):
        return False
    with Publisher(bootstrap) as publisher:
        try:
            publisher.publish(records)
        except TryAgain:
            return False
    return True
