"""The topics of one hub: made at its start, and for a new instance at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from preau.app.control import Control, open_control
from preau.app.hub_topics import ensure_hub_topics, ensure_share_topic
from preau.broker.admin import opened
from preau.errors import Stop
from preau.settings import Settings
from preau.store.instances import Instance

Hub = Callable[..., Settings]


@pytest.fixture
def hub(tmp_path: Path, hub_database: Callable[[], str]) -> Hub:
    """The settings of one hub on that Kafka."""
    return partial(Settings, data=str(tmp_path), database=hub_database())


@pytest.fixture
def control(hub: Hub, kafka: str) -> Iterator[Control]:
    """A hub on somebody's Kafka of one broker, where one copy was allowed."""
    with open_control(hub(kafka=kafka, replicas="1")) as control:
        yield control


@pytest.mark.kafka
def test_a_hub_has_the_topics_of_its_connectors_and_instances(
    control: Control, kafka: str, fresh_name: Callable[[str], str]
) -> None:
    name = fresh_name("i")[:40]
    said = (name, "edifice", "", None, "", "", "none")
    control.instances.put(Instance(*said, loopback=False, disabled=False))
    ensure_hub_topics(control, kafka)
    assert ensure_hub_topics(control, kafka) == []
    wanted = {"preau.intake.aaf", "preau.setaside.edifice", f"preau.share.{name}", "preau.control"}
    with opened(kafka) as admin:
        assert wanted <= set(admin.list_topics())


@pytest.mark.kafka
def test_the_topic_of_a_new_instance_is_made_while_kafka_runs(
    control: Control, kafka: str, fresh_name: Callable[[str], str]
) -> None:
    name = fresh_name("i")[:40]
    assert ensure_share_topic(control, name)
    with opened(kafka) as admin:
        assert f"preau.share.{name}" in admin.list_topics()


@pytest.mark.kafka
def test_a_kafka_of_one_broker_is_refused_unless_one_copy_was_allowed(hub: Hub, kafka: str) -> None:
    with (
        open_control(hub(kafka=kafka, replicas="")) as control,
        pytest.raises(Stop, match="TOO_FEW_BROKERS"),
    ):
        ensure_hub_topics(control, kafka)


def test_without_a_kafka_the_topic_waits_for_the_next_start(hub: Hub) -> None:
    with open_control(hub()) as control:
        assert not ensure_share_topic(control, "ent-ecole")
    with open_control(hub(kafka="127.0.0.1:9")) as control:
        assert not ensure_share_topic(control, "ent-ecole")
