"""`preau identity`: who may be whom, and what people rule of it; by ids and schools, no names."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Annotated

import orjson
import typer

from preau.agents.likely import Pair, Side
from preau.app.control import Control, open_control
from preau.app.identity_desk import ROLES, IdentityDesk, Ruled
from preau.app.publishing import publish_if_running
from preau.cli.moving import move_uai
from preau.settings import read_settings
from preau.store.audit import OPERATOR
from preau.store.rulings import Ruling

_By = Annotated[str, typer.Option("--by", help=f"the role that decided: {', '.join(ROLES)}")]
_Pair = Annotated[str, typer.Argument(help="the pair's id, as `review` shows it")]
_Json = Annotated[bool, typer.Option("--json", help="one JSON line for each")]


def create_cli() -> typer.Typer:
    """The commands about who is who."""
    app = typer.Typer(no_args_is_help=True, help="Who may be whom, and what people rule of it.")
    for command in (probable, review, confirm, refuse, split, undo):
        app.command()(command)
    app.command("rulings")(listed)
    app.command("move-uai")(move_uai)
    return app


def probable(
    *,
    possible: Annotated[
        bool, typer.Option("--possible", help="also the pairs that have less for them")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Lists pupils of one name and birth date who may be one child; nothing is linked by it."""
    found = _found(possible=possible)
    for pair in found:
        typer.echo(_line(pair) if not as_json else orjson.dumps(_plain(pair)).decode())
    if not as_json:
        typer.echo(f"{len(found)} pairs; none is linked before a person says so")


def review(
    *,
    possible: Annotated[
        bool, typer.Option("--possible", help="also the pairs that have less for them")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Lists the pairs that wait for a person, each with its id, and how many of which rule."""
    found = _found(possible=possible)
    for pair in found:
        said = orjson.dumps({"id": pair.id, **_plain(pair)}).decode()
        typer.echo(said if as_json else f"{pair.id}  {_line(pair)}")
    if not as_json:
        counts = Counter(f"{pair.assurance} {pair.rule}" for pair in found)
        for name, count in sorted(counts.items()):
            typer.echo(f"{count:6}  {name}")
        typer.echo(f"{len(found)} pairs wait; preau identity confirm|refuse PAIR --by ROLE")


def confirm(pair: _Pair, *, by: _By) -> None:
    """Rules that the two of a PROBABLE pair are one person."""
    with open_control(read_settings()) as control:
        _tell(control, _desk(control).confirm(pair, by, OPERATOR))


def refuse(pair: _Pair, *, by: _By) -> None:
    """Rules that the two are two people: they wait no more, and likeness never makes them one."""
    with open_control(read_settings()) as control:
        _tell(control, _desk(control).refuse(pair, by, OPERATOR))


def split(source: Annotated[str, typer.Argument(help="<instance>/<its id>")], *, by: _By) -> None:
    """Rules that this source is not the person it was taken for, whatever its keys say."""
    with open_control(read_settings()) as control:
        _tell(control, _desk(control).split(source, by, OPERATOR))


def undo(ruling: Annotated[str, typer.Argument(help="the ruling's id")], *, by: _By) -> None:
    """Takes a ruling back: who is who is then as if it had never been."""
    with open_control(read_settings()) as control:
        _tell(control, _desk(control).undo(ruling, by, OPERATOR))


def listed(*, as_json: _Json = False) -> None:
    """Lists what people ruled, the youngest first."""
    with open_control(read_settings()) as control:
        found = _desk(control).rulings()
    for each in found:
        typer.echo(orjson.dumps(each._asdict()).decode() if as_json else _ruling(each))


def _desk(control: Control) -> IdentityDesk:
    return IdentityDesk(control.engine, control.clock)


def _found(*, possible: bool) -> list[Pair]:
    with open_control(read_settings()) as control:
        return _desk(control).review(possible=possible)


def _tell(control: Control, ruled: Ruled) -> None:
    id_, records = ruled
    heard = publish_if_running(control, records)
    typer.echo(f"ruling {id_}" + ("" if heard else "; heard when the hub runs again"))


def _line(pair: Pair) -> str:
    sides = " = ".join(_told(side) for side in (pair.left, pair.right))
    return f"{pair.assurance} {pair.rule}  {sides}  [{', '.join(pair.evidence)}]"


def _told(side: Side) -> str:
    return f"{' '.join(side.sources)} ({' '.join(side.schools) or 'no class'})"


def _plain(pair: Pair) -> dict[str, object]:
    sides = {"left": pair.left._asdict(), "right": pair.right._asdict()}
    said = {"assurance": pair.assurance, "rule": pair.rule, "evidence": pair.evidence}
    return {**said, **sides}


def _ruling(ruling: Ruling) -> str:
    when = dt.datetime.fromtimestamp(ruling.at / 1000, dt.UTC).isoformat(" ", "seconds")[:19]
    sides = f"{' '.join(ruling.left)} / {' '.join(ruling.right)}"
    undone = f"  undone by {ruling.undone_by}" if ruling.undone_at else ""
    return f"{ruling.id}  {when}  {ruling.kind} by {ruling.ruled_by}  {sides}{undone}"
