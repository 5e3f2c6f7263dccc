"""What was set aside, sent again: what would come of each event now, and which may go.

An event goes again only if something of it is mended and new: the same bytes, key and headers to
the same topic, so that every id is the same and nothing has a second effect. Its place among later
events of its key does not matter: states are compared by their version, and what something newer
has superseded does not go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa

from preau.agents.intake_record import said_of, unheard
from preau.agents.letter_opening import Unseals, open_letter
from preau.agents.set_asides import redriven
from preau.agents.setting_aside import REDRIVEN, set_aside_id
from preau.agents.statements import RECORDS
from preau.broker.originals import Spot
from preau.broker.records import Arrival, Output
from preau.errors import SetAside
from preau.ids import digest
from preau.mapping.normaliser import Normaliser
from preau.mapping.refusal import Refusal, Unfit, refusal
from preau.mapping.said import Said
from preau.store import persons, said
from preau.store.set_asides import HUMAN, REDRIVES, Kept

READY, REFUSED, KNOWN, FORBIDDEN = "READY", "REFUSED", "SUPERSEDED", "FORBIDDEN"
GONE, FILED, TOO_OFTEN = "GONE", "FILED", "TOO_OFTEN"
"""READY goes. The others stay: REFUSED would be refused as before; SUPERSEDED says nothing that is
not known, or less; FORBIDDEN has no mandate today; GONE: Kafka kept its bytes for seven days, or
their key was destroyed; FILED: its bytes are in a dropped file; TOO_OFTEN: sent again five times in
vain."""


class Event(NamedTuple):
    """One event as received, and every refusal of it."""

    spot: Spot
    rows: tuple[Kept, ...]


class Made(NamedTuple):
    """A canonical record that the event gives now; `version` None where it cannot be told."""

    record: str
    key: str
    version: int | None


class Heard(NamedTuple):
    """An event heard again today; `refused` are (id of the refusal, its code).

    `letter` is the original opened, None when there is nothing to open.
    """

    event: Event
    original: Arrival | None
    made: tuple[Made, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    letter: Arrival | None = None


class Verdict(NamedTuple):
    """What would come of one event."""

    heard: Heard
    word: str


class Preview(NamedTuple):
    """What would come of all: events by verdict, records made by those that go, refusals by code.

    `records` counts the refusals looked at, `sent` the events that went (none in a preview).
    """

    events: int
    records: int
    verdicts: Mapping[str, int]
    canonical: Mapping[str, int]
    refused: Mapping[str, int]
    sent: int = 0


DESTROYED = "LETTER_GONE"
"""The code of bytes whose key was destroyed."""


Allowed = Callable[[Heard], bool]
"""Whether whoever said this may say it today."""


def events(rows: Iterable[Kept]) -> Iterator[Event]:
    """The rows by event, in the order in which the events were received."""
    kept = sorted(rows, key=lambda each: (_spot(each), each.row.event_id))
    for spot, same in groupby(kept, key=_spot):
        alike = tuple(same)
        if spot.offset >= 0:
            yield Event(spot, alike)
        else:
            yield from (Event(spot, (each,)) for each in alike)


def hear(
    event: Event,
    original: Arrival | None,
    unsealer: Unseals,
    normaliser: Normaliser,
    connector: str,
) -> Heard:
    """What the mapping of today makes of these bytes; bytes whose key was destroyed are gone."""
    if original is None:
        return Heard(event, None)
    try:
        letter = open_letter(unsealer, original)
        heard = said_of(letter)
    except SetAside as shut:
        if shut.code == DESTROYED:
            return Heard(event, None)
        return Heard(event, original, (), _untold(Unfit(shut.code, ""), original, connector))
    except Unfit as unfit:
        return Heard(event, original, (), _untold(unfit, letter, connector))
    drafts, refusals = normaliser.normalise(heard)
    versions = _versions(normaliser, heard)
    made = (Made(d.record, d.key.decode(), versions.get((d.record, d.subject))) for d in drafts)
    return Heard(event, original, tuple(made), _told(refusals, letter), letter)


def judge(heard: Heard, known: Mapping[tuple[str, str], int], allowed: Allowed) -> Verdict:
    """Whether this event goes; `known` are the versions of what is known, by (record, key)."""
    return Verdict(heard, _word(heard, known, allowed))


def known_versions(connection: sa.Connection, heard: Iterable[Heard]) -> dict[tuple[str, str], int]:
    """The versions that the hub has of what these events speak of, where it keeps a state."""
    keys: dict[str, set[str]] = {}
    for each in heard:
        for made in each.made:
            keys.setdefault(made.record, set()).add(made.key)
    found = {
        ("person", source): entry.version
        for source, entry in persons.entries(connection, keys.pop("person", ())).items()
    }
    for record in sorted(keys.keys() & set(RECORDS)):
        states = said.states(connection, record, sorted(keys[record]))
        found |= {(record, key): state.version for key, state in states.items()}
    return found


def again(original: Arrival) -> Output:
    """The same bytes to the same topic, under the same key, with how often they were sent again."""
    headers = [(name, raw) for name, raw in original.headers.items() if name != REDRIVEN]
    times = str(redriven(original) + 1).encode()
    return Output(original.topic, original.key, original.value, [*headers, (REDRIVEN, times)])


def preview(verdicts: Sequence[Verdict]) -> Preview:
    """The verdicts counted."""
    ready = [each.heard for each in verdicts if each.word == READY]
    stay = Counter(
        code for each in verdicts if each.word in (READY, REFUSED) for _, code in each.heard.refused
    )
    return Preview(
        len(verdicts),
        sum(len(each.heard.event.rows) for each in verdicts),
        Counter(each.word for each in verdicts),
        Counter(made.record for heard in ready for made in heard.made),
        stay,
    )


def _word(heard: Heard, known: Mapping[tuple[str, str], int], allowed: Allowed) -> str:
    rows, original = heard.event.rows, heard.original
    if heard.event.spot.offset < 0:
        return FILED
    if original is None or original.value is None:
        return GONE
    if redriven(original) >= REDRIVES or any(kept.state == HUMAN for kept in rows):
        return TOO_OFTEN
    if not allowed(heard):
        return FORBIDDEN
    if {kept.row.event_id for kept in rows} <= {id_ for id_, _ in heard.refused}:
        return REFUSED
    return KNOWN if heard.made and all(_is_known(each, known) for each in heard.made) else READY


def _is_known(made: Made, known: Mapping[tuple[str, str], int]) -> bool:
    version = known.get((made.record, made.key))
    return version is not None and made.version is not None and made.version <= version


def _versions(normaliser: Normaliser, heard: Said) -> dict[tuple[str, str], int]:
    """Version by record and subject (`<instance>/<source id>`)."""
    found: dict[tuple[str, str], int] = {}
    for record, datum in normaliser.plain(heard):
        meta = datum.get("meta")
        if isinstance(meta, dict):
            found[record, f"{meta['instance']}/{meta['source_id']}"] = int(meta["version"])
    return found


def _untold(unfit: Unfit, letter: Arrival, connector: str) -> tuple[tuple[str, str], ...]:
    return _told([refusal(unfit, unheard(letter), connector, "")], letter)


def _told(refusals: Iterable[Refusal], letter: Arrival) -> tuple[tuple[str, str], ...]:
    said_ = digest(letter.value or b"")
    return tuple((set_aside_id(each, said_, nth), each.code) for nth, each in enumerate(refusals))


def _spot(kept: Kept) -> Spot:
    return Spot(kept.row.topic, kept.row.part, kept.row.place)
