"""The way out by files: whole files, one writing for one moment, nothing withdrawn in them."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from preau.clock import SetClock
from preau.errors import Place, Stop
from preau.outlets.dropping import drop_folder, reports
from preau.outlets.file_forms import parse_forms
from preau.outlets.file_lines import draw
from preau.outlets.filing import Drops, Filing
from preau.outlets.outcome import Outcome, Parcel
from preau.store import filed
from preau.store.database import open_database, prepare
from preau.store.filed import Filed

NEEDS = {
    "GROUP_PUT": ("group", "name"),
    "MEMBER_PUT": ("group", "local_id"),
    "SHARE_PUT": ("group", "title", "source_instance", "source_media"),
}
MEMBERS = {
    "name": "membres.csv",
    "form": "csv",
    "of": "MEMBER_PUT",
    "columns": {
        "groupe": {"from": "group.name"},
        "compte": {"from": "local_id"},
        "envoi": {"from": "delivery"},
    },
}
LINKS = {
    "name": "liens.html",
    "form": "bookmarks",
    "of": "SHARE_PUT",
    "columns": {
        "folder": {"from": "group.name"},
        "title": {"from": "title"},
        "address": {"from": "link"},
    },
}
GROUPS = {
    "name": "groupes.csv",
    "form": "csv",
    "of": "GROUP_PUT",
    "columns": {"code": {"from": "group"}},
}
FORMS = parse_forms({"files": [GROUPS, MEMBERS, LINKS]}, NEEDS, Place())
GROUP = ("GROUP_PUT", "group:g", {"group": "g", "name": "Défi <lecture>", "secret": "x"})
SHARE = (
    "SHARE_PUT",
    "share:s",
    {"group": "g", "title": "Règles & jeux", "source_instance": "autre", "source_media": "7"},
)


def member(local: str) -> tuple[str, str, dict[str, str]]:
    return ("MEMBER_PUT", f"member:g:{local}", {"group": "g", "local_id": local})


def parcel(operation: str, entity: str, body: dict[str, str], version: int = 1) -> Parcel:
    event = f"{entity}-{version}"
    return Parcel(event, "ent", operation, entity, version, "cause", 0, body)


def link(instance: str, media: str) -> str:
    return f"https://{instance}.example/doc/{media}" if instance == "autre" else ""


class House:
    """One instance that takes files, and its folder."""

    def __init__(self, root: Path, engine: sa.Engine) -> None:
        self.root, self.engine = root, engine
        self.folder = root / "ent"
        self.clock = SetClock(1_000)

    def deliver(self, *parcels: Parcel) -> list[Outcome]:
        async def together() -> list[Outcome]:
            way = Filing("ent", FORMS, Drops(self.root, self.engine), link, self.clock)
            try:
                told = (way.deliver(each, {}, unknown=False) for each in parcels)
                return list(await asyncio.gather(*told))
            finally:
                await way.close()

        return asyncio.run(together())

    def lines(self, name: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO((self.folder / name).read_text("utf-8")), delimiter=";"))

    def numbers(self) -> set[str]:
        return {line[0] for line in self.lines("envoi.csv")[1:]}


@pytest.fixture
def house(tmp_path: Path, database: str) -> Iterator[House]:
    engine = open_database(database)
    prepare(engine)
    yield House(tmp_path / "sorties", engine)
    engine.dispose()


def test_what_is_delivered_stands_in_the_files_and_is_accepted(house: House) -> None:
    outcomes = house.deliver(parcel(*GROUP), parcel(*member("ne-1")), parcel(*member("ne-2")))
    assert [each.state for each in outcomes] == ["ACCEPTED"] * 3
    assert house.lines("membres.csv") == [
        ["groupe", "compte", "envoi"],
        ["Défi <lecture>", "ne-1", "member:g:ne-1-1"],
        ["Défi <lecture>", "ne-2", "member:g:ne-2-1"],
    ]


def test_the_ent_knows_a_group_by_the_id_of_its_line(house: House) -> None:
    outcomes = house.deliver(parcel(*GROUP), parcel(*member("ne-1")))
    assert [dict(each.kept) for each in outcomes] == [{"native_id": "g"}, {}]
    (untold,) = house.deliver(parcel("GROUP_PUT", "group:h", {"name": "x"}))
    assert untold.kept == {}


def test_a_moment_is_one_writing(house: House) -> None:
    house.deliver(parcel(*GROUP), *(parcel(*member(str(n))) for n in range(16)))
    assert house.numbers() == {"1000"}
    with house.engine.connect() as connection:
        rows = filed.untaken(connection, "ent", 10_000)
    assert {row.writing for row in rows} == {1_000}


def test_the_list_tells_the_lines_and_digests_of_every_file(house: House) -> None:
    house.deliver(parcel(*GROUP), parcel(*member("ne-1")))
    told = {name: (lines, digest) for _, name, lines, digest in house.lines("envoi.csv")[1:]}
    assert set(told) == {"groupes.csv", "membres.csv", "liens.html"}
    for name, (lines, digest) in told.items():
        assert sha256((house.folder / name).read_bytes()).hexdigest() == digest
        assert lines == ("0" if name == "liens.html" else "1")
    assert sorted(each.name for each in house.folder.iterdir()) == sorted([*told, "envoi.csv"])


def test_what_is_withdrawn_is_in_no_file_nor_in_its_row(house: House) -> None:
    house.deliver(parcel(*GROUP), parcel(*member("ne-1")), parcel(*member("ne-2")))
    house.deliver(parcel("MEMBER_REMOVE", "member:g:ne-1", {}, 2))
    assert [line[1] for line in house.lines("membres.csv")[1:]] == ["ne-2"]
    with house.engine.connect() as connection:
        gone = [row for row in filed.untaken(connection, "ent", 10_000) if row.gone]
    assert [row.fields for row in gone] == [{}]
    assert house.numbers() == {"1001"}  # the clock stands still; numbers grow all the same


def test_only_fields_that_a_file_reads_are_kept(house: House) -> None:
    house.deliver(parcel(*GROUP))
    with house.engine.connect() as connection:
        [row] = filed.held(connection, "ent")
    assert row.fields == {"group": "g", "name": "Défi <lecture>"}


def test_a_late_lower_version_changes_nothing(house: House) -> None:
    house.deliver(parcel(*GROUP), parcel("MEMBER_REMOVE", "member:g:1", {}, 3))
    house.deliver(parcel(*member("1"), version=2))
    assert house.lines("membres.csv")[1:] == []


def test_a_document_is_given_by_its_address_and_the_receipt_says_so(house: House) -> None:
    _, shared = house.deliver(parcel(*GROUP), parcel(*SHARE))
    assert (shared.state, shared.reason) == ("ACCEPTED", "APPLIED_AS_LINK")
    text = (house.folder / "liens.html").read_text("utf-8")
    assert text.startswith("<!DOCTYPE NETSCAPE-Bookmark-file-1>")
    assert "<H3>Défi &lt;lecture&gt;</H3>" in text
    assert '<A HREF="https://autre.example/doc/7">Règles &amp; jeux</A>' in text


def test_a_document_without_an_address_is_refused(house: House) -> None:
    body = {**SHARE[2], "source_instance": "muet"}
    [shared] = house.deliver(parcel("SHARE_PUT", "share:s", body))
    assert (shared.state, shared.reason, shared.sent) == ("REFUSED", "NOT_SUPPORTED", False)


def test_what_no_file_takes_is_refused(house: House) -> None:
    [outcome] = house.deliver(parcel("HOMEWORK_PUT", "homework:h", {}))
    assert (outcome.state, outcome.reason) == ("REFUSED", "NOT_SUPPORTED")


def test_a_folder_that_cannot_be_written_is_tried_again(house: House) -> None:
    (house.folder / "membres.csv").mkdir(parents=True)
    [outcome] = house.deliver(parcel(*GROUP))
    assert (outcome.state, outcome.reason) == ("LATER", "UNREACHABLE")
    (house.folder / "membres.csv").rmdir()
    [outcome] = house.deliver(parcel(*GROUP))
    assert outcome.state == "ACCEPTED"


def test_a_folder_that_leads_elsewhere_is_refused(house: House, tmp_path: Path) -> None:
    house.root.mkdir()
    (tmp_path / "ailleurs").mkdir()
    house.folder.symlink_to(tmp_path / "ailleurs")
    with pytest.raises(Stop, match="DROP_FOLDER"):
        drop_folder(house.root, "ent")
    [outcome] = house.deliver(parcel(*GROUP))
    assert (outcome.state, outcome.reason) == ("LATER", "ADDRESS_NOT_ALLOWED")
    assert list((tmp_path / "ailleurs").iterdir()) == []


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "A"])
def test_a_name_that_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Stop, match="DROP_FOLDER"):
        drop_folder(tmp_path, name)


def test_reports_are_read_in_their_order_and_others_are_left(tmp_path: Path) -> None:
    said = {
        "20.ko": "delivery;reason\nd-1;UNKNOWN_MEMBER\nd-2;<b>\nd-3\n",
        "3.ok": "",
        "4.ko": "",
        ".5.ok.part": "",
        "x.ok": "",
    }
    for name, text in said.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "6.ko").write_bytes(b"\xff\xfe\xff")
    found = reports(tmp_path)
    assert [(each.writing, each.whole) for each in found] == [(3, False), (4, True), (20, False)]
    assert found[2].refused == {"d-1": "UNKNOWN_MEMBER", "d-2": "REFUSED", "d-3": "REFUSED"}


@given(st.lists(st.text(max_size=12), max_size=5))
def test_no_cell_is_a_formula_and_every_line_is_one_row(titles: Sequence[str]) -> None:
    held = [
        Filed("ent", f"m{n}", 1, "MEMBER_PUT", "e", "", {"local_id": title}, gone=False, writing=1)
        for n, title in enumerate(titles)
    ]
    drawn = draw(FORMS, held, link)[1]
    text = drawn.content.decode(errors="strict")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1:]
    assert len(rows) == len(titles)
    for row, title in zip(rows, titles, strict=True):
        assert row[1] in {title, f"'{title}"}
        assert not row[1].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
