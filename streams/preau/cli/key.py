"""`preau key`: makes, lists and revokes the API keys with which instances and operators call."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from preau.app.control import open_control
from preau.errors import Place, Stop
from preau.settings import read_settings
from preau.web.needs import OPERATE, PUBLISH, RECEIVE

SCOPES = (PUBLISH, RECEIVE, OPERATE)


def create_cli() -> typer.Typer:
    """The three commands."""
    app = typer.Typer(no_args_is_help=True, help="API keys: new, list, revoke.")
    app.command()(new)
    app.command("list")(listed)
    app.command()(revoke)
    return app


def new(
    *,
    instance: Annotated[str, typer.Option(help="the instance that will speak with it")] = "",
    operator: Annotated[
        bool, typer.Option("--operator", help="a key for you: projects and their pages")
    ] = False,
    scope: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(SCOPES)} (may be repeated)")
    ] = None,
) -> None:
    """Makes a key and shows it, once: it cannot be read again."""
    if operator == bool(instance):
        fix = "say --instance NAME, or --operator"
        where = Place(field="--instance")
        raise Stop("KEY_OWNER", "a key belongs to one instance or to you", where=where, fix=fix)
    scopes = tuple(scope or ([OPERATE] if operator else [PUBLISH]))
    for each in scopes:
        if each not in SCOPES:
            where, fix = Place(field="--scope"), "give one of the known scopes"
            raise Stop("KEY_SCOPE", "there is no such scope", where=where, known=SCOPES, fix=fix)
    with open_control(read_settings()) as control:
        if instance and control.instances.get(instance) is None:
            known = tuple(each.name for each in control.instances.all())
            where, fix = Place(field="--instance"), "declare it first: preau instance add"
            raise Stop("INSTANCE_UNKNOWN", "no such instance", where=where, known=known, fix=fix)
        clear = control.api_keys.make(instance or None, scopes)
    typer.echo(clear)
    typer.echo("Keep it now: it is shown this once, and only its hash is kept.", err=True)


def listed() -> None:
    """Lists the keys that were ever made; none is shown."""
    table = Table("key", "instance", "scopes", "made", "revoked", box=None)
    with open_control(read_settings()) as control:
        for each in control.api_keys.all():
            scopes = ", ".join(sorted(each.scopes))
            revoked = "" if each.revoked_at is None else _moment(each.revoked_at)
            whose = each.instance or "(operator)"
            table.add_row(each.key_id, whose, scopes, _moment(each.made_at), revoked)
    Console(soft_wrap=True).print(table)


def revoke(
    key: Annotated[str, typer.Argument(help="the 16 characters that `preau key list` shows")],
) -> None:
    """Makes a key useless, within a second, for good."""
    with open_control(read_settings()) as control:
        control.api_keys.revoke(key)
    typer.echo(f"{key} opens nothing any more")


def _moment(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
