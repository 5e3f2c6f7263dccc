"""`preau demo`: a story of écoles and their collège, played on a real hub."""

from __future__ import annotations

from typing import Annotated

import typer

from preau.demo.command import play
from preau.demo.stories import STORIES, USUAL
from preau.settings import read_settings


def _known(story: str) -> str:
    if story not in STORIES:
        raise typer.BadParameter(f"there is no such story; known: {', '.join(STORIES)}")
    return story


def demo(
    *,
    story: Annotated[
        str, typer.Option("--story", help=f"one of: {', '.join(STORIES)}", callback=_known)
    ] = USUAL,
    once: Annotated[
        bool, typer.Option("--once", help="end after the story: 0 if it holds, 1 if it does not")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="print a report as JSON, and only that")
    ] = False,
) -> None:
    """Plays a story with fictional ENTs, then goes on serving until Ctrl-C."""
    raise typer.Exit(play(read_settings(), STORIES[story], once=once, as_json=as_json))
