"""A mail to the group's list when something new is in its files; a notice is the mail itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from preau.clock import SetClock
from preau.errors import Place
from preau.outlets.file_forms import parse_forms
from preau.outlets.filing import Drops, Filing
from preau.outlets.mail_forms import parse_mails
from preau.outlets.mail_relay import SENT, MailRelay
from preau.outlets.mailing import Mailing
from preau.outlets.outcome import AS_MAIL, Kept, Outcome, Parcel
from preau.store.circles import Circle
from preau.store.database import open_database, prepare

NEEDS = {
    "GROUP_PUT": ("group", "name"),
    "SHARE_PUT": ("group", "title", "source_instance", "source_media"),
    "NOTICE_PUT": ("group", "title"),
    "NOTICE_REMOVE": ("group",),
}
FILES = [
    {"name": "g.csv", "form": "csv", "of": "GROUP_PUT", "columns": {"c": {"from": "group"}}},
    {
        "name": "l.html",
        "form": "bookmarks",
        "of": "SHARE_PUT",
        "columns": {
            "folder": {"from": "group.name"},
            "title": {"from": "title"},
            "address": {"from": "link"},
        },
    },
]
MAILS = {
    "list": "gie-{group}",
    "mails": {
        "SHARE_PUT": {"subject": "{group.name} : un document", "text": "« {title} »\n{link}"},
        "NOTICE_PUT": {"subject": "{group.name} : information", "text": "« {title} »"},
        "NOTICE_REMOVE": {"subject": "{group.name} : retrait", "text": "Plus d'actualité."},
    },
}
GROUP = ("GROUP_PUT", "group:g", {"group": "g", "name": "Défi lecture"})
SHARE = (
    "SHARE_PUT",
    "share:s",
    {"group": "g", "title": "Règles", "source_instance": "autre", "source_media": "7"},
)
NOTICE = ("NOTICE_PUT", "notice:n", {"group": "g", "title": "Sortie"})


def parcel(operation: str, entity: str, body: dict[str, Any], version: int = 1) -> Parcel:
    event = f"{entity.replace(':', '-')}-{version}"
    return Parcel(event, "ent", operation, entity, version, "cause", 0, body)


class House:
    """An ENT that takes files, its lists, and what the server answers to each mail."""

    def __init__(self, root: Path, engine: Any) -> None:
        self.mails: list[EmailMessage] = []
        self.answer: Callable[[EmailMessage], Outcome] = lambda _mail: SENT
        self._drops = Drops(root, engine)
        self._circle = Circle()
        self._kept: dict[str, dict[str, str]] = {}

    def deliver(self, told: Parcel, kept: Kept | None = None) -> Outcome:
        async def once() -> Outcome:
            link = lambda where, media: f"https://{where}.example/{media}"  # noqa: E731
            forms = parse_forms({"files": FILES}, NEEDS, Place())
            files = Filing("ent", forms, self._drops, link, SetClock(1_000))
            relay = MailRelay("smtps", "mx.example", 465, "preau@hub.example")
            words = parse_mails(MAILS, NEEDS, Place())
            way = Mailing(files, words, relay, "ent.example", self._post)
            try:
                known = self._kept if kept is None else kept
                return await way.deliver(told, known, unknown=False)
            finally:
                await way.close()

        if told.operation == "GROUP_PUT":
            self._circle = Circle(str(told.body["name"]))
        told = told._replace(circle=self._circle)  # as the dispatcher gives it
        outcome = asyncio.run(once())
        self._kept.setdefault(told.entity, {}).update(outcome.kept)
        return outcome

    def _post(self, mail: EmailMessage) -> Outcome:
        outcome = self.answer(mail)
        if outcome is SENT:
            self.mails.append(mail)
        return outcome


@pytest.fixture
def house(tmp_path: Path, database: str) -> Iterator[House]:
    engine = open_database(database)
    prepare(engine)
    made = House(tmp_path / "sorties", engine)
    made.deliver(parcel(*GROUP))
    yield made
    engine.dispose()


def body(mail: EmailMessage) -> str:
    return str(mail.get_content())


def test_a_document_is_in_the_files_and_its_mail_goes_to_the_list(house: House) -> None:
    assert house.deliver(parcel(*SHARE)).state == "ACCEPTED"
    (mail,) = house.mails
    assert (mail["To"], mail["From"]) == ("gie-g@ent.example", "preau@hub.example")
    assert mail["Subject"] == "Défi lecture : un document"
    assert body(mail).splitlines() == ["« Règles »", "https://autre.example/7"]
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_thing_is_told_once_whatever_becomes_of_it_later(house: House) -> None:
    house.deliver(parcel(*SHARE))
    house.deliver(parcel(*SHARE))  # its answer was lost
    house.deliver(parcel(*SHARE, version=2))
    assert len(house.mails) == 1


def test_a_group_or_a_withdrawn_document_is_no_mail(house: House) -> None:
    house.deliver(parcel("SHARE_REMOVE", "share:s", {}))
    assert house.mails == []


def test_a_notice_has_no_file_and_is_the_mail(house: House) -> None:
    told = house.deliver(parcel(*NOTICE))
    assert (told.state, told.reason) == ("APPLIED", AS_MAIL)
    changed = ("NOTICE_PUT", "notice:n", {"group": "g", "title": "Sortie reportée"})
    house.deliver(parcel(*changed, version=2))
    house.deliver(parcel("NOTICE_REMOVE", "notice:n", {"group": "g"}, version=3))
    assert [mail["Subject"].rpartition(" : ")[2] for mail in house.mails] == [
        "information",
        "information",
        "retrait",
    ]
    assert {mail["References"] for mail in house.mails} == {"<notice.n@hub.example>"}


def test_the_same_delivery_has_the_same_id_and_is_not_sent_again(house: House) -> None:
    house.deliver(parcel(*NOTICE))
    house.deliver(parcel(*NOTICE))
    house.deliver(parcel(*NOTICE), kept={})  # killed before anything was kept
    assert [mail["Message-ID"] for mail in house.mails] == ["<notice-n-1@hub.example>"] * 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Outcome("LATER", "UNREACHABLE", sent=False), "UNREACHABLE"),
        (Outcome("REFUSED", "UNKNOWN_GROUP"), "PARENT_MISSING"),
    ],
)
def test_a_notice_waits_for_the_server_and_for_the_list(
    house: House, answer: Outcome, reason: str
) -> None:
    house.answer = lambda _mail: answer
    told = house.deliver(parcel(*NOTICE))
    assert (told.state, told.reason) == ("LATER", reason)
    house.answer = lambda _mail: SENT
    assert house.deliver(parcel(*NOTICE)).state == "APPLIED"
    assert len(house.mails) == 1


def test_a_notice_that_the_server_refuses_is_refused(house: House) -> None:
    house.answer = lambda _mail: Outcome("REFUSED", "REFUSED")
    assert house.deliver(parcel(*NOTICE)).state == "REFUSED"


@pytest.mark.parametrize("answer", [("REFUSED", "UNKNOWN_GROUP"), ("LATER", "UNREACHABLE")])
def test_a_mail_that_does_not_leave_takes_nothing_from_the_files(
    house: House, answer: tuple[str, str]
) -> None:
    house.answer = lambda _mail: Outcome(*answer)
    assert house.deliver(parcel(*SHARE)).state == "ACCEPTED"


def test_no_title_makes_a_header_of_its_own(house: House) -> None:
    title = "Sortie\r\nBcc: tous@ailleurs.example\r\n\r\nx"
    house.deliver(parcel("GROUP_PUT", "group:g", {"group": "g", "name": title}, version=2))
    house.deliver(parcel("NOTICE_PUT", "notice:n", {"group": "g", "title": title}))
    (mail,) = house.mails
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Sortie Bcc: tous@ailleurs.example")


def test_an_empty_title_is_said_to_be_none(house: House) -> None:
    house.deliver(parcel("NOTICE_PUT", "notice:n", {"group": "g", "title": None}))
    assert "(sans titre)" in body(house.mails[0])
