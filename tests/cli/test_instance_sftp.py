"""`preau instance sftp`: without a host key nothing is declared, and no secret is ever shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from preau.app.control import open_control
from preau.errors import PreauError
from preau.settings import read_settings
from preau.store import sftp_sources
from preau.store.sftp_sources import SftpSource

HOST_KEY = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
URL = "sftp://preau@files.example.org:2222/depot"


@pytest.fixture
def declare(preau: Any, tmp_path: Path) -> Callable[..., Any]:
    """Declares a server for an académie, with what is said otherwise."""
    preau("instance", "add", "rectorat", "--connector", "aaf", "--academy", "11")

    def run(
        url: str = URL, host_key: str = HOST_KEY, secret: str = "pass", name: str = "rectorat"
    ) -> Any:
        file = tmp_path / "secret"
        file.write_text(secret, "utf-8")
        options = ("--url", url, "--host-key", host_key, "--secret-file", str(file))
        return preau("instance", "sftp", name, *options)

    return run


def kept() -> list[SftpSource]:
    with open_control(read_settings()) as control, control.engine.connect() as connection:
        return sftp_sources.every(connection, control.master)


def test_a_server_is_declared_replaced_and_forgotten(preau: Any, declare: Any) -> None:
    result = declare()
    assert result.exit_code == 0
    assert "pass" not in result.output
    said = ("rectorat", "files.example.org", 2222, "preau", "/depot", HOST_KEY)
    assert kept() == [SftpSource(*said, "pass")]
    declare(secret="other", url="sftp://preau@files.example.org")
    assert [(each.port, each.folder, each.secret) for each in kept()] == [(22, "/", "other")]
    preau("instance", "disable", "rectorat")
    assert kept() == []
    preau("instance", "add", "rectorat", "--connector", "aaf", "--academy", "11")
    assert preau("instance", "sftp", "rectorat", "--off").exit_code == 0
    assert kept() == []
    again = preau("instance", "sftp", "rectorat", "--off")
    assert isinstance(again.exception, PreauError)
    assert again.exception.code == "SFTP_NONE"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"host_key": ""}, "HOST_KEY"),
        ({"host_key": "ssh-ed25519 nonsense"}, "HOST_KEY"),
        ({"url": "https://files.example.org"}, "SFTP_URL"),
        ({"url": "sftp://files.example.org/x"}, "SFTP_URL"),
        ({"url": "sftp://preau:secret@files.example.org/x"}, "SFTP_URL"),
        ({"secret": " \n"}, "SFTP_SECRET"),
        ({"secret": "-----BEGIN nonsense"}, "SFTP_SECRET"),
        ({"name": "nowhere"}, "INSTANCE_UNKNOWN"),
    ],
)
def test_what_cannot_work_is_refused(declare: Any, said: dict[str, str], code: str) -> None:
    refused = declare(**said).exception
    assert isinstance(refused, PreauError)
    assert refused.code == code
    assert "secret@" not in str(refused)
    assert kept() == []
