"""Where an operator says that delta files of an instance may come, or come no more."""

from __future__ import annotations

from preau.app.control import Control
from preau.app.imports import importer_of, open_source
from preau.errors import Place, Stop
from preau.readers import DELTAS
from preau.store import audit, delta_sources
from preau.store.audit import OPERATOR, Act


def expect_deltas(control: Control, name: str, *, on: bool, by: str = OPERATOR) -> None:
    """From the next import on, what the instance says is kept, sealed; or, off, kept no more.

    What was kept is removed at once. Raises `Stop`: INSTANCE_UNKNOWN, IMPORT_NO_STATE,
    IMPORT_NO_DELTA, IMPORT_TAKEN (it is off then, and the same command ends the work later).
    """
    source = open_source(control, name, disabled=not on)
    if source.connector.card.reader not in DELTAS:
        known = tuple(sorted(DELTAS))
        where, fix = Place(source.name, field="reader"), "give each set whole"
        what = "no file of this product says only what changed"
        raise Stop("IMPORT_NO_DELTA", what, where=where, known=known, fix=fix)
    with control.engine.begin() as connection:
        delta_sources.put(connection, name, on=on)
        act = Act(by, "instance.deltas_expected", name, {"on": on})
        audit.append(connection, act, control.clock.now_ms())
    if not on:
        importer_of(control, source).forget_values()
