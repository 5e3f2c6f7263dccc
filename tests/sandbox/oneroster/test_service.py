"""The fictional reader asks a rostering service as any: page after page, then what changed."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from preau.outlets.directory import Directory
from preau.outlets.oneroster.collections import collection
from preau.outlets.oneroster.history import changes, dated
from preau.outlets.oneroster.queries import answer, read_query
from preau.outlets.oneroster.roster import roster
from preau.store.roster_rows import RosterRow
from tests.outlets.oneroster.directories import COLLEGE, LIMOUX, OCTOBER

PREFIX = "/ims/oneroster/rostering/v1p2/"
CLIENT, SECRET = "lecteur", "preau_lecteur"
WITHOUT_LEO = LIMOUX._replace(belongs=LIMOUX.belongs[:2] + LIMOUX.belongs[3:])


class Rostering:
    """A rostering service over real HTTP; its pages are the hub's, its troubles are told here."""

    def __init__(self) -> None:
        self.held: Directory = LIMOUX
        self.kept: dict[tuple[str, str], RosterRow] = {}
        self.now = OCTOBER
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self.spoil: Callable[[Any], Any] = lambda body: body
        self.between: list[Directory] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def becomes(self, held: Directory) -> None:
        self.held, self.now = held, self.now + 1000

    def page(self, path: str) -> tuple[Any, dict[str, str]]:
        split = urlsplit(path)
        said, at = dict(parse_qsl(split.query)), split.path.removeprefix(PREFIX)
        made = roster(self.held)
        self.kept.update(changes(made, self.kept, b"secret", self.now))
        found, query = collection(dated(made, self.kept), at), read_query(said, at)
        page = answer(found.entities, query)
        headers = {"X-Total-Count": str(page.total)}
        if query.offset + query.limit < page.total:
            following = f"{self.url}{split.path}?limit={query.limit}"
            following += f"&offset={query.offset + query.limit}"
            following += "&filter=" + said["filter"] if "filter" in said else ""
            headers["Link"] = f'<{following}>; rel="next"'
            if self.between:
                self.becomes(self.between.pop(0))
        return {at: page.entities}, headers

    def _handler(service) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                service.tokens.append(f"token-{len(service.tokens)}")
                self._say(200, {"access_token": service.tokens[-1], "token_type": "bearer"})

            def do_GET(self) -> None:
                service.asked.append(self.path)
                if self.headers["Authorization"] != f"Bearer {service.tokens[-1]}":
                    self._say(401, {"imsx_codeMajor": "failure"})
                else:
                    body, headers = service.page(self.path)
                    self._say(200, service.spoil(body), headers)

            def _say(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                said = {"Content-Type": "application/json", "Content-Length": str(len(content))}
                for name, value in {**said, **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None: ...

        return Handler


class Reader:
    """The reader as a process, and how to wait for its readings."""

    def __init__(self, ent: Any, service: Rostering) -> None:
        self.ent = ent
        said = {"url": service.url, "client": CLIENT, "secret": SECRET, "limit": 2}
        assert ent.call("POST /_sandbox/seed", {"service": said}).status == 200

    def read(self) -> str:
        """Has it read once; what troubled it, or nothing."""
        before = self.say("read")["readings"]
        limit = time.monotonic() + 30
        while (told := self.say("directory"))["readings"] == before:
            assert time.monotonic() < limit, "it never read"
        return str(told["trouble"])

    def say(self, what: str) -> Any:
        return self.ent.call("POST /_sandbox/say", {"what": what}).body

    def shown(self, uai: str = COLLEGE.uai) -> list[str]:
        held: Any = self.ent.call("GET /_sandbox/holds").body
        return next((each["members"] for each in held if each["uai"] == uai), [])


@pytest.fixture
def service() -> Iterator[Rostering]:
    made = Rostering()
    yield made
    made.close()


@pytest.fixture
def reader(open_ent: Callable[[str], Any], service: Rostering) -> Reader:
    return Reader(open_ent("oneroster"), service)


def test_it_reads_everything_at_first_by_links(reader: Reader, service: Rostering) -> None:
    assert reader.read() == ""
    assert reader.shown() == ["Hélène Vasseur", "Léo Ostermann"]
    assert any(re.search("enrollments.*offset=2", each) for each in service.asked)


def test_then_it_asks_only_for_what_has_changed(reader: Reader, service: Rostering) -> None:
    reader.read()
    service.asked.clear()
    service.becomes(WITHOUT_LEO)
    assert reader.read() == ""
    assert all("filter=dateLastModified" in each for each in service.asked)
    assert reader.shown() == ["Hélène Vasseur"]


def test_who_comes_back_is_there_again(reader: Reader, service: Rostering) -> None:
    for held in (LIMOUX, WITHOUT_LEO, LIMOUX):
        service.becomes(held)
        reader.read()
    assert reader.shown() == ["Hélène Vasseur", "Léo Ostermann"]


def test_it_begins_again_when_the_list_changes_between_two_pages(
    reader: Reader, service: Rostering
) -> None:
    service.between = [WITHOUT_LEO]
    reader.read()
    reader.read()
    assert reader.shown() == ["Hélène Vasseur"]


def test_an_ended_token_is_asked_for_anew(reader: Reader, service: Rostering) -> None:
    reader.read()
    service.tokens.append("the one before has ended")
    service.becomes(WITHOUT_LEO)
    assert reader.read() == ""
    assert reader.shown() == ["Hélène Vasseur"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _body: {"imsx_codeMajor": "failure"},
        lambda body: {kind: [{**e, "status": "perhaps"} for e in v] for kind, v in body.items()},
        lambda body: {kind: [{**e, "sourcedId": ""} for e in v] for kind, v in body.items()},
    ],
    ids=["no list", "an unknown status", "no id"],
)
def test_a_wrong_answer_changes_nothing(reader: Reader, service: Rostering, spoil: Any) -> None:
    reader.read()
    service.becomes(LIMOUX._replace(belongs=()))
    service.spoil = spoil
    assert reader.read() != ""
    assert reader.shown() == ["Hélène Vasseur", "Léo Ostermann"]


def test_a_service_that_is_away_changes_nothing(reader: Reader, service: Rostering) -> None:
    reader.read()
    service.close()
    assert "Error" in reader.read()
    assert reader.shown() == ["Hélène Vasseur", "Léo Ostermann"]


def test_its_page_shows_the_schools(reader: Reader) -> None:
    reader.read()
    page = reader.ent.call("GET /").body.decode()
    assert f"{COLLEGE.name} ({COLLEGE.uai}), par le service" in page


def test_nobody_says_anything_else_in_it(reader: Reader) -> None:
    assert reader.ent.call("POST /_sandbox/say", {"what": "share"}).status == 400
