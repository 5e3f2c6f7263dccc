"""Where standing mandates are given, and any mandate revoked: in words first, in data second.

A standing mandate records what a convention or a decision on paper says, by its reference. It is
given by the role that may: a principal for a collège, the DASEN for an école.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from preau.app import repeats
from preau.app.eligibility import DegreeOf
from preau.app.project_view import RecipientOf
from preau.canon.purposes import DIRECTORY, Purpose, named, purposes
from preau.clock import Clock, paris_day
from preau.errors import Place as At
from preau.errors import SetAside
from preau.ids import owned_id
from preau.store import audit, mandates, taking_part
from preau.store.audit import OPERATOR, Act
from preau.store.granting import received
from preau.store.mandates import EVERY, PUBLISH, RECEIVE, Mandate
from preau.web.forms import check_days
from preau.web.project_needs import NewMandate

_UAI = re.compile(r"[0-9]{7}[A-Z]")
_ROLES: Mapping[str, str] = {"PRINCIPAL": "SECOND", "DASEN": "FIRST"}
"""Who may give a mandate → the degree of the establishments for which."""


class MandatesDesk:
    """Reads, gives and revokes; a command is one transaction, audited, and effective at once."""

    def __init__(
        self, engine: sa.Engine, degree_of: DegreeOf, recipient: RecipientOf, clock: Clock
    ) -> None:
        self._engine = engine
        self._degree_of = degree_of
        self._recipient = recipient
        self._clock = clock

    def given(self, instance: str = "") -> list[Mandate]:
        """All that were ever given, revoked ones too; of one instance, if one is named."""
        with self._engine.connect() as connection:
            found = mandates.every(connection)
        return [each for each in found if instance in ("", each.instance)]

    def grant(self, new: NewMandate, by: str = OPERATOR) -> str:
        """A standing mandate's id; raises `SetAside` with the reason it may not be given.

        Of one that says the same and holds already, that one's id, and nothing is done.
        """
        degree = self._degree_of(new.instance)
        if degree is None:
            fix = "declare the instance first: preau instance add"
            raise _refused("INSTANCE_UNKNOWN", "no such instance", "instance", (), fix)
        purpose = purposes().get(new.purpose)
        if purpose is None:
            fix = "choose one of the known purposes"
            what = "a mandate has one purpose of a closed list"
            raise _refused("PURPOSE_UNKNOWN", what, "purpose", tuple(purposes()), fix)
        _check_scope(new)
        check_days(**{"from": new.starts, "until": new.until})
        _check_role(new, degree)
        made = self._made(new, purpose)
        with self._engine.begin() as connection:
            if same := repeats.standing(connection, made, from_today=not new.starts):
                return same
            mandates.grant(connection, [made])
            self._noted(connection, made, Act(by, "mandate.granted", made.id, _facts(made)))
        return made.id

    def revoke(self, id_: str, by: str = OPERATOR) -> Mandate:
        """Revokes it from now on; what it let in is withdrawn. Raises `SetAside` for a wrong id."""
        with self._engine.begin() as connection:
            found = mandates.get(connection, id_)
            if found is None:
                fix = "see the list: preau mandate list"
                raise _refused("MANDATE_UNKNOWN", "no mandate has this id", "id", (), fix)
            if mandates.revoke(connection, [id_], self._clock.now_ms()):
                self._noted(connection, found, Act(by, "mandate.revoked", id_, _facts(found)))
            return mandates.get(connection, id_) or found

    def _made(self, new: NewMandate, purpose: Purpose) -> Mandate:
        allowed = purpose.publishes if new.direction == PUBLISH else purpose.records
        usual = allowed if new.direction == PUBLISH else received(purpose, self._taken(new))
        records = tuple(sorted(new.records or usual))
        _check_within(records, allowed, "records")
        fields = self._fields(new, purpose, records)
        now = self._clock.now_ms()
        return Mandate(
            owned_id(self._clock),
            *(new.establishment, new.instance, new.direction, records, fields, new.purpose, ""),
            *(new.legal_basis, new.granted_by, new.starts or paris_day(now), new.until),
            granted_at=now,
        )

    def _fields(
        self, new: NewMandate, purpose: Purpose, records: Collection[str]
    ) -> tuple[str, ...]:
        if new.direction == PUBLISH:
            return tuple(f"{record}.*" for record in records)
        _check_within(new.fields, purpose.fields, "fields")
        asked = (frozenset(new.fields) or purpose.fields) & self._taken(new)
        return tuple(sorted(f for f in asked if f.partition(".")[0] in records))

    def _taken(self, new: NewMandate) -> frozenset[str]:
        """The fields that the instance's product says it needs."""
        recipient = self._recipient(new.instance)
        needs = {} if recipient is None else recipient.needs
        return frozenset().union(*(named(name, listed) for name, listed in needs.items()))

    def _noted(self, connection: sa.Connection, mandate: Mandate, act: Act) -> None:
        audit.append(connection, act, self._clock.now_ms())
        found = {mandate.project} if mandate.project else set()
        found |= taking_part.with_instance(connection, mandate.instance)
        taking_part.leave_turns(connection, found)


def _check_scope(new: NewMandate) -> None:
    if new.direction not in (PUBLISH, RECEIVE):
        known, fix = (PUBLISH, RECEIVE), "say which way the data goes"
        raise _refused("MANDATE_DIRECTION", "no such direction", "direction", known, fix)
    if new.establishment == EVERY and (new.direction, new.purpose) != (PUBLISH, DIRECTORY):
        what, fix = "only a directory is published for every establishment", "name one UAI"
        raise _refused("MANDATE_EVERY", what, "establishment", (), fix)
    if new.establishment != EVERY and not _UAI.fullmatch(new.establishment):
        what, fix = "not a UAI", "seven digits and a letter, as 0119010J"
        raise _refused("MANDATE_UAI", what, "establishment", (), fix)
    if not new.legal_basis.strip():
        fix = "give the reference of the convention or decision that it records"
        raise _refused("LEGAL_BASIS_MISSING", "no legal basis", "legal_basis", (), fix)


def _check_role(new: NewMandate, degree: str) -> None:
    allowed = [role for role, of in _ROLES.items() if degree in ("", of)]
    if new.granted_by not in allowed:
        what = "this role gives no mandate for this establishment"
        fix = "a principal gives it for a collège, the DASEN for an école"
        raise _refused("ROLE_REFUSED", what, "granted_by", tuple(allowed), fix)


def _check_within(asked: Collection[str], allowed: Collection[str], field: str) -> None:
    if not set(asked) <= set(allowed):
        what, fix = "more than the purpose needs", "name what the purpose lists, or leave it out"
        raise _refused("MANDATE_BEYOND", what, field, tuple(sorted(allowed)), fix)


def _facts(mandate: Mandate) -> dict[str, str | int | bool]:
    names = ("establishment", "instance", "direction", "purpose", "project")
    return {name: str(getattr(mandate, name)) for name in names}


def _refused(code: str, what: str, field: str, known: tuple[str, ...], fix: str) -> SetAside:
    return SetAside(code, what, where=At(field=field), known=known, fix=fix)
