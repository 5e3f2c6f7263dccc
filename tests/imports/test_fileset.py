"""A set's files: found wherever they lie, in reading order, whole, and nothing else with them."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.imports.fileset import gathered

ORDER = ("EtabEducNat", "MatiereEducNat", "MefEducNat", "PersEducNat", "PersRelEleve", "Eleve")
SET = [
    *("A_Complet_20260901_EtabEducNat_0000.xml", "A_Complet_20260901_MefEducNat_0000.xml"),
    *("A_Complet_20260901_PersRelEleve_0000.xml", "A_Complet_20260901_Eleve_0000.xml"),
    "A_Complet_20260901_Eleve_0001.xml",
]
Write = Callable[..., Path]
Names = Callable[..., list[str]]
Code = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file below the set's folder; its bytes are its own name unless said."""

    def make(name: str, body: bytes | None = None) -> Path:
        file = tmp_path / "set" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(file.name.encode() if body is None else body)
        return file

    return make


@pytest.fixture
def names(tmp_path: Path) -> Names:
    """The names of a set, in order; each file must hold what its size says."""

    def of(*paths: Path, order: Sequence[str] = ORDER) -> list[str]:
        with gathered(paths, tmp_path / "room", order) as files:
            assert [file.path.stat().st_size for file in files] == [file.size for file in files]
            return [file.name for file in files]

    return of


@pytest.fixture
def code(tmp_path: Path) -> Code:
    """The code by which a set is refused; nothing stays in the room."""

    def of(*paths: Path, order: Sequence[str] = ORDER) -> str:
        room = tmp_path / "room"
        with pytest.raises(SetAside) as refusal, gathered(paths, room, order):
            pytest.fail("it was taken")
        assert list(room.iterdir()) == []
        assert refusal.value.complaint.fix
        assert str(tmp_path) not in str(refusal.value)
        return refusal.value.code

    return of


def zipped(place: Path, names: Sequence[str] = SET) -> Path:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, Path(name).name)
    return place


def tarred(place: Path, names: Sequence[str] = SET, mode: str = "w:gz") -> Path:
    with tarfile.open(place, mode) as archive:  # type: ignore[call-overload]  # any of its modes
        for name in names:
            body = Path(name).name.encode()
            header = tarfile.TarInfo(name)
            header.size = len(body)
            archive.addfile(header, io.BytesIO(body))
    return place


def test_a_folder_gives_its_files_by_category_then_by_name(write: Write, names: Names) -> None:
    for name in reversed(SET):
        write(name)
    assert names(write("x").parent) == [*SET, "x"]


def test_folders_in_folders_are_looked_into(write: Write, names: Names) -> None:
    for depth, name in enumerate(SET):
        write("/".join(["d"] * depth + [name]))
    assert names(write(SET[0]).parent) == SET


def test_pupils_are_not_found_in_the_name_of_their_relatives(write: Write, names: Names) -> None:
    files = [write("X_PersRelEleve_0000.xml"), write("X_Eleve_0000.xml")]
    assert names(*files, order=("Eleve", "PersRelEleve")) == [
        "X_Eleve_0000.xml",
        "X_PersRelEleve_0000.xml",
    ]


def test_a_word_of_the_order_is_found_in_any_case(write: Write, names: Names) -> None:
    files = [write("nomenclature.xml"), write("ELEVESAVECADRESSES.XML")]
    assert names(*files, order=("ElevesAvecAdresses", "Nomenclature")) == [
        "ELEVESAVECADRESSES.XML",
        "nomenclature.xml",
    ]


def test_what_matches_no_word_comes_last_by_name(write: Write, names: Names) -> None:
    files = [write(name) for name in ("b.csv", "A.csv", "x_Eleve_0000.xml")]
    assert names(*files) == ["x_Eleve_0000.xml", "A.csv", "b.csv"]


@pytest.mark.parametrize("make", [zipped, tarred])
def test_an_archive_is_its_files(
    make: Callable[[Path], Path], tmp_path: Path, names: Names
) -> None:
    assert names(make(tmp_path / "whatever.bin")) == SET


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_form_of_tar_is_read_long_names_and_accents_too(
    tmp_path: Path, names: Names, mode: str, form: int
) -> None:
    long = f"{'dossier/' * 11}élèves-{'x' * 60}.xml"
    place = tmp_path / "set.tar"
    with tarfile.open(place, mode, format=form) as archive:  # type: ignore[call-overload]
        header = tarfile.TarInfo(long)
        header.size = 700
        archive.addfile(header, io.BytesIO(bytes(700)))
    assert names(place) == [long.rsplit("/", 1)[-1]]


def test_an_archive_in_a_folder_is_unpacked_with_the_files_beside_it(
    write: Write, names: Names
) -> None:
    zipped(write("e.zip"), SET[3:])
    tarred(write("r.tgz"), SET[2:3])
    assert names(write("x").parent) == [*SET[2:], "x"]


