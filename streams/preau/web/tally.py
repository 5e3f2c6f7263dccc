"""What this process counted since it started, for Prometheus; what Kafka counts is in `flow`."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


class Tally:
    """The counters of the web process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._accepted = Counter(
            "preau_http_events_accepted",
            "Events acknowledged by Kafka and answered 202",
            ["connector"],
            registry=self.registry,
        )
        self._refused = Counter(
            "preau_http_refused",
            "Requests or events of a batch answered with an error",
            ["code"],
            registry=self.registry,
        )

    def accepted(self, connector: str, count: int) -> None:
        """So many more events are in."""
        self._accepted.labels(connector).inc(count)

    def refused(self, code: str) -> None:
        """One more was refused, for this reason."""
        self._refused.labels(code).inc()
