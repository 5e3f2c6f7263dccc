"""What the web needs from the rest of the hub, as protocols: the store and the broker fit them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from preau.agents.likely import Pair
from preau.broker.records import Output
from preau.inlets.intake import Speaker
from preau.store.rulings import Ruling
from preau.store.switches import Cut, Order
from preau.web.moves import Move, MoveReport
from preau.web.reading import ImportShown

PUBLISH, RECEIVE, OPERATE = "publish", "receive", "operate"


class ApiKey(Protocol):
    """Who calls: an instance (or none, for an operator), and what the key allows."""

    @property
    def instance(self) -> str | None: ...
    @property
    def scopes(self) -> Collection[str]: ...
    @property
    def actor(self) -> str:
        """Who acts with it, as the audit chain says it: `key:` and the key's public name."""
        ...


class KeyBook(Protocol):
    """The API keys; they are compared in constant time, by their hashes."""

    def check(self, clear: str) -> ApiKey | None:
        """The key that these characters open; None when unknown or revoked."""
        ...


class Speakers(Protocol):
    """The instances that may speak, each with what its connector's card says."""

    def speaker(self, instance: str) -> Speaker | None:
        """The instance of that name."""
        ...


class Writer(Protocol):
    """Kafka, written with acknowledgement."""

    async def publish_async(self, outputs: Sequence[Output], timeout_s: float = ...) -> None:
        """Returns when every record is acknowledged; raises `TryAgain` otherwise."""
        ...


class Imports(Protocol):
    """The imports of file sets, and what a person decides of those that wait."""

    def last(self) -> Sequence[ImportShown]:
        """The last ones, newest first."""
        ...

    def confirm(self, id_: str, actor: str) -> None:
        """Begins to send it and returns; again for one that goes on changes nothing.

        Raises `SetAside` (IMPORT_UNKNOWN, IMPORT_NOT_HELD).
        """
        ...

    def drop(self, id_: str, actor: str) -> None:
        """Gives it up; raises `SetAside` as `confirm` does."""
        ...


class Audit(Protocol):
    """The audit chain, as its export says it line by line."""

    def entries(self, after: int, limit: int) -> list[dict[str, Any]]:
        """The entries that follow this number, in order, at most so many."""
        ...

    def roots(self) -> dict[str, Any]:
        """The public key, every root, and that of the day that is not over."""
        ...


class Identities(Protocol):
    """Who may be whom, and what people rule of it: rulings as an id and records to publish."""

    def review(self, *, possible: bool = False) -> Sequence[Pair]:
        """The pairs that wait for a person; with `possible` those that have less for them too."""
        ...

    def rulings(self) -> Sequence[Ruling]:
        """Every ruling, the youngest first."""
        ...

    def confirm(self, pair: str, by: str, actor: str) -> tuple[str, list[Output]]:
        """The pair is one person; raises `SetAside` with the reason, as do the others."""
        ...

    def refuse(self, pair: str, by: str, actor: str) -> tuple[str, list[Output]]:
        """The pair is two people."""
        ...

    def split(self, source: str, by: str, actor: str) -> tuple[str, list[Output]]:
        """This source is not the person it was taken for."""
        ...

    def undo(self, ruling: str, by: str, actor: str) -> tuple[str, list[Output]]:
        """This ruling never was."""
        ...

    def moving(self, move: Move) -> MoveReport:
        """What it comes to that an établissement goes from one ENT to another."""
        ...

    def confirm_move(self, move: Move, by: str, actor: str) -> tuple[int, list[Output]]:
        """Rules each PROBABLE pair of it one person: how many."""
        ...


class Why(Protocol):
    """Why something is as it is, as plain values without a personal one; raises `SetAside`."""

    def person(self, wanted: str) -> dict[str, Any]:
        """By the hub's id of a person, one that it had before, or a source."""
        ...

    def school(self, uai: str) -> list[dict[str, Any]]:
        """What ENTs say of it otherwise than the State's files, which are believed."""
        ...

    def group(self, wanted: str) -> dict[str, Any]:
        """By a project's id, its group's, or the id under which an ENT knows that."""
        ...

    def share(self, wanted: str) -> dict[str, Any]:
        """By a document's id in the hub, or `<instance>/<its id>`."""
        ...


class Switches(Protocol):
    """The incident switch."""

    def cut(self, order: Order, actor: str) -> Cut:
        """Cuts it, or gives the cut that is there; raises `SetAside` (SWITCH_TARGET)."""
        ...

    def resume(self, number: int, actor: str) -> Cut:
        """Ends a cut; raises `SetAside` (SWITCH_UNKNOWN)."""
        ...

    def last(self) -> Sequence[Cut]:
        """The last cuts, newest first."""
        ...


class StepState(NamedTuple):
    """One step: how many processes work it (Kafka's own heartbeat), how many records wait."""

    name: str
    workers: int
    lag: int


class FlowState(NamedTuple):
    """What went through, counted by Kafka itself: records ever written per topic."""

    written: Mapping[str, int]
    steps: tuple[StepState, ...]


class Flow(Protocol):
    """How the hub's streams are doing."""

    def read(self) -> FlowState:
        """The state now, or some seconds old; raises `TryAgain` when Kafka does not answer."""
        ...


class Accounts(Protocol):
    """The control plane, for health and metrics."""

    def ping(self) -> None:
        """Returns when the database answers; raises otherwise."""
        ...

    def receipts_by_outcome(self) -> Mapping[str, int]:
        """How many last answers of each kind the ENTs gave."""
        ...

    def waiting(self) -> int:
        """How many shares wait for their document."""
        ...

    def cuts_by_kind(self) -> Mapping[str, int]:
        """How much is cut now, by kind: instance, record, uai."""
        ...

    def kept_back(self) -> int:
        """How many records cuts keep back."""
        ...

    def set_asides_by_state(self) -> Mapping[str, int]:
        """How many refusals are in each state."""
        ...

    def polls_by_state(self) -> Mapping[str, int]:
        """How many ways of asking are `well`, `troubled`, or `new`."""
        ...

    def drifts_by_kind(self) -> Mapping[tuple[str, str], int]:
        """(kind, state) → how much ENTs hold otherwise than they should."""
        ...

    def late_by_level(self) -> Mapping[str, int]:
        """How many things are late, by level of their receipt."""
        ...


class Released(NamedTuple):
    """One released schema as a registry tells it; `text` is the schema in JSON."""

    subject: str
    version: int
    id: int
    text: str
