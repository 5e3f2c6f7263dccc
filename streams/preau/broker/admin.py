"""kafka-python's admin client, opened and closed in one place, its errors told as ours."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from preau.broker.reach import unreached
from preau.errors import Place, TryAgain

with warnings.catch_warnings():
    # kafka-python 3.0.12 reads its own protocol files with importlib.resources.read_text
    warnings.filterwarnings("ignore", "(read|open)_text is deprecated", DeprecationWarning)
    from kafka.admin import (
        ConfigResource,
        ConfigResourceType,
        KafkaAdminClient,
        MemberToRemove,
        NewTopic,
    )
    from kafka.errors import (
        GroupIdNotFoundError,
        KafkaError,
        TopicAlreadyExistsError,
        UnknownMemberIdError,
    )

__all__ = [
    "LONE_ERRORS",
    "ConfigResource",
    "ConfigResourceType",
    "KafkaAdminClient",
    "MemberToRemove",
    "NewTopic",
    "TopicAlreadyExistsError",
    "opened",
]

ASK_MS = 30_000
LONE_ERRORS = (GroupIdNotFoundError, UnknownMemberIdError)
"""What Kafka says of a member or a group that is not there."""


@contextmanager
def opened(bootstrap: str) -> Iterator[KafkaAdminClient]:
    """An admin client, closed afterwards; any error of Kafka's becomes `TryAgain`."""
    if refused := unreached(bootstrap):
        raise _silent("; ".join(refused))
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=ASK_MS)
        try:
            yield admin
        finally:
            admin.close()
    except KafkaError as error:
        raise _silent(type(error).__name__) from error


def _silent(what: str) -> TryAgain:
    return TryAgain(
        "KAFKA_ADMIN",
        f"Kafka did not answer an administrator's request: {what}",
        where=Place(field="PREAU_KAFKA"),
        fix="see that it runs and that this user may describe and create topics",
    )
