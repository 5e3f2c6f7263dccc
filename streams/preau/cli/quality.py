"""`preau import quality`: what a school should mend in its own base, before or after an import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from preau.app.control import open_control
from preau.app.imports import imports_folder, open_source
from preau.cli.reading_bar import bar
from preau.errors import Place, Stop
from preau.imports.quality import render_html, render_text
from preau.imports.quality_reading import read_quality
from preau.settings import read_settings


def quality(
    connector: Annotated[str, typer.Argument(help="aaf, aaf-1d, onde, siecle, sts …")],
    paths: Annotated[list[Path], typer.Argument(help="files, folders, zip, tar.gz")],
    *,
    instance: Annotated[str, typer.Option(help="who speaks: a declared instance")],
    uai: Annotated[str, typer.Option(help="the school's, for files that do not say it")] = "",
    html: Annotated[
        Path | None, typer.Option("--html", help="write the report there too, as a page")
    ] = None,
) -> None:
    """Reports on the quality of a set, in French, naming nobody; keeps and sends nothing.

    Exits 0, whatever was found; 3 when the set cannot be read.
    """
    with open_control(read_settings()) as control, bar("lecture") as tell:
        source = open_source(control, instance, connector, uai)
        room = imports_folder(control) / instance
        report = read_quality(source, paths, room, control.clock.now_ms(), tell)
    typer.echo(render_text(report), nl=False)
    if html is not None:
        write_page(html, render_html(report))
        typer.echo(f"Page écrite : {html}")


def write_page(file: Path, text: str) -> None:
    """Writes a report; raises `Stop` (REPORT_UNWRITTEN)."""
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        what = f"the report cannot be written ({error.strerror})"
        where, fix = Place(file=str(file), field="--html"), "name a file in a folder that exists"
        raise Stop("REPORT_UNWRITTEN", what, where=where, fix=fix) from None
