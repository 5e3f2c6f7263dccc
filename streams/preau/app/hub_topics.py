"""The topics of this very hub: its connectors' and instances', in the size its Kafka allows."""

from __future__ import annotations

from preau.app.control import Control
from preau.app.kafka_address import kafka_address
from preau.broker.gate import ensure_topics, fitting_size
from preau.broker.reach import unreached
from preau.broker.topics import ONE_NODE, Size, declared, share
from preau.errors import Stop
from preau.settings import Settings


def ensure_hub_topics(control: Control, bootstrap: str) -> list[str]:
    """Creates what is missing, checks everything; the names of what was created."""
    instances = [instance.name for instance in control.instances.all()]
    size = _size(control.settings, bootstrap)
    return ensure_topics(bootstrap, declared(control.catalogue.names(), instances, size))


def ensure_share_topic(control: Control, instance: str) -> bool:
    """The topic of a new instance, if Kafka runs; else `preau serve` makes it when it starts."""
    try:
        bootstrap = kafka_address(control.settings)
    except Stop:
        return False
    if unreached(bootstrap):
        return False
    ensure_topics(bootstrap, [share(instance, _size(control.settings, bootstrap))])
    return True


def _size(settings: Settings, bootstrap: str) -> Size:
    copies = settings.replica_count
    if not settings.kafka:
        return ONE_NODE
    return fitting_size(bootstrap, one_copy_allowed=copies == 1)._replace(replicas=copies)
