"""A way out by files, and a mail to the group's distribution list when something new is there.

A mail comes after its files are written, once for each thing, and is tried once: the thing is in
the files all the same, and its receipt waits for nothing else. Where files have no place for a
thing (a notice), its mail is all that the group gets: it is tried again, also while the ENT has not
imported the group yet, the receipt says APPLIED_AS_MAIL, each version is sent, and so is that it
does not hold any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.message import EmailMessage

import structlog

from preau.outlets.filing import Filing
from preau.outlets.letter import write_letter
from preau.outlets.mail_forms import GROUP_NAME, Letter, MailForms
from preau.outlets.mail_relay import MailRelay
from preau.outlets.operation import LATER
from preau.outlets.outcome import AS_MAIL, CIRCLE, Kept, Outcome, Parcel
from preau.outlets.value import LINK, link_of

log = structlog.get_logger()
MAILED = "mailed"
"""Kept for a thing: the delivery whose mail was sent last."""
Post = Callable[[EmailMessage], Outcome]
"""Sends one mail; blocks."""
_DONE = frozenset({"APPLIED", "ACCEPTED"})


class Mailing:
    """`host` is what stands after the @ of its lists: the instance's own."""

    def __init__(
        self, files: Filing, forms: MailForms, relay: MailRelay, host: str, post: Post
    ) -> None:
        self._files = files
        self._forms = forms
        self._relay = relay
        self._host = host
        self._post = post

    def reads(self, parcel: Parcel) -> set[str]:
        """Whether its mail was sent already, and how its group is called there."""
        letters = self._forms.letters
        return {parcel.entity, CIRCLE} if parcel.operation in letters else set()

    async def deliver(self, parcel: Parcel, kept: Kept, *, unknown: bool) -> Outcome:
        """The files first; then the mail, unless it was sent."""
        letter = self._forms.letters.get(parcel.operation)
        filed = self._files.takes(parcel.operation)
        if letter is None or filed:
            outcome = await self._files.deliver(parcel, kept, unknown=unknown)
        else:
            outcome = Outcome("APPLIED", AS_MAIL)
        if letter is None or outcome.state not in _DONE:
            return outcome
        before = kept.get(parcel.entity, {}).get(MAILED, "")
        if before == parcel.event_id or (filed and before):
            return outcome
        sent = await asyncio.to_thread(self._send, letter, parcel)
        if sent.state not in _DONE and filed:
            log.warning("mail not sent", destination=parcel.destination, reason=sent.reason)
            return outcome
        if sent.reason == "UNKNOWN_GROUP":  # imported files make the list, later
            return Outcome(LATER, "PARENT_MISSING", sent=False)
        if sent.state not in _DONE:
            return sent
        return outcome._replace(kept={**outcome.kept, MAILED: parcel.event_id})

    async def close(self) -> None:
        """Lets a writing that is under way end."""
        await self._files.close()

    def _send(self, letter: Letter, parcel: Parcel) -> Outcome:
        group = str(parcel.body.get("group") or "")
        local = self._forms.list.replace("{group}", group)
        if not group or not self._host:
            return Outcome(LATER, "ADDRESS_NOT_ALLOWED", sent=False)
        holes: dict[str, object] = {name: parcel.body.get(name) for name in letter.holes()}
        if GROUP_NAME in holes:
            holes[GROUP_NAME] = parcel.circle.title
        if LINK in holes:
            holes[LINK] = link_of(parcel.body, self._files.link)
        to = f"{local}@{self._host}"
        return self._post(write_letter(letter, parcel, to, self._relay.sender, holes))
