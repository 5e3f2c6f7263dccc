"""`preau switch`: in an incident, cuts an instance, a record type or a UAI within seconds."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from preau.app.control import open_control
from preau.app.switch_desk import SwitchDesk
from preau.errors import Place, Stop
from preau.settings import read_settings
from preau.store.audit import OPERATOR
from preau.store.switches import INSTANCE, RECORD, UAI, Cut, Order


def create_cli() -> typer.Typer:
    """The three commands."""
    app = typer.Typer(no_args_is_help=True, help="The incident switch: cut, list, resume.")
    app.command()(cut)
    app.command("list")(listed)
    app.command()(resume)
    return app


def cut(
    *,
    instance: Annotated[str, typer.Option(help="an ENT: nothing to it, nothing from it")] = "",
    record: Annotated[str, typer.Option(help="homework, share, group …: nothing of that")] = "",
    uai: Annotated[str, typer.Option(help="one establishment, in whatever ENT")] = "",
    let_withdrawals: Annotated[
        bool, typer.Option("--let-withdrawals", help="what is to be taken away still is")
    ] = False,
    reason: Annotated[str, typer.Option(help="why, for those on duty; name nobody")] = "",
) -> None:
    """Stops it in every process at once; what comes meanwhile is kept, and nothing is lost."""
    said = [(INSTANCE, instance), (RECORD, record), (UAI, uai)]
    given = [(kind, target) for kind, target in said if target]
    if len(given) != 1:
        where, fix = Place(field="cut"), "say --instance I, --record R or --uai U"
        raise Stop("SWITCH_ONE", "a cut is of exactly one thing", where=where, fix=fix)
    order = Order(*given[0], withdrawals=let_withdrawals, reason=reason)
    with open_control(read_settings()) as control:
        made = SwitchDesk(control).cut(order, OPERATOR)
    typer.echo(f"{_line(made)}\nnext: preau switch resume {made.id}")


def listed() -> None:
    """Lists what is cut, and what was cut last."""
    with open_control(read_settings()) as control:
        found = SwitchDesk(control).last()
    for each in found:
        typer.echo(_line(each))
    if not any(each.resumed_at is None for each in found):
        typer.echo("nothing is cut")


def resume(
    number: Annotated[int, typer.Argument(help="the number in `preau switch list`")],
) -> None:
    """Lets it go on: what was kept goes first, in its order."""
    with open_control(read_settings()) as control:
        ended = SwitchDesk(control).resume(number, OPERATOR)
    typer.echo(_line(ended))


def _line(cut: Cut) -> str:
    until = "cut" if cut.resumed_at is None else f"resumed {_moment(cut.resumed_at)}"
    withdrawals = ", withdrawals go out" if cut.withdrawals else ""
    why = f"  {cut.reason}" if cut.reason else ""
    return f"{cut.id}  {cut.kind} {cut.target}  since {_moment(cut.at)}  {until}{withdrawals}{why}"


def _moment(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
