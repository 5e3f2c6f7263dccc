"""A file that was read does not stay for ever; one that was refused does, and every report."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from preau.inlets.filedrop import FORGET_EVERY_MS
from preau.inlets.retention import KEPT_MS


def put_away(report: Path, at_ms: int) -> None:
    """The report as if it had been written then."""
    os.utime(report, (at_ms / 1000, at_ms / 1000))


def test_a_file_read_goes_after_seven_days_and_its_report_stays(
    depot: Any, events: Callable[[int], bytes]
) -> None:
    (depot.own / "eleves.json").write_bytes(events(1))
    depot.settle()
    put_away(depot.own / "traites" / "eleves.json.bilan.txt", depot.clock.now_ms())

    depot.clock.advance(KEPT_MS)
    depot.drop.round()
    assert "eleves.json" in depot.names("traites")

    depot.clock.advance(FORGET_EVERY_MS)
    depot.drop.round()
    assert depot.names("traites") == ["eleves.json.bilan.txt"]


def test_a_refused_file_stays_until_somebody_has_seen_it(depot: Any) -> None:
    (depot.own / "eleves.json").write_bytes(b"\xff\xfe\x00")
    depot.settle()
    put_away(depot.own / "refuses" / "eleves.json.motif.txt", depot.clock.now_ms())

    depot.clock.advance(2 * KEPT_MS)
    depot.drop.round()
    assert "eleves.json" in depot.names("refuses")


def test_a_set_that_was_read_goes_with_all_that_it_holds(depot: Any) -> None:
    depot.drop.round()
    lot = depot.own / "traites" / "lot.complet"
    lot.mkdir()
    (lot / "eleves.xml").write_text("x")
    report = depot.own / "traites" / "lot.complet.bilan.txt"
    report.write_text("lu")
    put_away(report, depot.clock.now_ms() - KEPT_MS - 1_000)
    depot.clock.advance(FORGET_EVERY_MS)
    depot.drop.round()
    assert depot.names("traites") == ["lot.complet.bilan.txt"]
