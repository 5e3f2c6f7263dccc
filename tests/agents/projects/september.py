"""A school year and the September after it, for one project: who is where, said by the ENTs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from preau.broker.records import Arrival
from preau.store import rulings
from preau.store.projects import Place
from preau.store.rulings import Ruling
from tests.agents.projects.conftest import OF_PEOPLE, Hub, Said

ENDS = "2028-07-07"
ECOLE, COLLEGE, ELSEWHERE = "0119001Z", "0119010J", "0119020V"
JUNE, SEPTEMBER = 1_813_305_600_000, 1_821_254_400_000  # 18 June and 18 September 2027
CLASS, SIXTH, OTHER = "ecole/5121", "college/c9", "college/c10"


class Land:
    """The project's hub: an école whose ENT takes people, and a collège with a class of its own."""

    def __init__(self, hub: Hub, say: Said) -> None:
        self.hub, self.say = hub, say
        self.told: list[dict[str, Any]] = []
        hub.cards["ecole"] = OF_PEOPLE
        self.ecole = Place(ECOLE, "ecole", "AUTHORISED", "DASEN", 1, (CLASS,))
        self.college = Place(COLLEGE, "college", "AUTHORISED", "PRINCIPAL", 1, ("college/c0",))
        self.version = 0

    def at(self, ms: int) -> None:
        """Moves the clock, and lets the step look at the new day."""
        self.hub.clock.advance(ms - self.hub.clock.now_ms())
        self.told += self.hub.deliveries(self.hub.step.tick())

    def hear(self, *arrivals: Arrival) -> list[dict[str, Any]]:
        """One batch; what it led to, which is remembered."""
        found = self.hub.hear(*arrivals)
        self.told += found
        return found

    def open(self, *places: Place, **said: Any) -> list[dict[str, Any]]:
        """The project as it is now, with these places or the usual two."""
        self.version += 1
        chosen = places or (self.ecole, self.college)
        told = {"ends": ENDS, "version": self.version, **said}
        return self.hear(self.hub.project(*chosen, **told))

    def in_class(self, *pupils: str, version: int = 1) -> Arrival:
        """Who is in the école's class."""
        return self.say.roster(CLASS, [(each, "PUPIL") for each in pupils], version)

    def in_sixth(self, *pupils: str, version: int = 1) -> Arrival:
        """Who is in a class of the collège that is not the project's."""
        return self.say.roster(SIXTH, [(each, "PUPIL") for each in pupils], version)

    def classes(self) -> list[Arrival]:
        """The école's class, the collège's own of the project, and two others of collèges."""
        return [
            self.say.group(CLASS, establishments=[ECOLE]),
            self.say.group("college/c0", establishments=[COLLEGE]),
            self.say.group(SIXTH, establishments=[COLLEGE]),
            self.say.group(OTHER, establishments=[ELSEWHERE]),
        ]

    def year(self, *pupils: str) -> None:
        """The project opens with these pupils of the école, p1 for ecole/e1 …; then June comes."""
        self.open()
        links = [link for each in pupils for link in self.hub.recognise(who(each), each)]
        self.hear(*self.classes(), self.in_class(*pupils), *links)
        self.at(JUNE)

    def members(self, instance: str = "college") -> list[str]:
        """The ids under which an ENT is to have the group's members now."""
        return sorted(
            body.get("local_id", entity)
            for (ent, entity), (operation, body) in self.hub.holds().items()
            if ent == instance and operation == "MEMBER_PUT"
        )


def who(source: str) -> str:
    """ecole/e1 → p1"""
    return "p" + source.rpartition("/")[2][1:]


def words(told: Sequence[dict[str, Any]], instance: str) -> set[str]:
    """Every id and value that an ENT was told, and the parts of those that have several."""
    mine = [each for each in told if each["destination"] == instance]
    texts = {str(value) for each in mine for value in each["body"].values()}
    texts |= {text for each in mine for text in (each["entity"], *each["parents"])}
    return texts | {part for text in texts for part in text.replace("/", ":").split(":")}


def arrive(land: Land) -> list[dict[str, Any]]:
    """e1 and e2 come to the collège as u1 and u2, with a new u9; e3 comes to another one."""
    links = [
        link
        for person in ("p1", "p2")
        for link in land.hub.recognise(person, f"college/u{person[1:]}")
    ]
    links += land.hub.recognise("p3", "college/u3")
    links += land.hub.recognise("p9", "college/u9")
    elsewhere = land.say.roster(OTHER, [("college/u3", "PUPIL")])
    sixth = land.in_sixth("college/u1", "college/u2", "college/u9")
    return land.hear(elsewhere, sixth, *links)


def empty(land: Land) -> list[dict[str, Any]]:
    """The école's class has other pupils."""
    return land.hear(land.in_class("ecole/e7", version=2))


def people(told: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """(operation, destination, the member's id there)"""
    return sorted(
        (each["operation"], each["destination"], each["body"]["local_id"])
        for each in told
        if each["operation"].startswith("MEMBER")
    )


def rule(land: Land, ruling: Ruling) -> None:
    """As identity does: it keeps the ruling, and tells who everybody is whom it names."""
    with land.hub.engine.begin() as connection:
        rulings.put(connection, [ruling])
    land.hear(*(land.say.link(source) for source in sorted(ruling.sources)))
