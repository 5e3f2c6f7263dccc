"""Everything that lies in some topics is read once, to its end, on a real Kafka."""

from __future__ import annotations

from collections.abc import Callable

import confluent_kafka as ck
import pytest

from preau.broker import backlog
from preau.broker.backlog import Backlog
from preau.broker.clients import producer_settings
from preau.errors import TryAgain

pytestmark = pytest.mark.kafka
MANY = 2_500


def written(kafka: str, topic: str, count: int) -> None:
    producer = ck.Producer(producer_settings(kafka))
    for number in range(count):
        producer.produce(topic, str(number).encode(), str(number % 7).encode())
    assert producer.flush(30) == 0


def test_every_record_comes_once_and_those_of_a_key_in_order(
    kafka: str, fresh_topic: Callable[..., str]
) -> None:
    one, other = fresh_topic(), fresh_topic()
    written(kafka, one, MANY)
    written(kafka, other, 3)
    found = [each for batch in Backlog(kafka).read([one, other]) for each in batch]
    assert len(found) == MANY + 3
    of_key: dict[tuple[str, bytes | None], list[int]] = {}
    for each in found:
        assert each.value is not None
        of_key.setdefault((each.topic, each.key), []).append(int(each.value))
    assert all(numbers == sorted(numbers) for numbers in of_key.values())


def test_a_pattern_names_topics_and_one_that_is_empty_ends_at_once(
    kafka: str, fresh_topic: Callable[..., str]
) -> None:
    name = fresh_topic()
    assert list(Backlog(kafka).read([f"^{name}"])) == []
    assert list(Backlog(kafka).read(["^no-such-topic"])) == []
    written(kafka, name, 2)
    assert sum(len(batch) for batch in Backlog(kafka).read([f"^{name}$"])) == 2


def test_a_kafka_that_is_silent_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "_SILENCE_S", 0.5)
    with pytest.raises(TryAgain) as why:
        list(Backlog("127.0.0.1:1").read(["any"]))
    assert why.value.code == "KAFKA_READ"
