"""`preau gar`: checks a set of files for the GAR against its documented content, no hub needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from preau.errors import Place, Stop
from preau.outlets.gar.check import check as look

#: Exit code of a set in which something is wrong.
WRONG_EXIT = 1


def create_cli() -> typer.Typer:
    """The one command, with room for others."""
    app = typer.Typer(no_args_is_help=True, help="Sets of files for the GAR: check.")
    app.callback()(_room)
    app.command()(check)
    return app


def _room() -> None:
    """Sets of files for the GAR: check."""


def check(
    archive: Annotated[Path, typer.Argument(help="the .tar.gz; its .md5 lies beside it")],
) -> None:
    """Says what is wrong with a set, by file and line, never a value; exits 1 when something is."""
    if not archive.is_file():
        where, fix = Place(file=str(archive)), "give the path of a .tar.gz"
        raise Stop("GAR_UNREAD", "there is no such set", where=where, fix=fix)
    found = look(archive)
    for each in found:
        line = f":{each.line}" if each.line else ""
        typer.echo(f"{each.code} {each.file}{line}: {each.what}")
    if found:
        typer.echo(f"{len(found)} to mend")
        raise typer.Exit(WRONG_EXIT)
    typer.echo("the set is as the GAR's files are documented")
