"""The pages on a real socket, seen in Debian's Chromium; without one the tests are skipped."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from preau.broker.records import Output
from preau.catalogue.capability import capabilities
from preau.catalogue.catalogue import open_catalogue
from preau.clock import SetClock
from preau.errors import SetAside, TryAgain
from preau.web.api import create_api
from preau.web.hub import Hub
from preau.web.needs import FlowState
from preau.web.reading import (
    Answer,
    Category,
    Classroom,
    Document,
    Establishment,
    ImportShown,
    ProjectPage,
    ProjectRow,
)
from preau.web.server import listen, server
from tests.web.outside import Feeds

AT = 1_791_793_800_000
PROJECT = "0199c0de-0000-7000-8000-000000000001"
HELD_ID = "0199c0de-0000-7000-8000-000000000002"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Key(NamedTuple):
    instance: str | None = None
    scopes: tuple[str, ...] = ("operate",)
    actor: str = "key:operate"


class Imports:
    """Three imports; the held one may be decided."""

    def __init__(self) -> None:
        why = "Eleve de l'établissement 43 : 3 fiches sur 20 seraient supprimées (15 %)"
        self.states = {HELD_ID: ("HELD", why), "0199-2": ("DONE",), "0199-1": ("REFUSED", "Coupé")}

    def last(self) -> list[ImportShown]:
        return [_import(id_, *told) for id_, told in self.states.items()]

    def confirm(self, id_: str, _actor: str) -> None:
        self._end(id_, "DONE")

    def drop(self, id_: str, _actor: str) -> None:
        self._end(id_, "DROPPED")

    def _end(self, id_: str, state: str) -> None:
        if self.states[id_][0] != "HELD":
            raise SetAside("IMPORT_NOT_HELD", "no")
        self.states[id_] = (state,)


class Parts:
    """Everything the pages need, without Kafka: they never write."""

    page_shown: ProjectPage | None = None
    secret = b"of the access tokens"

    def check(self, clear: str) -> Key | None:
        return Key() if clear == "operator-key" else None

    def speaker(self, _instance: str) -> None:
        return None

    def page(self, project: str) -> ProjectPage | None:
        return self.page_shown if project == PROJECT else None

    def rows(self) -> list[ProjectRow]:
        return [ProjectRow(PROJECT, "Défi lecture", "OPEN", 4, "2027-07-02")]

    def create(self, _new: object) -> tuple[str, list[Output]]:
        raise TryAgain("KAFKA_WRITE", "the pages write nothing")

    def decide(self, _project: str, _decision: object) -> list[Output]:
        raise TryAgain("KAFKA_WRITE", "the pages write nothing")

    async def publish_async(self, _outputs: Sequence[Output], timeout_s: float = 1.0) -> None:
        raise TryAgain("KAFKA_WRITE", f"the pages write nothing, not in {timeout_s} s either")

    def read(self) -> FlowState:
        return FlowState({}, ())

    def entries(self, _after: int, _limit: int) -> list[dict[str, Any]]:
        return []

    def roots(self) -> dict[str, Any]:
        return {}

    def ping(self) -> None:
        return None

    def receipts_by_outcome(self) -> Mapping[str, int]:
        return {}

    def waiting(self) -> int:
        return 2

    def cuts_by_kind(self) -> Mapping[str, int]:
        return {"instance": 1, "record": 0, "uai": 0}

    def kept_back(self) -> int:
        return 5


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    place = shutil.which("chromium")
    if place is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def parts() -> Parts:
    shown = Parts()
    shown.page_shown = _page()
    return shown


@pytest.fixture
def imports() -> Imports:
    return Imports()


@pytest.fixture
def address(parts: Any, imports: Imports) -> Iterator[str]:
    """Where the pages are."""
    clock = SetClock(AT + 60_000)
    held = listen("127.0.0.1", 0)
    known = capabilities(open_catalogue())
    outside = {"feeds": Feeds(), "memberships": parts, "rosters": parts}
    hub = Hub(*(parts,) * 6, imports, *(parts,) * 9, **outside, products=known, clock=clock)
    app = server(create_api(hub))
    thread = threading.Thread(target=app.run, kwargs={"sockets": [held]})
    thread.start()
    while not app.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{held.getsockname()[1]}"
    app.should_exit = True
    thread.join(30)
    held.close()


@pytest.fixture
def tab(chromium: Browser, address: str) -> Iterator[Page]:
    """A tab that has opened the project with the operator's address; scripts are off."""
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{address}/projets/{PROJECT}?cle=operator-key")
    page.wait_for_url(f"{address}/projets/{PROJECT}")
    yield page
    context.close()


def _import(id_: str, state: str, *reasons: str) -> ImportShown:
    counts = (Category("Eleve", 17, 0, 0, 3), Category("PersEducNat", 9, 1, 0, 0))
    return ImportShown(
        *(id_, "rectorat-2d", "aaf", state),
        under_way=False,
        trouble="",
        began=AT,
        ended=None,
        day="2026-10-12",
        read=26,
        letters=4,
        aside=(("AAF_ID", 1),),
        categories=counts,
        reasons=reasons,
    )


ECOLES, COLLEGE = "ENT-école (fictif)", "Mon ENT (fictif)"


def _page() -> ProjectPage:
    rules = Document("Règles du défi", "DOCUMENT", ECOLES, "École de la Blanquette", AT)
    return ProjectPage(
        PROJECT,
        "Défi lecture",
        "Lire ensemble trois romans, du CM2 à la 6e.",
        "OPEN",
        "2026-10-12",
        "2027-07-02",
        "Défi lecture",
        _establishments(),
        (rules,),
        _answers(),
    )


def _establishments() -> tuple[Establishment, ...]:
    rows = (
        ("0119001Z", "École de la Blanquette", ECOLES, "AUTHORISED", "DASEN", "CM2 A", 5),
        ("0119002A", "École du Pont-Neuf", ECOLES, "AUTHORISED", "DASEN", "CM1-CM2", 4),
        ("0119003B", "École des Corbières", ECOLES, "TRANSMITTED", "DIRECTOR", "CM2", 0),
        ("0119010J", "Collège des Trois-Ponts", COLLEGE, "AUTHORISED", "PRINCIPAL", "6A", 6),
    )
    return tuple(
        Establishment(uai, name, ent, decision, by, AT, (Classroom(label, members),))
        for uai, name, ent, decision, by, label, members in rows
    )


def _answers() -> tuple[Answer, ...]:
    return (
        Answer(ECOLES, "GROUP", "Défi lecture", "APPLIED", "", 1, AT),
        Answer(ECOLES, "MEMBER", "", "APPLIED", "", 3, AT),
        Answer(COLLEGE, "GROUP", "Défi lecture", "APPLIED", "", 1, AT),
        Answer(COLLEGE, "MEMBER", "", "APPLIED", "", 4, AT),
        Answer(COLLEGE, "MEMBER", "", "PENDING", "NO_ACCOUNT", 2, AT),
        Answer(COLLEGE, "SHARE", "Règles du défi", "REFUSED", "MEDIA_GONE", 1, AT),
        Answer(COLLEGE, "HOMEWORK", "Lire le chapitre 1", "ACCEPTED", "", 1, AT),
        Answer(COLLEGE, "RESOURCE", "Affiche", "", "", 1, None),
    )
