"""Hands mails to the SMTP server that the operator named, and says what came of each.

`smtps://` is TLS from the first byte (RFC 8314 §3.3), `smtp://` asks for STARTTLS (RFC 3207) and
sends nothing without it; only a server on this very machine may be spoken to in the clear. The
certificate is always checked. A server that took a mail and lost its answer gets it again, under
the same `Message-ID`.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from preau.errors import Place, Stop
from preau.outlets.operation import LATER
from preau.outlets.outcome import Outcome

TIMEOUT_S = 15
_PORTS = {"smtps": 465, "smtp": 587}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_FOR_GOOD = 500
_BEFORE: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused), "NOT_AUTHENTICATED"),
    ((smtplib.SMTPNotSupportedError, ssl.SSLError), "ADDRESS_NOT_ALLOWED"),
    ((smtplib.SMTPConnectError, ConnectionRefusedError), "UNREACHABLE"),
)
"""Errors before a word of a mail was said; the second: no STARTTLS, or no sound certificate."""
SENT = Outcome("APPLIED")
"""The server has it."""


class MailRelay(NamedTuple):
    """The server by its address; `login` and `password_file` are empty where it asks for none."""

    scheme: str
    host: str
    port: int
    sender: str
    login: str = ""
    password_file: str = ""

    @property
    def clear(self) -> bool:
        """Whether it is spoken to without TLS."""
        return self.scheme == "smtp" and self.host in _LOOPBACK

    @property
    def domain(self) -> str:
        """What stands after the @ of the sender."""
        return self.sender.rpartition("@")[2]


def read_relay(url: str, sender: str, password_file: str) -> MailRelay | None:
    """The server that settings name, None when they name none; raises `Stop` (BAD_SETTING)."""
    if not url:
        if sender or password_file:
            raise _bad("PREAU_MAIL_RELAY", "mails have a sender, but no server", "name the server")
        return None
    split = urlsplit(url)
    try:
        port = split.port
    except ValueError:
        port = 0
    plain = split.scheme in _PORTS and split.hostname and port != 0
    if not plain or split.password or split.path.strip("/") or split.query:
        fix = "write smtps://login@host:465 or smtp://login@host:587; the password is in a file"
        raise _bad("PREAU_MAIL_RELAY", "it is no address of an SMTP server", fix)
    if not _ADDRESS.fullmatch(sender) or parseaddr(sender)[1] != sender:
        raise _bad("PREAU_MAIL_FROM", "it is no mail address", "write preau@example.fr")
    login = unquote(split.username or "")
    if bool(login) != bool(password_file):
        what = "a login and a password file go together"
        raise _bad("PREAU_MAIL_PASSWORD_FILE", what, "give both or neither")
    if password_file and not Path(password_file).is_file():
        raise _bad("PREAU_MAIL_PASSWORD_FILE", "there is no such file", "name the file")
    host, name = str(split.hostname), split.scheme
    relay = MailRelay(name, host, port or _PORTS[name], sender, login, password_file)
    if relay.clear and login:
        what = "a password would travel in the clear"
        raise _bad("PREAU_MAIL_RELAY", what, "use smtps://, or no login on this machine")
    return relay


def post(relay: MailRelay, message: EmailMessage) -> Outcome:
    """One mail: APPLIED, LATER, or REFUSED as UNKNOWN_GROUP when its list does not exist.

    Blocks for `TIMEOUT_S` seconds at most for each answer of the server.
    """
    try:
        with _session(relay) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        return _refused(min(codes, default=_FOR_GOOD), "UNKNOWN_GROUP")
    except (smtplib.SMTPException, OSError) as error:
        return _came_of(error)
    return SENT


def _came_of(error: Exception) -> Outcome:
    """What a mail that may not have left comes to."""
    for kinds, reason in _BEFORE:
        if isinstance(error, kinds):
            return Outcome(LATER, reason, sent=False)
    if isinstance(error, smtplib.SMTPResponseException):
        return _refused(error.smtp_code, "REFUSED")
    return Outcome(LATER, "NO_ANSWER")


def _refused(code: int, reason: str) -> Outcome:
    if code >= _FOR_GOOD:
        return Outcome("REFUSED", reason)
    return Outcome(LATER, "TOO_MANY")


@contextmanager
def _session(relay: MailRelay) -> Iterator[smtplib.SMTP]:
    """A session that is ended whatever comes; how its end is answered changes nothing of a mail."""
    server = _connected(relay)
    try:
        if relay.scheme == "smtp" and not relay.clear:
            server.starttls(context=ssl.create_default_context())
        if relay.login:
            server.login(relay.login, Path(relay.password_file).read_text("utf-8").strip())
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _connected(relay: MailRelay) -> smtplib.SMTP:
    if relay.scheme == "smtp":
        return smtplib.SMTP(relay.host, relay.port, timeout=TIMEOUT_S)
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(relay.host, relay.port, timeout=TIMEOUT_S, context=context)


def _bad(variable: str, what: str, fix: str) -> Stop:
    return Stop("BAD_SETTING", what, where=Place(field=variable), fix=fix)
