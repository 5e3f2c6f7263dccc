"""Reads from one event what the card says of all: its name, its id, its moment, its version."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from preau.ids import digest
from preau.mapping.conversions.calendar import instant_us
from preau.mapping.conversions.numbers import as_integer
from preau.mapping.conversions.texts import as_text
from preau.mapping.facts import Facts
from preau.mapping.paths import Path, enter, follow
from preau.mapping.refusal import Unfit, shape
from preau.mapping.said import Said
from preau.mapping.voice import Voice

Found = TypeVar("Found")
_new = tuple.__new__
_DIGITS = re.compile(r"-?[0-9]{1,19}", re.ASCII)


def event_name(event: object, said: Said, voice: Voice) -> str:
    """The vendor's name of the event, from the inlet or from the card's path; raises `Unfit`."""
    if said.event:
        return said.event
    name = follow(event, voice.event.steps)
    if isinstance(name, str) and name.strip():
        return name.strip()
    fix = "send the event's name there, as text"
    raise Unfit("NO_EVENT_NAME", shape(name), known=("text",), fix=fix, field=voice.event.text)


def facts_reader(voice: Voice) -> Callable[[object, Said], Facts]:
    """The function that gives everything that is the same in all records of one event.

    It raises `Unfit` when the card's id, moment or version is there but not readable.
    """
    own_id = _reader(voice.event_id, as_text)
    own_moment = _reader(voice.occurred_at, instant_us)
    own_version = _reader(None if voice.version == voice.occurred_at else voice.version, _version)
    card = (voice.connector, voice.edition, voice.authority)

    def facts_of(event: object, said: Said) -> Facts:
        told_id = said.vendor_event_id
        if told_id is None and own_id is not None:
            told_id = own_id(event)
        moment = own_moment(event) if own_moment is not None else None
        if moment is None:
            moment = said.received_at * 1_000
        version = own_version(event) if own_version is not None else None
        told_id = told_id or digest(said.body)
        version = moment if version is None else version
        # what the constructor of a named tuple does, without its call: once per event
        return _new(Facts, (said, *card, told_id, moment // 1_000, version))

    return facts_of


def _reader(
    path: Path | None, convert: Callable[[object], Found | None]
) -> Callable[[object], Found | None] | None:
    if path is None:
        return None
    steps, field = path.steps, path.text

    def read(event: object) -> Found | None:
        value = event
        for step in steps:
            value = value.get(step) if type(value) is dict else enter(value, step)
        try:
            return None if value is None else convert(value)
        except Unfit as unfit:
            raise unfit.at(field) from None

    return read


def _version(value: object) -> int | None:
    """A whole number as it is; else a moment, in microseconds."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value.strip()):
        return instant_us(value)
    return as_integer(value)
