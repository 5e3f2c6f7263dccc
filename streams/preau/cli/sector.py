"""`preau sector`: which écoles are of a collège's sector, where no source says it."""

from __future__ import annotations

from typing import Annotated

import typer

from preau.app.control import open_control
from preau.app.sectors_desk import SectorsDesk
from preau.settings import read_settings


def create_cli() -> typer.Typer:
    """The two commands."""
    app = typer.Typer(no_args_is_help=True, help="Sectors: set, list.")
    app.command("set")(declare)
    app.command("list")(listed)
    return app


def declare(
    college: Annotated[str, typer.Argument(help="the collège's UAI")],
    ecoles: Annotated[list[str], typer.Argument(help="the UAIs of the écoles of its sector")],
) -> None:
    """Declares the écoles of a collège, in the place of those that it had."""
    with open_control(read_settings()) as control:
        SectorsDesk(control.engine, control.clock).declare(college, ecoles)
    typer.echo(f"{college}: {len(set(ecoles))} écoles")


def listed() -> None:
    """Lists what was declared."""
    with open_control(read_settings()) as control:
        for each in SectorsDesk(control.engine, control.clock).declared():
            typer.echo(f"{each.college}  {each.ecole}")
