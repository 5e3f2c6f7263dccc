"""`preau why`: which source, rule, ruling, import or event something follows from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

import orjson
import typer

from preau.app.control import Control, open_control
from preau.app.following_view import Follows
from preau.app.person_view import FieldWhy, PersonWhy, SourceWhy, plain
from preau.app.why_desk import WhyDesk
from preau.settings import read_settings


def create_cli() -> typer.Typer:
    """The commands that explain."""
    app = typer.Typer(no_args_is_help=True, help="Why it is so: person, school, group, share.")
    for command in (person, school, group, share):
        app.command()(command)
    return app


def person(
    wanted: Annotated[
        str, typer.Argument(metavar="ID", help="the hub's id, or <instance>/<account>")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="as one JSON line")] = False,
) -> None:
    """Explains who a person is: sources, rules, rulings, where each word came from; no values."""
    with open_control(read_settings()) as control:
        told = _desk(control).explained(wanted)
    if as_json:
        typer.echo(orjson.dumps(plain(told)).decode())
        return
    for line in _lines(told):
        typer.echo(line)


def school(
    uai: Annotated[str, typer.Argument(metavar="UAI", help="of an école or a collège")],
) -> None:
    """Tells what ENTs say of a school otherwise than the State's files, which are believed."""
    with open_control(read_settings()) as control:
        told = _desk(control).school(uai)
    for each in told:
        where = f"{each['name']} " if each["name"] else ""
        typer.echo(
            f"{each['field']}  {where}({each['source']}) says {each['said']};"
            f" the State's files say {each['believed']}  ({each['things']})"
        )
    if not told:
        typer.echo("no ENT says anything else than the State's files")


def group(
    wanted: Annotated[
        str,
        typer.Argument(metavar="ID", help="of a project, of its group, or <instance>/<its id>"),
    ],
) -> None:
    """Explains a project's group, in JSON: decisions, mandates, classes, what ENTs answered."""
    with open_control(read_settings()) as control:
        told = _desk(control).group(wanted)
    typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())


def share(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="its id, or <instance>/<its id>")],
) -> None:
    """Explains a shared document, in JSON: for each ENT what was sent, and if not, why not."""
    with open_control(read_settings()) as control:
        told = _desk(control).share(wanted)
    typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())


def _desk(control: Control) -> WhyDesk:
    return WhyDesk(control.engine, control.clock)


def _lines(told: PersonWhy) -> Iterator[str]:
    yield f"person {told.person}"
    for source in told.sources:
        yield from _source(source)
    for past in told.gone:
        yield f"  no longer {past.source}: until {_when(past.until)}, by {past.rule}"
    for ruling in told.rulings:
        sides = f"{' '.join(ruling.left)} / {' '.join(ruling.right)}"
        undone = f", undone by {ruling.undone_by}" if ruling.undone_at else ""
        yield f"  ruling {ruling.id}: {ruling.kind} by {ruling.ruled_by}{undone}  {sides}"
    for each in told.follows:
        yield _follows(each)
    for field in told.fields:
        yield _field(field)


def _source(source: SourceWhy) -> Iterator[str]:
    by = f" confirmed by {source.confirmed_by}, ruling {source.ruling}" if source.ruling else ""
    told = f"{source.assurance} {source.rule} [{', '.join(source.evidence)}]{by}"
    yield f"  {source.source}  since {_when(source.since)}  {told}"
    if (origin := source.origin) is not None:
        where = f"{origin.topic}/{origin.place}/{origin.offset} {origin.path}".strip()
        held = f"import {source.import_id}" if source.import_id else "event"
        yield f"    said {_when(origin.occurred_at)} in {held}: {where}, record {origin.event_id}"
    for past in source.earlier:
        until = f"until {_when(past.until)}, by {past.rule}"
        yield f"    before: {past.person} {until}"


def _follows(each: Follows) -> str:
    to = f" at {each.to_uai}" if each.to_uai else ""
    left = f" until {_when(each.left_at)}" if each.left_at else ""
    was = f"member as {each.account} since {_when(each.since)}{left}"
    return f"  in project {each.project}{to}: {each.why}; {was}"


def _field(field: FieldWhy) -> str:
    over = f" over {', '.join(field.over)}" if field.over else ""
    told = f"{field.source} ({field.authority}), {field.because}{over}"
    return f"  {field.field} = {field.value}  from {told}"


def _when(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).isoformat(" ", "seconds")[:19]
