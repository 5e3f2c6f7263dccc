"""`preau identity`: who may be whom, by ids and schools; nobody is named."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from preau.agents.likely import Pair, Side
from preau.app.control import open_control
from preau.app.likely import pairs
from preau.settings import read_settings


def create_cli() -> typer.Typer:
    """The commands about who is who."""
    app = typer.Typer(no_args_is_help=True, help="Who may be whom: probable.")
    app.callback()(_nothing)
    app.command()(probable)
    return app


def probable(
    *,
    possible: Annotated[
        bool, typer.Option("--possible", help="also the pairs that have less for them")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line for each pair")] = False,
) -> None:
    """Lists pupils of one name and birth date who may be one child; nothing is linked by it."""
    with open_control(read_settings()) as control:
        found = pairs(control, possible=possible)
    for pair in found:
        typer.echo(_line(pair) if not as_json else orjson.dumps(_plain(pair)).decode())
    if not as_json:
        typer.echo(f"{len(found)} pairs; none is linked before a person says so")


def _line(pair: Pair) -> str:
    sides = " = ".join(_told(side) for side in (pair.left, pair.right))
    return f"{pair.assurance} {pair.rule}  {sides}  [{', '.join(pair.evidence)}]"


def _told(side: Side) -> str:
    return f"{' '.join(side.sources)} ({' '.join(side.schools) or 'no class'})"


def _plain(pair: Pair) -> dict[str, object]:
    sides = {"left": pair.left._asdict(), "right": pair.right._asdict()}
    said = {"assurance": pair.assurance, "rule": pair.rule, "evidence": pair.evidence}
    return {**said, **sides}


def _nothing() -> None:
    """Stands before every command: with only one, typer would drop its name."""
