"""`preau oneroster`: checks a OneRoster CSV package against the standard, no hub needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from preau.errors import Place, Stop
from preau.outlets.oneroster.check import check as look

#: Exit code of a package that the standard does not allow.
WRONG_EXIT = 1
_SHOWN = 100


def create_cli() -> typer.Typer:
    """The one command, with room for others."""
    app = typer.Typer(no_args_is_help=True, help="OneRoster 1.2 packages: check.")
    app.callback()(_room)
    app.command()(check)
    return app


def _room() -> None:
    """OneRoster 1.2 packages: check."""


def check(
    package: Annotated[Path, typer.Argument(help="the zip, as in oneroster.zip")],
    *,
    every: Annotated[bool, typer.Option("--all", help="tell more than 100 findings")] = False,
) -> None:
    """Says what the standard does not allow in a package; exits 1 when there is something."""
    try:
        with package.open("rb") as source:
            found = look(source)
    except OSError as error:
        what = f"the package cannot be read: {error.strerror}"
        where = Place(file=str(package))
        raise Stop("PACKAGE_UNREAD", what, where=where, fix="give the path of a zip") from error
    for each in found if every else found[:_SHOWN]:
        typer.echo(str(each))
    if found:
        typer.echo(f"{len(found)} to mend")
        raise typer.Exit(WRONG_EXIT)
    typer.echo("the package is as OneRoster 1.2 has it")
