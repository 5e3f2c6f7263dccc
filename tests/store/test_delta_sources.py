"""No instance's delta files are expected until somebody says so."""

from __future__ import annotations

import sqlalchemy as sa

from preau.store import delta_sources


def test_it_is_off_then_on_then_off(connection: sa.Connection) -> None:
    assert not delta_sources.has(connection, "rectorat")
    for on in (True, True, False, False, True):
        delta_sources.put(connection, "rectorat", on=on)
        assert delta_sources.has(connection, "rectorat") is on
    assert not delta_sources.has(connection, "rectorat-1d")
    assert delta_sources.every(connection) == {"rectorat"}
