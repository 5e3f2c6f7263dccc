"""`preau identity move-uai`: an établissement changes its ENT; who is recognised, what waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import orjson
import typer

from preau.app.control import open_control
from preau.app.identity_desk import ROLES, IdentityDesk
from preau.app.publishing import publish_if_running
from preau.settings import read_settings
from preau.store.audit import OPERATOR
from preau.web.moves import Move, MoveReport, plain


def move_uai(
    uai: Annotated[str, typer.Argument(help="the établissement that moves")],
    *,
    before: Annotated[str, typer.Option("--from", help="the instance that it leaves")],
    after: Annotated[str, typer.Option("--to", help="the instance that it goes to")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="tell only, whatever else")] = False,
    confirm_by: Annotated[
        str, typer.Option(help=f"rule every PROBABLE pair one person: {', '.join(ROLES)}")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="the report as one JSON line")] = False,
) -> None:
    """Tells who of the old ENT is recognised in the new; confirms what waits only if told to."""
    move = Move(uai, before, after)
    with open_control(read_settings()) as control:
        desk = IdentityDesk(control.engine, control.clock)
        report = desk.moving(move)
        typer.echo(orjson.dumps(plain(report)).decode() if as_json else "\n".join(_lines(report)))
        if confirm_by and not dry_run:
            count, records = desk.confirm_move(move, confirm_by, OPERATOR)
            heard = publish_if_running(control, records)
            typer.echo(f"{count} pairs ruled one" + ("" if heard else "; heard when the hub runs"))


def _lines(report: MoveReport) -> Iterator[str]:
    yield f"{report.people} people have an account in the old ENT"
    for rule, count in report.recognised.items():
        yield f"{count:6}  recognised by {rule}"
    yield f"{len(report.waiting):6}  PROBABLE pairs wait for a person"
    yield f"{len(report.possible):6}  pairs are only POSSIBLE"
    yield f"{report.unknown:6}  are not found in the new ENT"
    yield f"{report.new:6}  of the new ENT are nobody of the old one"
    for pair in report.waiting:
        left, right = (" ".join(side.sources) for side in (pair.left, pair.right))
        yield f"{pair.id}  {pair.rule}  {left} = {right}"
    for each in report.projects:
        told = f"{each.recognised} of {each.members} members are known in the new ENT"
        yield f"project {each.id} {each.state} {each.decision}: still at the old ENT; {told}"
