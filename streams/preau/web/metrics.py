"""`GET /metrics` for Prometheus: what went in, out and aside, the lag, the receipts.

Records are counted by Kafka itself (the end offset of a topic is how many were ever written to
it), so the figures survive the restart of any process and need no file shared between processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from preau.errors import PreauError
from preau.web.hub import Hub
from preau.web.needs import FlowState
from preau.web.tally import Tally

_COUNTED = (
    ("preau.intake.", "preau_events_in", "connector", "Events received, by connector"),
    ("preau.canon.", "preau_records_out", "record", "Canonical records written, by record"),
    ("preau.setaside.", "preau_set_aside", "connector", "Records set aside, by connector"),
)


class Source(Protocol):
    """Whoever gives metrics to the page."""

    def collect(self) -> Iterator[Metric]: ...


def metrics(hub: Hub, tally: Tally) -> APIRouter:
    """The route; it names no instance and no school, so it needs no key."""
    router = APIRouter(tags=["health"])
    registry = CollectorRegistry()
    registry.register(_Streams(hub))

    @router.get("/metrics")
    async def page() -> Response:
        """Prometheus' text format."""
        text = await run_in_threadpool(lambda: generate_latest(registry))
        return Response(text + generate_latest(tally.registry), media_type=CONTENT_TYPE_LATEST)

    return router


class _Streams(Collector):
    """What Kafka and the database say at this moment."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def describe(self) -> list[Metric]:
        """Nothing is asked at registration."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The families; Kafka or the database away is said, and the rest still shown."""
        up = GaugeMetricFamily("preau_up", "1 when this part answers", labels=["part"])
        try:
            flow = self._hub.flow.read()
        except PreauError:
            up.add_metric(["kafka"], 0)
        else:
            up.add_metric(["kafka"], 1)
            yield from _flow(flow)
        try:
            outcomes = self._hub.accounts.receipts_by_outcome()
            waiting = self._hub.accounts.waiting()
            cuts, kept = self._hub.accounts.cuts_by_kind(), self._hub.accounts.kept_back()
            late = self._hub.accounts.late_by_level()
            aside = self._hub.accounts.set_asides_by_state()
            asked = self._hub.accounts.polls_by_state()
            drifted = self._hub.accounts.drifts_by_kind()
        except (SQLAlchemyError, PreauError, OSError):
            up.add_metric(["database"], 0)
        else:
            up.add_metric(["database"], 1)
            meaning = "Last answers of the ENTs, by outcome"
            yield _by("preau_receipts", meaning, "outcome", outcomes)
            meaning = "Answers that passed their deadline, by level"
            yield _by("preau_receipts_late", meaning, "level", late)
            yield _by("preau_set_asides", "Refusals of the last 83 days, by state", "state", aside)
            yield _by("preau_polls", "Ways of asking an instance, by state", "state", asked)
            yield _drifts(drifted)
            yield _by("preau_cut", "What operators have cut", "kind", cuts)
            yield GaugeMetricFamily("preau_kept_back", "Records that cuts keep back", value=kept)
            meaning = "Shares that wait for their document"
            yield GaugeMetricFamily("preau_waiting", meaning, value=waiting)
        yield up


def _by(name: str, meaning: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for each, count in sorted(counts.items()):
        family.add_metric([each], count)
    return family


def _drifts(counts: Mapping[tuple[str, str], int]) -> Metric:
    meaning = "What ENTs hold otherwise than they should, by kind and by what becomes of it"
    family = GaugeMetricFamily("preau_drift", meaning, labels=["kind", "state"])
    for labels, count in sorted(counts.items()):
        family.add_metric(labels, count)
    return family


def _flow(flow: FlowState) -> Iterator[Metric]:
    for prefix, name, label, meaning in _COUNTED:
        family = CounterMetricFamily(name, meaning, labels=[label])
        for topic, count in sorted(flow.written.items()):
            if topic.startswith(prefix):
                family.add_metric([topic.removeprefix(prefix)], count)
        yield family
    sent = CounterMetricFamily("preau_receipts_written", "Receipts ever written")
    sent.add_metric([], flow.written.get("preau.receipt", 0))
    yield sent
    lag = GaugeMetricFamily("preau_step_lag", "Records that wait for a step", labels=["step"])
    workers = GaugeMetricFamily("preau_step_workers", "Live processes of a step", labels=["step"])
    for step in flow.steps:
        lag.add_metric([step.name], step.lag)
        workers.add_metric([step.name], step.workers)
    yield lag
    yield workers
