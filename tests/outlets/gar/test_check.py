"""The check of a set finds what is wrong, says where, and never says a value."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from hashlib import md5
from pathlib import Path

import pytest

from preau.outlets.gar.archive import archive
from preau.outlets.gar.check import check
from preau.outlets.gar.contents import unpacked
from tests.outlets.gar.plans import COLLEGE, ECOLE, account, directory

Files = dict[str, bytes]
STEM = "U3_GAR-ENT_Complet_20261125_220000"
PUPILS, GROUPS = f"{STEM}_1D_Eleve_0000.xml", f"{STEM}_1D_Groupe_0000.xml"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    made = archive(directory(account(1, ECOLE), account(2, ECOLE), account(3, COLLEGE)), "U3")
    path = tmp_path / "whole.tar.gz"
    path.write_bytes(made.content)
    return unpacked(path).files


@pytest.fixture
def codes(tmp_path: Path) -> Callable[[Files], list[str]]:
    def found(files: Files) -> list[str]:
        return sorted({each.code for each in check(pack(tmp_path, files))})

    return found


def pack(folder: Path, files: Files) -> Path:
    path = folder / f"{STEM}.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    digest = md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    path.with_name(f"{path.name}.md5").write_text(digest)
    return path


def spoilt(files: Files, name: str, old: str, new: str) -> Files:
    said = files[name].decode()
    assert old in said
    return {**files, name: said.replace(old, new, 1).encode()}


def test_a_good_set_is_good(files: Files, codes: Callable[[Files], list[str]]) -> None:
    assert codes(files) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (PUPILS, "<men:GARPersonNom>Nom1</men:GARPersonNom>", "", "SCHEMA"),
        (PUPILS, ">Nom1<", f">{'n' * 501}<", "SCHEMA"),
        (PUPILS, "/ns/gar/1d", "/ns/gar", "SCHEMA"),
        (PUPILS, ">id000000000000000000000002<", ">id000000000000000000000001<", "SCHEMA"),
        (PUPILS, "Prénom1</men:GARPersonAutres", "Autre</men:GARPersonAutres", "FIRST_NAME"),
        (PUPILS, "<men:GAREleve>", "<men:GAREleve", "XML"),
        (GROUPS, f"<men:GARStructureUAI>{ECOLE}", "<men:GARStructureUAI>0119999Z", "REFERENCE"),
        (GROUPS, ">id000000000000000000000002<", ">id9<", "REFERENCE"),
    ],
)
def test_what_is_wrong_in_a_file_is_found(
    files: Files, codes: Callable[[Files], list[str]], name: str, old: str, new: str, code: str
) -> None:
    assert code in codes(spoilt(files, name, old, new))


def test_the_order_of_elements_is_strict(files: Files, codes: Callable[[Files], list[str]]) -> None:
    first = "<men:GARPersonNom>Nom1</men:GARPersonNom>"
    second = "<men:GARPersonPrenom>Prénom1</men:GARPersonPrenom>"
    assert codes(spoilt(files, PUPILS, first + second, second + first)) == ["SCHEMA"]


def test_a_key_that_stands_in_two_files_is_found(
    files: Files, codes: Callable[[Files], list[str]]
) -> None:
    twice = {**files, PUPILS.replace("0000.xml", "0001.xml"): files[PUPILS]}
    assert codes(twice) == ["TWICE"]


def test_an_index_that_is_missing_is_found(
    files: Files, codes: Callable[[Files], list[str]]
) -> None:
    moved = {n.replace("1D_Eleve_0000", "1D_Eleve_0002"): c for n, c in files.items()}
    assert codes(moved) == ["NAME"]


def test_files_of_two_sets_are_found(files: Files, codes: Callable[[Files], list[str]]) -> None:
    moved = {n.replace("_220000_1D_Etab", "_220001_1D_Etab"): c for n, c in files.items()}
    assert codes(moved) == ["NAME"]


def test_too_many_nodes_are_found(files: Files, codes: Callable[[Files], list[str]]) -> None:
    one = "<men:GARPersonAutresPrenoms>Prénom1</men:GARPersonAutresPrenoms>"
    assert codes(spoilt(files, PUPILS, one, one * 10_000)) == ["NODES"]


def test_an_entity_is_not_opened(files: Files, codes: Callable[[Files], list[str]]) -> None:
    doctype = '<!DOCTYPE x [<!ENTITY n "Nom1">]>\n<men:GAR-ENT-Eleve'
    bad = spoilt(files, PUPILS, "<men:GAR-ENT-Eleve", doctype)
    assert "XML" in codes(spoilt(bad, PUPILS, ">Nom1<", ">&n;<"))


def test_a_broken_transfer_is_found(tmp_path: Path, files: Files) -> None:
    path = pack(tmp_path, files)
    path.write_bytes(path.read_bytes()[:-40])
    assert {each.code for each in check(path)} >= {"SUM", "ARCHIVE"}


def test_a_path_that_leads_out_is_not_followed(
    files: Files, codes: Callable[[Files], list[str]]
) -> None:
    assert codes({**files, "../autre.xml": b"<x/>"}) == ["ARCHIVE"]


def test_no_value_is_ever_told(tmp_path: Path, files: Files) -> None:
    long = "Confidentiel" * 50
    found = check(pack(tmp_path, spoilt(files, PUPILS, ">Nom1<", f">{long}<")))
    assert found
    assert "Confidentiel" not in str(found)
