"""`preau instance compare`: what an ENT holds beside what it should hold, as a table."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from preau.app.comparisons_desk import ComparisonsDesk, Report
from preau.app.control import open_control
from preau.settings import read_settings
from preau.store.comparisons import Comparison
from preau.store.drifts import Drift


def compare(
    name: Annotated[str, typer.Argument(help="the instance; none: how the last ones went")] = "",
    *,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="repair also a mass of differences, or once more")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one line of JSON each")] = False,
) -> None:
    """Asks an ENT what it holds of the groups that the hub made there; exits 1 when it differs.

    What its product's folder lets be repaired is told again by the running hub.
    """
    with open_control(read_settings()) as control:
        desk = ComparisonsDesk(control)
        if not name:
            for each in desk.every():
                typer.echo(_json(each) if as_json else _line(each))
            return
        report = desk.compare(name, confirmed=confirm)
    if as_json:
        for row in report.drifts:
            typer.echo(_json(row))
    else:
        _show(report)
    if report.comparison.differs:
        raise typer.Exit(1)


def _show(report: Report) -> None:
    typer.echo(_line(report.comparison))
    if not report.drifts:
        return
    table = Table("project", "what", "difference", "what becomes of it", "how many", box=None)
    counted = Counter(
        (row.project, row.what, _kind(row.kind, foreign=row.foreign), row.state)
        for row in report.drifts
    )
    for (project, what, kind, state), count in sorted(counted.items()):
        table.add_row(project, what, kind, state, str(count))
    Console(soft_wrap=True).print(table)
    if report.comparison.held:
        typer.echo("too much at once: nothing is repaired until it is run with --confirm")


def _kind(kind: str, *, foreign: bool = False) -> str:
    return f"{kind} (not ours)" if foreign else kind


def _line(each: Comparison) -> str:
    found = f"{each.missing} missing, {each.extra} too many, {each.different} different"
    unread = f"; {each.unread} questions not answered" if each.unread else ""
    error = f"; last try in vain: {each.code}" if each.code else ""
    held = "; held" if each.held else ""
    told = (
        f"of {each.should} that should be there: {found}" if each.compared_at else "never compared"
    )
    return f"{each.instance}: {told}{unread}{held}{error}"


def _json(row: Comparison | Drift) -> str:
    return orjson.dumps(row._asdict()).decode()
