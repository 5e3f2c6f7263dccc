"""What is written for the GAR: whole, in order, at most 10,000 nodes a file, any names."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from preau.outlets.directory import Directory
from preau.outlets.gar.archive import Archive, archive
from preau.outlets.gar.check import check
from preau.outlets.gar.dialect import MOST_NODES
from tests.outlets.gar.plans import COLLEGE, ECOLE, account, directories, directory


def put(folder: Path, found: Directory) -> tuple[Path, Archive]:
    made = archive(found, "U3")
    path = folder / made.name
    path.write_bytes(made.content)
    path.with_name(f"{path.name}.md5").write_bytes(made.sum)
    return path, made


def files(made: Archive) -> dict[str, etree._Element]:
    with tarfile.open(fileobj=io.BytesIO(made.content)) as tar:
        streams = {m.name: tar.extractfile(m) for m in tar}
        return {n: etree.fromstring(s.read()) for n, s in streams.items() if s is not None}


def texts(root: etree._Element, name: str) -> list[str]:
    return [each.text or "" for each in root.iter("{*}" + name)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(found=directories())
def test_any_directory_gives_files_that_validate(tmp_path: Path, found: Directory) -> None:
    path, _ = put(tmp_path, found)
    assert check(path) == []


def test_the_names_are_the_documented_ones(tmp_path: Path) -> None:
    found = directory(account(1, ECOLE), account(2, COLLEGE))
    path, made = put(tmp_path, found)
    assert path.name == "U3_GAR-ENT_Complet_20261125_220000.tar.gz"
    assert sorted(made.files) == [
        f"U3_GAR-ENT_Complet_20261125_220000_{degree}_{kind}_0000.xml"
        for degree in ("1D", "2D")
        for kind in ("Eleve", "Enseignant", "Etab", "Groupe")
    ]


def test_a_project_group_is_there_once_for_each_school(tmp_path: Path) -> None:
    found = directory(account(1, ECOLE), account(2, COLLEGE))
    _, made = put(tmp_path, found)
    groups = {n: t for n, t in files(made).items() if "_Groupe_" in n}
    told = [uai for t in groups.values() for g in t.iter("{*}GARGroupe") for uai in _uai(g)]
    assert sorted(told) == [ECOLE, COLLEGE]


def _uai(group: etree._Element) -> list[str]:
    return [each.text or "" for each in group.iterfind("{*}GARStructureUAI")]


def test_the_first_name_is_among_the_others_and_no_birth_date_leaves(tmp_path: Path) -> None:
    found = directory(account(1, ECOLE, given_name="Zoé", stage="1125"))
    _, made = put(tmp_path, found)
    [pupils] = [t for n, t in files(made).items() if "1D_Eleve" in n]
    assert texts(pupils, "GARPersonAutresPrenoms") == ["Zoé"]
    assert texts(pupils, "GARPersonDateNaissance") == []
    assert texts(pupils, "GARMEFSTAT4Code") == ["1125"]


def test_whoever_works_in_schools_of_both_degrees_is_in_both_with_each_its_own(
    tmp_path: Path,
) -> None:
    found = directory(account(1, ECOLE, COLLEGE, role="TEACHER", profile="DIRECTION"))
    path, made = put(tmp_path, found)
    told = {
        n.split("_")[5]: texts(t, "GARPersonEtab")
        for n, t in files(made).items()
        if "Enseignant" in n
    }
    assert told == {"1D": [ECOLE], "2D": [COLLEGE]}
    assert check(path) == []


@pytest.mark.parametrize("name", ["", "  ", "\x00\x07", "\ud800"])
def test_whoever_has_no_name_is_left_out_and_counted(tmp_path: Path, name: str) -> None:
    found = directory(account(1, ECOLE, given_name=name), account(2, ECOLE))
    path, made = put(tmp_path, found)
    assert made.left_out == {"NO_NAME": 1, "NO_MEMBER": 1}  # nobody is there for the collège
    assert check(path) == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("O'Neil & <Fils>", "O'Neil & <Fils>"),
        ("a\x01\tb\r\nc", "a b c"),
        ("🦊" * 600, "🦊" * 500),
        ("]]>", "]]>"),
        ("e\u0301", "é"),
    ],
)
def test_hostile_names_are_told_as_xml_may_hold_them(tmp_path: Path, said: str, told: str) -> None:
    path, made = put(tmp_path, directory(account(1, ECOLE, family_name=said)))
    [pupils] = [t for n, t in files(made).items() if "1D_Eleve" in n]
    assert texts(pupils, "GARPersonNom") == [told]
    assert check(path) == []


@pytest.mark.parametrize(("pupils", "indexes"), [(1111, 1), (1112, 2), (2300, 3)])
def test_a_file_ends_before_its_ten_thousand_and_first_node(
    tmp_path: Path, pupils: int, indexes: int
) -> None:
    people = [account(n, ECOLE) for n in range(pupils)]  # nine nodes each, and the root
    path, made = put(tmp_path, directory(*people))
    told = {n: t for n, t in files(made).items() if "1D_Eleve" in n}
    counts = [sum(1 for _ in tree.iter()) for tree in told.values()]
    assert len(counts) == indexes
    assert max(counts) <= MOST_NODES
    assert sum(len(texts(t, "GARPersonIdentifiant")) for t in told.values()) == pupils
    assert check(path) == []


def test_the_same_directory_gives_the_same_bytes() -> None:
    found = directory(account(1, ECOLE), account(2, COLLEGE))
    assert archive(found, "U3") == archive(found, "U3")


def test_nobody_at_all_is_said_too(tmp_path: Path) -> None:
    path, made = put(tmp_path, directory(schools=()))
    assert len(made.files) == 8
    assert check(path) == []
