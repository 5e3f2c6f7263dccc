"""The file drop: complete files only, each piece once, everything put away with its reason."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preau.errors import Stop, TryAgain
from preau.inlets.filedrop import STABLE_MS, FileDrop
from preau.inlets.filework import BATCH
from preau.shelf import connectors

Events = Callable[[int], bytes]


def test_a_complete_file_is_read_and_put_away_with_a_report(depot: Any, events: Events) -> None:
    (depot.own / "eleves.json").write_bytes(events(3))
    assert depot.settle() == 1
    assert [record.value for record in depot.written] == events(3).split(b"\n")
    assert dict(depot.written[1].headers)["path"] == b"record 2"
    assert depot.written[0].key == b"ent-ecole/0"
    assert depot.names("traites") == ["eleves.json", "eleves.json.bilan.txt"]
    assert "prises en compte : 3" in (depot.own / "traites/eleves.json.bilan.txt").read_text()
    assert depot.names("en-cours") == []


def test_a_file_still_being_copied_is_left_alone(depot: Any, events: Events) -> None:
    file = depot.own / "eleves.json"
    file.write_bytes(events(1))
    depot.drop.round()
    depot.clock.advance(STABLE_MS - 1)
    assert depot.drop.round() == 0
    file.write_bytes(events(2))  # it grows: the two seconds begin again
    depot.clock.advance(STABLE_MS)
    assert depot.drop.round() == 0
    depot.clock.advance(STABLE_MS)
    assert depot.drop.round() == 1
    assert len(depot.written) == 2


@pytest.mark.parametrize("name", [".cache.json", "a.json.part", "b.TMP", "c.json~"])
def test_hidden_and_partial_names_are_left_alone(depot: Any, events: Events, name: str) -> None:
    (depot.own / name).write_bytes(events(1))
    assert depot.settle() == 0
    assert (depot.own / name).exists()


@pytest.mark.parametrize(
    ("body", "reason", "taken"),
    [
        (b"", "FILE_EMPTY", 0),
        (b"Nom;Prenom\n", "JSON_NOT_EVENTS", 0),
        (b'{"data":{}}\n{"data":', "JSON_TRUNCATED", 1),
    ],
)
def test_an_unreadable_file_is_refused_with_the_reason_in_french(
    depot: Any, body: bytes, reason: str, taken: int
) -> None:
    (depot.own / "eleves.json").write_bytes(body)
    assert depot.settle() == 1
    motif = (depot.own / "refuses/eleves.json.motif.txt").read_text("utf-8")
    assert reason in motif
    assert "À faire" in motif
    assert len(depot.written) == taken
    assert ("prises en compte" in motif) == bool(taken)


def test_a_link_is_never_followed(depot: Any, tmp_path: Path, events: Events) -> None:
    outside = tmp_path / "secret.json"
    outside.write_bytes(events(1))
    (depot.own / "eleves.json").symlink_to(outside)
    assert depot.settle() == 1
    assert depot.written == []
    assert "FILE_KIND" in (depot.own / "refuses/eleves.json.motif.txt").read_text("utf-8")


def test_a_bad_record_is_set_aside_and_the_others_go_on(depot: Any) -> None:
    (depot.own / "eleves.json").write_bytes(b'{"data":{}}\n{"a":1,"a":2}\n{"data":{}}\n')
    assert depot.settle() == 1
    assert [record.topic for record in depot.written] == [
        "preau.intake.school",
        "preau.setaside.school",
        "preau.intake.school",
    ]
    report = (depot.own / "traites/eleves.json.bilan.txt").read_text("utf-8")
    assert "mises de côté : 1" in report
    assert "fiche 2 : JSON_DUPLICATE" in report


def test_when_kafka_fails_the_file_waits_and_goes_on_where_it_was(
    depot: Any, events: Events
) -> None:
    count = 2 * BATCH + 7
    (depot.own / "eleves.json").write_bytes(events(count))
    depot.fail_after = 1
    assert depot.settle() == 0
    assert depot.names("en-cours") == [".eleves.json.progres", "eleves.json"]
    depot.fail_after = None
    depot.drop = depot.fresh()  # as after a kill: nothing is known but what is on disk
    assert depot.drop.round() == 1
    paths = [dict(record.headers)["path"] for record in depot.written]
    assert paths == [b"record %d" % rank for rank in range(1, count + 1)]
    assert depot.names("traites") == ["eleves.json", "eleves.json.bilan.txt"]


def test_another_file_of_the_same_name_begins_anew_and_keeps_both(
    depot: Any, events: Events
) -> None:
    for count in (2, 3):
        (depot.own / "eleves.json").write_bytes(events(count))
        assert depot.settle() == 1
    assert len(depot.written) == 5
    assert [name for name in depot.names("traites") if name.endswith(".json")] == [
        "eleves-2.json",
        "eleves.json",
    ]


def test_a_connector_that_takes_no_files_says_so(depot: Any, events: Events) -> None:
    depot.speaker = depot.speaker._replace(ways_in=("http",))
    (depot.own / "eleves.json").write_bytes(events(1))
    assert depot.settle() == 1
    assert "WAY_IN" in (depot.own / "refuses/eleves.json.motif.txt").read_text("utf-8")


def test_two_processes_never_watch_one_folder(depot: Any) -> None:
    stop = threading.Event()
    first = threading.Thread(target=depot.drop.run, args=(stop,))
    first.start()
    lock = depot.folder / ".verrou"
    while not (depot.own / "traites").exists():  # the first has the lock once it has looked
        assert first.is_alive()
    assert lock.exists()
    with pytest.raises(Stop, match="DEPOT_TAKEN"):
        depot.fresh().run(stop)
    stop.set()
    first.join()


@pytest.mark.parametrize("ine", ["123456789AA", "12345678"])
def test_an_ine_never_leaves_the_file(depot: Any, ine: str) -> None:
    depot.speaker = depot.speaker._replace(reader="aaf", order=("id",))
    sample = (connectors() / "aaf/samples/Eleve.xml").read_text("utf-8")
    assert "<value>123456789AA</value>" in sample
    (depot.own / "Eleve_0000.xml").write_text(sample.replace("123456789AA", ine), "utf-8")
    assert depot.settle() == 1
    (record,) = depot.written
    assert ine.encode() not in b"".join([record.key, record.value, str(record.headers).encode()])
    assert b'"ENTEleveINE":["ine:' in record.value


def test_without_the_database_files_wait_and_are_read_once_it_is_back(
    depot: Any, events: Events
) -> None:
    asked = 0
    stop = threading.Event()

    def speakers() -> list[Any]:
        nonlocal asked
        asked += 1
        if asked <= 2:
            raise TryAgain("DATABASE_GONE", "the database does not answer")
        depot.clock.advance(STABLE_MS)
        if asked > 4:
            stop.set()
        return [depot.speaker]

    (depot.own / "eleves.json").write_bytes(events(3))
    depot.drop = FileDrop(depot.folder, speakers, depot.tools)
    depot.drop.run(stop)
    assert depot.names("traites") == ["eleves.json", "eleves.json.bilan.txt"]
    assert len(depot.written) == 3
