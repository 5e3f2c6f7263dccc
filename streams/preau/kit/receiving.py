"""A folder's product as the one that is written to: another ENT speaks, and it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from preau.agents.wanted import PSEUDONYM
from preau.agents.wanted import Recipient as Card
from preau.broker.records import Arrival
from preau.catalogue.catalogue import Connector
from preau.kit import words
from preau.kit.desk import Desk
from preau.kit.ground import Ground
from preau.kit.paper import TakesAll, naming
from preau.kit.paper_outlet import PaperOutlet
from preau.kit.small_hub import BATCH, Answer, SmallHub
from preau.kit.speaking import HERE, THERE
from preau.kit.words import MADE_UP, Expected, Word, made
from preau.outlets.filing import Drops
from preau.outlets.opening import Product

_AT_MS = 1_792_000_000_000


class Recipient(NamedTuple):
    """A hub, the desk that delivers to our ENT, and what Kafka holds for it."""

    hub: SmallHub
    desk: Desk
    share_topic: list[Arrival]


class Receiving:
    """All that the cases of what is delivered share; `ours` is told, `other` is an ENT on paper."""

    def __init__(self, ground: Ground, connector: Connector, product: Product) -> None:
        self._ground = ground
        self._product = product
        self.connector = connector
        self.ours, self.other = connector.name, f"x-{connector.name}"
        self.group, self.space = f"{self.other}/6A", f"{self.other}/space"
        self.accounts = {f"{self.other}/{name}": f"account-{name}" for name in ("pupil", "teacher")}
        self.classes = [self.group]
        self._names: dict[str, str] = {}
        self.words = [*self._people(), *self._given()]

    @contextmanager
    def opened(self) -> Iterator[Recipient]:
        """The project, where only the other school has authorised so far."""
        file, told = self._ground.database(), list[Arrival]()
        ents: dict[str, Card] = {self.ours: self.connector.card, self.other: TakesAll()}
        answers: dict[str, Answer] = {self.other: naming([self.space])}
        hub = SmallHub(file, ents, answers)
        folder = self._ground.folder()
        outlet = PaperOutlet(self.ours, self._product, Drops(folder, hub.engine), hub.clock)
        desk = Desk(self.ours, outlet, hub.engine, hub.clock)

        def deliver(rows: Sequence[Arrival]) -> list[Arrival]:
            told.extend(rows)
            return desk.take(rows)

        answers[self.ours] = deliver
        try:
            hub.place(HERE, self.ours, self.classes)
            hub.place(THERE, self.other)
            hub.authorise(self.other)
            for member, account in self.accounts.items():
                hub.same(member, f"{self.ours}/{account}")
            known = [made("person", f"{self.ours}/{a}") for a in self.accounts.values()]
            hub.hear(each.arrival for each in known)
            hub.turn()
            yield Recipient(hub, desk, told)
        finally:
            hub.close()

    @contextmanager
    def whole(self) -> Iterator[Recipient]:
        """The same when both have authorised, and everything was said and delivered."""
        with self.opened() as there:
            there.hub.authorise(self.ours)
            there.hub.turn()
            self.say(there, self.words)
            self._learn_names(there)
            yield there

    def say(self, there: Recipient, said: Iterable[Word], at_once: int = BATCH) -> None:
        """The other ENT (and for its own classes ours) says these, so many in one batch."""
        there.hub.hear((word.arrival for word in said), at_once)

    def due(self) -> Expected:
        """What our ENT is to hold: what the other gives, as far as its card takes it."""
        card = self.connector.card
        adults = {m: a for m, a in self.accounts.items() if a.endswith("teacher")}
        whole = "GROUP" in card.members  # a class of it joins whole: nobody is there one by one
        one_by_one = not whole and not {"PERSON", PSEUDONYM}.isdisjoint(card.members)
        accounts = (adults if card.adults_only else self.accounts) if one_by_one else {}
        found = words.due(self.words, [self.space], accounts)
        if whole:
            found |= {("MEMBER_PUT", f"class-{MADE_UP}", "")}
        return frozenset(each for each in found if each[0] in card.needs)

    def held(self, there: Recipient) -> Expected:
        """What it holds, by what reached its way out and was done."""
        rows = [p for p in there.desk.outlet.holds().values() if p.operation != "GROUP_PUT"]
        self._learn_names(there)
        found = set[tuple[str, str, str]]()
        for each in rows:
            local = str(each.body.get("local_id") or each.entity)
            title = str(each.body.get("title") or "")
            found.add((each.operation, self._names.get(local, local), title))
        return frozenset(found)

    def _learn_names(self, there: Recipient) -> None:
        """Under which names a directory service may know the members of this hub's project."""
        names = {there.hub.name_of(self.ours, m): a for m, a in self.accounts.items()}
        self._names |= {name: account for name, account in names.items() if name}

    def _people(self) -> list[Word]:
        """A class of the other's directory with a pupil and a teacher, and one of our ENT's own."""
        made_up = [made("group", self.group, kind="CLASS")]
        for member in self.accounts:
            role = member.rpartition("/")[2].upper()
            key = f"{self.group}-{role}"
            made_up.append(made("person", member))
            made_up.append(made("membership", key, group=self.group, member=member, role=role))
        if "GROUP" in self.connector.card.members:
            own = f"{self.ours}/class-{MADE_UP}"
            self.classes.append(own)
            made_up.append(made("group", own, kind="CLASS"))
        return made_up

    def _given(self) -> Sequence[Word]:
        """A document, and something of each kind that is given to a group."""
        x, to = self.other, [self.space]
        where = {"instance": x, "media_id": "m1"}
        return [
            made("resource", f"{x}/m1", kind="DOCUMENT", title="Conte", resolver=where),
            made("share", f"{x}/s1", resource=f"{x}/m1", group=self.space, permission="READ"),
            made("homework", f"{x}/h1", title="Lire", due=20_750, groups=to),
            made("notice", f"{x}/n1", title="Sortie", groups=to),
            made("calendar_event", f"{x}/c1", title="Visite", start=_AT_MS, end=_AT_MS, groups=to),
        ]
