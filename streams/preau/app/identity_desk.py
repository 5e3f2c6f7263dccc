"""Where people rule who is who: what waits for them, what they say, and the records of it.

A ruling is written to the store and the audit chain in one transaction, and given back as a record
to publish. The step `identity`, the one writer of who is who, hears it from Kafka; should Kafka be
away, it finds it in the store when it starts.
"""

from __future__ import annotations

import sqlalchemy as sa

from preau.agents.likely import Pair, likely_pairs
from preau.agents.matching import deciding
from preau.agents.ruled import key_digest
from preau.agents.ruling_record import told
from preau.app.moving import move_report
from preau.broker.records import Output
from preau.clock import Clock
from preau.errors import Place, SetAside
from preau.ids import owned_id
from preau.store import audit, instances, persons, rulings
from preau.store.audit import Act
from preau.store.audit_chain import Fact
from preau.store.likely import PROBABLE
from preau.store.persons import Entry
from preau.store.rulings import APART, DIFFERENT, SAME, Ruling
from preau.web.moves import Move, MoveReport

ROLES = ("PRINCIPAL", "DIRECTOR", "DASEN", "OPERATOR")
"""Who may rule: a school's head, the DASEN, or who runs the hub, on a school's written word."""
Ruled = tuple[str, list[Output]]
"""The id of a ruling, and the records to publish."""


