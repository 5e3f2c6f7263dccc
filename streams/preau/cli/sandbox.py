"""The command `preau sandbox territory`: an invented académie's files, for tests of any size."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from preau.mapping.conversions.academies import academy_names
from preau.sandbox.territory.plan import LEAST, MOST, Plan, SchoolsFiles
from preau.sandbox.territory.territory import write_territory


def create_cli() -> typer.Typer:
    """The commands about what is invented."""
    app = typer.Typer(no_args_is_help=True, help="Invented schools and people: territory.")
    app.callback()(_nothing)
    app.command()(territory)
    return app


def territory(
    folder: Annotated[Path, typer.Argument(help="a folder that is empty or not there yet")],
    *,
    pupils: Annotated[int, typer.Option(min=LEAST, max=MOST, help="of the first year")] = 2_000,
    seed: Annotated[int, typer.Option(min=0, help="the same seed gives the same bytes")] = 1,
    flaws: Annotated[
        float, typer.Option(min=0, max=0.05, help="share of records damaged in each way")
    ] = 0.002,
    schools_files: Annotated[
        SchoolsFiles, typer.Option(help="schools that have ONDE, SIECLE and STS files")
    ] = "some",
    per_file: Annotated[int, typer.Option(min=1, help="records of one AAF file")] = 10_000,
    academy: Annotated[str, typer.Option(help="code of the académie it claims to be")] = "11",
) -> None:
    """Writes an invented académie: the State's files of two Septembers, and who is who."""
    if academy not in academy_names().values():
        raise typer.BadParameter("no académie has this code", param_hint="--academy")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise typer.BadParameter("the folder is not empty", param_hint="FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    start = perf_counter()
    counts = write_territory(Plan(pupils, seed, folder, flaws, schools_files, per_file, academy))
    seconds = perf_counter() - start
    records = counts.total("records")
    speed = records / seconds
    typer.echo(f"{records:,} records in {seconds:.1f} s ({speed:,.0f} per second)")


def _nothing() -> None:
    """Stands before every command: with only one, typer would drop its name."""
