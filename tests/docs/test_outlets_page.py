"""`docs/en/outlets.md` says what the outlets read, what deliveries hold, what answers mean."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from preau.agents import happenings, wanted
from preau.agents.wanted import Known, Member
from preau.catalogue.card import Card, read_card
from preau.catalogue.card_values import OPERATIONS
from preau.clock import SetClock
from preau.errors import FixTheFolder, Place
from preau.outlets import mail_forms, operation, read_back
from preau.outlets.address import open_session
from preau.outlets.answer import Answer, judge
from preau.outlets.operation import FETCH, parse_operation
from preau.outlets.outcome import Parcel, Target
from preau.outlets.value import VALUE_KEYS
from preau.outlets.webhook import SignedWebhook
from preau.store.granting import granted
from preau.store.mandates import standing
from preau.store.outgoing import Wanted
from preau.store.projects import AUTHORISED, OPEN, Project
from preau.store.projects import Place as Participant
from preau.store.rights import rights
from preau.store.said import SaidState

PAGE = "docs/en/outlets.md"
EXAMPLE = "connectors/edifice/outlet/share-put.yaml"
ECOLE, COLLEGE = "ent-ecole", "mon-ent"
CLOCK = SetClock(1_791_793_800_000)
#: A status that stands for each way in which the page writes several.
SHORT = {"2xx": (200, 201, 204), "3xx": (301, 302, 307), "5xx": (500, 502, 503)}
#: What ENTs say to groups: record → what projects keep of it.
HAPPENED: dict[str, dict[str, Any]] = {
    "homework": {"title": "Lire", "due": 20_000},
    "notice": {"title": "Sortie", "audience": ["PUPIL"], "needs_signature": True},
    "calendar_event": {
        "title": "Rencontre",
        "start": 1_791_793_800_000,
        "end": None,
        "all_day": False,
        "recurrence": None,
    },
}
PUTS = (
    *("GROUP_PUT", "MEMBER_PUT", "SHARE_PUT"),
    *(f"{record.upper()}_PUT" for record in HAPPENED),
)
STATES = {"APPLIED": None, "ACCEPTED": None, "PENDING": "LATER", "REFUSED": "REFUSED"}


@pytest.fixture(scope="module")
def page(pages: Mapping[str, str]) -> str:
    return pages[PAGE]


@pytest.fixture(scope="module")
def cards(root: Path) -> dict[str, Card]:
    """An ENT whose groups hold classes, and one whose groups hold accounts."""
    shelf = root / "connectors"
    return {ECOLE: read_card(shelf / "beneylu"), COLLEGE: read_card(shelf / "edifice")}


def section(page: str, title: str) -> str:
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_column(text: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


def said(record: str, key: str, **fields: object) -> SaidState:
    return SaidState(record, key, 1, deleted=False, event_id="event", fields=fields)


def deliveries(cards: Mapping[str, Card]) -> Iterator[Wanted]:
    """Everything that a project with a class on each side gives, and one with a work group."""
    classes = {key: said("group", key, kind="CLASS") for key in (f"{ECOLE}/1", f"{COLLEGE}/2")}
    places = tuple(
        Participant(uai, instance, AUTHORISED, "", None, (key,))
        for uai, instance, key in zip("AB", cards, classes, strict=True)
    )
    days = ("2026-10-12", "2027-07-02")
    named = ("p", "g", "Défi", "PROJET_PEDAGOGIQUE")
    project = Project(*named, *days, OPEN, 1, "event", 0, places)
    given = [
        *(each for p in places for each in granted(project, p, cards[p.instance].needs, 0)),
        *(standing(name, 0) for name in cards),
    ]
    allowed = rights(project, given, days[0])
    members = {f"{COLLEGE}/2": [Member(f"{COLLEGE}/7", "somebody", "event")]}
    known = Known(allowed, cards, classes, members, {}, {}, lambda _where, _who: "pseudonym")
    yield from wanted.people(project, known)
    in_class = known._replace(work={ECOLE: "1"})
    yield from (e for e in wanted.people(project, in_class) if e.destination == ECOLE)
    share = said("share", f"{ECOLE}/3", permission="READ")
    document = {"title": "Lecture", "kind": "DOCUMENT", "instance": ECOLE, "media_id": "4"}
    yield from wanted.shared(project, share, said("resource", f"{ECOLE}/4", **document), allowed)
    for record, fields in HAPPENED.items():
        yield from happenings.given(project, said(record, f"{ECOLE}/5", **fields), allowed)


def test_every_operation_is_there_and_no_other(page: str) -> None:
    column = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", page, re.MULTILINE)
    told = [name for cell in column for name in re.findall(r"`([A-Z_]+)`", cell)]
    assert set(told) >= {*OPERATIONS, FETCH}
    table = section(page, "Operations and their fields").partition("\n\n| field |")[0]
    assert set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", table)) == {*OPERATIONS, FETCH}


def test_everything_that_is_given_to_a_group_is_tried_here() -> None:
    assert set(HAPPENED) == set(happenings.HAPPENINGS)


def test_a_delivery_holds_the_fields_that_the_page_gives_it(
    page: str, cards: dict[str, Card]
) -> None:
    found = {each.operation: list(each.body) for each in deliveries(cards)}
    assert set(found) == set(PUTS)
    for name, body in found.items():
        [cell] = re.findall(rf"^\| `{name}` \| .* \| (.+) \|$", page, re.MULTILINE)
        assert re.findall(r"`(\w+)`", cell) == body, name


def test_every_field_has_its_meaning(page: str, cards: dict[str, Card]) -> None:
    table = section(page, "Operations and their fields").partition("| field |")[2]
    column = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", table, re.MULTILINE)
    told = [name for cell in column for name in re.findall(r"`(\w+)`", cell)]
    assert set(told) == {field for each in deliveries(cards) for field in each.body} | {"media"}


def test_a_withdrawal_is_told_as_what_it_withdraws(page: str) -> None:
    rows = re.findall(r"^\| `(\w+)_REMOVE` \| .* \| as `(\w+)_PUT` \|$", page, re.MULTILINE)
    removals = [name.removesuffix("_REMOVE") for name in OPERATIONS if name.endswith("_REMOVE")]
    assert sorted(rows) == sorted(zip(removals, removals, strict=True))


def test_the_kinds_and_permissions_are_those_of_the_schemas(page: str, root: Path) -> None:
    for record, field in (("resource", "kind"), ("share", "permission")):
        schema = json.loads((root / f"schemas/avro/{record}.v1.avsc").read_text("utf-8"))
        [symbols] = [f["type"]["symbols"] for f in schema["fields"] if f["name"] == field]
        [cell] = re.findall(rf"^\| `{field}` \| (.+) \|$", page, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", cell)) == set(symbols)


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("Keys of the file", operation._OPERATION_KEYS),
        ("Keys of a call", operation._STEP_KEYS),
        ("Keys of a value", VALUE_KEYS),
    ],
)
def test_every_key_is_there_and_no_other(page: str, title: str, known: frozenset[str]) -> None:
    table = section(page, title).partition("\n\n| `from`")[0]
    assert sorted(first_column(table)) == sorted(known)


def test_every_key_of_reading_back_is_there_and_no_other(page: str) -> None:
    tables = section(page, "Reading back").split("\n\n| key of ")
    told = [sorted(first_column(table)) for table in tables[1:]]
    known = (read_back.FILE_KEYS, read_back.QUESTION_KEYS, read_back.MORE_KEYS)
    assert told == [sorted(each) for each in known]


def test_the_example_is_the_connectors_own(page: str, root: Path) -> None:
    block, *_mail = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert block == (root / EXAMPLE).read_text("utf-8")
    assert f"`{EXAMPLE}`" in page


def test_a_field_that_the_card_does_not_list_is_refused(page: str) -> None:
    block, *_mail = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    with pytest.raises(FixTheFolder) as refused:
        parse_operation("SHARE_PUT", yaml.safe_load(block), ["share", "group"], Place())
    assert refused.value.code == "OUTLET_FIELD"


def test_an_answer_means_what_the_page_says(page: str) -> None:
    call = parse_operation("X", {"steps": [{"call": "GET /x"}]}, [], Place()).steps[0]
    table = section(page, "What an answer means")
    rows = re.findall(r"^\| ([^|]+) \| `(\w+)` \|", table, re.MULTILINE)
    judged = {status: outcome for said, outcome in rows for status in _statuses(said)}
    assert {200, 202, 301, 401, 403, 404, 425, 429, 503} <= judged.keys()
    for status, outcome in judged.items():
        found = judge(call, Answer(status, {}, None), 1000, CLOCK)
        assert (found.state if found else None) == STATES[outcome], status


def _statuses(text: str) -> list[int]:
    found = [int(each) for each in re.findall(r"\b[0-9]{3}\b", text)]
    found += [status for name, several in SHORT.items() if name in text for status in several]
    return [*found, 400, 404, 422] if "4xx" in text else found


def test_the_webhook_of_the_page_is_the_one_that_is_sent(page: str) -> None:
    [block] = re.findall(
        r"^```json\n(.*?)^```$", section(page, "Webhooks"), re.MULTILINE | re.DOTALL
    )
    told: dict[str, Any] = json.loads(block)
    parcel = Parcel(
        *(told["id"], "ent", "GROUP_PUT", told["subject"], told["data"]["version"], "cause"),
        *(CLOCK.now_ms(), {name: told["data"][name] for name in ("group", "name")}),
    )
    assert asyncio.run(_sent(parcel)) == told


async def _sent(parcel: Parcel) -> object:
    """What a real server gets when this is delivered as a webhook."""
    heard: list[object] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(json.loads(await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    target = Target("ent", url, "whsec_" + "A" * 32, loopback=True)
    needs = {"GROUP_PUT": ("group", "name")}
    webhook = SignedWebhook(target, needs, open_session(loopback=True), CLOCK)
    try:
        assert (await webhook.deliver(parcel, {}, unknown=False)).state == "APPLIED"
    finally:
        await webhook.close()
        await runner.cleanup()
    return heard[0]


def test_every_key_of_a_mail_is_there_and_its_example_is_read(page: str) -> None:
    text = section(page, "Mail")
    tables = text.split("\n\n| key of ")
    told = [sorted(first_column(table)) for table in tables[1:]]
    assert told == [sorted(mail_forms.MAIL_KEYS), sorted(mail_forms.LETTER_KEYS)]
    [example] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    needs = {"NOTICE_PUT": ("group", "title")}
    forms = mail_forms.parse_mails(yaml.safe_load(example), needs, Place())
    assert set(forms.letters) == {"NOTICE_PUT"}
