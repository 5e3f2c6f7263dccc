"""Whether a project's establishments may work together: by the law's unit, or by a convention.

The law's unit is the conseil école-collège (Code de l'éducation, L401-4): one public collège and
the public écoles of its sector. Anything else needs a convention, by its reference. No source says
whether an establishment is public; a private one is in no sector, so nothing declares it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa

from preau.canon.purposes import CONVENTION, for_projects, purposes
from preau.errors import Place as At
from preau.errors import SetAside
from preau.mapping.conversions.levels import is_cycle_3
from preau.store import sectors
from preau.store.enrolments import schools
from preau.store.projects import Place
from preau.store.said import SaidState

DegreeOf = Callable[[str], str | None]
"""The degree of an instance's schools: FIRST, SECOND, empty (both), or None when unknown."""
COLLEGE, ECOLE = "COLLEGE", "ECOLE"
_CYCLE_3 = ("CM1 (1124)", "CM2 (1125)", "SIXIEME (2111, 2431)")


def check_purpose(purpose: str, convention: str) -> None:
    """Raises `SetAside` (PURPOSE_UNKNOWN, CONVENTION_MISSING)."""
    if purpose not in for_projects():
        fix = "choose one of the known purposes; say the rest in `description`"
        what, known = "a project has one purpose of a closed list", for_projects()
        raise SetAside("PURPOSE_UNKNOWN", what, where=At(field="purpose"), known=known, fix=fix)
    if purposes()[purpose].unit == CONVENTION and not convention:
        raise _no_convention("this purpose needs a written convention")


def check_unit(
    connection: sa.Connection, places: Sequence[Place], degree_of: DegreeOf, convention: str
) -> None:
    """Raises `SetAside` (UNIT_REFUSED, SECTOR_UNKNOWN, SECTOR_OTHER) unless they may."""
    if convention:
        return
    kinds = _kinds(connection, places, degree_of)
    colleges = [uai for uai, kind in kinds.items() if kind == COLLEGE]
    ecoles = [uai for uai, kind in kinds.items() if kind == ECOLE]
    if len(colleges) != 1 or not ecoles or len(kinds) != 1 + len(ecoles):
        what = f"{len(colleges)} collèges and {len(ecoles)} écoles among {len(kinds)} participants"
        raise _refused("UNIT_REFUSED", f"{what}: not one collège and écoles of its sector")
    known = sectors.colleges_of(connection, ecoles)
    for uai in ecoles:
        if uai not in known:
            raise _refused("SECTOR_UNKNOWN", f"nothing says the collège of the sector of {uai}")
        if known[uai] != colleges[0]:
            raise _refused("SECTOR_OTHER", f"the école {uai} is of another collège's sector")


def check_level(group: SaidState, levels: Collection[str]) -> None:
    """Raises `SetAside` (CLASS_LEVEL) for a class of no level of cycle 3, nor of the convention's.

    A class of which no source says any level is let in.
    """
    said, codes = group.fields["levels"], group.fields.get("mefstat4", [])
    told = [*(level for level in said if level != "OTHER"), *codes]
    if told and not is_cycle_3(said, codes) and not {*said}.intersection(levels):
        fix = "name classes of cycle 3, or the convention's `levels`"
        what = f"a class of {', '.join(told)}, which is not of cycle 3"
        where, known = At(field="participants.classes"), (*_CYCLE_3, *sorted(levels))
        raise SetAside("CLASS_LEVEL", what, where=where, known=known, fix=fix)


def _kinds(
    connection: sa.Connection, places: Sequence[Place], degree_of: DegreeOf
) -> dict[str, str]:
    """UAI → COLLEGE, ECOLE or another kind: as said, else as declared, else by its ENT's degree."""
    told = schools(connection, [place.uai for place in places])
    declared = sectors.every(connection)
    colleges, ecoles = {each.college for each in declared}, {each.ecole for each in declared}
    kinds = {}
    for place in places:
        kind = told[place.uai].kind
        if kind == "OTHER":
            degree = degree_of(place.instance)
            is_college = place.uai in colleges or (degree == "SECOND" and place.uai not in ecoles)
            is_ecole = place.uai in ecoles or degree == "FIRST"
            kind = COLLEGE if is_college else ECOLE if is_ecole else kind
        kinds[place.uai] = ECOLE if kind.startswith(ECOLE) else kind
    return kinds


def _no_convention(what: str) -> SetAside:
    where, fix = At(field="convention"), "give its reference, who signed it, and when"
    return SetAside("CONVENTION_MISSING", what, where=where, fix=fix)


def _refused(code: str, what: str) -> SetAside:
    fix = "declare the sector (preau sector set COLLEGE ECOLE…), or give the convention"
    return SetAside(code, what, where=At(field="participants.uai"), fix=fix)
