"""One reading of a roster: what is selected of it once stays for the pages that follow.

A client that walks asks one query again and again, with another `offset`: the selection and its
order are made for the first page, and the others are cut from it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from preau.outlets.oneroster.collections import Found, collection
from preau.outlets.oneroster.queries import Page, Query, chosen, cut
from preau.outlets.oneroster.roster import Entity, Roster

SELECTIONS = 32
"""Selections that one reading remembers; each is references to its entities, no copy."""


class _Asked(NamedTuple):
    path: str
    query: Query


class Reading:
    """A roster as it stood at one moment; several threads may ask it."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self._selected: OrderedDict[_Asked, Sequence[Entity]] = OrderedDict()

    def found(self, path: str) -> Found:
        """What a path leads to; raises `SetAside` (ROSTER_UNKNOWN, ROSTER_PATH)."""
        return collection(self.roster, path)

    def page(self, path: str, query: Query) -> Page:
        """The page of a collection that a query is about; raises as `found`."""
        asked = _Asked(path, query._replace(limit=0, offset=0, fields=()))
        selected = self._selected.get(asked)
        if selected is None:
            selected = chosen(self.found(path).entities, query)
            self._selected[asked] = selected
            while len(self._selected) > SELECTIONS:
                self._selected.popitem(last=False)
        return cut(selected, query)
