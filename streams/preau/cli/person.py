"""`preau person`: who one is; the rights of people: erase, see how far erasures are."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer

from preau.app.control import Control, open_control
from preau.app.erasure_start import Request
from preau.app.export import as_json
from preau.app.kafka_address import kafka_address
from preau.app.proof import proof_file
from preau.app.rights_desk import ErasureState, RightsDesk
from preau.broker.publisher import Publisher
from preau.cli.why import person as explained
from preau.rights.export_page import export_page
from preau.rights.paper import moment
from preau.rights.proof import OUTCOMES, STATES, escalation, reason
from preau.settings import read_settings
from preau.store.audit import OPERATOR
from preau.store.erasures import DRAINING

_LOOK_S = 0.5
_WHO = Annotated[
    list[str], typer.Argument(metavar="ID...", help="a person's id, or <instance>/<account>")
]
_JSON = Annotated[bool, typer.Option("--json", help="the result as JSON lines")]


def create_cli() -> typer.Typer:
    """The commands about one person."""
    app = typer.Typer(no_args_is_help=True, help="One person: show, export, erase, let-in.")
    app.command("show")(explained)
    app.command()(erase)
    app.command()(erasures)
    app.command()(export)
    app.command("let-in")(let_in)
    return app


def erase(
    who: _WHO,
    *,
    by: Annotated[str, typer.Option(help="the role of who decided, as DPO; never a name")],
    keep_out: Annotated[
        bool, typer.Option("--keep-out", help="these accounts are not heard any more")
    ] = False,
    wait: Annotated[
        float, typer.Option(help="seconds to wait until the hub has destroyed everything")
    ] = 90.0,
    as_json: _JSON = False,
) -> None:
    """Erases people from the hub, asks every ENT to withdraw them, and proves it.

    Exits 0 when everything is destroyed in the hub, 7 when letters under way still keep it.
    """
    with _desk() as (control, desk):
        begun = desk.erase(Request(who, by, OPERATOR, keep_out))
        limit = time.monotonic() + wait
        states = [desk.state(each.id) for each in begun]
        while _going(states) and time.monotonic() < limit:
            time.sleep(_LOOK_S)
            states = [desk.state(each.id) for each in begun]
        _show(control, states, as_json=as_json)
    if _going(states):
        raise typer.Exit(7)


def erasures(*, as_json: _JSON = False) -> None:
    """Lists the last erasures: how far each is, what every ENT has answered."""
    with _desk() as (control, desk):
        _show(control, desk.last(), as_json=as_json)


def export(
    who: Annotated[str, typer.Argument(metavar="ID", help="a person, or <instance>/<account>")],
    *,
    by: Annotated[str, typer.Option(help="the role of who asked for it, as DPO; never a name")],
    out: Annotated[Path, typer.Option("--out", help="the folder for the two files")],
) -> None:
    """Writes all that the hub holds of a person, as JSON and as a page in French."""
    with _desk() as (_, desk):
        told = desk.exported(who, by, OPERATOR)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in (
        ("donnees.json", as_json(told)),
        ("donnees.html", export_page(told).encode()),
    ):
        file = out / name
        file.touch(mode=0o600)
        file.write_bytes(content)
        typer.echo(str(file))


def let_in(who: Annotated[str, typer.Argument(metavar="INSTANCE/ACCOUNT")]) -> None:
    """Hears an account again that was kept out after an erasure."""
    with _desk() as (_, desk):
        done = desk.let_in(who, OPERATOR)
    typer.echo("ce compte est de nouveau entendu" if done else "ce compte n’était pas à l’écart")


@contextmanager
def _desk() -> Iterator[tuple[Control, RightsDesk]]:
    settings = read_settings()
    find = partial(kafka_address, settings)
    with open_control(settings) as control, Publisher(find()) as publisher:
        yield control, RightsDesk(control, find, publisher.publish)


def _going(states: Sequence[ErasureState]) -> bool:
    return any(each.erasure.state == DRAINING for each in states)


def _show(control: Control, states: Sequence[ErasureState], *, as_json: bool) -> None:
    for erasure, rows in states:
        file = proof_file(control, erasure.id)
        if as_json:
            told = {**erasure._asdict(), "recipients": [row._asdict() for row in rows]}
            typer.echo(orjson.dumps({**told, "proof": str(file)}).decode())
            continue
        typer.echo(f"{erasure.id}  {moment(erasure.requested_at)}  {STATES[erasure.state]}")
        for row in rows:
            why = f" ({reason(row.reason)})" if row.reason else ""
            typer.echo(f"  - {row.destination} : {OUTCOMES[row.outcome]}{why}")
            if todo := escalation(row):
                typer.echo(f"    {todo}")
        if file.exists():
            typer.echo(f"  preuve : {file.with_suffix('.html')}")
