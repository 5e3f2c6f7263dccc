"""A Skolengo of the matrix: a group's members are accounts; a document comes with its bytes."""

from __future__ import annotations

from tests.matrix.accounts import OfAccounts
from tests.matrix.side import Order


class Here(OfAccounts):
    """One collège with one class of three accounts; one of them changes class."""

    product, degree, shares = "skolengo", "SECOND", True

    def __init__(self, name: str, number: int) -> None:
        users = [f"ESKO-P-{100 * number + each}" for each in range(3)]
        super().__init__(name, f"ESKO-C-{number}", users)

    def seed(self, uai: str) -> Order:
        names = {"lastName": "VIDALENQ", "firstName": "Marc"}
        kinds = ("teacher", "studentUserInfo", "studentUserInfo")
        people = [
            {"id": user, "type": kind, **names}
            for user, kind in zip(self._users, kinds, strict=True)
        ]
        classes = [{"id": self._room, "name": "6e A", "level": "6EME", "users": people}]
        college = {"id": f"ESKO-S-{uai}", "uai": uai, "name": f"Collège {uai}", "classes": classes}
        return {"instance": self._name, "emsCode": "entmip", "schools": [college]}
