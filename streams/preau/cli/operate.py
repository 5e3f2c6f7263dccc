"""Commands for the operator: serve the hub, run one step, keys and instances."""

from __future__ import annotations

from typing import Annotated

import typer
from preau.app.pages import serve_pages
from preau.app.serve import serve_hub
from preau.app.steps import STEPS, work_steps

from preau.app.parent import follow_parent
from preau.settings import read_settings

Supervised = Annotated[bool, typer.Option("--supervised", hidden=True)]


def serve() -> None:
    """Runs everything: Kafka if you have none, the API and pages, every step, until Ctrl-C."""
    serve_hub(read_settings())


def work(
    steps: Annotated[list[str], typer.Argument(help=f"one or more of: {', '.join(STEPS)}")],
    *,
    supervised: Supervised = False,
) -> None:
    """Runs one step (or several) in this process, for those who scale out."""
    if supervised:
        follow_parent()
    raise typer.Exit(work_steps(read_settings(), steps))


def web(*, supervised: Supervised = False) -> None:
    """Runs the API and the pages in this process."""
    if supervised:
        follow_parent()
    serve_pages(read_settings())
