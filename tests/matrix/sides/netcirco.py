"""A Net'circo of the matrix: a group's members are adults' accounts; a document is a link."""

from __future__ import annotations

from tests.matrix.accounts import OfAccounts
from tests.matrix.side import Order


class Here(OfAccounts):
    """One circonscription with one group of three adults; one of them leaves it."""

    product, degree, shares = "netcirco", "FIRST", True

    def __init__(self, name: str, number: int) -> None:
        users = [f"nc-{100 * number + each}" for each in range(3)]
        super().__init__(name, f"GIE-{number}", users)

    def seed(self, uai: str) -> Order:
        names = {"nom": "RIEUNIER", "prenom": "Claire"}
        profiles = ("ENSEIGNANT", "IEN", "DIRECTEUR")
        people = [
            {"identifiant": user, "profil": profile, **names}
            for user, profile in zip(self._users, profiles, strict=True)
        ]
        room = {"code": self._room, "libelle": "Cycle 3", "uai": uai, "comptes": people}
        return {"rooms": [room]}
