"""A hub whose project is open in two ENTs, and who reads it from outside: agendas and feeds."""

from __future__ import annotations

from typing import Any

from preau.app.feeds_desk import FeedsDesk
from preau.store.projects import Place
from tests.agents.projects.conftest import NOW, PROJECT, Hub, Said
from tests.outlets import atom_grammar, calendar_reader
from tests.web.running import Answered, Running

DAY = 86_400_000
ECOLE, COLLEGE = "0119001Z", "0119010J"
PLACES = (
    Place(ECOLE, "ecole", "AUTHORISED", "DASEN", NOW, ("ecole/5121",)),
    Place(COLLEGE, "college", "AUTHORISED", "PRINCIPAL", NOW, ("aaf/6A",)),
)


class Outside:
    """A hub whose project is open in two ENTs, its application, and who reads it from outside."""

    def __init__(self, hub: Hub, app: Running, feeds: FeedsDesk, **said: Any) -> None:
        self.hub, self.say, self.app, self.feeds = hub, Said(), app, feeds
        classes = (self.say.group("ecole/5121"), self.say.group("aaf/6A"))
        told = hub.hear(hub.project(*PLACES, **said), *classes)
        names = {"ecole": "G7", "college": "g-8"}
        puts = [each for each in told if each["operation"] == "GROUP_PUT"]
        hub.hear(*(self.say.receipt(each, names[each["destination"]]) for each in puts))
        self.address = feeds.make(PROJECT, COLLEGE, "PRINCIPAL")

    def get(self, file: str, address: str = "", **headers: str) -> Answered:
        return self.app.call("GET", f"/flux/{address or self.address}/{file}", None, **headers)

    def events(self, address: str = "") -> list[calendar_reader.Component]:
        answer = self.get("agenda.ics", address)
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        return calendar_reader.read(answer.body).events()

    def titles(self, address: str = "") -> list[str]:
        return [each.text("SUMMARY") for each in self.events(address)]

    def entries(self, path: str) -> list[str]:
        answer = self.get("ressources.atom")
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
        found = atom_grammar.read(answer.body).xpath(
            f"//a:entry/{path}", namespaces=atom_grammar.ATOM
        )
        assert isinstance(found, list)
        return [str(each) for each in found]

    def date(self, key: str = "ecole/8", version: int = 1, **said: Any) -> None:
        fields = {
            "title": "Rencontre",
            "start": NOW,
            "end": NOW + 7_200_000,
            "groups": ["ecole/G7"],
        }
        self.hub.hear(self.say.record("calendar_event", key, version, **{**fields, **said}))

    def document(self, title: str = "Les règles") -> None:
        self.hub.hear(self.say.resource("ecole/m1", title), self.say.share("ecole/m1", "ecole/G7"))
