"""An ENT that takes files says so by a report beside them, and receipts say it to the schools."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from preau.agents.dispatcher import parcel_of
from preau.agents.receipts import ReceiptsStep
from preau.app.control import Control, open_control
from preau.app.file_reports import FileReports
from preau.app.products import check_products
from preau.app.steps import reader
from preau.broker.records import Arrival, Output
from preau.errors import Place, Stop, TryAgain
from preau.outlets.file_forms import parse_forms
from preau.outlets.filing import Drops, Filing
from preau.settings import Settings
from preau.store import filed
from preau.store.deliveries import Deliveries, Delivery, Settled
from preau.store.instances import Instance
from preau.store.receipts import Receipts

FORMS = parse_forms(
    {
        "files": [
            {
                "name": "membres.csv",
                "form": "csv",
                "of": "MEMBER_PUT",
                "columns": {"compte": {"from": "local_id"}, "envoi": {"from": "delivery"}},
            }
        ]
    },
    {"MEMBER_PUT": ("local_id",)},
    Place(),
)


class Hub:
    """The outbox, the way out by files, and what reads the reports."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.outbox = Deliveries(control.engine)
        self.folder = control.settings.drop_folder / "ent"
        self.reports = FileReports(control, self.publish)
        self.published: list[Output] = []
        self.deaf = False
        said = ("beneylu", "FIRST", "11", "", "", "file")
        control.instances.put(Instance("ent", *said, loopback=False, disabled=False))

    def publish(self, outputs: Sequence[Output]) -> None:
        if self.deaf:
            raise TryAgain("KAFKA_AWAY", "no answer", fix="wait")
        self.published += outputs
        step = ReceiptsStep(Receipts(self.control.engine), reader("receipt"))
        step.handle([Arrival(o.topic, 0, 0, o.key, o.value, {}) for o in outputs])

    def write(self, *locals_: str, settle: bool = True, remove: bool = False) -> None:
        """Delivers one member each, as the dispatcher does."""
        rows = [self._row(local, remove=remove) for local in locals_]
        self.outbox.insert(rows)
        drops = Drops(self.control.settings.drop_folder, self.control.engine)

        async def together() -> None:
            way = Filing("ent", FORMS, drops, lambda *_: "", self.control.clock)
            told = (way.deliver(parcel_of(row), {}, unknown=False) for row in rows)
            assert {each.state for each in await asyncio.gather(*told)} == {"ACCEPTED"}

        asyncio.run(together())
        if settle:
            self.settle(*rows)

    def settle(self, *rows: Delivery) -> None:
        place = [(r.destination, r.entity, r.version) for r in rows]
        self.outbox.settle([Settled(*each, "DONE", "ACCEPTED", "", 0, {}) for each in place])

    def _row(self, local: str, *, remove: bool) -> Delivery:
        operation, version = ("MEMBER_REMOVE", 2) if remove else ("MEMBER_PUT", 1)
        body = {} if remove else {"local_id": local}
        where = ("ent", "p-1", operation, f"member:g:{local}", version)
        return Delivery(f"{local}-{version}", *where, (), "cause", 1_000, body)

    def report(self, ending: str, text: str = "") -> Path:
        number = (self.folder / "envoi.csv").read_text("utf-8").splitlines()[1].split(";")[0]
        file = self.folder / f"{number}.{ending}"
        file.write_text(text, "utf-8")
        return file

    def outcomes(self, *events: str) -> list[str]:
        found = [self.outbox.told("ent", event) for event in events]
        return [each[2] for each in found if each is not None]

    def rows(self) -> list[str]:
        with self.control.engine.connect() as connection:
            return [row.entity for row in filed.held(connection, "ent")]


@pytest.fixture
def hub(tmp_path: Path, blank_database: str) -> Iterator[Hub]:
    with open_control(Settings(data=str(tmp_path / "hub"), database=blank_database)) as control:
        yield Hub(control)


def test_nothing_is_applied_before_the_ent_has_said_so(hub: Hub) -> None:
    hub.write("a")
    hub.reports.turn()
    assert (hub.outcomes("a-1"), hub.published) == (["ACCEPTED"], [])


def test_a_good_report_applies_everything_up_to_its_number_once(hub: Hub) -> None:
    hub.write("a", "b")
    file = hub.report("ok")
    hub.reports.turn()
    assert hub.outcomes("a-1", "b-1") == ["APPLIED", "APPLIED"]
    assert not file.exists()
    hub.report("ok")
    hub.reports.turn()
    assert len(hub.published) == 2


def test_a_report_says_nothing_of_what_was_written_after_it(hub: Hub) -> None:
    hub.write("a")
    hub.report("ok")
    hub.write("b")
    hub.reports.turn()
    assert hub.outcomes("a-1", "b-1") == ["APPLIED", "ACCEPTED"]


def test_refused_lines_are_named_and_leave_the_files(hub: Hub) -> None:
    hub.write("a", "b")
    hub.report("ko", "delivery;reason\na-1;UNKNOWN_MEMBER\n")
    hub.reports.turn()
    assert hub.outcomes("a-1", "b-1") == ["REFUSED", "APPLIED"]
    assert hub.rows() == ["member:g:b"]
    told = {each.delivery: each.reason for each in Receipts(hub.control.engine).of_project("p-1")}
    assert told == {"a-1": "UNKNOWN_MEMBER", "b-1": ""}


def test_a_set_that_is_refused_whole_is_refused_line_by_line(hub: Hub) -> None:
    hub.write("a", "b")
    hub.report("ko")
    hub.reports.turn()
    assert hub.outcomes("a-1", "b-1") == ["REFUSED", "REFUSED"]


def test_a_withdrawal_is_forgotten_once_it_was_taken(hub: Hub) -> None:
    hub.write("a")
    hub.write("a", remove=True)
    hub.report("ok")
    hub.reports.turn()
    assert hub.outcomes("a-2") == ["APPLIED"]
    with hub.control.engine.connect() as connection:
        assert filed.last_writing(connection, "ent") == 0


@pytest.mark.parametrize("trouble", ["under way", "kafka"])
def test_a_report_that_comes_too_early_or_finds_no_kafka_waits(hub: Hub, trouble: str) -> None:
    hub.write("a", settle=trouble != "under way")
    file, hub.deaf = hub.report("ok"), trouble == "kafka"
    hub.reports.turn()
    assert file.exists()
    assert hub.published == []
    hub.deaf = False
    hub.outbox.settle([Settled("ent", "member:g:a", 1, "DONE", "ACCEPTED", "", 0, {})])
    hub.reports.turn()
    assert (file.exists(), hub.outcomes("a-1")) == (False, ["APPLIED"])


def test_a_hub_whose_folder_of_files_leads_elsewhere_does_not_start(
    hub: Hub, tmp_path: Path
) -> None:
    check_products(hub.control)
    hub.folder.rmdir()
    hub.folder.symlink_to(tmp_path)
    with pytest.raises(Stop, match="DROP_FOLDER"):
        check_products(hub.control)
    hub.reports.turn()  # told in the log; others are read on
