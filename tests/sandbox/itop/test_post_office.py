"""The lists of a fictional ENT take mails as a server of the standard does; unknown ones none."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from preau.outlets.mail_relay import MailRelay, post
from preau.sandbox.process import EntProcess
from tests.faults.world import until
from tests.sandbox.itop.conftest import Folder

FROM = "preau@hub.example"


@pytest.fixture
def ent(tmp_path: Path) -> Iterator[EntProcess]:
    """A Net'École that has imported one group."""
    made = EntProcess("netecole", tmp_path / "ent", "token")
    made.start()
    try:
        (drops := tmp_path / "drops").mkdir()
        assert made.call("POST /_sandbox/seed", {"drops": str(drops)}).status == 200
        Folder(drops).write(1, {"groupes.csv": "g1;Défi lecture;d1\n"})
        until(lambda: bool(made.call("GET /_sandbox/holds").body))
        yield made
    finally:
        made.kill()


def mail(to: str = "g1@ent.example", text: str = "Un document.", number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = FROM, to, "Bonjour à tous"
    message["Message-ID"] = f"<{number}@hub.example>"
    message.set_content(text)
    return message


def relay(ent: EntProcess, **order: Any) -> MailRelay:
    port = ent.call("POST /_sandbox/say", {"what": "post", **order}).body["port"]
    return MailRelay("smtp", "127.0.0.1", port, FROM)


def received(ent: EntProcess) -> list[dict[str, Any]]:
    (group,) = ent.call("GET /_sandbox/holds").body
    found: list[dict[str, Any]] = group["mails"]
    return found


def test_a_list_shows_what_it_received_once(ent: EntProcess) -> None:
    for _ in range(2):
        assert post(relay(ent), mail()).state == "APPLIED"
    assert received(ent) == [{"subject": "Bonjour à tous", "text": "Un document.\n"}]
    assert b"Bonjour " in ent.call("GET /").body


def test_a_line_that_begins_with_a_point_stays(ent: EntProcess) -> None:
    post(relay(ent), mail(text=".\n..deux"))
    assert received(ent)[0]["text"] == ".\n..deux\n"


def test_a_list_of_no_group_is_refused_for_good(ent: EntProcess) -> None:
    told = post(relay(ent), mail("g2@ent.example"))
    assert (told.state, told.reason) == ("REFUSED", "UNKNOWN_GROUP")
    assert received(ent) == []


@pytest.mark.parametrize("answers", ["451", "drop"])
def test_trouble_is_tried_again_and_ends_well(ent: EntProcess, answers: str) -> None:
    there = relay(ent, answers=answers)
    assert post(there, mail()).state == "LATER"
    assert post(there, mail()).state == "APPLIED"
    assert len(received(ent)) == 1


def test_what_comes_out_of_order_is_refused(ent: EntProcess) -> None:
    there = relay(ent)
    with smtplib.SMTP(there.host, there.port, timeout=10) as server:
        assert server.docmd("DATA")[0] == 503
        assert server.docmd("VRFY", "x")[0] == 503
        assert server.rcpt("personne")[0] == 550
