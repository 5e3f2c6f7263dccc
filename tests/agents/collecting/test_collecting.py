"""Files come from a real SFTP server whole or not at all, and only from the declared one."""

from __future__ import annotations

import os
from typing import Any

import asyncssh
import pytest

from preau.agents import collecting


def nothing() -> None:
    """A look without a change before it."""


def put(server: Any, name: str, text: str, at: int = 1_700_000_000) -> None:
    file = server.out / name
    file.write_text(text, "utf-8")
    os.utime(file, (at, at))


def test_a_file_that_stood_still_is_fetched_once_and_moved_away(server: Any) -> None:
    put(server, "eleves.xml", "<a/>" * 100_000)
    server.play(nothing, nothing, nothing)
    assert (server.own / "eleves.xml").read_text("utf-8") == "<a/>" * 100_000
    assert [each.name for each in server.own.iterdir()] == ["eleves.xml"]
    assert (server.out / "fait" / "eleves.xml").exists()
    assert not (server.out / "eleves.xml").exists()
    assert (server.row.code, server.row.tries) == ("", 0)


def test_a_file_that_grows_or_changes_is_left_until_it_stands_still(server: Any) -> None:
    put(server, "eleves.xml", "<a>")
    grow = [
        lambda: put(server, "eleves.xml", "<a><b/>"),
        lambda: put(server, "eleves.xml", "<a><c/>", 1_700_000_001),
    ]
    server.play(*grow)
    assert not server.own.exists()
    server.play(nothing, nothing)
    assert (server.own / "eleves.xml").read_text("utf-8") == "<a><c/>"


def test_what_is_not_meant_to_be_read_is_left_alone(server: Any) -> None:
    for name in (".cache", "a.part", "b.TMP", "c~"):
        put(server, name, "x")
    (server.out / "folder").mkdir()
    (server.out / "link.xml").symlink_to("/etc/hostname")
    server.play(nothing, nothing)
    assert not server.own.exists()
    assert not (server.out / "fait").exists()


def test_a_file_whose_namesake_waits_is_fetched_later_and_both_are_kept(server: Any) -> None:
    put(server, "eleves.xml", "first")
    server.play(
        nothing,
        lambda: put(server, "eleves.xml", "second"),
        nothing,
        nothing,
    )
    assert (server.own / "eleves.xml").read_text("utf-8") == "first"
    assert (server.out / "eleves.xml").read_text("utf-8") == "second"
    server.play((server.own / "eleves.xml").unlink, nothing, nothing)
    assert (server.own / "eleves.xml").read_text("utf-8") == "second"
    assert len([*(server.out / "fait").iterdir()]) == 2


def test_killed_before_it_is_moved_it_is_fetched_again(server: Any) -> None:
    server.own.mkdir(parents=True)
    (server.own / ".eleves.xml.part").write_text("half", "utf-8")
    put(server, "eleves.xml", "whole")
    server.play(nothing, nothing)
    assert (server.own / "eleves.xml").read_text("utf-8") == "whole"
    assert not (server.own / ".eleves.xml.part").exists()


def test_another_host_key_is_never_spoken_to(server: Any) -> None:
    put(server, "eleves.xml", "<a/>")
    server.shown = asyncssh.generate_private_key("ssh-ed25519")
    server.play(nothing)
    assert (server.row.code, server.row.tries) == ("SFTP_HOST_KEY", 2)
    assert not server.own.exists()


def test_a_wrong_password_is_told_and_a_key_will_do(server: Any) -> None:
    put(server, "eleves.xml", "<a/>")
    server.secret = "wrong"
    server.play()
    assert server.row.code == "SFTP_REFUSED"
    assert "wrong" not in repr(server.source(22)) + server.row.said
    server.secret = server.user_key.export_private_key().decode()
    server.clock.advance(collecting.LONGEST_WAIT_MS)
    server.play(nothing, nothing)
    assert (server.own / "eleves.xml").exists()
    assert server.row.code == ""


def test_a_server_that_is_not_public_is_not_called(server: Any) -> None:
    server.loopback = False
    server.play()
    assert server.row.code == "ADDRESS_NOT_ALLOWED"


def test_a_folder_that_is_not_there_is_told(server: Any) -> None:
    (server.there / "out").rmdir()
    server.play()
    assert server.row.code == "SFTP_FAILED"


def test_a_file_that_cannot_be_had_stops_no_other(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "MAX_FILE", 3)
    put(server, "a.xml", "four")
    put(server, "b.xml", "two")
    server.play(nothing)
    assert server.row.code == "SFTP_SIZE"
    assert [each.name for each in server.own.iterdir()] == ["b.xml"]


@pytest.mark.parametrize(("name", "most"), [("MAX_FILE", 3), ("MOST", 0)])
def test_what_is_too_much_is_told(
    server: Any, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr(collecting, name, most)
    put(server, "eleves.xml", "four")
    server.play(nothing)
    assert server.row.code == {"MAX_FILE": "SFTP_SIZE", "MOST": "SFTP_MANY"}[name]
    assert not server.own.exists() or [*server.own.iterdir()] == []
