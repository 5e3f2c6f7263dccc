"""`preau project`: creates, decides, renews and closes projects, by the same desk as the API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer

from preau.app.control import Control, open_control
from preau.app.kafka_address import kafka_address
from preau.app.projects_desk import ProjectsDesk
from preau.broker.publisher import Publisher
from preau.broker.records import Output
from preau.errors import Place, Stop
from preau.settings import read_settings
from preau.web.idempotency import idempotency_key
from preau.web.project_needs import Decision, Invited, Leaving
from preau.web.projects import (
    new_group,
    new_participant,
    new_place,
    new_project,
    plain,
    unknown_project,
    whom_to_release,
)

_ID = Annotated[str, typer.Argument(metavar="ID", help="the project's id")]
_FILE = Annotated[Path, typer.Argument(help="a JSON file, as the API takes it")]


def create_cli() -> typer.Typer:
    """The commands."""
    words = (
        "Projects: new, decide, join, directory, group, leaving, move, renew, close, list, show."
    )
    app = typer.Typer(no_args_is_help=True, help=words)
    for command in (decide, join, directory, group, move, release, renew, close, show):
        app.command()(command)
    app.command("new")(create)
    app.command("list")(listed)
    app.command("leaving")(leave)
    return app


def create(
    file: _FILE,
    key: Annotated[
        str | None, typer.Option(help="a key of yours: given again, it makes no second project")
    ] = None,
) -> None:
    """Creates a project; prints its id."""
    new, once = new_project(_read(file)), idempotency_key(key)
    with _desk() as (desk, told):
        made, records = desk.create(new, key=once)
        told(records)
    typer.echo(made)


def decide(
    project: _ID,
    uai: Annotated[str, typer.Argument(help="the establishment")],
    decision: Annotated[str, typer.Argument(help="TRANSMITTED, AUTHORISED, REFUSED, WITHDRAWN")],
    by: Annotated[str, typer.Option(help="PRINCIPAL, DIRECTOR or DASEN")],
) -> None:
    """Records what an establishment decides."""
    with _desk() as (desk, told):
        told(desk.decide(project, Decision(uai, decision, by)))
    typer.echo(f"{uai} {decision}")


def join(project: _ID, file: _FILE) -> None:
    """One more establishment, or more classes and members of one that is there."""
    with _desk() as (desk, told):
        told(desk.join(project, new_participant(_read(file))))
    typer.echo(project)


def directory(
    project: _ID,
    uai: Annotated[str, typer.Argument(help="the establishment")],
    instance: Annotated[str, typer.Argument(help="the directory service, as gar")],
) -> None:
    """Lists an establishment's people in a directory service too, once it authorises that."""
    with _desk() as (desk, told):
        page = desk.page(project)
        if page is None:
            raise unknown_project()
        ent = next((each.ent for each in page.establishments if each.uai == uai), "")
        told(desk.join(project, Invited(uai, ent, (), (), (instance,))))
    typer.echo(f"{uai} is asked for {instance}: record its decision, AUTHORISED")


def group(project: _ID, file: _FILE) -> None:
    """Makes a sub-group; prints its id."""
    with _desk() as (desk, told):
        made, records = desk.branch(project, new_group(_read(file)))
        told(records)
    typer.echo(made)


def leave(
    project: _ID,
    uai: Annotated[str, typer.Argument(help="the establishment that leaves")],
    until: Annotated[str, typer.Option(help="its last day in the project, as 2027-06-30")],
) -> None:
    """Says on which day an establishment leaves; its pupils who go on keep their rights."""
    with _desk() as (desk, told):
        told(desk.leave(project, Leaving(uai, until)))
    typer.echo(f"{project} without {uai} after {until}")


def move(project: _ID, file: _FILE) -> None:
    """An establishment's new ENT: its group, its documents and its rights go on there."""
    with _desk() as (desk, told):
        told(desk.move(project, new_place(_read(file))))
    typer.echo(project)


def release(project: _ID, file: _FILE) -> None:
    """Lets classes and picked members go: what they held of the project is withdrawn."""
    with _desk() as (desk, told):
        told(desk.release(project, whom_to_release(_read(file))))
    typer.echo(project)


def renew(
    project: _ID, until: Annotated[str, typer.Argument(help="the later last day, as 2028-07-07")]
) -> None:
    """Moves the last day; each establishment keeps the old one until it decides again."""
    with _desk() as (desk, told):
        told(desk.renew(project, until))
    typer.echo(f"{project} until {until}")


def close(project: _ID) -> None:
    """Ends a project: everything is withdrawn from every ENT."""
    with _desk() as (desk, told):
        told(desk.close(project))
    typer.echo(f"{project} is closed")


def listed() -> None:
    """Lists the projects, the youngest first."""
    with open_control(read_settings()) as control:
        for row in _open(control).rows():
            typer.echo(f"{row.id}  {row.state}  {row.ends}  {row.establishments}  {row.title}")


def show(project: _ID) -> None:
    """Shows a project as the API does, in JSON."""
    with open_control(read_settings()) as control:
        page = _open(control).page(project)
    if page is None:
        raise unknown_project()
    typer.echo(orjson.dumps(plain(page), option=orjson.OPT_INDENT_2).decode())


class _Told:
    """Publishes records; the store has them already, and the step `projects` looks there."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def __call__(self, records: Sequence[Output]) -> None:
        self._publisher.publish(list(records))


@contextmanager
def _desk() -> Iterator[tuple[ProjectsDesk, _Told]]:
    with (
        open_control(read_settings()) as control,
        Publisher(kafka_address(control.settings)) as publisher,
    ):
        yield _open(control), _Told(publisher)


def _open(control: Control) -> ProjectsDesk:
    return ProjectsDesk(
        control.engine, control.degree, control.clock, control.recipient, control.silent
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        where, fix = Place(file=str(file)), "give a file that this user may read"
        raise Stop("PROJECT_FILE", "the file cannot be read", where=where, fix=fix) from error