class IdentityDesk:
    """Rulings on who is who; every refusal is a `SetAside` that says why."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def review(self, *, possible: bool = False) -> list[Pair]:
        """The PROBABLE pairs, and with `possible` the POSSIBLE ones after them."""
        with self._engine.connect() as connection:
            found = list(likely_pairs(connection))
        wanted = [pair for pair in found if possible or pair.assurance == PROBABLE]
        return sorted(wanted, key=lambda pair: (pair.assurance != PROBABLE, pair.left, pair.right))

    def rulings(self) -> list[Ruling]:
        """Every ruling, the youngest first."""
        with self._engine.connect() as connection:
            return rulings.every(connection)

    def confirm(self, pair: str, by: str, actor: str) -> Ruled:
        """Rules that this PROBABLE pair is one person; PAIR_UNKNOWN, PAIR_POSSIBLE, ROLE_REFUSED.

        Ruled again before the step has heard of it, it is the same ruling.
        """
        return self._on_pair(pair, SAME, by, actor)

    def refuse(self, pair: str, by: str, actor: str) -> Ruled:
        """Rules that this pair is two people; raises as `confirm`, but takes a POSSIBLE pair."""
        return self._on_pair(pair, DIFFERENT, by, actor)

    def split(self, source: str, by: str, actor: str) -> Ruled:
        """Rules that this source is not its person; SOURCE_UNKNOWN, SOURCE_ALONE, ROLE_REFUSED."""
        _check_role(by)
        with self._engine.begin() as connection:
            entry, others = _family(connection, source)
            named = {source, *others}
            keys = deciding(persons.keys_of(connection, named))
            theirs = {(key.kind, key.value) for key in keys if key.source != source}
            doubted = [k for k in keys if k.source == source and (k.kind, k.value) in theirs]
            made = self._made(APART, (source,), tuple(sorted(others)), by)
            made = made._replace(keys=tuple(sorted(map(key_digest, doubted))))
            return self._kept(connection, made, entry.person, actor)

    def undo(self, ruling: str, by: str, actor: str) -> Ruled:
        """Takes a ruling back, so that all is as if it had never been; RULING_UNKNOWN.

        Undone again, it is told again.
        """
        _check_role(by)
        with self._engine.begin() as connection:
            found = rulings.by_id(connection, [ruling]).get(ruling)
            if found is None:
                fix = "see `preau identity rulings`"
                raise _refused("RULING_UNKNOWN", "no ruling has this id", "ruling", fix)
            if found.undone_at:
                return ruling, [told(found)]
            now = self._clock.now_ms()
            undone = found._replace(undone_by=by, undone_at=now, version=found.version + 1)
            rulings.put(connection, [undone])
            facts = {"kind": found.kind, "by": by}
            audit.append(connection, Act(actor, "identity.undone", ruling, facts), now)
        return ruling, [told(undone)]

    def moving(self, move: Move) -> MoveReport:
        """What it comes to that an établissement goes from one ENT to another; decides nothing.

        Raises `SetAside` (INSTANCE_UNKNOWN).
        """
        with self._engine.connect() as connection:
            _check_declared(connection, move)
            return move_report(connection, move)

    def confirm_move(self, move: Move, by: str, actor: str) -> tuple[int, list[Output]]:
        """Rules that every PROBABLE pair of this move is one person: how many, and the records.

        One audit entry for each pair and one for the whole, none when nothing waits, so that it may
        be said again; raises `SetAside` (ROLE_REFUSED, INSTANCE_UNKNOWN).
        """
        _check_role(by)
        with self._engine.begin() as connection:
            _check_declared(connection, move)
            pairs = move_report(connection, move).waiting
            if not pairs:
                return 0, []
            records: list[Output] = []
            for pair in pairs:
                made = self._made(SAME, pair.left.sources, pair.right.sources, by, pair.rule)
                records += self._kept(connection, made, pair.left.person, actor)[1]
            facts: dict[str, Fact] = {
                "from": move.before,
                "to": move.after,
                "by": by,
                "pairs": len(pairs),
            }
            act = Act(actor, "identity.moved", move.uai, facts)
            audit.append(connection, act, self._clock.now_ms())
        return len(pairs), records

    def _on_pair(self, id_: str, kind: str, by: str, actor: str) -> Ruled:
        _check_role(by)
        with self._engine.begin() as connection:
            pair = next((each for each in likely_pairs(connection) if each.id == id_), None)
            if pair is None:
                fix = "see `preau identity review`: it may be decided already"
                raise _refused("PAIR_UNKNOWN", "no pair that waits has this id", "pair", fix)
            if kind == SAME and pair.assurance != PROBABLE:
                fix = "refuse the others first, if they are other children"
                what = "this pair is only POSSIBLE: too little speaks for it"
                raise _refused("PAIR_POSSIBLE", what, "pair", fix)
            made = self._made(kind, pair.left.sources, pair.right.sources, by, pair.rule)
            return self._kept(connection, made, pair.left.person, actor)

    def _made(
        self, kind: str, left: tuple[str, ...], right: tuple[str, ...], by: str, rule: str = ""
    ) -> Ruling:
        now, id_ = self._clock.now_ms(), owned_id(self._clock)
        return Ruling(id_, kind, left, right, rule, (), by, now)

    def _kept(self, connection: sa.Connection, made: Ruling, person: str, actor: str) -> Ruled:
        if (again := _same(connection, made)) is not None:
            return again.id, [told(again)]
        rulings.put(connection, [made])
        facts: dict[str, Fact] = {"ruling": made.id, "by": made.ruled_by, "rule": made.rule}
        facts["sources"] = len(made.sources)
        audit.append(connection, Act(actor, _ACTS[made.kind], person, facts), made.at)
        return made.id, [told(made)]


_ACTS = {SAME: "identity.confirmed", DIFFERENT: "identity.refused", APART: "identity.split"}


def _check_declared(connection: sa.Connection, move: Move) -> None:
    known = instances.names(connection)
    for field, name in (("from", move.before), ("to", move.after)):
        if name not in known:
            where, fix = Place(field=field), "declare it first: preau instance add"
            what = "no such instance"
            raise SetAside("INSTANCE_UNKNOWN", what, where=where, known=tuple(known), fix=fix)


def _family(connection: sa.Connection, source: str) -> tuple[Entry, set[str]]:
    """The entry of this source, and the other sources of its person."""
    entry = persons.entries(connection, [source]).get(source)
    if entry is None or entry.deleted:
        fix = "a source is <instance>/<its id>, as `preau identity review` shows it"
        raise _refused("SOURCE_UNKNOWN", "no such source is there", "source", fix)
    others = persons.living(connection, [entry.person]).keys() - {source}
    if not others:
        fix = "nothing is left to split"
        raise _refused("SOURCE_ALONE", "this source is alone already", "source", fix)
    return entry, others


def _same(connection: sa.Connection, made: Ruling) -> Ruling | None:
    """A ruling that holds and says the same."""
    said = rulings.holding(connection, made.sources)
    return next((r for r in said if r[1:4] == made[1:4]), None)


def _check_role(by: str) -> None:
    if by not in ROLES:
        fix = "say by which role it was decided, never a name"
        what = "this role decides nothing about who is who"
        raise SetAside("ROLE_REFUSED", what, where=Place(field="by"), known=ROLES, fix=fix)


def _refused(code: str, what: str, field: str, fix: str) -> SetAside:
    return SetAside(code, what, where=Place(field=field), fix=fix)
