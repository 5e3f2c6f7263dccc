"""A side of the matrix whose class is pupils only: no event says who teaches."""

from __future__ import annotations

from tests.matrix.accounts import OfAccounts
from tests.matrix.side import Order


class OfPupils(OfAccounts):
    """One school with one class of three pupils; one of them leaves the school."""

    letters = level = ""

    def __init__(self, name: str, number: int) -> None:
        users = [f"{self.letters}-{100 * number + each}" for each in range(3)]
        teacher = f"{self.letters}-{100 * number + 9}"
        super().__init__(name, f"{self.letters}-C{number}", users, teacher)

    def seed(self, uai: str) -> Order:
        names = {"nom": "VIDALENQ", "prenom": "Marc"}
        pupils = [{"identifiant": each, "profil": "ELEVE", **names} for each in self._users]
        teacher = {"identifiant": self._teacher, "profil": "ENSEIGNANT", **names}
        people = {"comptes": [*pupils, teacher], "uai": uai, "niveaux": [self.level]}
        return {"rooms": [{"code": self._room, "libelle": self.level, **people}]}
