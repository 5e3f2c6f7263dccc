"""`preau demo`: the story of three écoles and a collège, played on a real hub."""

from __future__ import annotations

from typing import Annotated

import typer

from preau.demo.command import play
from preau.settings import read_settings


def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="end after the story: 0 if it holds, 1 if it does not")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="print a report as JSON, and only that")
    ] = False,
) -> None:
    """Plays the story with two fictional ENTs, then goes on serving until Ctrl-C."""
    raise typer.Exit(play(read_settings(), once=once, as_json=as_json))
