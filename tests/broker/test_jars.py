"""Kafka's jars: exactly the locked ones, repaired when cut, refused when changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from preau.broker import jars
from preau.broker.jars import Jar, class_path, default_cache, locked
from preau.errors import Stop

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "kafka-4.3.1-jars.sha256"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of jars of this test's own: hard links to the cache, nothing is downloaded twice."""
    class_path()
    for jar in locked():
        (tmp_path / jar.file).hardlink_to(default_cache() / jar.file)
    return tmp_path


def spoil(path: Path, body: bytes) -> None:
    """Puts other bytes in this folder only, not into the cache the link leads to."""
    path.unlink()
    path.write_bytes(body)


def test_the_lock_is_what_maven_resolves() -> None:
    if not SAMPLE.exists():
        pytest.skip("the list to compare with is not on this machine")
    lines = [line.split() for line in SAMPLE.read_text().splitlines() if line[:1] != "#"]
    assert {(jar.sha256, jar.file) for jar in locked()} == {(sha, name) for sha, name in lines}
    assert len(locked()) == 46


def test_the_class_path_names_the_locked_jars_and_no_stranger(folder: Path) -> None:
    (folder / "annotations-13.0.jar").write_bytes(b"stray")
    names = [Path(path).name for path in class_path(folder).split(os.pathsep)]
    assert names == [jar.file for jar in locked()]


def test_one_changed_byte_refuses_and_names_the_file(folder: Path) -> None:
    path = folder / "kafka-clients-4.3.1.jar"
    body = bytearray(path.read_bytes())
    body[1000] ^= 1
    spoil(path, bytes(body))
    with pytest.raises(Stop, match=r"kafka-clients:4\.3\.1") as refused:
        class_path(folder)
    assert refused.value.code == "JAR_CHANGED"
    assert refused.value.complaint.where.file == str(path)


def test_a_byte_changed_after_a_good_start_is_still_seen(folder: Path) -> None:
    class_path(folder)
    path = folder / "scala-library-2.13.18.jar"
    body = bytearray(path.read_bytes())
    body[5] ^= 1
    spoil(path, bytes(body))
    with pytest.raises(Stop, match="scala-library"):
        class_path(folder)


def test_a_second_start_does_not_hash_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class_path(folder)
    monkeypatch.setattr(jars, "_check", lambda path, _jar: pytest.fail(f"hashed {path}"))
    class_path(folder)


def test_another_version_beside_the_right_one_is_refused(folder: Path) -> None:
    (folder / "kafka-clients-3.9.1.jar").write_bytes(b"another")
    with pytest.raises(Stop) as refused:
        class_path(folder)
    assert refused.value.code == "JAR_VERSION"
    assert refused.value.complaint.known == ("kafka-clients-4.3.1.jar",)


def test_a_wrong_version_under_the_right_name_is_refused(folder: Path) -> None:
    other = (folder / "kafka_2.13-4.3.1.jar").read_bytes()
    spoil(folder / "slf4j-api-1.7.36.jar", other)
    with pytest.raises(Stop, match="JAR_CHANGED"):
        class_path(folder)


def test_a_download_that_was_cut_is_repaired(folder: Path) -> None:
    path = folder / "slf4j-api-1.7.36.jar"
    whole = path.read_bytes()
    spoil(path, whole[:1000])
    told: list[tuple[str, int, int]] = []
    class_path(folder, lambda *what: told.append(what))
    assert path.read_bytes() == whole
    assert told == [("", 45, 46), ("slf4j-api-1.7.36.jar", 46, 46)]


def test_the_cache_follows_the_desktop_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "preau" / "kafka-4.3.1"


def test_a_jar_is_named_as_maven_names_it() -> None:
    assert Jar("com.github.luben:zstd-jni:1.5.6-10", 1, "").file == "zstd-jni-1.5.6-10.jar"
