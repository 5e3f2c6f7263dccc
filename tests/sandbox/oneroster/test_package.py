"""The fictional reader takes a right package, by drop or upload, and nothing of any other."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from preau.clock import SetClock
from preau.outlets.directory import Directory
from preau.outlets.file_forms import MANIFEST
from preau.outlets.oneroster.package import package
from preau.outlets.set_folder import put_set
from preau.sandbox.ledger import Ledger, Trace
from preau.sandbox.oneroster.held import CSV, TABLES, Held
from preau.sandbox.oneroster.package import Importing
from preau.sandbox.surface import Call, Refused, Upload
from tests.outlets.oneroster.directories import COLLEGE, ECOLE, LIMOUX, OCTOBER

Spoil = Callable[[dict[str, bytes]], object]


class Reader:
    """One reader and the folder of its packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "lecteur"
        self.folder.mkdir()
        self.ledger = Ledger(folder / "reader.db", TABLES, SetClock(OCTOBER))
        self.importing, self._held = Importing(self.ledger), Held(self.ledger)
        with self.ledger.transaction():
            self.ledger.set("drops", str(self.folder))

    def drop(self, content: bytes, number: int) -> None:
        put_set(self.folder, {"lecteur_Complet_1.zip": content})
        line = f"{number};lecteur_Complet_1.zip;1;{sha256(content).hexdigest()}"
        (self.folder / MANIFEST).write_text(f"numero;fichier;lignes;sha256\r\n{line}\r\n")
        assert self.importing.turn()

    def upload(self, content: bytes) -> Any:
        with self.ledger.transaction():
            return self.importing.upload(_call({"package": zip_of(content)}))

    def shown(self) -> dict[str, list[str]]:
        return {each["uai"]: each["members"] for each in self._held.classes(CSV)}


def _call(files: dict[str, Upload]) -> Call:
    return Call({}, {}, {}, files, Trace(), {})


def zip_of(content: bytes) -> Upload:
    return Upload("r.zip", "application/zip", content)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path)
    yield made
    made.ledger.close()


GOOD = package(LIMOUX, "hub")
WITHOUT_LEO = package(LIMOUX._replace(belongs=LIMOUX.belongs[:2] + LIMOUX.belongs[3:]), "hub")
SHOWN = {
    ECOLE.uai: ["Anaïs Ferrandi", "Hélène Vasseur"],
    COLLEGE.uai: ["Hélène Vasseur", "Léo Ostermann"],
}


def spoilt(spoil: Spoil) -> bytes:
    """The good package, its files changed by `spoil`."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    spoil(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def replacing(name: str, old: bytes, new: bytes) -> Spoil:
    def spoil(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return spoil


SPOILS: dict[str, Spoil] = {
    "no manifest": lambda files: files.pop("manifest.csv"),
    "a file that the manifest has is missing": lambda files: files.pop("enrollments.csv"),
    "header in another order": replacing("orgs.csv", b"name,type", b"type,name"),
    "a class of an unknown school": lambda files: files.update(
        {"orgs.csv": b"\r\n".join(files["orgs.csv"].split(b"\r\n")[:2]) + b"\r\n"}
    ),
    "a day that is none": replacing("academicSessions.csv", b"2026-09-01", b"01/09/2026"),
    "a state in a complete file": replacing("orgs.csv", b",,,", b",deleted,,"),
    "a role that the standard does not know": replacing("enrollments.csv", b"student", b"eleve"),
}


def test_it_shows_each_class_with_whom_it_has_and_reports_the_package(reader: Reader) -> None:
    reader.drop(GOOD, 7)
    assert reader.shown() == SHOWN
    assert (reader.folder / "7.ok").exists()


def test_an_uploaded_package_is_the_same(reader: Reader) -> None:
    told = reader.upload(GOOD)
    assert told["taken"]["enrollments"] == len(LIMOUX.belongs)
    assert reader.shown() == SHOWN


def test_whoever_is_in_the_next_package_no_more_is_gone(reader: Reader) -> None:
    reader.drop(GOOD, 7)
    reader.drop(WITHOUT_LEO, 8)
    assert reader.shown()[COLLEGE.uai] == ["Hélène Vasseur"]


def test_a_package_without_classes_ends_them(reader: Reader) -> None:
    reader.upload(GOOD)
    reader.upload(package(Directory((ECOLE,), (), (), (), OCTOBER), "hub"))
    assert reader.shown() == {}


@pytest.mark.parametrize("why", SPOILS)
def test_nothing_of_a_wrong_package_is_taken(reader: Reader, why: str) -> None:
    reader.upload(WITHOUT_LEO)
    before = reader.shown()
    wrong = spoilt(SPOILS[why])
    with pytest.raises(Refused) as refused:
        reader.upload(wrong)
    assert refused.value.status == 422
    assert refused.value.body["refused"]
    reader.drop(wrong, 9)
    assert (reader.folder / "9.ko").exists()
    assert reader.shown() == before


def test_only_complete_packages_are_taken(reader: Reader) -> None:
    delta = replacing("manifest.csv", b"file.courses,bulk", b"file.courses,delta")

    def with_states(files: dict[str, bytes]) -> None:
        delta(files)
        now = b",active,2026-10-12T08:00:00.000Z,"
        files["courses.csv"] = files["courses.csv"].replace(b",,,", now, 1)

    with pytest.raises(Refused) as refused:
        reader.upload(spoilt(with_states))
    assert "complete packages only" in str(refused.value.body)


def test_an_upload_without_the_zip_is_refused(reader: Reader) -> None:
    with pytest.raises(Refused) as refused, reader.ledger.transaction():
        reader.importing.upload(_call({}))
    assert refused.value.status == 400
