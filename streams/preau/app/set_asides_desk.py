"""Where a person decides of what was set aside: sees it by cause, sends it again, drops it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, islice

import orjson
import sqlalchemy as sa

from preau.agents.redrive import (
    READY,
    Event,
    Heard,
    Preview,
    Verdict,
    again,
    events,
    hear,
    judge,
    known_versions,
    preview,
)
from preau.app.control import DIGESTS, Control
from preau.broker.originals import Spot
from preau.broker.records import Arrival, Output
from preau.broker.topics import SET_ASIDE
from preau.errors import Place, SetAside
from preau.inlets.publishing import NOTHING, Publishing, check_event
from preau.keys.envelope import Unsealer
from preau.mapping.normaliser import Context, Normaliser
from preau.store import audit, set_asides
from preau.store.audit import Act
from preau.store.set_asides import DROPPED, OPEN, REDRIVEN, Chosen, Kept
from preau.web.follow_up import CauseShown, SetAsideOrder

AT_ONCE = 500
"""Events that are read, judged and sent together."""
Publish = Callable[[Sequence[Output]], None]
"""Returns when Kafka has every record; raises `TryAgain` otherwise."""
ReadOriginals = Callable[[Collection[Spot]], Mapping[Spot, Arrival]]
"""The records at these places, as `preau.broker.originals` reads them."""


class SetAsidesDesk:
    """`read` and `publish` are the ways to Kafka; only a redrive takes them."""

    def __init__(self, control: Control, read: ReadOriginals, publish: Publish) -> None:
        self._control = control
        self._read = read
        self._publish = publish
        self._normaliser = cache(self._compiled)

    def causes(self, chosen: Chosen) -> list[CauseShown]:
        """The chosen refusals by cause, the most frequent first, with the last ones of each."""
        with self._control.engine.connect() as connection:
            found = set_asides.causes(connection, chosen)
            return [CauseShown(each, set_asides.examples(connection, each)) for each in found]

    def show(self, id_: str) -> Kept:
        """One refusal; raises `SetAside` (SETASIDE_UNKNOWN)."""
        with self._control.engine.connect() as connection:
            found = set_asides.named(connection, [id_])
        if not found:
            fix = "see preau setaside list; it may be a moment old, or older than 83 days"
            what = "nothing set aside has this id"
            raise SetAside("SETASIDE_UNKNOWN", what, where=Place(field="id"), fix=fix)
        return found[0]

    def redrive(self, order: SetAsideOrder, actor: str, *, dry_run: bool) -> Preview:
        """Sends again what would come through today, in order; tells what stays and why.

        Raises `SetAside` (SETASIDE_CHOICE, SETASIDE_UNKNOWN), `TryAgain` (KAFKA_READ, KAFKA_WRITE,
        nothing is doubled when it is asked for again).
        """
        total = preview([])
        for several in _several(events(self._rows(order, whole_events=True))):
            verdicts = self._judged(several)
            ready = [each for each in verdicts if each.word == READY]
            if ready and not dry_run:
                self._send(ready, actor)
            told = preview(verdicts)
            total = _sum(total, told._replace(sent=0 if dry_run else len(ready)))
        return total

    def drop(self, order: SetAsideOrder, actor: str, *, dry_run: bool) -> int:
        """Gives the chosen ones up: how many. The bytes stay in Kafka as long as they would."""
        rows = self._rows(order, whole_events=False)
        if rows and not dry_run:
            with self._control.engine.begin() as connection:
                self._decide(connection, rows, DROPPED, actor)
        return len(rows)

    def _rows(self, order: SetAsideOrder, *, whole_events: bool) -> list[Kept]:
        if not order.ids and not (order.chosen.connector or order.chosen.code):
            fix = "give ids, or a connector or a code"
            what = "nothing says which"
            raise SetAside("SETASIDE_CHOICE", what, where=Place(field="ids"), fix=fix)
        with self._control.engine.connect() as connection:
            if order.ids:
                rows = [self.show(each) for each in order.ids]
            else:
                chosen = order.chosen._replace(state=order.chosen.state or OPEN)
                rows = set_asides.find(connection, chosen, order.limit)
            if not whole_events:
                return rows
            filed = [kept for kept in rows if kept.row.place < 0]
            sent = [kept.row for kept in rows if kept.row.place >= 0]
            return [*filed, *set_asides.beside(connection, sent)]

    def _judged(self, several: Sequence[Event]) -> list[Verdict]:
        originals = self._originals(several)
        unsealer, heard = Unsealer(self._control.letter_keys, self._control.clock), []
        for event in several:
            connector = event.rows[0].row.connector
            original = originals.get(event.spot)
            heard.append(hear(event, original, unsealer, self._normaliser(connector), connector))
        with self._control.engine.connect() as connection:
            known = known_versions(connection, heard)
        publishing = cache(self._publishing)
        return [judge(each, known, lambda one: _may_say(one, publishing)) for each in heard]

    def _originals(self, several: Iterable[Event]) -> Mapping[Spot, Arrival]:
        spots = {event.spot for event in several if event.spot.offset >= 0}
        return self._read(spots) if spots else {}

    def _publishing(self, instance: str) -> Publishing:
        """What an instance may say today; nothing when it is unknown or disabled."""
        if self._control.speaker(instance) is None:
            return NOTHING
        return self._control.publishing(instance)

    def _send(self, ready: Sequence[Verdict], actor: str) -> None:
        self._publish([again(v.heard.original) for v in ready if v.heard.original is not None])
        rows = [kept for each in ready for kept in each.heard.event.rows]
        with self._control.engine.begin() as connection:
            self._decide(connection, rows, REDRIVEN, actor)

    def _decide(
        self, connection: sa.Connection, rows: Sequence[Kept], decision: str, actor: str
    ) -> None:
        now = self._control.clock.now_ms()
        set_asides.decide(connection, (kept.row for kept in rows), decision, now)
        act = f"setaside.{decision.lower()}"
        for connector, same in groupby(sorted(k.row.connector for k in rows)):
            facts: dict[str, str | int | bool] = {"refusals": len(list(same))}
            audit.append(connection, Act(actor, act, SET_ASIDE + connector, facts), now)

    def _compiled(self, connector: str) -> Normaliser:
        control = self._control
        context = Context(control.master.secret(DIGESTS), lambda n: control.degree(n) or "")
        return control.catalogue.connector(connector).normaliser(context)


def _several(every: Iterable[Event]) -> Iterator[list[Event]]:
    waiting = iter(every)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def _sum(one: Preview, other: Preview) -> Preview:
    counted = (_added(a, b) for a, b in zip(one[2:5], other[2:5], strict=True))
    verdicts, canonical, refused = counted
    events_, records = one.events + other.events, one.records + other.records
    return Preview(events_, records, verdicts, canonical, refused, one.sent + other.sent)


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    return Counter(one) + Counter(other)


def _may_say(heard: Heard, publishing: Callable[[str], Publishing]) -> bool:
    """Whether there is a mandate today for the records that this event gives, and its schools."""
    may = publishing(heard.event.rows[0].row.instance)
    body = b"null" if heard.letter is None else heard.letter.value or b"null"
    records = frozenset(made.record for made in heard.made)
    try:
        values = orjson.loads(body)
    except ValueError:
        values = None  # it gives no record either
    try:
        check_event(may._replace(events={"": records}), "", values)
    except SetAside:
        return False
    return True
