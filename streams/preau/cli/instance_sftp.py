"""`preau instance sftp`: on which SFTP server the files of an instance are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from preau.app.control import open_control
from preau.app.sftp_desk import fetch_from, fetch_no_more, parse_server
from preau.errors import Place, Stop
from preau.settings import read_settings


def sftp(
    name: Annotated[str, typer.Argument(help="the instance's name in the hub")],
    *,
    url: Annotated[str, typer.Option(help="sftp://login@host[:port]/folder")] = "",
    host_key: Annotated[
        str, typer.Option(help="the server's own key, as in ssh-ed25519 AAAA…: only it is believed")
    ] = "",
    secret_file: Annotated[
        Path | None,
        typer.Option(help="file of the password or of a private key in PEM, - for stdin"),
    ] = None,
    off: Annotated[
        bool, typer.Option("--off", help="fetch no more, and forget the secret")
    ] = False,
) -> None:
    """Fetches the files of an instance from an SFTP server into its deposit folder, or no more."""
    with open_control(read_settings()) as control:
        if off:
            fetch_no_more(control, name)
        else:
            fetch_from(control, parse_server(name, url, host_key, _secret(secret_file)))
    typer.echo(f"{name}: no files are fetched" if off else f"{name}: its files are fetched")


def _secret(file: Path | None) -> str:
    """Never an argument: the list of processes and the shell's history would show it."""
    if file is None:
        return str(typer.prompt("Secret (it is not shown)", hide_input=True, default=""))
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        where, fix = Place(file=str(file)), "give a text file that this user may read"
        raise Stop("SECRET_FILE", "the secret cannot be read", where=where, fix=fix) from error
