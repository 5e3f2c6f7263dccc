"""`preau audit`: proves that nobody changed the record of who did what, and hands it out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import orjson
import typer

from preau.app.audit_desk import AuditDesk, verify_file
from preau.app.control import open_control
from preau.settings import read_settings
from preau.store.audit_proof import Proof

#: Exit code of a chain that is not what was written.
BROKEN_EXIT = 1
_DAY = ["%Y-%m-%d"]


def create_cli() -> typer.Typer:
    """The two commands."""
    app = typer.Typer(no_args_is_help=True, help="The audit chain: verify, export.")
    app.command()(verify)
    app.command()(export)
    return app


def verify(
    *,
    held: Annotated[
        Path | None,
        typer.Option("--roots", help="an export that an establishment kept: its roots must fit"),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="verify this export; no hub is needed")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="the result as one JSON line")] = False,
) -> None:
    """Goes along the whole chain; exits 1, with the exact place, when something was changed."""
    if file is not None:
        public, proof = verify_file(file, held)
        _tell(proof, as_json=as_json, key=public.hex())
    else:
        with open_control(read_settings()) as control:
            proof = AuditDesk(control).verify(held)
        _tell(proof, as_json=as_json)
    if proof.fault is not None:
        raise typer.Exit(BROKEN_EXIT)


def export(
    target: Annotated[Path, typer.Argument(help="a file, or a folder that exists")],
    *,
    since: Annotated[
        dt.datetime | None,
        typer.Option("--from", formats=_DAY, help="first UTC day, as in 2026-10-12"),
    ] = None,
    until: Annotated[
        dt.datetime | None, typer.Option("--to", formats=_DAY, help="last UTC day, included")
    ] = None,
    only_roots: Annotated[
        bool, typer.Option("--roots-only", help="what an establishment keeps: no entry")
    ] = False,
) -> None:
    """Writes entries, signed roots and the public key to a file of JSON lines."""
    with open_control(read_settings()) as control:
        desk = AuditDesk(control)
        file = desk.export(target, _day(since), _day(until), entries=not only_roots)
    typer.echo(str(file))


def _day(said: dt.datetime | None) -> str:
    return "" if said is None else said.date().isoformat()


def _tell(proof: Proof, *, as_json: bool, key: str = "") -> None:
    if as_json:
        fault = None if proof.fault is None else proof.fault._asdict()
        said = {**proof._asdict(), "fault": fault}
        typer.echo(orjson.dumps({**said, "public_key": key} if key else said).decode())
        return
    if key:
        typer.echo(f"public key {key}: compare it with the one that you were given")
    counted = f"{proof.entries} entries, {proof.roots} roots"
    typer.echo(f"{counted}: whole" if proof.fault is None else f"BROKEN at {proof.fault}")
