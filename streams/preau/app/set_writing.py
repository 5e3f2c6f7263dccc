"""Writes the complete sets of directory services: every night, on demand, and after an erasure.

A set names people, so it lies nowhere but in the service's folder, the last one only, for seven
days at most. When somebody whom it may hold is erased it is removed at once and written anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import structlog

from preau.app.control import Control
from preau.app.listing import Listings
from preau.app.products import product
from preau.clock import paris, paris_midnight
from preau.errors import Place, PreauError, Stop, TryAgain
from preau.outlets.complete_set import complete_set
from preau.outlets.dropping import drop_folder, list_files
from preau.outlets.file_lines import Drawn
from preau.outlets.set_folder import put_set, remove_older, remove_sets
from preau.store import directory_sets, filed
from preau.store.clocks import SET_MS
from preau.store.directory_sets import WrittenSet
from preau.store.instances import Instance

NIGHT = 21
"""The hour, in Paris, at which the GAR's own writers are documented to begin."""
AGAIN_MS, _HOUR_MS = 60_000, 3_600_000
log = structlog.get_logger()


class SetWriting:
    """`turn` looks once at every directory service; `write` writes one set now."""

    def __init__(self, control: Control, find_kafka: Callable[[], str]) -> None:
        self._control = control
        self._listings = Listings(control, find_kafka)
        self._not_before: dict[str, int] = {}

    def turn(self) -> None:
        """Writes what is due; one service's trouble is told, and tried again in a minute."""
        try:
            services = [each for each in self._control.instances.all() if self._is_one(each)]
        except TryAgain as error:
            log.warning("sets wait", code=error.code)
            return
        now = self._control.clock.now_ms()
        for each in services:
            if self._not_before.get(each.name, 0) <= now:
                self._quiet(each, now)

    def write(self, name: str) -> WrittenSet:
        """The set as of now; raises `Stop` (NO_SET, DROP_FOLDER), `TryAgain` (DROP_BUSY)."""
        instance = self._control.instances.get(name)
        if instance is None or instance.disabled or not self._is_one(instance):
            where, fix = Place(field="instance"), "name a directory service that takes sets"
            raise Stop("NO_SET", "no set is written for this instance", where=where, fix=fix)
        return self._write(instance)

    def _is_one(self, instance: Instance) -> bool:
        known = instance.way_out == "file" and instance.connector in self._control.catalogue.names()
        return known and bool(self._form(instance))

    def _form(self, instance: Instance) -> str:
        return product(self._control.catalogue, instance.connector).set

    def _quiet(self, instance: Instance, now: int) -> None:
        try:
            self._look(instance, now)
        except (PreauError, OSError) as error:
            self._not_before[instance.name] = now + AGAIN_MS
            code = getattr(error, "code", type(error).__name__)
            log.warning("a set was not written", instance=instance.name, code=code)

    def _look(self, instance: Instance, now: int) -> None:
        name = instance.name
        folder = drop_folder(self._control.settings.drop_folder, name)
        if instance.disabled:
            remove_sets(folder)
            return
        remove_older(folder, now - SET_MS)
        with self._control.engine.connect() as connection:
            last = directory_sets.last(connection, name)
            erased = directory_sets.erased_at(connection, name)
        if last is None:
            with self._control.engine.begin() as connection:
                directory_sets.put(connection, WrittenSet(name, 0, "", now, 0, 0, {}))
        elif erased >= last.at:
            remove_sets(folder)  # whatever comes next, nobody erased lies there
            self._write(instance)
        elif last.at < nightfall(now):
            self._write(instance)

    def _write(self, instance: Instance) -> WrittenSet:
        name = instance.name
        listing = self._listings.of(name)
        made = complete_set(self._form(instance), listing.directory, name)
        with self._control.engine.begin() as connection:  # before anybody can report the set
            absent = listing.absent(made.accounts)
            filed.defer(connection, name, absent, listing.number + 1)
        try:
            folder = drop_folder(self._control.settings.drop_folder, name)
            put_set(folder, made.files)
            drawn = Drawn(made.name, len(listing.directory.accounts), made.files[made.name])
            list_files(folder, [drawn], listing.number)
        except OSError as error:
            where, fix = Place(field="PREAU_DROPS"), "make room there, and the folder writable"
            what = f"the folder for sets cannot be written ({error.strerror})"
            raise TryAgain("DROP_BUSY", what, where=where, fix=fix) from error
        found = listing.directory
        counts = (len(found.accounts), len(found.groups), listing.left_out + made.left_out)
        written = WrittenSet(name, listing.number, made.name, found.as_of_ms, *counts)
        with self._control.engine.begin() as connection:
            directory_sets.put(connection, written)
        log.info("set written", instance=name, accounts=counts[0], groups=counts[1])
        return written


def nightfall(now_ms: int) -> int:
    """The last moment at which sets were due, in ms since 1970."""
    today = paris(now_ms).date()
    at = _evening(today)
    return at if at <= now_ms else _evening(today - dt.timedelta(days=1))


def _evening(day: dt.date) -> int:
    """21:00 of that day; on a day on which clocks change, that is not 21 hours after midnight."""
    at = paris_midnight(day) + NIGHT * _HOUR_MS
    return at + (NIGHT - paris(at).hour) * _HOUR_MS
