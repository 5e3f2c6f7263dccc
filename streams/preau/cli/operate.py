"""Commands for the operator: serve the hub, or run one of its processes; show the settings."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from preau.app.child import leave
from preau.app.control import open_control
from preau.app.files import watch_files
from preau.app.hub_topics import ensure_hub_topics
from preau.app.kafka_address import kafka_address
from preau.app.logs import start_logs
from preau.app.pages import serve_pages
from preau.app.poll import ask_instances
from preau.app.products import check_products
from preau.app.rebuild import check_rebuilt, rebuild
from preau.app.serve import serve_hub
from preau.app.steps import STEPS, work_steps
from preau.settings import Settings, described, read_settings


def serve() -> None:
    """Runs everything: Kafka if you have none, the API and pages, every step, until Ctrl-C."""
    serve_hub(_started("serve"))


def work(
    steps: Annotated[list[str], typer.Argument(help=f"one or more of: {', '.join(STEPS)}")],
    *,
    slot: Annotated[
        int, typer.Option(min=0, help="0, 1, 2 …: a number of its own for each normalise process")
    ] = 0,
) -> None:
    """Runs one step (or several) in this process, for those who scale out."""
    settings = _started("-".join(steps))
    leave(work_steps(settings, partial(_checked_kafka, settings), steps, slot))


def web() -> None:
    """Runs the API and the pages in this process."""
    settings = _started("web")
    raise typer.Exit(serve_pages(settings, partial(_checked_kafka, settings)))


def files() -> None:
    """Watches the deposit folders in this process."""
    settings = _started("files")
    raise typer.Exit(watch_files(settings, partial(_checked_kafka, settings)))


def poll() -> None:
    """Asks the instances that give their events only when asked, in this process."""
    settings = _started("poll")
    raise typer.Exit(ask_instances(settings, partial(_checked_kafka, settings)))


def rebuild_tables() -> None:
    """Fills what follows from Kafka again, from nothing, while the hub is stopped."""
    rebuild(_started("rebuild"), _say_part)
    typer.echo("done: the hub may start")


def show_settings() -> None:
    """Shows every setting: its variable, its value here, what it means."""
    for name, value, meaning in described(read_settings()):
        typer.echo(f"{name}={value}\n    {meaning}")


def _say_part(what: str, count: int, seconds: float) -> None:
    typer.echo(f"{what}: {count:,} records in {seconds:.1f} s")


def _checked_kafka(settings: Settings) -> str:
    """Where Kafka is, once topics and products are as they must be; raises ours otherwise."""
    bootstrap = kafka_address(settings)
    with open_control(settings) as control:
        check_rebuilt(control)
        check_products(control)
        ensure_hub_topics(control, bootstrap)
    return bootstrap


def _started(step: str) -> Settings:
    read = read_settings()
    start_logs(read.log_level, step)
    return read
