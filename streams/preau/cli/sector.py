"""`preau sector`: which écoles are of a collège's sector, where no source says it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from preau.app.control import open_control
from preau.app.sectors_desk import SectorsDesk
from preau.errors import Place, Stop
from preau.settings import read_settings


def create_cli() -> typer.Typer:
    """The three commands."""
    app = typer.Typer(no_args_is_help=True, help="Sectors: set, import, list.")
    app.command("set")(declare)
    app.command("import")(take)
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


def take(
    file: Annotated[
        Path, typer.Argument(help="CSV: college;ecole;circonscription;reseau;nom_reseau")
    ],
    *,
    complete: Annotated[
        bool, typer.Option("--complete", help="an école that is not in it leaves its sector")
    ] = False,
) -> None:
    """Takes the sectors of a CSV file, whole or not at all; again, it changes nothing."""
    with open_control(read_settings()) as control:
        desk = SectorsDesk(control.engine, control.clock)
        taken = desk.take(_read(file), complete=complete)
    typer.echo(f"{taken.lines} lines, {taken.changed} sectors changed, {taken.withdrawn} gone")


def listed() -> None:
    """Lists what was declared."""
    with open_control(read_settings()) as control:
        for each in SectorsDesk(control.engine, control.clock).declared():
            more = (each.circonscription, each.name or ("réseau" if each.network else ""))
            typer.echo("  ".join((each.college, each.ecole, *filter(None, more))))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        where, fix = Place(file=str(file)), "give a file that this user may read"
        raise Stop("SECTOR_FILE", "the file cannot be read", where=where, fix=fix) from error
