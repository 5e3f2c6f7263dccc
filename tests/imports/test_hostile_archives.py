"""Archives made to harm: each is refused with its reason, fast, without filling disk or memory."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.imports.allowance import LIMITS, Limits
from preau.imports.fileset import gathered

MIB = 1024**2
GIB = 1024**3


def refusal(file: Path, limits: Limits = LIMITS) -> str:
    """The code; it comes within a second of work and the room is empty afterwards."""
    room, start = file.parent / "room", time.process_time()
    with pytest.raises(SetAside) as why, gathered([file], room, (), limits):
        pytest.fail("it was taken")
    assert time.process_time() - start < 1
    assert list(room.iterdir()) == []
    return why.value.code


def zip_of(file: Path, *members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, body in members:
            archive.writestr(zipfile.ZipInfo(name), body, method)
    return file


def tar_of(file: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(file, "w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return file


def header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.size, made.linkname = kind, size, "/etc/passwd"
    return made


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip whose only member unpacks to 1 GiB of zeros."""
    file = tmp_path_factory.mktemp("bomb") / "bomb.zip"
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("Eleve_0000.xml", "w") as member,
    ):
        for _ in range(1024):
            member.write(bytes(MIB))
    return file


@pytest.fixture(scope="module")
def gzip_bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tar.gz whose only member unpacks to 1 GiB of zeros."""
    file = tmp_path_factory.mktemp("bomb") / "bomb.tgz"
    start = header("Eleve_0000.xml", size=GIB).tobuf()
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    with file.open("wb") as sink:
        sink.write(squeeze.compress(start))
        for _ in range(1024):
            sink.write(squeeze.compress(bytes(MIB)))
        sink.write(squeeze.flush())
    return file


@pytest.mark.parametrize("kind", ["bomb", "gzip_bomb"])
def test_a_bomb_is_stopped_before_it_fills_anything(
    kind: str, request: pytest.FixtureRequest
) -> None:
    file = request.getfixturevalue(kind)
    tracemalloc.start()
    code = refusal(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == "IMPORT_RATIO"
    assert peak < 8 * MIB


def test_a_bomb_that_lies_about_its_sizes_is_stopped_too(bomb: Path, tmp_path: Path) -> None:
    lying = bytearray(bomb.read_bytes())
    place = lying.rindex(b"PK\x01\x02")
    struct.pack_into("<LL", lying, place + 20, len(lying), 1000)
    file = tmp_path / "lying.zip"
    file.write_bytes(lying)
    assert refusal(file) in ("IMPORT_ARCHIVE", "IMPORT_RATIO")


def test_many_small_bombs_are_one(tmp_path: Path) -> None:
    bodies = [(f"{number}.xml", bytes(8 * MIB)) for number in range(4)]
    assert refusal(zip_of(tmp_path / "a.zip", *bodies)) == "IMPORT_RATIO"


def test_a_set_larger_than_allowed_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = zip_of(tmp_path / "a.zip", ("a.xml", b"x" * 2000), method=zipfile.ZIP_STORED)
    assert refusal(file, LIMITS._replace(total=1999)) == "IMPORT_SIZE"
    tar = tar_of(tmp_path / "a.tgz", header("a.xml", size=2000))
    assert refusal(tar, LIMITS._replace(total=1999)) == "IMPORT_SIZE"


def test_a_member_that_claims_too_much_is_not_even_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    file.write_bytes(header(".hidden", size=64 * GIB).tobuf())
    assert refusal(file) == "IMPORT_SIZE"


def test_the_disk_keeps_its_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Disk:
        free = 5000

    monkeypatch.setattr("shutil.disk_usage", lambda _room: Disk)
    file = zip_of(tmp_path / "a.zip", ("a.xml", b"x" * 2000))
    assert refusal(file, LIMITS._replace(reserve=3001)) == "IMPORT_SIZE"
    with gathered([file], tmp_path / "room", (), LIMITS._replace(reserve=3000)) as files:
        assert files[0].size == 2000


@pytest.mark.parametrize(
    "name", ["../../x", "a/../../x", "..\\x", "/etc/x", "\\x", "C:\\x", "c:x", "a\nb", "a\x1b[2Jb"]
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(zip_of(tmp_path / "a.zip", ("a.xml", b""), (name, b"x"))) == "IMPORT_NAME"
    assert refusal(tar_of(tmp_path / "a.tgz", header("a.xml"), header(name))) == "IMPORT_NAME"
    assert not (tmp_path.parent / "x").exists()


@pytest.mark.parametrize(
    "kind",
    [
        *(tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE),
        *(tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE, b"?"),
    ],
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    assert refusal(tar_of(tmp_path / "a.tgz", header("a.xml", kind))) == "IMPORT_LINK"


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.xml")
    link.external_attr = 0o120777 << 16
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal(file) == "IMPORT_LINK"


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    file = zip_of(tmp_path / "a.zip", ("a.xml", b"x"))
    body = bytearray(file.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + place] |= 1
    file.write_bytes(body)
    assert refusal(file) == "IMPORT_ENCRYPTED"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_swells_without_measure_is_refused(tmp_path: Path, method: int) -> None:
    file = zip_of(tmp_path / "a.zip", ("a.xml", b"x"), method=method)
    assert refusal(file) == "IMPORT_METHOD"


def test_an_archive_in_an_archive_is_refused_whatever_its_name(tmp_path: Path) -> None:
    inner = zip_of(tmp_path / "i.zip", ("a.xml", b"x")).read_bytes()
    for name, body in (("a.zip", b"x"), ("a.xml", inner), ("a.tar.gz", b"x"), ("b", b"\x1f\x8b")):
        assert refusal(zip_of(tmp_path / "a.zip", (name, body))) == "IMPORT_NESTED"


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    few = LIMITS._replace(files=3)
    names = [f"{number}.xml" for number in range(4)]
    assert refusal(zip_of(tmp_path / "a.zip", *((n, b"") for n in names)), few) == "IMPORT_MANY"
    assert refusal(tar_of(tmp_path / "a.tgz", *map(header, names)), few) == "IMPORT_MANY"
    for name in names:
        (tmp_path / "set" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "set" / name).touch()
    with pytest.raises(SetAside) as why, gathered([tmp_path / "set"], tmp_path / "r", (), few):
        pytest.fail("it was taken")
    assert why.value.code == "IMPORT_MANY"


def test_a_table_of_contents_of_a_million_members_is_not_read(tmp_path: Path) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *[0] * 9, 1, *[0] * 6) + b"a"
    table = entry * 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, len(table), 0, 0)
    file = tmp_path / "a.zip"
    file.write_bytes(table + end)
    assert refusal(file) == "IMPORT_MANY"


def test_the_largest_table_of_contents_that_is_read_is_read_fast(tmp_path: Path) -> None:
    file = zip_of(tmp_path / "a.zip", *((f"{number}.xml", b"") for number in range(25_000)))
    assert refusal(file) == "IMPORT_MANY"


def test_a_tar_of_headers_and_nothing_else_is_refused(tmp_path: Path) -> None:
    header_of_headers = header("x", tarfile.XHDTYPE, 16_000).tobuf()
    body = (b"5 a=\n" * 3_200).ljust(16_384, b"\0")
    file = tmp_path / "a.tgz"
    file.write_bytes(gzip.compress((header_of_headers + body) * 5_000, 1))
    assert refusal(file) == "IMPORT_ARCHIVE"


def test_an_extended_header_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    for kind in (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME):
        file = tmp_path / "a.tar"
        file.write_bytes(header("x", kind, GIB).tobuf())
        assert refusal(file) == "IMPORT_ARCHIVE"


def test_a_sparse_file_of_the_newer_form_is_refused(tmp_path: Path) -> None:
    sparse = header("a.xml", size=512)
    sparse.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    assert refusal(tar_of(tmp_path / "a.tgz", sparse)) == "IMPORT_LINK"


@pytest.mark.parametrize("name", ["a.zip", "a.tgz", "a.tar", "a.7z", "a.xml.gz"])
def test_an_archive_by_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"not packed at all" * 100)
    assert refusal(tmp_path / name) == "IMPORT_ARCHIVE"


@given(st.binary(min_size=512, max_size=512), st.integers(0, 511), st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_header_with_a_right_sum_gives_a_file_or_a_reason(
    tmp_path: Path, noise: bytes, kept: int, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from([tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME]))
    real = header("Eleve_0000.xml", kind, 600).tobuf()
    block = bytearray(real[:kept] + noise[kept:])
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    file = tmp_path / "any.tar"
    file.write_bytes(bytes(block) + noise * 4 + bytes(1024))
    with suppress(SetAside), gathered([file], tmp_path / "room") as files:
        assert sum(each.size for each in files) <= file.stat().st_size


BODY = bytes(range(256)) * 8


def packed(kind: str, place: Path) -> bytes:
    file = place / "a"
    if kind == "zip":
        zip_of(file, ("Eleve_0000.xml", BODY))
    else:
        with tarfile.open(file, "w:gz" if kind == "tgz" else "w") as archive:
            member = header("Eleve_0000.xml", size=len(BODY))
            archive.addfile(member, io.BytesIO(BODY))
    return file.read_bytes()


@pytest.mark.parametrize("kind", ["zip", "tgz", "tar"])
def test_an_archive_that_is_cut_anywhere_is_refused(tmp_path: Path, kind: str) -> None:
    whole = packed(kind, tmp_path)
    needed = len(whole) if kind != "tar" else 3072  # the zeros after its end mark nothing
    for length in range(300, needed, 97):
        (tmp_path / f"cut.{kind}").write_bytes(whole[:length])
        assert refusal(tmp_path / f"cut.{kind}") == "IMPORT_ARCHIVE"


@pytest.mark.parametrize("kind", ["zip", "tgz"])
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_byte_that_flips_gives_the_same_file_or_a_reason(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    whole = bytearray(packed(kind, tmp_path))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    file = tmp_path / f"flipped.{kind}"
    file.write_bytes(whole)
    # refused with a reason, or else the very bytes; never another error
    with suppress(SetAside), gathered([file], tmp_path / "room") as files:
        assert [each.path.read_bytes() for each in files] == [BODY]
