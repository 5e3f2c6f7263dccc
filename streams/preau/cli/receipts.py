"""`preau receipts`: what every ENT was told and answered, by project, establishment or event."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from preau.app.control import open_control
from preau.app.receipts_desk import ReceiptsDesk
from preau.settings import read_settings
from preau.store.receipt_levels import Asked
from preau.web.follow_up import ReceiptShown


def receipts(
    *,
    project: Annotated[str, typer.Option(help="a project's id")] = "",
    uai: Annotated[str, typer.Option(help="an establishment: what its ENT is told")] = "",
    event: Annotated[str, typer.Option(help="the id of a record, or of a delivery")] = "",
    late: Annotated[bool, typer.Option("--late", help="only what passed a deadline")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one line of JSON each")] = False,
) -> None:
    """Tells what was received (transport) and done (processing), and why not, in French."""
    with open_control(read_settings()) as control:
        found = ReceiptsDesk(control.engine, control.clock).lines(
            Asked(project, uai, event), only_late=late
        )
    for each in found:
        typer.echo(orjson.dumps(each._asdict()).decode() if as_json else _line(each))


def _line(each: ReceiptShown) -> str:
    tries = f" ({each.attempts})" if each.transport == "PENDING" else ""
    mark = f" LATE:{each.late}" if each.late else ""
    where = f"{each.destination}  {each.operation} {each.entity} v{each.version}"
    return f"{where}  {each.transport}{tries}  {each.processing or '…'}{mark}  {each.words}"
