"""Logs as one JSON object a line, on standard error, that never hold a body or a person."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import TextIO

import structlog

_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}


def start_logs(level: str, step: str, sink: TextIO | None = None) -> None:
    """Configures structlog and the standard library alike; `step` stands on every line.

    Lines go to `sink`, else to standard error.
    """

    def name_step(
        _logger: object, _name: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event["step"] = step  # not a context variable: clients log from threads of their own
        return event

    shared: list[structlog.typing.Processor] = [
        name_step,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _only_the_kind,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS.get(level, 20)),
    )
    handler = logging.StreamHandler(sink or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=_LEVELS.get(level, 20), force=True)
    for noisy in ("faust", "mode", "kafka", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Faust's client reads the control topic only; when Kafka is away, the loops say so as well
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger("kafka.client").addFilter(Seldom())


class Seldom(logging.Filter):
    """Lets one line of a kind through in ten seconds; the kind is its first word (FAIL, GETPID …).

    A client that has lost its broker says the same twenty times a second.
    """

    def __init__(self, every_s: float = 10.0, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every_s = every_s
        self._now = now
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is written."""
        kind, now = record.getMessage().partition(" ")[0], self._now()
        if now - self._last.get(kind, -self._every_s) < self._every_s:
            return False
        self._last[kind] = now
        return True


def _only_the_kind(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """An exception's words may quote what it met: only its type is written, never its text."""
    if (info := event.pop("exc_info", None)) is not None:
        if info is True:
            info = sys.exc_info()
        kind = info[0] if isinstance(info, tuple) else type(info)
        event["exception"] = getattr(kind, "__name__", "unknown")
    return event
