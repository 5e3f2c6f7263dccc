"""What is read outside of ENTs in the web tests that are about something else: nothing yet."""

from __future__ import annotations

from preau.errors import SetAside
from preau.outlets.nrps import Group
from preau.store.feed_addresses import Address

MADE = "A" * 43


class Feeds:
    """Addresses that may be made and revoked, and never read."""

    def __init__(self) -> None:
        self.held: list[Address] = []

    def make(self, project: str, uai: str, granted_by: str, by: str) -> str:
        if granted_by not in ("PRINCIPAL", "DASEN"):
            raise SetAside("ROLE_REFUSED", f"this role gives no address, says {by}")
        number = f"{len(self.held):016}"
        self.held.append(Address(number, project, uai, granted_by, 1_791_793_800_000))
        return MADE

    def revoke(self, id_: str, by: str) -> Address:
        for at, each in enumerate(self.held):
            if each.id == id_:
                self.held[at] = each._replace(revoked_at=1_791_793_900_000)
                return self.held[at]
        raise SetAside("FEED_UNKNOWN", f"no such address, says {by}")

    def addresses(self, project: str = "") -> list[Address]:
        return [each for each in self.held if project in ("", each.project)]

    def calendar(self, clear: str) -> bytes:
        raise SetAside("FEED_UNKNOWN", f"no such address of {len(clear)} characters")

    def documents(self, clear: str) -> bytes:
        return self.calendar(clear)


class Memberships:
    """No group."""

    def read(self, instance: str, group: str) -> Group:
        raise SetAside("GROUP_UNKNOWN", f"{instance} sees no {group}")
