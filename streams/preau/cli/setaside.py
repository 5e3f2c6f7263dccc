"""`preau setaside`: what was set aside, by cause; sent again or given up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated

import orjson
import typer

from preau.agents.redrive import READY, Preview
from preau.app.control import open_control
from preau.app.kafka_address import kafka_address
from preau.app.set_asides_desk import SetAsidesDesk
from preau.broker.originals import Spot, read_originals
from preau.broker.publisher import Publisher
from preau.broker.records import Arrival, Output
from preau.settings import read_settings
from preau.store.audit import OPERATOR
from preau.store.set_asides import Chosen, Kept
from preau.web.follow_up import SetAsideOrder
from preau.web.set_asides import told

_DAY = "%Y-%m-%d"
_IDS = Annotated[list[str] | None, typer.Argument(help="ids, as list and show say them")]
_CONNECTOR = Annotated[str, typer.Option(help="only of this product")]
_INSTANCE = Annotated[str, typer.Option(help="only of this instance")]
_CODE = Annotated[str, typer.Option(help="only with this code")]
_SINCE = Annotated[dt.datetime | None, typer.Option(formats=[_DAY], help="a day, UTC: 2026-10-12")]
_LIMIT = Annotated[int, typer.Option(min=1, help="how many at most, the oldest first")]
_DRY = Annotated[bool, typer.Option("--dry-run", help="only tell what would come of it")]
_JSON = Annotated[bool, typer.Option("--json", help="one line of JSON")]


def create_cli() -> typer.Typer:
    """The commands of what was set aside."""
    told_as = "What was set aside: list, show, redrive, drop."
    app = typer.Typer(no_args_is_help=True, help=told_as)
    app.command("list")(listed)
    app.command()(show)
    app.command()(redrive)
    app.command()(drop)
    return app


def listed(
    *,
    connector: _CONNECTOR = "",
    instance: _INSTANCE = "",
    code: _CODE = "",
    since: _SINCE = None,
    state: Annotated[str, typer.Option(help="OPEN, REDRIVEN, DROPPED, HUMAN; all by default")] = "",
    as_json: _JSON = False,
) -> None:
    """Lists what was set aside by cause, the most frequent first, with the fix."""
    chosen = Chosen(connector, instance, code, _ms(since), state)
    with _desk() as desk:
        for shown in desk.causes(chosen):
            cause = shown.cause
            if as_json:
                examples = [_plain(each) for each in shown.examples]
                typer.echo(orjson.dumps({**cause._asdict(), "examples": examples}).decode())
                continue
            where = " ".join(part for part in (cause.connector, cause.event, cause.field) if part)
            span = f"{_day(cause.first_at)} to {_day(cause.last_at)}"
            typer.echo(f"{cause.records:>6}  {cause.code}  {where}  {cause.state}  {span}")
            typer.echo(f"        fix: {cause.fix}")
            typer.echo(f"        e.g. {' '.join(each.row.event_id for each in shown.examples)}")


def show(id_: Annotated[str, typer.Argument(metavar="ID")], *, as_json: _JSON = False) -> None:
    """Shows one: what was found (its shape), what would be taken, where the bytes lie."""
    with _desk() as desk:
        kept = desk.show(id_)
    if as_json:
        typer.echo(orjson.dumps(_plain(kept)).decode())
        return
    for name, value in _plain(kept).items():
        typer.echo(f"{name:>10}  {', '.join(value) if isinstance(value, tuple) else value}")


def redrive(
    ids: _IDS = None,
    *,
    connector: _CONNECTOR = "",
    instance: _INSTANCE = "",
    code: _CODE = "",
    since: _SINCE = None,
    limit: _LIMIT = 1_000,
    dry_run: _DRY = False,
    as_json: _JSON = False,
) -> None:
    """Sends again what would come through today; tells what stays, and why."""
    order = SetAsideOrder(tuple(ids or ()), Chosen(connector, instance, code, _ms(since)), limit)
    with _desk() as desk:
        found = desk.redrive(order, OPERATOR, dry_run=dry_run)
    typer.echo(orjson.dumps(told(found)).decode() if as_json else _words(found, dry_run=dry_run))


def drop(
    ids: _IDS = None,
    *,
    connector: _CONNECTOR = "",
    instance: _INSTANCE = "",
    code: _CODE = "",
    since: _SINCE = None,
    limit: _LIMIT = 1_000,
    dry_run: _DRY = False,
) -> None:
    """Gives the chosen ones up: they are no longer listed as open."""
    order = SetAsideOrder(tuple(ids or ()), Chosen(connector, instance, code, _ms(since)), limit)
    with _desk() as desk:
        count = desk.drop(order, OPERATOR, dry_run=dry_run)
    typer.echo(f"{count} {'would be dropped' if dry_run else 'dropped'}")


@contextmanager
def _desk() -> Iterator[SetAsidesDesk]:
    settings = read_settings()
    with open_control(settings) as control:

        def read(spots: Collection[Spot]) -> Mapping[Spot, Arrival]:
            return read_originals(kafka_address(settings), spots)

        def publish(outputs: Sequence[Output]) -> None:
            with Publisher(kafka_address(settings)) as publisher:
                publisher.publish(outputs)

        yield SetAsidesDesk(control, read, publish)


def _words(found: Preview, *, dry_run: bool) -> str:
    going = found.verdicts.get(READY, 0) if dry_run else found.sent
    done = "would be sent again" if dry_run else "sent again"
    lines = [f"{found.records} refusals of {found.events} events: {going} {done}"]
    lines += [f"{count:>6}  {word}" for word, count in found.verdicts.items() if word != READY]
    lines += [f"{count:>6}  canonical {record}" for record, count in found.canonical.items()]
    lines += [f"{count:>6}  refused {code}" for code, count in found.refused.items()]
    return "\n".join(lines)


def _plain(kept: Kept) -> dict[str, object]:
    return {**kept.row._asdict(), "state": kept.state}


def _day(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).strftime("%Y-%m-%d %H:%M")


def _ms(day: dt.datetime | None) -> int | None:
    return None if day is None else int(day.replace(tzinfo=dt.UTC).timestamp() * 1000)
