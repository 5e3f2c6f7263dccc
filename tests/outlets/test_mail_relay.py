"""The SMTP server that the operator names: safe or refused, and each answer of it understood."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from preau.errors import Stop
from preau.outlets.mail_relay import MailRelay, post, read_relay

FROM = "preau@hub.example"


class Server(NamedTuple):
    """A server that answers as it is told; `heard` are the lines that it got."""

    port: int
    heard: list[str]

    @property
    def relay(self) -> MailRelay:
        return MailRelay("smtp", "127.0.0.1", self.port, FROM)


Answers = Callable[..., Server]


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("_Listener", self.server)
        self._say("220 hello")
        while line := self.rfile.readline().decode().strip():
            server.heard.append(line)
            word = line.split()[0].upper()
            said = server.answers.get(word, "354 go on" if word == "DATA" else "250 ok")
            if said == "drop":
                return
            self._say(said)
            if said.startswith("354"):
                while (line := self.rfile.readline().decode().strip()) != ".":
                    server.heard.append(line)
                if (said := server.answers.get("END", "250 ok")) == "drop":
                    return
                self._say(said)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__(("0.0.0.0", 0), _Talk)
        self.answers, self.heard = answers, list[str]()


@pytest.fixture
def server() -> Iterator[Answers]:
    """`server(RCPT="550 no")`: what it answers to a command instead of 250; `drop` hangs up."""
    opened: list[_Listener] = []

    def start(**answers: str) -> Server:
        opened.append(_Listener(answers))
        threading.Thread(target=opened[-1].serve_forever, daemon=True).start()
        return Server(opened[-1].server_address[1], opened[-1].heard)

    yield start
    for each in opened:
        each.shutdown()
        each.server_close()


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = FROM, "g1@ent.example", "Bonjour"
    message.set_content("Un document.")
    return message


def test_a_mail_that_the_server_takes_is_sent(server: Answers) -> None:
    there = server()
    assert post(there.relay, mail()).state == "APPLIED"
    assert "Un document." in there.heard


@pytest.mark.parametrize(
    ("answers", "state", "reason"),
    [
        ({"RCPT": "550 no such list"}, "REFUSED", "UNKNOWN_GROUP"),
        ({"RCPT": "451 later"}, "LATER", "TOO_MANY"),
        ({"END": "552 too big"}, "REFUSED", "REFUSED"),
        ({"END": "451 later"}, "LATER", "TOO_MANY"),
        ({"MAIL": "550 not you"}, "LATER", "NOT_AUTHENTICATED"),
        ({"END": "drop"}, "LATER", "NO_ANSWER"),
        ({"EHLO": "drop"}, "LATER", "NO_ANSWER"),
    ],
)
def test_each_answer_of_the_server_is_understood(
    server: Answers, answers: dict[str, str], state: str, reason: str
) -> None:
    told = post(server(**answers).relay, mail())
    assert (told.state, told.reason) == (state, reason)


def test_a_server_without_tls_elsewhere_gets_not_a_word_of_the_mail(server: Answers) -> None:
    there = server()
    relay = there.relay._replace(host="127.0.0.2")
    assert not relay.clear
    told = post(relay, mail())
    assert (told.state, told.reason, told.sent) == ("LATER", "ADDRESS_NOT_ALLOWED", False)
    assert not [line for line in there.heard if line.startswith(("MAIL", "RCPT", "DATA"))]


def test_nobody_who_listens_is_tried_again(server: Answers) -> None:
    relay = server().relay._replace(port=1)
    assert (post(relay, mail()).state, post(relay, mail()).reason) == ("LATER", "UNREACHABLE")


def test_a_relay_is_read_from_its_settings(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("geheim\n", "utf-8")
    told = read_relay("smtps://pr%40x@mx.example", FROM, str(secret))
    assert told == MailRelay("smtps", "mx.example", 465, FROM, "pr@x", str(secret))
    assert read_relay("smtp://mx.example", FROM, "") == MailRelay("smtp", "mx.example", 587, FROM)
    assert read_relay("", "", "") is None


@pytest.mark.parametrize(
    ("url", "sender", "password", "field"),
    [
        ("", FROM, "", "PREAU_MAIL_RELAY"),
        ("http://mx.example", FROM, "", "PREAU_MAIL_RELAY"),
        ("smtp://", FROM, "", "PREAU_MAIL_RELAY"),
        ("smtp://mx.example:0", FROM, "", "PREAU_MAIL_RELAY"),
        ("smtp://mx.example:99999", FROM, "", "PREAU_MAIL_RELAY"),
        ("smtps://a:secret@mx.example", FROM, "", "PREAU_MAIL_RELAY"),
        ("smtps://mx.example/x", FROM, "", "PREAU_MAIL_RELAY"),
        ("smtp://login@127.0.0.1:25", FROM, "here", "PREAU_MAIL_RELAY"),
        ("smtps://mx.example", "", "", "PREAU_MAIL_FROM"),
        ("smtps://mx.example", "Préau <preau@hub.example>", "", "PREAU_MAIL_FROM"),
        ("smtps://mx.example", "a@b\nBcc: c@d", "", "PREAU_MAIL_FROM"),
        ("smtps://login@mx.example", FROM, "", "PREAU_MAIL_PASSWORD_FILE"),
        ("smtps://mx.example", FROM, "here", "PREAU_MAIL_PASSWORD_FILE"),
        ("smtps://login@mx.example", FROM, "nowhere", "PREAU_MAIL_PASSWORD_FILE"),
    ],
)
def test_unsafe_or_impossible_settings_stop_the_hub(
    tmp_path: Path, url: str, sender: str, password: str, field: str
) -> None:
    (tmp_path / "here").write_text("geheim", "utf-8")
    file = str(tmp_path / password) if password else ""
    with pytest.raises(Stop) as told:
        read_relay(url, sender, file)
    assert (told.value.code, told.value.complaint.where.field) == ("BAD_SETTING", field)
    assert "secret" not in str(told.value)
