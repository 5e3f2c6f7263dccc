"""What each fictional ENT holds when the story begins, and the file of sectors that comes to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from preau.demo.cantal.territory import (
    AURILLAC,
    BENEYLU,
    COLLEGE,
    JORDANNE,
    NETWORK,
    NETWORK_NAME,
    OTHER_COLLEGE,
    PUPIL,
    ROOMS,
    SAINT_FLOUR,
    Person,
    Room,
)


def rooms_seed(instance: str) -> dict[str, Any]:
    """A product of itop: its classes, or its groups of adults, with their accounts."""
    return {"rooms": [_room(each) for each in ROOMS if each.instance == instance]}


def beneylu_seed(rooms: Sequence[Room] = ()) -> dict[str, Any]:
    """Beneylu: the écoles that have it from the beginning, or these."""
    held = rooms or [each for each in ROOMS if each.instance == BENEYLU]
    title = "Beneylu School du Cantal (fictif)"
    return {"instance": BENEYLU, "title": title, "schools": [_school(each) for each in held]}


def sectors_file() -> bytes:
    """The sectors as the académie has them in a spreadsheet; Saint-Flour's is a network."""
    lines = [(COLLEGE.uai, each.uai, SAINT_FLOUR.uai, "oui", NETWORK_NAME) for each in NETWORK]
    lines.append((OTHER_COLLEGE, JORDANNE.uai, AURILLAC.uai, "non", ""))
    told = ["college;ecole;circonscription;reseau;nom_reseau", *(";".join(each) for each in lines)]
    return "".join(f"{line}\r\n" for line in told).encode()


def _room(room: Room) -> dict[str, Any]:
    return {
        "code": room.code,
        "libelle": room.label,
        "niveaux": [room.level] if room.level else [],
        "uai": room.uai,
        "comptes": [_account(room, each) for each in room.people],
    }


def _account(room: Room, person: Person) -> dict[str, Any]:
    names = {"nom": person.family, "prenom": person.given, "profil": person.profile}
    if person.profile == PUPIL:
        year, month, day = person.birth.split("-")
        names |= {"date_naissance": f"{day}/{month}/{year}", "ine": person.ine}
    return {"identifiant": room.account(person), **names}


def _school(room: Room) -> dict[str, Any]:
    users = [
        {
            "id": each.beneylu,
            "first_name": each.given,
            "last_name": each.family,
            "role": "PUPIL" if each.profile == PUPIL else "TEACHER",
            "birthday": each.birth,
            "ine": each.ine if each.profile == PUPIL else None,
        }
        for each in room.people
    ]
    inside = {"id": room.number, "label": room.label, "levels": [room.level], "users": users}
    return {"id": 3000 + room.number, "uai": room.uai, "name": room.name, "classes": [inside]}
