"""`preau mandate`: which establishment lets which ENT publish or receive what, and until when."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
import typer

from preau.app.control import Control, open_control
from preau.app.mandates_desk import MandatesDesk
from preau.settings import read_settings
from preau.store.mandates import Mandate
from preau.web.project_needs import NewMandate

Direction = Literal["publish", "receive"]


def create_cli() -> typer.Typer:
    """The three commands."""
    app = typer.Typer(no_args_is_help=True, help="Mandates: grant, list, revoke.")
    app.command()(grant)
    app.command("list")(listed)
    app.command()(revoke)
    return app


def grant(
    instance: Annotated[str, typer.Argument(help="the ENT that may: a declared instance")],
    direction: Annotated[Direction, typer.Argument(help="publish or receive")],
    uai: Annotated[str, typer.Option(help="the establishment; * for a directory of all")],
    purpose: Annotated[str, typer.Option(help="what for: one of the closed list")],
    basis: Annotated[str, typer.Option(help="the convention or decision that it records")],
    by: Annotated[str, typer.Option(help="PRINCIPAL (collège) or DASEN (école)")],
    *,
    record: Annotated[list[str] | None, typer.Option(help="only these records")] = None,
    field: Annotated[list[str] | None, typer.Option(help="only these, as share.title")] = None,
    starts: Annotated[str, typer.Option("--from", help="its first day; today by default")] = "",
    until: Annotated[str, typer.Option(help="its last day, as 2027-07-02")] = "",
) -> None:
    """Records a standing mandate; it counts at once."""
    new = NewMandate(
        *(uai, instance, direction.upper(), purpose, basis, by),
        records=tuple(record or ()),
        fields=tuple(field or ()),
        starts=starts,
        until=until,
    )
    with open_control(read_settings()) as control:
        typer.echo(_desk(control).grant(new))


def listed(
    *,
    instance: Annotated[str, typer.Option(help="only those of this instance")] = "",
    everything: Annotated[bool, typer.Option("--all", help="revoked ones too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line for each")] = False,
) -> None:
    """Lists mandates: id, establishment, instance, direction, purpose, days, records."""
    with open_control(read_settings()) as control:
        found = _desk(control).given(instance)
    for each in found:
        if everything or each.revoked_at is None:
            typer.echo(orjson.dumps(each._asdict()).decode() if as_json else _line(each))


def revoke(id_: Annotated[str, typer.Argument(metavar="ID", help="its id")]) -> None:
    """Revokes a mandate: nothing more goes, and what it let in is withdrawn, within seconds."""
    with open_control(read_settings()) as control:
        found = _desk(control).revoke(id_)
    typer.echo(f"{found.id} is revoked")


def _desk(control: Control) -> MandatesDesk:
    return MandatesDesk(control.engine, control.degree, control.recipient, control.clock)


def _line(mandate: Mandate) -> str:
    days = f"{mandate.starts or '…'}/{mandate.until or '…'}"
    state = "" if mandate.revoked_at is None else "  REVOKED"
    what = f"{mandate.establishment}  {mandate.instance}  {mandate.direction}  {mandate.purpose}"
    for_ = f"  project {mandate.project}" if mandate.project else ""
    return f"{mandate.id}  {what}  {days}  {','.join(mandate.records)}{for_}{state}"
