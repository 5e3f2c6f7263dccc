"""A side of the matrix whose members are accounts: a class of three, of whom one leaves."""

from __future__ import annotations

from typing import Any

from tests.matrix.side import Order


class OfAccounts:
    """`room` and `users` are ids of this instance; the teacher is the first of the users, or apart.

    One apart is in no class that is said.
    """

    def __init__(self, name: str, room: str, users: list[str], teacher: str = "") -> None:
        self._name, self._room, self._users = name, room, users
        self._teacher = teacher or users[0]

    @property
    def classes(self) -> list[str]:
        return [self._room]

    @property
    def picked(self) -> list[Order]:
        return []

    @property
    def let_go(self) -> list[str]:
        return []

    @property
    def all_members(self) -> list[str]:
        return self._users

    @property
    def members_left(self) -> list[str]:
        return self._users[:-1]

    def leave(self) -> Order:
        return {"what": "members", "class": self._room, "users": self.members_left}

    def come_back(self) -> Order:
        return {"what": "members", "class": self._room, "users": self.all_members}

    def share(self, group: Any, title: str) -> Order:
        return {"what": "share", "teacher": self._teacher, "group": group, "title": title}

    def withdraw(self, said: Any) -> Order:
        return {"what": "delete", "document": said["documents"][0]}
