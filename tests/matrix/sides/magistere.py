"""A m@gistère of the matrix: adults whom somebody picks; it says nothing; a message is a share."""

from __future__ import annotations

from typing import Any

from tests.matrix.side import Order

NOTHING: Order = {"what": "all", "acts": []}


class Here:
    """Two adults; nothing that its people say tells who is a member: the operator lets one go."""

    product, degree, shares = "magistere", "SECOND", False

    def __init__(self, name: str, number: int) -> None:
        self._name = name
        self._users = [100 * (number + 1) + each for each in range(2)]

    @property
    def classes(self) -> list[str]:
        return []

    @property
    def picked(self) -> list[Order]:
        roles = ("TEACHER", "LEADER")
        users = zip(self._users, roles, strict=True)
        return [{"id": str(user), "role": role} for user, role in users]

    @property
    def let_go(self) -> list[str]:
        return [str(self._users[-1])]

    @property
    def all_members(self) -> list[str]:
        return [str(each) for each in self._users]

    @property
    def members_left(self) -> list[str]:
        return self.all_members[:-1]

    def seed(self, uai: str) -> Order:
        return {
            "users": [
                {"id": user, "username": f"{self._name}-{uai}-{user}"} for user in self._users
            ]
        }

    def leave(self) -> Order:
        return NOTHING

    def come_back(self) -> Order:
        return NOTHING

    def share(self, group: Any, title: str) -> Order:
        raise NotImplementedError

    def withdraw(self, said: Any) -> Order:
        raise NotImplementedError
