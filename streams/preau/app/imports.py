"""The imports of this hub: the importer of an instance, and how it writes to Kafka."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from preau.app.control import DIGESTS, Control, speaks_in_states
from preau.app.kafka_address import kafka_address
from preau.broker.bulk import Bulk
from preau.broker.publisher import Publisher
from preau.broker.records import Output
from preau.canon.codec import encode
from preau.errors import Place, Stop
from preau.imports.importer import Importer, Tools
from preau.imports.source import Source
from preau.inlets.intake import Intake
from preau.inlets.publishing import check_records
from preau.inlets.sealing import Seal
from preau.keys.seal import KeyBook
from preau.mapping.normaliser import Context
from preau.readers.told import Told
from preau.store import audit, delta_sources
from preau.store.audit import Act
from preau.store.imports import HELD, SENDING, ImportRun, ImportRuns

FOLDER = "imports"
"""The folder, in the data folder, that holds one folder per source."""
MARKS, LETTERS = "imports/marks", "imports/letters"
"""The purposes of the two secrets of imports."""


def runs(control: Control) -> ImportRuns:
    """Every import of this hub."""
    return ImportRuns(control.engine)


def open_source(
    control: Control, name: str, connector: str = "", uai: str = "", *, disabled: bool = False
) -> Source:
    """Who speaks in the imports of an instance; `connector`, when given, must be its own.

    With `disabled`, it may be one that speaks no more: what it said is still decided on.

    Raises `Stop`: INSTANCE_UNKNOWN, IMPORT_CONNECTOR, IMPORT_NO_STATE; `SetAside`
    (MANDATE_MISSING) when its mandate to publish its directory was revoked.
    """
    instance = control.instances.get(name)
    if instance is None or (instance.disabled and not disabled):
        known = tuple(each.name for each in control.instances.all() if not each.disabled)
        fix = "declare it first: preau instance add"
        _stop("INSTANCE_UNKNOWN", "no such instance", "--instance", known, fix)
    if connector and connector != instance.connector:
        fix = f"say: preau import {instance.connector} --instance {name}"
        known = (instance.connector,)
        _stop("IMPORT_CONNECTOR", "the instance is of another product", "connector", known, fix)
    opened = control.catalogue.connector(instance.connector)
    if not speaks_in_states(opened.card):
        fix = f"drop the file in depot/{name}/: each of its events is worked by itself"
        _stop("IMPORT_NO_STATE", "its files are events, not full states", "connector", (), fix)
    check_records(control.publishing(name), frozenset().union(*opened.says.values()))
    context = Context(control.master.secret(DIGESTS), lambda n: control.degree(n) or "")
    normaliser = opened.normaliser(context)
    told = Told(instance.academy, uai or None, control.digests.mask, hide=control.digests.hidden)
    return Source(name, opened, normaliser, control.master.secret(MARKS), told)


def open_importer(control: Control, name: str, connector: str = "", uai: str = "") -> Importer:
    """The importer of an instance; raises `Stop` as `open_source` does."""
    return importer_of(control, open_source(control, name, connector, uai))


def importer_for(control: Control, run: ImportRun) -> Importer:
    """The importer of an import that waits, though its instance was disabled meanwhile."""
    return importer_of(control, open_source(control, run.instance, disabled=True))


def importer_of(control: Control, source: Source) -> Importer:
    """The importer of a source."""
    folder, key = imports_folder(control), control.master.secret(LETTERS)

    def keys() -> KeyBook | None:
        with control.engine.connect() as connection:
            expected = delta_sources.has(connection, source.instance)
        return control.subject_keys if expected else None

    return Importer(source, Tools(folder, runs(control), encode, control.clock, key, keys))


def imports_folder(control: Control) -> Path:
    """Where imports keep what they must, one folder per source."""
    return control.settings.folder / FOLDER


def find_run(control: Control, id_: str) -> ImportRun:
    """The import of that id, or of the only one that begins so; raises `Stop` (IMPORT_UNKNOWN)."""
    known_runs = {run.id: run for run in (*runs(control).unended(), *runs(control).last())}
    found = [run for run in known_runs.values() if id_ and run.id.startswith(id_)]
    if len(found) != 1:
        known = tuple(f"{run.id} ({run.state})" for run in runs(control).last(5))
        fix = "see `preau import list`"
        _stop("IMPORT_UNKNOWN", f"{len(found)} imports have this id", "ID", known, fix)
    return found[0]


def waiting_run(control: Control, id_: str) -> ImportRun:
    """The import of that id, which is still to be decided on; raises `Stop` as `find_run` does.

    IMPORT_NOT_HELD: it has ended. What is decided is checked again by the importer, alone.
    """
    run = find_run(control, id_)
    if run.state not in {HELD, SENDING}:
        fix = "nothing is left to decide: see `preau import list`"
        _stop("IMPORT_NOT_HELD", f"this import is {run.state}", "ID", (), fix)
    return run


def note_decision(control: Control, act: str, run: ImportRun, actor: str) -> None:
    """Writes in the audit chain what a person decides of an import, before it is done.

    What is done takes files and Kafka as well, so it is no one transaction: a decision that failed
    half-way stands in the chain, and the import still waits.
    """
    facts = {"connector": run.connector, "instance": run.instance}
    with control.engine.begin() as connection:
        audit.append(connection, Act(actor, act, run.id, facts), control.clock.now_ms())


class Sending:
    """How the letters of one import are written: handed over at once, waited for at the end."""

    def __init__(self, control: Control) -> None:
        self._bulk = Bulk(kafka_address(control.settings))
        self._seal = control.seal()

    def publish(self, letters: Sequence[Intake]) -> None:
        """Hands them over; raises `TryAgain` when some are known to be refused."""
        self._bulk.write(Output(*letter) for letter in self._seal(letters))

    def confirmed(self) -> None:
        """Returns when Kafka has them all; raises `TryAgain` otherwise."""
        self._bulk.finish()


def writing(publisher: Publisher, seal: Seal, letters: Sequence[Intake]) -> None:
    """Seals them, and returns when Kafka has every one; raises `TryAgain` otherwise."""
    publisher.publish([Output(*letter) for letter in seal(letters)])


def _stop(code: str, what: str, field: str, known: tuple[str, ...], fix: str) -> NoReturn:
    raise Stop(code, what, where=Place(field=field), known=known, fix=fix)
