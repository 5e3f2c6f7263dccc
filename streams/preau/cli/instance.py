"""`preau instance`: declares the installations of products that the hub serves."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from preau.app.control import Control, open_control
from preau.app.delta_files import expect_deltas
from preau.app.hub_topics import ensure_share_topic
from preau.app.kafka_address import kafka_address
from preau.app.products import product
from preau.app.set_writing import SetWriting
from preau.catalogue.card import DEGREES, Card
from preau.catalogue.catalogue import POLL
from preau.cli.instance_compare import compare
from preau.cli.instance_setting import setting
from preau.cli.instance_sftp import sftp
from preau.errors import Place, Stop
from preau.outlets.address import check_url
from preau.outlets.dropping import drop_folder
from preau.settings import read_settings
from preau.store import audit, delta_sources, polls
from preau.store.audit import OPERATOR, Act
from preau.store.instances import Instance

WayOut = Literal["push", "webhook", "file", "none"]
Degree = Literal["first", "second", "both"]
SIGNING, LEAST_SECRET = "whsec_", 24
Name = Annotated[str, typer.Argument(help="its name in the hub: a-z, 0-9 and -")]


def create_cli() -> typer.Typer:
    """The ten commands."""
    words = "Instances: add, list, disable, deltas, polls, ask, sftp, setting, write, compare."
    app = typer.Typer(no_args_is_help=True, help=words)
    app.command()(add)
    app.command("list")(listed)
    app.command()(disable)
    app.command()(deltas)
    app.command("polls")(asked)
    app.command()(ask)
    app.command()(sftp)
    app.command()(setting)
    app.command()(write)
    app.command()(compare)
    return app


def add(
    name: Name,
    connector: Annotated[str, typer.Option(help="its product: a folder of connectors/")],
    *,
    degree: Annotated[
        Degree | None, typer.Option(help="its schools (default: as the product's card says)")
    ] = None,
    academy: Annotated[
        str, typer.Option(help="the académie's code, two digits, for files that do not say theirs")
    ] = "",
    way_out: Annotated[WayOut, typer.Option(help="how the hub writes to it")] = "none",
    url: Annotated[str, typer.Option(help="its API, or its webhook's address (https)")] = "",
    secret_file: Annotated[
        Path | None,
        typer.Option(help="file of the token or signing secret, - for stdin; else it is asked"),
    ] = None,
    loopback: Annotated[
        bool, typer.Option("--allow-loopback", help="allow an address of this machine (a trial)")
    ] = False,
) -> None:
    """Declares an instance, or replaces what was declared under this name."""
    with open_control(read_settings()) as control:
        card = control.card(connector)
        said = DEGREES[degree or card.degree]
        if way_out != "none":
            _check_way_out(card, way_out, url, loopback=loopback)
            product(control.catalogue, connector)
        elif url:
            _check_asked(card, url, loopback=loopback)
        secret = _secret("push" if url and way_out == "none" else way_out, secret_file)
        if way_out == "file":
            drop_folder(control.settings.drop_folder, name)
        place = Instance(
            *(name, connector, said, _academy(academy), url, secret, way_out),
            loopback=loopback,
            disabled=False,
        )
        control.instances.put(place)
        _tell(control, name)


def listed() -> None:
    """Lists the instances; no secret is shown."""
    table = Table("name", "connector", "degree", "académie", "way out", "address", "", box=None)
    with open_control(read_settings()) as control:
        with control.engine.connect() as connection:
            expected = delta_sources.every(connection)
        for each in control.instances.all():
            state = "deltas" if each.name in expected else ""
            state = "disabled" if each.disabled else state
            degree = each.degree.lower() or "both"
            where = (each.academy or "", each.way_out, each.base_url)
            table.add_row(each.name, each.connector, degree, *where, state)
    Console(soft_wrap=True).print(table)


def disable(name: Name) -> None:
    """Nothing is taken from it nor sent to it any more; `add` declares it again."""
    with open_control(read_settings()) as control:
        control.instances.disable(name)
    typer.echo(f"{name} is disabled; what waits for it is kept")


def deltas(
    name: Name, state: Annotated[Literal["on", "off"], typer.Argument(help="on or off")]
) -> None:
    """Says whether delta files (modifyRequest) of it may come; then what it says is kept, sealed.

    Off, as it is at first: nothing is kept, and what was kept is removed.
    """
    with open_control(read_settings()) as control:
        expect_deltas(control, name, on=state == "on")
    if state == "on":
        typer.echo(f"{name}: delta files may come, from the next Complet on")
    else:
        typer.echo(f"{name}: no delta files; what was kept for them is removed")


def asked() -> None:
    """Lists the ways in which instances are asked: since when, how far, what is wrong."""
    with open_control(read_settings()) as control:
        now = control.clock.now_ms()
        with control.engine.connect() as connection:
            rows = polls.every(connection)
    for row in rows:
        ages = f"asked {_ago(now, row.asked_at)}, the place moved {_ago(now, row.moved_at)}"
        error = f"; {row.tries} tries: {row.code}: {row.said}" if row.code else ""
        typer.echo(f"{row.instance} {row.inlet} {row.state}: {ages}{error}")


def ask(name: Name) -> None:
    """Asks an instance now, whatever was waited for: a pause that it asked for is cut short."""
    with open_control(read_settings()) as control, control.engine.begin() as connection:
        count = polls.ask_now(connection, name)
        if count:
            act = Act(OPERATOR, "instance.asked", name, {})
            audit.append(connection, act, control.clock.now_ms())
        known = tuple(dict.fromkeys(row.instance for row in polls.every(connection)))
    if not count:
        where, fix = Place(field="instance"), "give one that `preau instance polls` lists"
        what = "the hub does not ask this instance"
        raise Stop("INSTANCE_NOT_ASKED", what, where=where, known=known, fix=fix)
    typer.echo(f"{name} is asked within seconds")


def write(name: Name) -> None:
    """Writes the complete set of a directory service now, without waiting for the night."""
    with open_control(read_settings()) as control:
        made = SetWriting(control, lambda: kafka_address(control.settings)).write(name)
        with control.engine.begin() as connection:
            facts: dict[str, str | int | bool] = {"accounts": made.accounts, "groups": made.groups}
            act = Act(OPERATOR, "instance.set_written", name, facts)
            audit.append(connection, act, control.clock.now_ms())
    typer.echo(f"{made.file}: {made.accounts} accounts, {made.groups} groups")
    for why, count in sorted(made.left_out.items()):
        typer.echo(f"left out, {why}: {count}")


def _ago(now_ms: int, at_ms: int) -> str:
    return f"{max(0, now_ms - at_ms) // 1000} s ago" if at_ms else "never"


def _tell(control: Control, name: str) -> None:
    if ensure_share_topic(control, name):
        typer.echo(f"{name} is declared; its topic is there")
    else:
        typer.echo(f"{name} is declared; `preau serve` makes its topic when it starts")
    typer.echo(f"next: preau key new --instance {name}")


def _check_way_out(card: Card, way_out: WayOut, url: str, *, loopback: bool) -> None:
    if way_out not in card.ways_out:
        where, fix = Place(card.product, field="--way-out"), "choose one of the known ways"
        what = "this product is not written to that way"
        raise Stop("WAY_OUT", what, where=where, known=(*card.ways_out, "none"), fix=fix)
    if way_out == "file":  # its folder follows from its name; the address is for links to it
        if url:
            check_url(url, loopback=loopback)
        return
    if not url:
        where, fix = Place(field="--url"), "give the address, as in https://ent.example.org"
        raise Stop("URL_MISSING", "no address to write to", where=where, fix=fix)
    check_url(url, loopback=loopback)


def _check_asked(card: Card, url: str, *, loopback: bool) -> None:
    """An address that nothing is written to is there to be asked, or for nothing."""
    if POLL not in card.ways_in:
        where, fix = Place(card.product, field="--url"), "leave the address out, or give --way-out"
        what = "nothing is written to this instance, and its product is not asked either"
        raise Stop("WAY_IN_POLL", what, where=where, known=card.ways_in, fix=fix)
    check_url(url, loopback=loopback)


def _academy(said: str) -> str | None:
    if said and not (len(said) == len("11") and said.isascii() and said.isdigit()):
        where, fix = Place(field="--academy"), "give two digits, as in 11 (Montpellier)"
        raise Stop("ACADEMY", "not the code of an académie", where=where, fix=fix)
    return said or None


def _secret(way_out: WayOut, file: Path | None) -> str:
    """Never an argument: the list of processes and the shell's history would show it."""
    if way_out in {"none", "file"}:
        return ""
    if way_out == "webhook" and file is None:
        return _new_secret()
    if file is None:
        found: str = typer.prompt("Secret (it is not shown)", hide_input=True, default="")
    elif str(file) == "-":
        found = sys.stdin.readline()
    else:
        found = _read(file)
    if not found.strip():
        where, fix = Place(field="--secret-file"), "give the token or the signing secret"
        raise Stop("SECRET_MISSING", "an empty secret", where=where, fix=fix)
    if way_out == "webhook":
        _check_signing(found.strip())
    return found.strip()


def _new_secret() -> str:
    """A signing secret as Standard Webhooks write them: `whsec_` and 32 bytes in base64."""
    made = SIGNING + base64.b64encode(os.urandom(32)).decode()
    typer.echo(f"signing secret, shown this once: {made}")
    return made


def _check_signing(secret: str) -> None:
    try:
        good = len(base64.b64decode(secret.removeprefix(SIGNING), validate=True)) >= LEAST_SECRET
    except ValueError:
        good = False
    if not good or not secret.startswith(SIGNING):
        where, fix = Place(field="--secret-file"), "leave it out: a good one is made and shown"
        what = "not a signing secret: whsec_ and 24 bytes or more in base64"
        raise Stop("SECRET_FORM", what, where=where, fix=fix)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        where, fix = Place(file=str(file)), "give a text file that this user may read"
        raise Stop("SECRET_FILE", "the secret cannot be read", where=where, fix=fix) from error
