"""A fictional Net'École takes complete files strictly, and says by a report what it refused."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sandbox.itop.conftest import EMPTY, Folder, School, drawn

GROUP = {"groupes.csv": "g;Défi <lecture>;e1\n"}
MEMBERS = {"membres.csv": "g;ne-1;COMPTE;e2\ng;ne-2;COMPTE;e3\n"}
LINK = {
    "liens.html": "<DT><H3>Défi &lt;lecture&gt;</H3>\n<DL><p>\n"
    '<DT><A HREF="https://autre.example/doc/7?a=1&amp;b=2" ID="e4">R&amp;D</A>\n</DL><p>\n'
}
WORK = {"travaux.csv": "t;g;Lire;2026-10-12;e5\n"}
DATE = {
    "agenda.ics": "BEGIN:VEVENT\nUID:d\nDTSTART:20261012T063000Z\nSUMMARY:Visite\\, puis\n"
    "  goûter\nCATEGORIES:Défi <lecture>\nX-PREAU-DELIVERY:e6\nEND:VEVENT\n"
}


def test_what_the_files_say_is_shown_and_reported(school: School, folder: Folder) -> None:
    folder.write(7, GROUP | MEMBERS | LINK | WORK | DATE)
    assert school.turn()
    assert folder.report(7) == ("ok", [])
    (held,) = school.held
    assert (held["id"], held["name"]) == ("g", "Défi <lecture>")
    assert held["members"] == ["ne-1", "ne-2"]
    link = {"title": "R&D", "hub_id": "e4", "address": "https://autre.example/doc/7?a=1&b=2"}
    assert held["documents"] == [link]
    assert held["homework"] == [{"title": "Lire", "due": "2026-10-12"}]
    date = {"title": "Visite, puis goûter", "start": "20261012T063000Z", "end": ""}
    assert held["dates"] == [date]
    page = school.life.page()
    assert "Défi &lt;lecture&gt;" in page
    assert "DELPRAT Maëlys" in page
    assert "R&amp;D, lien reçu" in page


def test_a_set_is_taken_once(school: School, folder: Folder) -> None:
    assert not school.turn()
    folder.write(7, GROUP)
    assert school.turn()
    assert not school.turn()
    folder.write(6, {})
    assert not school.turn()
    assert len(school.held) == 1


def test_what_is_in_the_files_no_more_is_gone(school: School, folder: Folder) -> None:
    folder.write(1, GROUP | MEMBERS | LINK)
    school.turn()
    folder.write(2, GROUP | {"membres.csv": "g;ne-1;COMPTE;e2\n"})
    school.turn()
    (held,) = school.held
    assert (held["members"], held["documents"]) == (["ne-1"], [])
    assert school.effects[-2:] == [("", "membres.csv.remove"), ("", "liens.html.remove")]
    folder.write(3, {})
    school.turn()
    assert school.held == []


def test_the_same_lines_again_change_nothing(school: School, folder: Folder) -> None:
    folder.write(1, GROUP | MEMBERS)
    school.turn()
    before = school.effects
    folder.write(2, GROUP | MEMBERS)
    assert school.turn()
    assert school.effects == before


def test_lines_that_it_cannot_take_are_refused_one_by_one(school: School, folder: Folder) -> None:
    members = MEMBERS["membres.csv"] + "g;nobody;COMPTE;e6\nh;ne-1;COMPTE;e7\ng;ne-C3;CLASSE;e8\n"
    links = LINK["liens.html"].replace("https:", "javascript:")
    groups = GROUP["groupes.csv"] + "k; ;e9\n"
    folder.write(1, {"groupes.csv": groups, "membres.csv": members, "liens.html": links})
    school.turn()
    refused = ["e9;REFUSED", "e6;UNKNOWN_MEMBER", "e7;UNKNOWN_GROUP", "e8;NOT_SUPPORTED"]
    assert folder.report(1) == ("ko", [*refused, "e4;REFUSED"])
    (held,) = school.held
    assert (held["members"], held["documents"]) == (["ne-1", "ne-2"], [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("membres.csv", "groupe;compte;type;envoi\r\n".encode("utf-8-sig")),
        ("membres.csv", b"groupe;identifiant;type;envoi\r\n"),
        ("membres.csv", "".encode("utf-8-sig")),
        ("membres.csv", b"\xef\xbb\xbfgroupe;identifiant;type;envoi\r\ng;\xe9;COMPTE;e\r\n"),
        ("membres.csv", "groupe;identifiant;type;envoi\r\ng;ne-1;e\r\n".encode("utf-8-sig")),
        ("membres.csv", 'groupe;identifiant;type;envoi\r\n"g"x;1;C;e\r\n'.encode("utf-8-sig")),
        ("membres.csv", drawn("membres.csv", "g;ne-1;COMPTE;e2\n").content),
        ("liens.html", b"<html></html>"),
        ("liens.html", b'<!DOCTYPE NETSCAPE-Bookmark-file-1><A HREF="https://a">x</A>'),
        ("liens.html", b'<!DOCTYPE NETSCAPE-Bookmark-file-1><A HREF="https://a" ID="e">x'),
        ("agenda.ics", b"BEGIN:VCALENDAR\r\n"),
        ("agenda.ics", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
        ("agenda.ics", drawn("agenda.ics", "BEGIN:VEVENT\nUID:d\nEND:VEVENT\n").content),
    ],
    ids=[
        "header",
        "mark",
        "empty",
        "encoding",
        "columns",
        "quotes",
        "count",
        "html",
        "no id",
        "cut",
        "calendar cut",
        "ends of lines",
        "date without a day",
    ],
)
def test_a_set_that_is_not_as_expected_is_refused_whole(
    school: School, folder: Folder, name: str, content: bytes
) -> None:
    folder.write(1, GROUP | MEMBERS)
    school.turn()
    files = [drawn(each, "") for each in EMPTY]
    folder.put(2, [f._replace(content=content) if f.name == name else f for f in files])
    assert school.turn()
    assert folder.report(2) == ("ko", [])
    assert school.held[0]["members"] == ["ne-1", "ne-2"]


def test_a_set_with_a_file_too_few_is_refused_whole(school: School, folder: Folder) -> None:
    folder.put(1, [drawn(name, "") for name in list(EMPTY)[1:]])
    assert school.turn()
    assert folder.report(1) == ("ko", [])


def test_a_file_of_the_next_set_waits_for_the_rest_of_it(school: School, folder: Folder) -> None:
    folder.write(1, GROUP | MEMBERS)
    (folder.path / "membres.csv").write_bytes(drawn("membres.csv", "").content)
    assert not school.turn()
    assert folder.report(1) == ("", [])
    folder.write(2, GROUP)
    assert school.turn()
    assert folder.report(2) == ("ok", [])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"\xff",
        b"numero;fichier;lignes;sha256\r\n",
        b"numero;fichier;lignes;sha256\r\nsept;groupes.csv;0;\r\n",
        b"numero;fichier;lignes;sha256\r\n1;groupes.csv;0;x\r\n2;membres.csv;0;x\r\n",
    ],
)
def test_a_list_without_one_number_is_no_list(
    school: School, folder: Folder, content: bytes
) -> None:
    (folder.path / "envoi.csv").write_bytes(content)
    assert not school.turn()
    assert list(folder.path.iterdir()) == [folder.path / "envoi.csv"]


def test_what_it_could_not_report_it_imports_and_reports_again(
    school: School, folder: Folder
) -> None:
    folder.write(1, GROUP | MEMBERS)
    in_the_way = folder.path / ".1.ok.part"
    in_the_way.mkdir()
    with pytest.raises(IsADirectoryError):
        school.turn()
    in_the_way.rmdir()
    before = school.effects
    assert school.turn()
    assert folder.report(1) == ("ok", [])
    assert school.effects == before


def test_files_lie_while_its_import_stands_still(school: School, folder: Folder) -> None:
    school.life.say({"what": "import", "open": False})
    folder.write(1, GROUP)
    assert not school.turn()
    school.life.say({"what": "import", "open": True})
    assert school.turn()


def test_its_process_watches_the_folder_and_goes_on_after_a_kill(
    netecole: Any, folder: Folder
) -> None:
    for number in (1, 2):
        folder.write(number, GROUP | MEMBERS)
        deadline = time.monotonic() + 30
        while not folder.report(number)[0]:
            assert time.monotonic() < deadline, "no report came"
            time.sleep(0.02)
        assert folder.report(number) == ("ok", [])
        netecole.kill()
        netecole.start()
    (held,) = netecole.call("GET /_sandbox/holds").body
    assert held["members"] == ["ne-1", "ne-2"]
