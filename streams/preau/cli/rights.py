"""`preau breach` and `preau register`: what an ENT received, and the register of processing."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer

from preau.app.breach import Breaches
from preau.app.control import open_control
from preau.app.kafka_address import kafka_address
from preau.app.register import register_of
from preau.rights.breach import Window
from preau.rights.moments import moment_ms
from preau.rights.register import register_page
from preau.settings import read_settings
from preau.store.audit import OPERATOR


def breach(
    *,
    instance: Annotated[str, typer.Option(help="the ENT whose data may have leaked")],
    since: Annotated[str, typer.Option("--from", help="2026-11-25 or 2026-11-25T14:00")],
    until: Annotated[str, typer.Option("--to", help="the same")],
    as_json: Annotated[bool, typer.Option("--json", help="everything, as one JSON line")] = False,
) -> None:
    """Tells what an ENT received in a window: of how many people, which fields."""
    settings = read_settings()
    window = Window(moment_ms(since), moment_ms(until))
    with open_control(settings) as control:
        found = Breaches(control, partial(kafka_address, settings)).scope(
            instance, window, OPERATOR
        )
    if as_json:
        typer.echo(orjson.dumps(found).decode())
        return
    typer.echo(f"{instance}, du {found['de']} au {found['à']} (UTC)")
    typer.echo(f"remises reçues : {found['remises']}")
    typer.echo(f"personnes concernées : {found['personnes_concernées']}")
    fields = sorted({field for each in found["personnes"] for field in each["champs"]})
    typer.echo(f"champs reçus sur elles : {', '.join(fields) or 'aucun'}")
    for what, each in found["autres"].items():
        typer.echo(f"  {what} : {', '.join(each['champs'])}")


def register(
    *,
    out: Annotated[Path, typer.Option("--out", help="the folder for registre.json and .html")],
) -> None:
    """Writes the register of processing (RGPD, article 30), from what the hub really does."""
    with open_control(read_settings()) as control:
        told = register_of(control)
    out.mkdir(parents=True, exist_ok=True)
    (out / "registre.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    (out / "registre.html").write_text(register_page(told), "utf-8")
    typer.echo(f"{out / 'registre.html'}")
