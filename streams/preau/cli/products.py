"""`preau products`: what each product can do, from the connector folders; no hub is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from preau.catalogue.capability import Capability, capabilities
from preau.catalogue.catalogue import open_catalogue
from preau.settings import read_settings


def products(
    *, as_json: Annotated[bool, typer.Option("--json", help="as JSON, one line")] = False
) -> None:
    """Says what each product can do: its ways in and out, what it says, what may be done in it."""
    mine = read_settings().connectors
    found = capabilities(open_catalogue(further=(Path(mine),) if mine else ()))
    if as_json:
        typer.echo(json.dumps([each._asdict() for each in found], ensure_ascii=False))
        return
    for each in found:
        typer.echo("\n".join(_told(each)))


def _told(each: Capability) -> Iterator[str]:
    yield f"{each.product}  {each.title} ({each.tier})"
    known = f"{each.grounded} events grounded, {each.assumed} assumed"
    yield f"    in:  {_words(each.ways_in)}; says {_words(each.says)} ({known})"
    yield f"    out: {_words(each.ways_out)}; {_words(each.does)}"
    back = _words(each.reads_back) if each.reads_back else "nothing can be read back"
    yield f"    read back: {back}; repaired: {_words(each.repairs)}"
    yield f"    a group of: {_words(each.members)}; documents by: {_words(each.share)}"


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(words) or "nothing"