def test_what_is_unpacked_is_for_this_user_only_and_gone_afterwards(tmp_path: Path) -> None:
    room = tmp_path / "room"
    with gathered([zipped(tmp_path / "a.zip")], room, ORDER) as files:
        assert files[0].path.read_bytes() == files[0].name.encode()
        for file in files:
            assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
            assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert list(room.iterdir()) == []


def test_what_is_unpacked_is_gone_after_a_fault_too(tmp_path: Path) -> None:
    room = tmp_path / "room"

    def fail() -> None:
        with gathered([zipped(tmp_path / "a.zip")], room, ORDER):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(room.iterdir()) == []


def test_what_systems_leave_beside_files_is_left_alone(write: Write, names: Names) -> None:
    litter = (".hidden", "ficAlimMENESR.dtd", "a.xml.md5", "Thumbs.db", "__MACOSX/._a", ".d/a.xml")
    for name in litter:
        write(name)
    assert names(write("a.xml").parent) == ["a.xml"]
    assert names(zipped(write("s.zip").parent.parent / "s.zip", [*litter, "a.xml"])) == ["a.xml"]


def test_nothing_found_is_refused(write: Write, code: Code, tmp_path: Path) -> None:
    assert code() == "IMPORT_EMPTY"
    assert code(write("ficAlimMENESR.dtd").parent) == "IMPORT_EMPTY"
    assert code(zipped(tmp_path / "a.zip", [])) == "IMPORT_EMPTY"


def test_a_path_that_is_not_there_is_refused(tmp_path: Path, code: Code) -> None:
    assert code(tmp_path / "nothing.xml") == "IMPORT_PATH"
    assert code(Path("a\0b")) == "IMPORT_PATH"


def test_links_are_never_followed(write: Write, code: Code) -> None:
    file = write("a.xml")
    for target in (file, file.parent.parent, Path("/nowhere")):
        link = file.with_name("link.xml")
        link.symlink_to(target)
        assert code(link) == "IMPORT_LINK"
        assert code(file.parent) == "IMPORT_LINK"
        link.unlink()


def test_a_pipe_is_no_file(write: Write, code: Code) -> None:
    pipe = write("a.xml").with_name("pipe")
    os.mkfifo(pipe)
    assert code(pipe.parent) == "IMPORT_LINK"


def test_two_files_of_one_name_are_refused_wherever_they_lie(write: Write, code: Code) -> None:
    files = [write("1/Classe.csv"), write("2/classe.csv")]
    assert code(*files) == "IMPORT_SAME_NAME"
    assert code(files[0], files[0]) == "IMPORT_SAME_NAME"
    assert code(files[0], zipped(write("a.zip"), ["Classe.csv"])) == "IMPORT_SAME_NAME"


@pytest.mark.parametrize(("there", "gone"), [((0, 1, 3), "Eleve_0002"), ((1, 2), "Eleve_0000")])
def test_a_number_left_out_is_named(
    write: Write, tmp_path: Path, there: Sequence[int], gone: str
) -> None:
    files = [write(f"A_Complet_Eleve_{number:04}.xml") for number in there]
    with (
        pytest.raises(SetAside, match=gone) as refusal,
        gathered(files, tmp_path / "room", ORDER),
    ):
        pytest.fail("it was taken")
    assert refusal.value.code == "IMPORT_GAP"


def test_a_gap_is_seen_without_any_order_too(write: Write, code: Code) -> None:
    assert code(write("A_Eleve_0000.xml"), write("A_Eleve_0002.xml"), order=()) == "IMPORT_GAP"


def test_a_year_is_no_number_of_a_file(write: Write, names: Names) -> None:
    file = write("sts_emp_0990001N_2026.xml")
    assert names(file, order=("sts_emp",)) == [file.name]
    assert names(file, order=()) == [file.name]


def test_schools_are_numbered_each_for_itself(write: Write, names: Names) -> None:
    files = [write(f"ENT_{uai}_Complet_Eleve_0000.xml") for uai in ("0990002P", "0990003R")]
    assert names(*files) == [file.name for file in files]


NAMES = st.lists(
    st.builds(
        "{}_{}.xml".format, st.sampled_from([*ORDER, "x", "Élève"]), st.text("abAB_-é ", max_size=4)
    ),
    min_size=1,
    max_size=6,
    unique_by=str.casefold,
)


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_the_paths_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, given_names: list[str], chance: object
) -> None:
    folder = tmp_path_factory.mktemp("set")
    files = [folder / name for name in given_names]
    for file in files:
        file.write_bytes(b"x")
    mixed = list(files)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a Random
    with gathered(files, folder / "room", ORDER) as one:
        first = [file.name for file in one]
    with gathered(mixed, folder / "room", ORDER) as other:
        assert [file.name for file in other] == first
    ranks = [next((at for at, w in enumerate(ORDER) if name.startswith(w)), 6) for name in first]
    assert ranks == sorted(ranks)
