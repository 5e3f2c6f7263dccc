"""What a directory service is to hold is kept, field by field as listed, until its next set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from preau.clock import SetClock
from preau.errors import FixTheFolder, Place
from preau.outlets.file_forms import parse_forms, read_set
from preau.outlets.filing import Drops
from preau.outlets.outcome import Outcome, Parcel
from preau.outlets.set_folder import put_set, remove_sets
from preau.outlets.set_keeping import SetKeeping
from preau.store import filed
from preau.store.database import open_database, prepare

NOW = 1_790_000_000_000
NEEDS = {"GROUP_PUT": ("group", "name"), "MEMBER_PUT": ("local_id",), "MEMBER_REMOVE": ()}
BODY = {
    "group": "g",
    "member_kind": "PERSON",
    "local_id": "abc",
    "role": "PUPIL",
    "establishment": "0119010J",
}


class Service:
    """The way out, and what is kept."""

    def __init__(self, drops: Drops) -> None:
        self.drops = drops
        self.outlet = SetKeeping("gar", NEEDS, drops, SetClock(NOW))

    def deliver(self, operation: str, body: Mapping[str, str] = BODY, version: int = 1) -> Outcome:
        said = ("e", "gar", operation, "member:g:0119010J:abc", version, "cause", NOW)
        return asyncio.run(self.outlet.deliver(Parcel(*said, body=body), {}, unknown=False))

    def held(self) -> list[filed.Filed]:
        with self.drops.engine.connect() as connection:
            return filed.held(connection, "gar")


@pytest.fixture
def service(one_database: str, tmp_path: Path) -> Iterator[Service]:
    engine = open_database(one_database)
    prepare(engine)
    yield Service(Drops(tmp_path, engine))
    engine.dispose()


def test_a_member_is_kept_and_accepted_for_the_next_set(service: Service) -> None:
    assert service.deliver("MEMBER_PUT")[:2] == ("ACCEPTED", "NEXT_SET")
    assert [dict(row.fields) for row in service.held()] == [BODY]


def test_nothing_but_what_a_set_is_made_of_is_kept(service: Service) -> None:
    service.deliver("MEMBER_PUT", {**BODY, "family_name": "Ferrandi"})
    assert "Ferrandi" not in str(service.held())


def test_a_withdrawal_takes_it_out_and_a_late_word_does_not_bring_it_back(
    service: Service,
) -> None:
    service.deliver("MEMBER_PUT")
    assert service.deliver("MEMBER_REMOVE", {}, 2).state == "ACCEPTED"
    service.deliver("MEMBER_PUT")
    assert service.held() == []


def test_whoever_has_no_school_there_is_refused(service: Service) -> None:
    body = {name: value for name, value in BODY.items() if name != "establishment"}
    assert service.deliver("MEMBER_PUT", body)[:2] == ("REFUSED", "NO_MANDATE")
    assert service.held() == []


def test_what_the_card_does_not_need_is_refused(service: Service) -> None:
    assert service.deliver("SHARE_PUT", {"title": "Conte"})[:2] == ("REFUSED", "NOT_SUPPORTED")


def test_a_report_of_a_set_does_not_mean_whoever_is_not_in_it(service: Service) -> None:
    service.deliver("MEMBER_PUT")
    [row] = service.held()
    with service.drops.engine.begin() as connection:
        filed.defer(connection, "gar", [row.entity], row.writing + 1)
        assert filed.untaken(connection, "gar", row.writing) == []
        assert len(filed.untaken(connection, "gar", row.writing + 1)) == 1


@pytest.fixture
def outlet(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        (tmp_path / "files.yaml").write_text(text)
        return tmp_path

    return written


def test_a_folder_says_the_format_of_its_sets(outlet: Callable[[str], Path]) -> None:
    assert read_set("x", outlet("set: gar\n")) == "gar"
    assert read_set("x", outlet("files: []\n")) == ""


@pytest.mark.parametrize("text", ["set: autre\n", "set: [gar]\n"])
def test_an_unknown_format_is_refused(outlet: Callable[[str], Path], text: str) -> None:
    with pytest.raises(FixTheFolder):
        read_set("x", outlet(text))


def test_a_folder_says_sets_or_files_never_both() -> None:
    with pytest.raises(FixTheFolder):
        parse_forms({"set": "gar", "files": [{"name": "a.csv"}]}, {}, Place())


def test_half_a_set_of_a_writer_that_was_killed_is_removed_with_the_next(tmp_path: Path) -> None:
    (tmp_path / ".U3_GAR-ENT_Complet_1.tar.gz.part").write_bytes(b"half")
    put_set(tmp_path, {"U3_GAR-ENT_Complet_2.tar.gz": b"whole"})
    assert [each.name for each in tmp_path.iterdir()] == ["U3_GAR-ENT_Complet_2.tar.gz"]
    assert (tmp_path / "U3_GAR-ENT_Complet_2.tar.gz").stat().st_mode & 0o777 == 0o600


def test_nothing_but_sets_is_removed(tmp_path: Path) -> None:
    (tmp_path / "envoi.csv").touch()
    put_set(tmp_path, {"a_Complet_b": b""})
    assert remove_sets(tmp_path) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["envoi.csv"]
