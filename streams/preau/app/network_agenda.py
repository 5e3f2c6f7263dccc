"""A network of schools (écoles éloignées en réseau): who is in it, and the agenda of its dates.

Its members are the collège, the écoles of its sector and their circonscriptions, as the sectors
say that carry the network's name. Its projects are those for the purpose `RESEAU` in which its
collège takes part; what a member reads of them is what its own mandates list, and dates only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from preau.app.decisions import FIRST, RULES, SECOND
from preau.errors import Place as At
from preau.errors import SetAside
from preau.store import projects, sectors, taking_part
from preau.store.projects import AUTHORISED, Project

PURPOSE = "RESEAU"


class Network(NamedTuple):
    """`members`: UAI → the degree by which its deciders are known; `colleges` by UAI."""

    name: str
    members: Mapping[str, str]
    colleges: frozenset[str]


def network(connection: sa.Connection, name: str) -> Network:
    """The network of that name; it has no member when no sector carries the name any more."""
    rows = [each for each in sectors.every(connection) if each.name == name]
    colleges = frozenset(each.college for each in rows)
    others = {uai for each in rows for uai in (each.ecole, each.circonscription) if uai}
    members = dict.fromkeys(others, FIRST) | dict.fromkeys(colleges, SECOND)
    return Network(name, members, colleges)


def check_member(connection: sa.Connection, name: str, uai: str, granted_by: str) -> None:
    """Raises `SetAside` (NETWORK_UNKNOWN, NETWORK_OTHER, ROLE_REFUSED) unless it may be given."""
    found = network(connection, name)
    if not found.members:
        known = sorted({each.name for each in sectors.every(connection) if each.name})
        what, fix = "no sector carries this name", "name the network in a file of sectors"
        where = At(field="network")
        raise SetAside("NETWORK_UNKNOWN", what, where=where, known=tuple(known), fix=fix)
    if uai not in found.members:
        what, fix = "this establishment is not in the network", "name one of the network"
        known = sorted(found.members)
        raise SetAside("NETWORK_OTHER", what, where=At(field="uai"), known=tuple(known), fix=fix)
    check_role(granted_by, found.members[uai])


def check_role(granted_by: str, degree: str) -> None:
    """Raises `SetAside` (ROLE_REFUSED) unless this role authorises; no degree: either one's."""
    able = [r for (of, r), may in RULES.items() if degree in ("", of) and AUTHORISED in may]
    if granted_by not in able:
        what, where = "this role gives no address for this establishment", At(field="by")
        fix = "a principal gives it for a collège, the DASEN for an école"
        raise SetAside("ROLE_REFUSED", what, where=where, known=tuple(able), fix=fix)


def projects_of(connection: sa.Connection, found: Network, uai: str) -> Iterator[Project]:
    """The network's projects in which this member has a place, their sub-groups too."""
    if uai not in found.members:
        return
    named = taking_part.with_place(connection, uai)
    named |= taking_part.branches(connection, named)
    for each in projects.several(connection, sorted(named)):
        places = {place.uai for place in each.places}
        if each.purpose == PURPOSE and uai in places and not places.isdisjoint(found.colleges):
            yield each
