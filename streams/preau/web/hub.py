"""The parts of the hub that the web stands on, given once by whoever starts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from preau.broker.records import Output
from preau.catalogue.capability import Capability
from preau.clock import Clock, SystemClock
from preau.inlets.intake import Intake
from preau.inlets.sealing import Seal
from preau.web.follow_up import ReceiptBook, SetAsides
from preau.web.needs import (
    Accounts,
    Audit,
    Flow,
    Identities,
    Imports,
    KeyBook,
    Released,
    Speakers,
    Switches,
    Why,
    Writer,
)
from preau.web.outside_needs import Feeds, Memberships
from preau.web.project_needs import Mandates, Projects, Sectors
from preau.web.rights_book import Rights
from preau.web.roster_needs import Rosters

ACK_S = 15.0


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything `create_api` needs."""

    kafka: Writer
    keys: KeyBook
    speakers: Speakers
    projects: Projects
    flow: Flow
    accounts: Accounts
    imports: Imports
    audit: Audit
    set_asides: SetAsides
    receipts: ReceiptBook
    identity: Identities
    why: Why
    switches: Switches
    rights: Rights
    mandates: Mandates
    sectors: Sectors
    feeds: Feeds
    memberships: Memberships
    rosters: Rosters
    schemas: Sequence[Released] = ()
    products: Sequence[Capability] = ()
    clock: Clock = field(default_factory=SystemClock)
    rate: float = 0.0
    """Requests a second that one key may make on average; 0: no limit."""
    burst: int = 200

    seal: Seal = list
    """What is done to letters before they go; the hub's own seals them, `list` leaves them."""

    async def sealed(self, letters: Sequence[Intake]) -> list[Intake]:
        """Letters as they may go to the intake; the database may be asked for a key."""
        return await run_in_threadpool(self.seal, letters)

    async def write(self, records: Sequence[Intake | Output]) -> None:
        """Returns when Kafka has every record; raises `TryAgain` otherwise."""
        await self.kafka.publish_async([Output(*record) for record in records], ACK_S)
