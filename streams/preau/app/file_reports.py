"""Reads what ENTs report of the files that were written for them, and publishes the receipts.

A report is deleted after Kafka has its receipts: a fault in between publishes them once more, which
changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from preau.app.control import Control
from preau.app.receipts_desk import ReceiptsDesk
from preau.broker.records import Output
from preau.errors import PreauError, SetAside, TryAgain
from preau.outlets.dropping import Report, drop_folder, reports
from preau.store import filed
from preau.store.filed import Filed
from preau.store.instances import Instance
from preau.web.follow_up import LaterAnswer

log = structlog.get_logger()
Publish = Callable[[Sequence[Output]], None]


class FileReports:
    """`turn` looks once into the folder of every instance that is written to by files."""

    def __init__(self, control: Control, publish: Publish) -> None:
        self._control = control
        self._publish = publish
        self._desk = ReceiptsDesk(control.engine, control.clock)

    def turn(self) -> None:
        """Publishes what was reported; one instance's trouble is told and stays its own."""
        try:
            names = [e.name for e in self._control.instances.all() if _takes_files(e)]
        except TryAgain as error:
            log.warning("reports wait", code=error.code)
            return
        for name in names:
            try:
                self._instance(name)
            except PreauError as error:
                log.warning("reports wait", instance=name, code=error.code)
            except OSError as error:
                log.warning("reports wait", instance=name, errno=error.errno)

    def _instance(self, name: str) -> None:
        for report in reports(drop_folder(self._control.settings.drop_folder, name)):
            self._report(name, report)
            report.path.unlink(missing_ok=True)

    def _report(self, name: str, report: Report) -> None:
        with self._control.engine.connect() as connection:
            waiting = filed.untaken(connection, name, report.writing)
        said = [_answer(row, report) for row in waiting]
        outputs = [output for each in said for output in self._outputs(name, each)]
        if outputs:
            self._publish(outputs)
        taken = [each.delivery for each in said if each.outcome == "APPLIED"]
        refused = [each.delivery for each in said if each.outcome == "REFUSED"]
        with self._control.engine.begin() as connection:
            filed.answered(connection, name, taken, refused)

    def _outputs(self, name: str, said: LaterAnswer) -> list[Output]:
        """No receipt of what has ended otherwise; raises `TryAgain` while it is under way."""
        try:
            return self._desk.answer(name, said)
        except SetAside:
            return []


def _answer(row: Filed, report: Report) -> LaterAnswer:
    if report.whole or row.event_id in report.refused:
        return LaterAnswer(row.event_id, "REFUSED", report.refused.get(row.event_id, "REFUSED"))
    return LaterAnswer(row.event_id, "APPLIED", row.reason)


def _takes_files(instance: Instance) -> bool:
    return instance.way_out == "file" and not instance.disabled
