"""The command `preau`: for operators, and for whoever writes a connector folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from preau import __version__
from preau.cli import (
    demo,
    folder,
    identity,
    imports,
    instance,
    key,
    normalise,
    operate,
    sandbox,
)
from preau.cli.door import new_app, through_the_door

_COMMANDS: tuple[Callable[..., None], ...] = (
    *(demo.demo, operate.serve, operate.work, operate.web, operate.files),
    *(normalise.normalise, folder.check, folder.explain, folder.new, folder.accept),
)


def main() -> None:
    """The entry point; every error of ours leaves in words and with its exit code."""
    through_the_door(create_cli())


def create_cli() -> typer.Typer:
    """The whole command line."""
    app = new_app()
    app.callback()(_options)
    for command in _COMMANDS:
        app.command()(command)
    app.command("settings")(operate.show_settings)
    app.add_typer(instance.create_cli(), name="instance")
    app.add_typer(key.create_cli(), name="key")
    app.add_typer(sandbox.create_cli(), name="sandbox")
    app.add_typer(imports.create_cli(), name="import")
    app.add_typer(identity.create_cli(), name="identity")
    return app


def _say_version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        typer.echo(f"preau {__version__}")
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="say it and exit"),
    ] = False,
) -> None:
    """Stands before every command."""
