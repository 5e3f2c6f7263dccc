"""The master key: made once, private, never replaced, and bound to what it wraps."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import Stop
from preau.keys import master
from preau.keys.master import MasterKey, open_master_key

KEY = bytes(range(32))
MAKE = (
    "import sys; from pathlib import Path; from preau.keys.master import open_master_key;"
    "print('ready', flush=True); sys.stdin.read();"
    "print(open_master_key(Path(sys.argv[1]), fresh=True).secret('x').hex())"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "master.key"


def code(stopped: pytest.ExceptionInfo[Stop]) -> str:
    return stopped.value.code


def test_a_key_is_made_once_and_for_its_owner_only(file: Path) -> None:
    made = open_master_key(file, fresh=True)
    assert open_master_key(file, fresh=True).secret("x") == made.secret("x")
    assert open_master_key(file, fresh=False).secret("x") == made.secret("x")
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(file.read_bytes())) == 32
    assert [each.name for each in file.parent.iterdir()] == ["master.key"]


def test_a_second_key_is_never_made_over_existing_data(file: Path) -> None:
    with pytest.raises(Stop) as stopped:
        open_master_key(file, fresh=False)
    assert code(stopped) == "MASTER_KEY_MISSING"
    assert not file.exists()


def test_processes_that_start_at_once_end_with_one_key(file: Path) -> None:
    gate, opening = os.pipe()
    order = [sys.executable, "-c", MAKE, str(file)]
    started = [
        subprocess.Popen(order, stdin=gate, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    os.close(gate)
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    os.close(opening)  # now all of them go
    said = [process.communicate()[0].strip() for process in started]
    assert said == [open_master_key(file, fresh=False).secret("x").hex()] * 4


def test_who_loses_the_race_takes_the_winners_key(file: Path) -> None:
    winner = open_master_key(file, fresh=True)
    master._create(file)  # it saw no file a moment ago, and makes one now
    assert open_master_key(file, fresh=True).secret("x") == winner.secret("x")
    assert [each.name for each in file.parent.iterdir()] == ["master.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_may_read_or_write_stops_the_hub(file: Path, mode: int) -> None:
    open_master_key(file, fresh=True)
    file.chmod(mode)
    with pytest.raises(Stop) as stopped:
        open_master_key(file, fresh=True)
    assert code(stopped) == "MASTER_KEY_OPEN"
    assert stopped.value.complaint.fix == f"chmod 600 {file}"


@pytest.mark.parametrize(
    ("mode", "owner", "user", "too_open"),
    [
        (0o100440, 0, 1000, False),  # as Kubernetes mounts a secret for a group
        (0o100444, 0, 1000, True),
        (0o100460, 0, 1000, True),
        (0o100440, 1000, 1000, True),
        (0o100440, 0, 0, True),
        (0o100400, 1000, 1000, False),
    ],
)
def test_only_roots_file_may_be_handed_to_our_group(
    mode: int, owner: int, user: int, *, too_open: bool
) -> None:
    seen = os.stat_result((mode, 0, 0, 1, owner, user, 45, 0, 0, 0))
    assert master._too_open(seen, user) is too_open


@pytest.mark.parametrize(
    "text", [b"", b"AAAA", b"not base64 at all!!", base64.b64encode(KEY + b"x"), b"\xff" * 44]
)
def test_a_damaged_key_stops_the_hub_and_is_not_replaced(file: Path, text: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(text)
    file.chmod(0o600)
    with pytest.raises(Stop) as stopped:
        open_master_key(file, fresh=True)
    assert code(stopped) == "MASTER_KEY_BAD"
    assert file.read_bytes() == text


def test_a_place_that_cannot_hold_a_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(Stop) as stopped:
        open_master_key(tmp_path / "keys" / "master.key", fresh=True)
    assert code(stopped) == "MASTER_KEY_FILE"
    assert stopped.value.complaint.where.file == str(tmp_path / "keys" / "master.key")


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(Stop) as stopped:
        MasterKey(KEY[:31])
    assert code(stopped) == "MASTER_KEY_BAD"


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_what_is_wrapped_opens_with_what_it_was_bound_to(key: bytes, bound: bytes) -> None:
    held = MasterKey(KEY)
    assert held.unwrap(held.wrap(key, bound), bound) == key


@given(st.binary(min_size=32, max_size=32), st.data())
def test_a_changed_wrapping_does_not_open(key: bytes, data: st.DataObject) -> None:
    held = MasterKey(KEY)
    wrapped = bytearray(held.wrap(key, b"row"))
    wrapped[data.draw(st.integers(0, len(wrapped) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Stop) as stopped:
        held.unwrap(bytes(wrapped), b"row")
    assert code(stopped) == "MASTER_KEY_WRONG"


@pytest.mark.parametrize("wrapped", [b"", b"short", bytes(60)])
def test_what_was_never_wrapped_does_not_open(wrapped: bytes) -> None:
    with pytest.raises(Stop):
        MasterKey(KEY).unwrap(wrapped, b"row")


def test_a_key_moved_to_another_row_or_hub_does_not_open() -> None:
    wrapped = MasterKey(KEY).wrap(b"k" * 32, b"row 1")
    with pytest.raises(Stop):
        MasterKey(KEY).unwrap(wrapped, b"row 2")
    with pytest.raises(Stop):
        MasterKey(KEY[::-1]).unwrap(wrapped, b"row 1")


def test_the_same_key_wrapped_twice_looks_different() -> None:
    held = MasterKey(KEY)
    assert held.wrap(b"k" * 32, b"row") != held.wrap(b"k" * 32, b"row")


def test_a_secret_is_steady_and_apart_from_every_other() -> None:
    held = MasterKey(KEY)
    secrets = {held.secret(purpose) for purpose in ("digests", "pseudonym/a", "pseudonym/b", "")}
    assert len(secrets) == 4
    assert {len(secret) for secret in secrets} == {32}
    assert MasterKey(KEY).secret("digests") == held.secret("digests")
    assert KEY not in secrets


def test_a_master_key_does_not_show_itself() -> None:
    held = MasterKey(KEY)
    for shown in (repr(held), str(held)):
        assert KEY.hex() not in shown
        assert repr(KEY) not in shown
