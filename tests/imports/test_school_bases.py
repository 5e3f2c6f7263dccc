"""Imports of a school's own bases: SIECLE's set of files, STSWEB's one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest

from preau.catalogue.catalogue import open_catalogue
from preau.mapping.normaliser import Context
from preau.store.imports import DONE, HELD, REFUSED, ImportRun
from tests.imports.conftest import INSTANCE, Academie

UAI, OTHER = "0990001N", "0990021K"


class Pupil(NamedTuple):
    """One pupil of a set: the number in the base, the class."""

    number: int
    code: str = "6A"


PUPILS = [Pupil(number) for number in range(1, 21)]


@contextmanager
def _opened(folder: Path, connector: str, database: str) -> Iterator[Academie]:
    academie = Academie(folder, database)
    found = open_catalogue().connector(connector)
    academie.normaliser = found.normaliser(Context(b"secret"))
    told = academie.source.told._replace(mask=academie.normaliser.digests.mask)
    academie.source = academie.source._replace(
        connector=found, normaliser=academie.normaliser, told=told
    )
    yield academie
    academie.engine.dispose()


@pytest.fixture
def siecle(tmp_path: Path, database: str) -> Iterator[Academie]:
    with _opened(tmp_path, "siecle", database) as academie:
        yield academie


@pytest.fixture
def sts(tmp_path: Path, database: str) -> Iterator[Academie]:
    with _opened(tmp_path, "sts", database) as academie:
        yield academie


def siecle_set(
    pupils: list[Pupil], day: str = "01/09/2026", uai: str = UAI, name: str = "NOM_DE_FAMILLE"
) -> dict[str, str]:
    """The files of a set by name, as SIECLE names them."""
    head = (
        f"<PARAMETRES><UAJ>{uai}</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE>"
        f"<DATE_EXPORT>{day}</DATE_EXPORT></PARAMETRES>"
    )
    who = "".join(
        f'<ELEVE ELEVE_ID="{each.number}"><INE_RNIE>{each.number:09}AB</INE_RNIE>'
        f"<{name}>ABADIE</{name}><PRENOM>Capucine</PRENOM></ELEVE>"
        for each in pupils
    )
    where = "".join(
        f'<STRUCTURES_ELEVE ELEVE_ID="{each.number}"><STRUCTURE><CODE_STRUCTURE>{each.code}'
        "</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>"
        for each in pupils
    )
    classes = "".join(
        f'<DIVISION CODE_STRUCTURE="{code}"/>' for code in sorted({each.code for each in pupils})
    )
    bodies = {
        "ElevesAvecAdresses.xml": (
            "BEE_ELEVES",
            f"<ELEVES>{who}</ELEVES><STRUCTURES>{where}</STRUCTURES>",
        ),
        "Structures.xml": ("BEE_STRUCTURES", f"<DIVISIONS>{classes}</DIVISIONS>"),
    }
    return {
        file: f'<{root} VERSION="3.0">{head}<DONNEES>{body}</DONNEES></{root}>'
        for file, (root, body) in bodies.items()
    }


def zipped(academie: Academie, files: dict[str, str]) -> Path:
    """The set as SIECLE gives it: one archive."""
    path = academie.folder / f"ExportXML_{len(list(academie.folder.glob('*.zip')))}.zip"
    with ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def sts_file(academie: Academie, teachers: list[int]) -> Path:
    path = academie.folder / f"sts_emp_{UAI}_2026.xml"
    who = "".join(
        f'<INDIVIDU ID="{n}" TYPE="epp"><NOM_USAGE>CATHALA</NOM_USAGE><FONCTION>ENS</FONCTION>'
        "</INDIVIDU>"
        for n in teachers
    )
    seen = "".join(f'<ENSEIGNANT ID="{n}" TYPE="epp"/>' for n in teachers)
    path.write_text(
        f'<STS_EDT><PARAMETRES><UAJ CODE="{UAI}"/><ANNEE_SCOLAIRE ANNEE="2026"/></PARAMETRES>'
        f"<DONNEES><INDIVIDUS>{who}</INDIVIDUS><STRUCTURE><DIVISIONS>"
        f'<DIVISION CODE="6A"><SERVICES><SERVICE CODE_MATIERE="020700"><ENSEIGNANTS>{seen}'
        "</ENSEIGNANTS></SERVICE></SERVICES></DIVISION></DIVISIONS></STRUCTURE></DONNEES></STS_EDT>"
    )
    return path


def keys(academie: Academie, record: str) -> set[str]:
    return {key.removeprefix(f"{INSTANCE}/") for kind, key in academie.state() if kind == record}


def imported(academie: Academie, files: dict[str, str], *, partial: bool = False) -> ImportRun:
    run = academie.imported(zipped(academie, files), partial=partial)
    assert run.state == DONE
    return run


def test_a_set_in_its_zip_is_one_import(siecle: Academie) -> None:
    run = imported(siecle, siecle_set(PUPILS))
    assert run.result["added"] == {"DIVISION": 1, "ELEVE": 20, "STRUCTURES_ELEVE": 20, "UAJ": 1}
    assert keys(siecle, "group") == {f"{UAI}$6A"}
    assert f"{UAI}:6A:7" in keys(siecle, "membership")
    assert len(keys(siecle, "person")) == 20


def test_the_same_set_again_says_nothing(siecle: Academie) -> None:
    imported(siecle, siecle_set(PUPILS))
    before = len(siecle.written)
    siecle.clock.advance(1_000)
    run = imported(siecle, siecle_set(PUPILS, day="02/09/2026"))
    assert run.result["canonical"] == 0
    assert len(siecle.written) == before


def test_a_pupil_who_changes_class_says_only_that(siecle: Academie) -> None:
    imported(siecle, siecle_set(PUPILS))
    siecle.clock.advance(1_000)
    run = imported(siecle, siecle_set([Pupil(1, "6B"), *PUPILS[1:]], day="02/09/2026"))
    assert run.result["changed"] == {"STRUCTURES_ELEVE": 1}
    assert f"{UAI}:6A:1" not in keys(siecle, "membership")
    assert {f"{UAI}:6B:1", f"{UAI}:6A:2"} <= keys(siecle, "membership")


def test_a_second_school_of_the_instance_is_a_part(siecle: Academie) -> None:
    imported(siecle, siecle_set(PUPILS))
    siecle.clock.advance(1_000)
    imported(siecle, siecle_set(PUPILS, uai=OTHER), partial=True)
    assert keys(siecle, "group") == {f"{UAI}$6A", f"{OTHER}$6A"}
    assert len(keys(siecle, "person")) == 40


def test_a_school_that_waits_is_not_given_up_for_anothers_set(siecle: Academie) -> None:
    for uai in (UAI, OTHER):
        imported(siecle, siecle_set(PUPILS, uai=uai))
    held = siecle.prepare(zipped(siecle, siecle_set(PUPILS[10:], "02/09/2026")))
    assert (held.state, held.result["uai"]) == (HELD, UAI)
    assert all(f"établissement {UAI}" in reason for reason in held.reasons), held.reasons
    imported(siecle, siecle_set(PUPILS[:19], "02/09/2026", uai=OTHER))
    part = siecle_set([*PUPILS, Pupil(50)], "02/09/2026", uai=OTHER)
    imported(siecle, part, partial=True)  # another school's part gives way to nobody
    assert siecle.runs.unended() == [held]
    assert siecle.release(held).state == DONE


def test_files_of_two_schools_are_no_set(siecle: Academie) -> None:
    mixed = siecle_set(PUPILS)
    mixed["Structures.xml"] = siecle_set(PUPILS, uai=OTHER)["Structures.xml"]
    run = siecle.prepare(zipped(siecle, mixed))
    assert run.state == REFUSED
    assert "IMPORT_MIXED" in str(run.reasons)


def test_a_cut_file_refuses_the_set_and_nothing_leaves(siecle: Academie) -> None:
    files = siecle_set(PUPILS)
    files["ElevesAvecAdresses.xml"] = files["ElevesAvecAdresses.xml"][:-200]
    run = siecle.prepare(zipped(siecle, files))
    assert run.state == REFUSED
    assert "XML_TRUNCATED" in str(run.reasons)
    assert siecle.written == []


def test_no_ine_is_in_anything_that_is_written(siecle: Academie) -> None:
    imported(siecle, siecle_set(PUPILS))
    everything = b"".join(letter.value or b"" for letter in siecle.written)
    stored = b"".join(
        file.read_bytes()
        for file in siecle.folder.rglob("*")
        if file.suffix in {".db", ""}
        if file.is_file()
    )
    assert b"000000007AB" not in everything + stored


def test_a_teacher_who_leaves_leaves_the_class_to_the_others(sts: Academie) -> None:
    staff = list(range(100, 120))
    assert sts.imported(sts_file(sts, staff)).result["added"] == {
        "DIVISION": 1,
        "INDIVIDU": 20,
        "UAJ": 1,
    }
    sts.clock.advance(1_000)
    sts.imported(sts_file(sts, staff[1:]))
    assert f"{UAI}$epp$100" not in keys(sts, "person")
    assert f"{UAI}:6A:epp:100" not in keys(sts, "membership")
    assert f"{UAI}:6A:epp:101" in keys(sts, "membership")
    assert keys(sts, "group") == {f"{UAI}$6A"}


def test_the_upward_file_is_refused_by_name(sts: Academie) -> None:
    path = sts.folder / f"emp_sts_{UAI}_2026.xml"
    path.write_text(f'<EDT_STS><PARAMETRES><UAJ CODE="{UAI}"/></PARAMETRES></EDT_STS>')
    run = sts.prepare(path)
    assert run.state == REFUSED
    assert "STS_UPWARD" in str(run.reasons)
