"""`preau import … --rehearse`: what a September set would change, for a school to sign."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import orjson
import typer

from preau.app.control import open_control
from preau.app.imports import importer_of, open_source
from preau.cli.quality import write_page
from preau.cli.reading_bar import bar
from preau.imports.importer import Order
from preau.imports.rehearsal import Rehearsal
from preau.imports.rehearsal_page import render_html, render_text
from preau.settings import read_settings

REFUSED_EXIT = 3
"""Exit code of a set that is refused, as bad data is."""


class Asked(NamedTuple):
    """Which set, of whom."""

    connector: str
    instance: str
    uai: str
    paths: list[Path]
    partial: bool


def rehearse(asked: Asked, html: Path | None, *, as_json: bool) -> None:
    """Compares a set with today's state and tells what it would change; keeps and sends nothing."""
    with open_control(read_settings()) as control:
        source = open_source(control, asked.instance, asked.connector, asked.uai)
        importer = importer_of(control, source)
        heard = Rehearsal(control.engine, source, control.likeness)
        with bar("lecture") as tell:
            order = Order(asked.paths, asked.partial, rehearse=True, progress=tell, listener=heard)
            run = importer.prepare(order)
        found = heard.report(run)
    if as_json:
        typer.echo(orjson.dumps(_plain(found)).decode())
    else:
        typer.echo(render_text(found), nl=False)
    if html is not None:
        write_page(html, render_html(found))
        typer.echo(f"Page écrite : {html}", err=as_json)
    if found.refused:
        raise typer.Exit(REFUSED_EXIT)


def _plain(value: Any) -> Any:
    """Named tuples as objects, other tuples as lists."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
