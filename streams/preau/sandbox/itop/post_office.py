"""The post office of a fictional ENT of the family: SMTP for the distribution lists of its groups.

The guides name distribution lists; assumed [A]: that each imported group has one, whose address is
its code at any host, and that an unknown one is refused (550). The commands are those of RFC 5321,
as far as a server for one machine needs them: no TLS, no login. A mail that comes again under the
same `Message-ID` is shown once.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from preau.sandbox.itop.state import GROUPS
from preau.sandbox.ledger import Ledger

TABLES = """
create table if not exists mail (
  message_id text primary key, list text, subject text, text text);
"""
PORT, ANSWERS = "smtp.port", "smtp.answers"
"""Settings: where it listens; what it answers instead to the next RCPT or DATA, `451 451 drop`."""
_ADDRESS = re.compile(r"<([^<>@\s]+)@[^<>@\s]+>")
_LONGEST = 64 * 1024


class PostOffice:
    """Listens on loopback from the server's start to its end."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def context(self, _site: web.Application) -> AsyncIterator[None]:
        """A cleanup context of aiohttp."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LONGEST)
        with self._ledger.transaction():
            self._ledger.set(PORT, str(server.sockets[0].getsockname()[1]))
        yield
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lists: list[str] = []
        await _say(writer, "220 ENT fictif")
        while (line := (await reader.readuntil(b"\n")).decode("ascii", "replace").strip()) != "":
            word = line.partition(" ")[0].upper()
            if word in {"EHLO", "HELO", "MAIL", "RSET", "NOOP"}:
                lists = [] if word in {"MAIL", "RSET"} else lists
                await _say(writer, "250 OK")
            elif word == "RCPT":
                await _say(writer, self._recipient(line, lists))
            elif word == "DATA" and lists:
                await _say(writer, "354 go on")
                content = await reader.readuntil(b"\r\n.\r\n")
                if (planned := self._planned()) == "drop":
                    return
                await _say(writer, planned or self._keep(lists, content))
            elif word == "QUIT":
                await _say(writer, "221 bye")
                return
            else:
                await _say(writer, "503 bad sequence of commands")

    def _recipient(self, line: str, lists: list[str]) -> str:
        found = _ADDRESS.search(line)
        known = "select object from received where file=? and object=?"
        with self._ledger.transaction():
            if found is None or self._ledger.row(known, GROUPS, found[1]) is None:
                return "550 5.1.1 no such list"
        if planned := self._planned("451", "450"):
            return planned
        lists.append(found[1])
        return "250 OK"

    def _keep(self, lists: list[str], content: bytes) -> str:
        text = content.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
        mail = email.message_from_bytes(text, policy=email.policy.default)
        body = mail.get_body(("plain",))
        said = (str(mail["Message-ID"]), lists[0], str(mail["Subject"]))
        words = body.get_content().replace("\r\n", "\n") if body is not None else ""
        with self._ledger.transaction():
            self._ledger.change("insert or ignore into mail values (?,?,?,?)", *said, words)
        return "250 OK"

    def _planned(self, *only: str) -> str:
        """What a test asked it to answer next, if anything (of these)."""
        with self._ledger.transaction():
            first, _, rest = self._ledger.setting(ANSWERS).partition(" ")
            if not first or (only and first not in only):
                return ""
            self._ledger.set(ANSWERS, rest)
        return first if first == "drop" else f"{first} 4.0.0 as asked"


def mails(ledger: Ledger, group: str) -> list[dict[str, object]]:
    """What the list of a group has received: `{"subject", "text"}`, in order."""
    sql = "select subject, text from mail where list=? order by rowid"
    return ledger.rows(sql, group)


async def _say(writer: asyncio.StreamWriter, line: str) -> None:
    writer.write(f"{line}\r\n".encode("ascii", "replace"))
    await writer.drain()
