"""`preau feed`: secret addresses at which teachers read a project's agenda and its documents."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from preau.app.control import Control, open_control
from preau.app.feeds_desk import FeedsDesk
from preau.settings import read_settings
from preau.web.feeds import CALENDAR, DOCUMENTS


def create_cli() -> typer.Typer:
    """The four commands."""
    app = typer.Typer(
        no_args_is_help=True, help="Addresses of a project's agenda: new, network, list, revoke."
    )
    app.command()(new)
    app.command()(network)
    app.command("list")(listed)
    app.command()(revoke)
    return app


def new(
    project: Annotated[str, typer.Argument(help="the project's id")],
    uai: Annotated[str, typer.Argument(help="the establishment whose teachers will read it")],
    by: Annotated[str, typer.Option(help="who gives it: PRINCIPAL for a collège, DASEN else")],
    hub: Annotated[str, typer.Option(help="the hub's address, as teachers reach it")] = "",
) -> None:
    """Makes an address and shows it, once: it cannot be read again."""
    with open_control(read_settings()) as control:
        clear = _desk(control).make(project, uai, by)
    for file in (CALENDAR, DOCUMENTS):
        typer.echo(f"{hub.rstrip('/')}/flux/{clear}/{file}")
    typer.echo("Whoever has it reads the project: give it to teachers only.", err=True)


def network(
    name: Annotated[str, typer.Argument(help="the network's name, as the file of sectors says it")],
    uai: Annotated[str, typer.Argument(help="the member of it whose people will read it")],
    by: Annotated[str, typer.Option(help="who gives it: PRINCIPAL for a collège, DASEN else")],
    hub: Annotated[str, typer.Option(help="the hub's address, as schools reach it")] = "",
) -> None:
    """Makes an address of a network's agenda and shows it, once: it cannot be read again."""
    with open_control(read_settings()) as control:
        clear = _desk(control).make_for_network(name, uai, by)
    typer.echo(f"{hub.rstrip('/')}/flux/{clear}/{CALENDAR}")
    typer.echo("Whoever has it reads the network's dates: give it to its schools only.", err=True)


def listed(
    project: Annotated[str, typer.Argument(help="a project's id, or nothing for all")] = "",
) -> None:
    """Lists the addresses that were ever made; none is shown."""
    with open_control(read_settings()) as control:
        for each in _desk(control).addresses(project):
            until = "" if each.revoked_at is None else f"  revoked {_moment(each.revoked_at)}"
            said = f"{each.id}  {each.project}  {each.uai}  by {each.granted_by}"
            typer.echo(f"{said}  made {_moment(each.made_at)}{until}")


def revoke(
    address: Annotated[str, typer.Argument(help="the 16 characters that the list shows")],
) -> None:
    """Makes an address useless, at once and for good."""
    with open_control(read_settings()) as control:
        _desk(control).revoke(address)
    typer.echo(f"{address} opens nothing any more")


def _desk(control: Control) -> FeedsDesk:
    return FeedsDesk(control.engine, control.degree, control.clock)


def _moment(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
