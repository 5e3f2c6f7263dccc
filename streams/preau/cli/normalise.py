"""The command `preau normalise`: files in, canonical records as JSON lines out, without Kafka."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from preau.catalogue.catalogue import open_connector
from preau.cli.folder import Folder, find
from preau.clock import SystemClock
from preau.contract.evidence import CONTEXT
from preau.contract.rehearsal import Heard, Speaker, listen
from preau.contract.telling import as_json, told, why
from preau.errors import Place, SetAside
from preau.ids import instance_name

#: Something was set aside: the records that could be made are on stdout all the same.
SET_ASIDE = 3


def normalise(
    connector: Folder,
    files: Annotated[list[Path], typer.Argument(help="the vendor's files, read as streams")],
    *,
    instance: Annotated[str, typer.Option(help="who speaks (default: the connector)")] = "",
    show_pii: Annotated[bool, typer.Option("--show-pii", help="personal values in clear")] = False,
    json_errors: Annotated[bool, typer.Option("--json-errors", help="refusals as JSON")] = False,
) -> None:
    """Prints canonical records as JSON lines; exits 0 only if nothing was set aside, else 3."""
    opened = open_connector(find(connector))
    normaliser = opened.normaliser(CONTEXT)
    speaker = Speaker(instance_name(instance or opened.name), SystemClock().now_ms())
    aside = 0
    for file in files:
        with _opened(file) as stream:
            for heard in listen(opened, normaliser, stream, file.name, speaker):
                aside += len(heard.refusals)
                _print(heard, show_pii=show_pii, json_errors=json_errors)
    sys.stdout.flush()
    if aside:
        raise typer.Exit(SET_ASIDE)


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        what = f"the file cannot be opened: {error.strerror}"
        fix = "give files that exist and may be read"
        raise SetAside("FILE_UNREADABLE", what, where=Place(file=file.name), fix=fix) from error


def _print(heard: Heard, *, show_pii: bool, json_errors: bool) -> None:
    for draft in heard.drafts:
        sys.stdout.buffer.write(as_json(told(draft, pii=show_pii)) + b"\n")
    for refusal in heard.refusals:
        line = as_json(refusal._asdict()).decode() if json_errors else why(refusal)
        print(line if json_errors else f"{heard.said.path}: {line}", file=sys.stderr)
