"""The command `preau`: for operators, and for whoever writes a connector folder."""

from __future__ import annotations

from typing import Annotated

import typer

from preau import __version__
from preau.cli.by_name import ByName
from preau.cli.door import new_app, through_the_door

_PLACES = {
    "demo": "preau.cli.demo:demo",
    "serve": "preau.cli.operate:serve",
    "work": "preau.cli.operate:work",
    "web": "preau.cli.operate:web",
    "files": "preau.cli.operate:files",
    "poll": "preau.cli.operate:poll",
    "normalise": "preau.cli.normalise:normalise",
    "check": "preau.cli.folder:check",
    "explain": "preau.cli.folder:explain",
    "new": "preau.cli.folder:new",
    "accept": "preau.cli.folder:accept",
    "audit": "preau.cli.audit:create_cli",
    "switch": "preau.cli.switch:create_cli",
    "settings": "preau.cli.operate:show_settings",
    "rebuild": "preau.cli.operate:rebuild_tables",
    "instance": "preau.cli.instance:create_cli",
    "key": "preau.cli.key:create_cli",
    "sandbox": "preau.cli.sandbox:create_cli",
    "import": "preau.cli.imports:create_cli",
    "receipts": "preau.cli.receipts:receipts",
    "setaside": "preau.cli.setaside:create_cli",
    "identity": "preau.cli.identity:create_cli",
    "why": "preau.cli.why:create_cli",
    "person": "preau.cli.person:create_cli",
    "breach": "preau.cli.rights:breach",
    "register": "preau.cli.rights:register",
    "project": "preau.cli.project:create_cli",
    "mandate": "preau.cli.mandate:create_cli",
    "sector": "preau.cli.sector:create_cli",
    "products": "preau.cli.products:products",
    "oneroster": "preau.cli.oneroster:create_cli",
    "gar": "preau.cli.gar:create_cli",
    "feed": "preau.cli.feed:create_cli",
}
"""Where each command is; one of several commands is made by a `create_cli`."""


class _Preau(ByName):
    """`preau` itself."""

    places = _PLACES


def main() -> None:
    """The entry point; every error of ours leaves in words and with its exit code."""
    through_the_door(create_cli())


def create_cli() -> typer.Typer:
    """The whole command line."""
    app = new_app(_Preau)
    app.callback()(_options)
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
