"""The command `preau normalise`: files in, canonical records as JSON lines out, without Kafka."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from preau.catalogue.catalogue import Connector, open_connector
from preau.cli.folder import Folder, find
from preau.clock import SystemClock
from preau.contract.evidence import CONTEXT
from preau.contract.rehearsal import Heard, Speaker, listen, unopened
from preau.contract.telling import as_json, told, why
from preau.ids import instance_name
from preau.mapping.normaliser import Normaliser

#: Something was set aside: the records that could be made are on stdout all the same.
SET_ASIDE = 3
Degree = Literal["first", "second"]


def normalise(
    connector: Folder,
    files: Annotated[list[Path], typer.Argument(help="the vendor's files, read as streams")],
    *,
    instance: Annotated[str, typer.Option(help="who speaks (default: the connector)")] = "",
    degree: Annotated[
        Degree, typer.Option(help="the instance's degree, where the product serves both")
    ] = "second",
    show_pii: Annotated[bool, typer.Option("--show-pii", help="personal values in clear")] = False,
    json_errors: Annotated[bool, typer.Option("--json-errors", help="refusals as JSON")] = False,
) -> None:
    """Prints canonical records as JSON lines; exits 0 only if nothing was set aside, else 3.

    The digests in them are made with a key that everybody knows: they match no hub's.
    """
    opened = open_connector(find(connector))
    context = CONTEXT._replace(degree_of=lambda _instance: degree.upper())
    normaliser = opened.normaliser(context)
    speaker = Speaker(instance_name(instance or opened.name), SystemClock().now_ms())
    aside = 0
    for file in files:
        for heard in _heard(opened, normaliser, file, speaker):
            aside += len(heard.refusals)
            _print(heard, file.name, show_pii=show_pii, json_errors=json_errors)
    sys.stdout.flush()
    if aside:
        raise typer.Exit(SET_ASIDE)


def _heard(
    connector: Connector, normaliser: Normaliser, file: Path, speaker: Speaker
) -> Iterator[Heard]:
    try:
        stream = file.open("rb")
    except OSError as error:
        yield unopened(connector, file.name, error, speaker)
        return
    with stream:
        yield from listen(connector, normaliser, stream, file.name, speaker)


def _print(heard: Heard, file: str, *, show_pii: bool, json_errors: bool) -> None:
    for draft in heard.drafts:
        sys.stdout.buffer.write(as_json(told(draft, pii=show_pii)) + b"\n")
    for refusal in heard.refusals:
        if json_errors:
            line = as_json({"file": file, **refusal._asdict()}).decode()
        else:
            line = f"{', '.join(filter(None, (file, heard.said.path)))}: {why(refusal)}"
        typer.echo(line, err=True)
