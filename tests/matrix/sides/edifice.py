"""An Edifice of the matrix: a group's members are accounts; a document is opened by a right."""

from __future__ import annotations

from tests.matrix.accounts import OfAccounts
from tests.matrix.side import Order


class Here(OfAccounts):
    """One collège with one class of three accounts; one of them changes class."""

    product, degree, shares = "edifice", "SECOND", True

    def __init__(self, name: str, number: int) -> None:
        users = [f"0c011e6e-0000-4000-8000-{100 * number + each:012d}" for each in range(3)]
        super().__init__(name, f"c-{number}", users)

    def seed(self, uai: str) -> Order:
        people = [
            {"id": user, "displayName": "VIDALENQ Marc", "profile": profile}
            for user, profile in zip(self._users, ("Teacher", "Student", "Student"), strict=True)
        ]
        classes = [{"id": self._room, "name": "6A", "users": people}]
        college = {"id": f"s-{uai}", "uai": uai, "name": f"Collège {uai}", "classes": classes}
        return {"instance": self._name, "structures": [college]}
