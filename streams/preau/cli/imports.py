"""`preau import`: a whole file set of the State as one act, compared with the last one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from preau.agents.loop import settle_memory
from preau.app.control import Control, open_control
from preau.app.imports import Sending, importer_for, note_decision, open_importer, runs, waiting_run
from preau.cli.quality import quality
from preau.cli.reading_bar import bar
from preau.cli.rehearsal import REFUSED_EXIT, Asked, rehearse
from preau.imports.importer import Importer, Order
from preau.settings import read_settings
from preau.store.audit import OPERATOR
from preau.store.imports import DONE, HELD, REFUSED, SENDING, ImportRun

#: Exit code of an import that waits for a person.
HELD_EXIT = 6
_SET = "set"
_ID = Annotated[str, typer.Argument(help="the import's id, or its beginning")]


class _ByConnector(TyperGroup):
    """`preau import aaf …` is `preau import set aaf …`: a connector is no command."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command named, else `set`."""
        if args and args[0] not in self.commands:
            args = [_SET, *args]
        return super().resolve_command(ctx, args)


def create_cli() -> typer.Typer:
    """The commands of imports."""
    app = typer.Typer(
        cls=_ByConnector,
        no_args_is_help=True,
        help="Imports a file set of the State: preau import CONNECTOR --instance I PATH…",
    )
    app.command(_SET)(import_set)
    app.command("list")(listed)
    app.command()(confirm)
    app.command()(drop)
    app.command()(quality)
    return app


def import_set(
    connector: Annotated[str, typer.Argument(help="aaf, aaf-1d, onde, siecle, sts …")],
    paths: Annotated[list[Path], typer.Argument(help="files, folders, zip, tar.gz")],
    *,
    instance: Annotated[str, typer.Option(help="who speaks: a declared instance")],
    uai: Annotated[str, typer.Option(help="the school's, for files that do not say it")] = "",
    partial: Annotated[
        bool, typer.Option("--partial", help="what is absent stays as it was")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="read and compare; keep and send nothing")
    ] = False,
    rehearsal: Annotated[
        bool, typer.Option("--rehearse", help="tell what a September set would change, no more")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="with --rehearse: a page for schools to sign")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="the result as one JSON line")] = False,
) -> None:
    """Reads a whole set, compares it with the last, sends what changed.

    Exits 0 when done or rehearsed, 3 when the set is refused, 6 when it waits for a person.
    """
    if rehearsal:
        rehearse(Asked(connector, instance, uai, paths, partial), html, as_json=as_json)
        return
    if html is not None:
        raise typer.BadParameter("only a rehearsal writes a page", param_hint="--html")
    with open_control(read_settings()) as control:
        importer = open_importer(control, instance, connector, uai)
        settle_memory()  # a tenth of the time of a first import
        with bar("lecture") as tell:
            run = importer.prepare(Order(paths, partial, dry_run, tell))
        if run.state == SENDING and not dry_run:
            run = _sent(control, importer, run)
    _show(run, as_json=as_json, dry_run=dry_run)
    if run.state in {REFUSED, HELD}:
        raise typer.Exit(REFUSED_EXIT if run.state == REFUSED else HELD_EXIT)


def confirm(id_: _ID, *, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Sends an import that the guard holds, or one that was killed while it was sent."""
    with open_control(read_settings()) as control:
        run = waiting_run(control, id_)
        note_decision(control, "import.confirmed", run, OPERATOR)
        run = _sent(control, importer_for(control, run), run)
    _show(run, as_json=as_json, dry_run=False)


def drop(id_: _ID) -> None:
    """Gives a held import up; nothing of it ever left."""
    with open_control(read_settings()) as control:
        run = waiting_run(control, id_)
        note_decision(control, "import.dropped", run, OPERATOR)
        run = importer_for(control, run).drop(run)
    typer.echo(f"{run.id} {run.state}")


def listed() -> None:
    """Lists the last imports: what came of each, and what waits for a person."""
    with open_control(read_settings()) as control:
        for run in runs(control).last():
            began = dt.datetime.fromtimestamp(run.began / 1000, dt.UTC)
            when = began.isoformat(" ", "seconds")[:19]
            told = ", ".join(f"{name} {run.result.get(name, 0)}" for name in ("read", "canonical"))
            typer.echo(f"{run.id}  {when}  {run.instance}  {run.state}  {told}")
            for reason in run.reasons:
                typer.echo(f"  - {reason}")


def _sent(control: Control, importer: Importer, run: ImportRun) -> ImportRun:
    sending = Sending(control)
    with bar("envoi") as tell:
        return importer.release(run, sending.publish, tell, sending.confirmed)


def _show(run: ImportRun, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        said = {"id": run.id, "state": run.state, "dry_run": dry_run, **run.result}
        typer.echo(orjson.dumps({**said, "reasons": run.reasons}).decode())
        return
    told = "essai à blanc : rien n'a été gardé ni envoyé" if dry_run else _STATES[run.state]
    typer.echo(f"Import {run.id} : {told}")
    for reason in run.reasons:
        typer.echo(f"  - {reason}")
    if run.state == HELD and not dry_run:
        typer.echo(f"  preau import confirm {run.id}   ou   preau import drop {run.id}")
    if run.result:
        Console().print(_table(run))


def _table(run: ImportRun) -> Table:
    result = run.result
    table = Table("catégorie", "fiches", "ajoutées", "modifiées", "supprimées")
    for category, count in result["categories"].items():
        changes = (result[name].get(category, 0) for name in ("added", "changed", "removed"))
        table.add_row(category, str(count), *map(str, changes))
    for category in sorted(set(result["removed"]) - set(result["categories"])):
        table.add_row(category, "0", "0", "0", str(result["removed"][category]))
    aside = sum(result["set_aside"].values())
    reasons = ", ".join(f"{code} {count}" for code, count in result["set_aside"].items())
    table.caption = (
        f"lues {result['read']}, canoniques {result['canonical']}, mises de côté {aside}"
        + (f" ({reasons})" if reasons else "")
        + ("\ndelta : les autres fiches restent comme avant" if result.get("delta") else "")
    )
    return table


_STATES = {
    DONE: "fait",
    HELD: "retenu, attend une décision",
    REFUSED: "refusé, rien n'a changé",
    SENDING: "à envoyer",
}
