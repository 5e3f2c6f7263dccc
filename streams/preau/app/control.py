"""What a process of the hub stands on, opened once: settings, database, keys, connectors, clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from preau.agents.keeping_out import KeptOut
from preau.catalogue.card import Card
from preau.catalogue.catalogue import Catalogue, open_catalogue
from preau.clock import Clock, SystemClock, paris_day
from preau.inlets.intake import Speaker
from preau.inlets.publishing import Publishing
from preau.inlets.sealing import Seal, sealing
from preau.keys.digest import Digests
from preau.keys.envelope import Envelopes
from preau.keys.likeness import Likeness
from preau.keys.master import MasterKey, open_master_key
from preau.keys.pseudonym import pseudonym
from preau.settings import Settings
from preau.store import erasures
from preau.store.api_keys import ApiKeys
from preau.store.audit import HUB
from preau.store.database import open_database, prepare
from preau.store.instances import Instance, Instances
from preau.store.letter_keys import LetterKeys
from preau.store.mandates import published
from preau.store.master_mark import PURPOSE, check_mark
from preau.store.subject_keys import SubjectKeys
from preau.store.taken_back import taken_back

DIGESTS, PSEUDONYMS = "digests", "pseudonyms"


@dataclass(frozen=True, slots=True)
class Control:
    """The control plane of one process; every part may be used from any thread."""

    settings: Settings
    engine: sa.Engine
    master: MasterKey
    catalogue: Catalogue
    clock: Clock = field(default_factory=SystemClock)

    @property
    def instances(self) -> Instances:
        """The installations that the operator declared."""
        return Instances(self.engine, self.master, self.clock)

    @property
    def api_keys(self) -> ApiKeys:
        """The keys with which they speak."""
        return ApiKeys(self.engine, self.clock)

    @property
    def subject_keys(self) -> SubjectKeys:
        """The keys that seal what is personal."""
        return SubjectKeys(self.engine, self.master, self.clock)

    @property
    def letter_keys(self) -> LetterKeys:
        """The keys that seal what vendors sent, until it is worked and forgotten."""
        return LetterKeys(self.engine, self.master, self.clock)

    def kept_out(self) -> KeptOut:
        """The accounts that are not heard after an erasure."""
        return KeptOut(self._kept_out, self.digests.hidden, self.clock)

    def _kept_out(self) -> frozenset[str]:
        with self.engine.connect() as connection:
            return erasures.kept_out(connection)

    def seal(self) -> Seal:
        """What an inlet of this process does to its letters last."""
        return sealing(Envelopes(self.letter_keys, self.clock))

    @property
    def likeness(self) -> Likeness:
        """What tells that two pupils have the same names and birth date, and no more."""
        return Likeness(self.master.secret(DIGESTS))

    @property
    def digests(self) -> Digests:
        """The keyed hashes of this deployment, which stand in the place of what is personal."""
        return Digests(self.master.secret(DIGESTS))

    def speaker(self, name: str) -> Speaker | None:
        """The instance of that name as an inlet sees it; None when unknown or disabled."""
        instance = self.instances.get(name)
        if instance is None or instance.disabled:
            return None
        return self._speaker(instance, self._may([name])[name])

    def droppers(self) -> list[Speaker]:
        """Every instance whose deposit folder is watched; a disabled one's is left alone."""
        known = [each for each in self.instances.all() if not each.disabled]
        may = self._may([each.name for each in known])
        return [self._speaker(each, may[each.name]) for each in known]

    def recipient(self, name: str) -> Card | None:
        """The card of an instance's product, which says what may leave for it."""
        instance = self.instances.get(name)
        return None if instance is None else self.card(instance.connector)

    def silent(self, name: str) -> bool:
        """Whether an instance's product says nothing of whom it knows."""
        card = self.recipient(name)
        return card is not None and card.silent

    def degree(self, name: str) -> str | None:
        """FIRST, SECOND, empty when its schools are of both; None when nobody declared it."""
        instance = self.instances.get(name)
        return None if instance is None else instance.degree

    def close_way_out(self, name: str) -> None:
        """Nothing is sent to this instance any more (its webhook answered 410); it may speak on."""
        instance = self.instances.get(name)
        if instance is not None:
            self.instances.put(instance._replace(way_out="none"), by=HUB)

    def card(self, connector: str) -> Card:
        """A product's identity card; raises `FixTheFolder`."""
        return self.catalogue.connector(connector).card

    def pseudonyms(self) -> Callable[[str, str], str]:
        """(instance, person) → what that instance may call them; each has a secret of its own."""
        secrets: dict[str, bytes] = {}

        def name(instance: str, person: str) -> str:
            if instance not in secrets:
                secrets[instance] = self.master.secret(f"{PSEUDONYMS}/{instance}")
            return pseudonym(secrets[instance], person)

        return name

    def own_names(self, people: Iterable[str]) -> dict[str, list[str]]:
        """Person → `<instance>/<pseudonym>` in every instance: accounts of directory services."""
        name, instances = self.pseudonyms(), [each.name for each in self.instances.all()]
        return {person: [f"{each}/{name(each, person)}" for each in instances] for person in people}

    def publishing(self, name: str) -> Publishing:
        """What an instance may publish now, by its mandates."""
        instance = self.instances.get(name)
        may = self._may([name])[name]
        return may if instance is None else self._by_folder(instance, may)

    def _may(self, names: Sequence[str]) -> dict[str, Publishing]:
        """What each of these instances may say and take back today, whatever its events are."""
        day = paris_day(self.clock.now_ms())
        with self.engine.connect() as connection:
            says, back = published(connection, names, day), taken_back(connection, names, day)
        return {
            name: Publishing(says.get(name, {}), {}, back.get(name, frozenset())) for name in names
        }

    def _by_folder(self, instance: Instance, may: Publishing) -> Publishing:
        opened = self.catalogue.connector(instance.connector)
        return may._replace(events=opened.says, takes_back=opened.takes_back)

    def _speaker(self, instance: Instance, may: Publishing) -> Speaker:
        opened = self.catalogue.connector(instance.connector)
        return _speaker(instance, opened.card)._replace(
            may=self._by_folder(instance, may), dropped=opened.dropped
        )


@contextmanager
def open_control(settings: Settings) -> Iterator[Control]:
    """Opens the database (made at the first start, with its master key) and the connectors.

    The key is made before the tables are: a database that has tables always had its key, so a
    key that is missing then is lost, and no second one is ever made over what the first sealed.
    Raises `Stop` or `FixTheFolder`.
    """
    further = (Path(settings.connectors),) if settings.connectors else ()
    catalogue = open_catalogue(further=further)
    engine = open_database(settings.database_url)
    try:
        fresh = not sa.inspect(engine).get_table_names()
        master = open_master_key(settings.master_key_file, fresh=fresh)
        prepare(engine)
        check_mark(engine, master.secret(PURPOSE))
        yield Control(settings, engine, master, catalogue)
    finally:
        engine.dispose()


def _speaker(instance: Instance, card: Card) -> Speaker:
    return Speaker(
        instance.name,
        instance.connector,
        card.order,
        card.event_id or None,
        card.reader,
        card.ways_in,
        instance.academy,
        states=speaks_in_states(card),
        event=card.event,
    )


def speaks_in_states(card: Card) -> bool:
    """Whether a product's files are full states, which imports compare with the last."""
    return card.authority == "STATE" and bool(card.order)
