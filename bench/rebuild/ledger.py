"""What a hub wrote, kept in a Kafka of its own; a topic is made when something is first written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from preau.broker.admin import NewTopic, opened
from preau.broker.backlog import Backlog
from preau.broker.publisher import Publisher
from preau.broker.records import Arrival, Output

_PARTITIONS, _AT_ONCE, _PATIENCE_S = 4, 5_000, 120.0


class KafkaLedger:
    """Writes records and reads all of a topic again, those of one key in their order."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._backlog = Backlog(bootstrap)
        self._publisher = Publisher(bootstrap)
        self._topics: set[str] = set()
        self.count = 0

    def write(self, records: Sequence[Output]) -> None:
        """Returns when Kafka has them all."""
        new = {each.topic for each in records} - self._topics
        if new:
            with opened(self._bootstrap) as admin:
                made = [NewTopic(name, _PARTITIONS, 1) for name in sorted(new)]
                admin.create_topics(made, wait_for_metadata=True)
            self._topics |= new
        for start in range(0, len(records), _AT_ONCE):
            self._publisher.publish(records[start : start + _AT_ONCE], _PATIENCE_S)
        self.count += len(records)

    def read(self, topics: Sequence[str]) -> Iterator[Sequence[Arrival]]:
        """Everything in these topics."""
        return self._backlog.read(topics)

    def close(self) -> None:
        """Lets the producer go."""
        self._publisher.close()
