"""Runs an operation of a connector's `outlet/` folder against one instance, over HTTP.

Only fields that the card lists under `needs` are ever read. A document's bytes are asked for late,
from the instance that has it, and handed over: neither they nor its signed address are stored. A
source that gives no bytes, or too many, gives a page that leads to the document: APPLIED_AS_LINK.
Where a product has no place for homework, notices or dates, a page says them: APPLIED_AS_TEXT.
Calls carry `X-Preau-Event`, `-Entity`, `-Version` and `-Cause`, which hold ids only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import aiohttp
from yarl import URL

from preau.clock import Clock
from preau.errors import Stop
from preau.outlets.address import check_url
from preau.outlets.answer import Answer, judge, kept
from preau.outlets.filling import Missing, Sheet, entities
from preau.outlets.link_page import BY_LINK, NO_BYTES, link_page
from preau.outlets.operation import LATER, Call, Operation
from preau.outlets.outcome import (
    AS_LINK,
    AS_TEXT,
    CIRCLE,
    Fetch,
    Kept,
    Media,
    Outcome,
    Parcel,
    Target,
)
from preau.outlets.text_page import text_page
from preau.outlets.value import LINKED, Link, link_of
from preau.outlets.wire import AnswerTooLarge, send

APPLIED = Outcome("APPLIED")
_TAKEN = 202
"""RFC 9110 §15.3.3: taken, not done yet."""


class Push:
    """The way out to one instance whose product has operation files."""

    def __init__(
        self,
        target: Target,
        operations: Mapping[str, Operation],
        needs: Mapping[str, Collection[str]],
        session: aiohttp.ClientSession,
        fetch: Fetch,
        clock: Clock,
        link: Link,
    ) -> None:
        self._target = target
        self._operations = operations
        self._needs = needs
        self._session = session
        self._fetch = fetch
        self._clock = clock
        self._link = link

    def reads(self, parcel: Parcel) -> set[str]:
        """The entities whose kept ids `deliver` must be given."""
        operation = self._operations.get(parcel.operation)
        if operation is None:
            return {parcel.entity}
        calls = [*operation.steps, *([operation.find] if operation.find else [])]
        return entities(parcel, calls) | ({CIRCLE} if operation.looks_around else set())

    async def deliver(self, parcel: Parcel, kept: Kept, *, unknown: bool) -> Outcome:
        """One try: find first if need be, then each step; what was learnt is in the outcome."""
        operation = self._operations.get(parcel.operation)
        if operation is None:
            return Outcome("REFUSED", "NOT_SUPPORTED", sent=False)
        needs = self._needs.get(parcel.operation, ())
        sheet = Sheet(parcel, needs, kept, self._target.secret)
        try:
            base = check_url(self._target.url, loopback=self._target.loopback)
        except Stop:
            return Outcome(LATER, "ADDRESS_NOT_ALLOWED", sent=False)
        if operation.links:
            link = link_of(sheet.fields(), self._link)
            if not link:
                return Outcome("REFUSED", "NOT_SUPPORTED", sent=False)
            sheet.lead(link)
        attempt = _Attempt(self, operation, parcel, sheet, base)
        outcome = await attempt.run(unknown=unknown)
        if outcome.state in {"APPLIED", "ACCEPTED"}:
            outcome = outcome._replace(reason=_lesser(operation, sheet))
        elif outcome.state == LATER and not unknown:  # then it is known that no call was made
            asides = (step.aside for step in operation.steps if step.aside)
            sheet.learn({name: "" for name in asides if name not in sheet.own})
        return outcome._replace(kept=dict(sheet.learnt))

    async def close(self) -> None:
        """Closes its connections."""
        await self._session.close()

    async def call(self, call: Call, sheet: Sheet, parcel: Parcel, base: URL) -> Answer | Outcome:
        """One HTTP call; an outcome when there is no answer or no document to send."""
        media: Media | None = None
        if call.part:
            given = await self._carried(call, sheet, parcel)
            if isinstance(given, Outcome):
                return given
            media = given
        headers = traces(parcel)
        if not call.tells_secret:
            headers["Authorization"] = f"Bearer {self._target.secret}"
        try:
            return await send(self._session, base, call, sheet, headers, media)
        except AnswerTooLarge:
            return Outcome(LATER, "ENT_ERROR")
        except Stop:
            return Outcome(LATER, "ADDRESS_NOT_ALLOWED", sent=False)
        except aiohttp.ClientConnectorError:
            return Outcome(LATER, "UNREACHABLE", sent=False)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Outcome(LATER, "NO_ANSWER")

    async def _carried(self, call: Call, sheet: Sheet, parcel: Parcel) -> Media | Outcome:
        if call.text:
            return text_page(parcel.operation, sheet.fields(), parcel.circle.title)
        return await self._document(sheet)

    async def _document(self, sheet: Sheet) -> Media | Outcome:
        """Its bytes; or a page that leads to it, if it can be read where it is only."""
        found = await self._fetch(*(sheet.field(name) for name in LINKED))
        if isinstance(found, Media):
            sheet.learn({BY_LINK: ""} if BY_LINK in sheet.own else {})
            return found
        link = link_of(sheet.fields(), self._link) if found.reason in NO_BYTES else ""
        if not link:
            return found
        sheet.learn({BY_LINK: "yes"})
        return link_page(sheet.field("title"), link)

    def judged(self, operation: Operation, call: Call, answer: Answer) -> Outcome | None:
        """None when the call succeeded."""
        return judge(call, answer, operation.retry_unit_ms, self._clock)


class _Attempt:
    """One try at one delivery."""

    def __init__(
        self, push: Push, operation: Operation, parcel: Parcel, sheet: Sheet, base: URL
    ) -> None:
        self._push = push
        self._operation = operation
        self._parcel = parcel
        self._sheet = sheet
        self._base = base
        self._end = APPLIED
        self._anew = False

    async def run(self, *, unknown: bool) -> Outcome:
        find = self._operation.find
        if unknown and find is not None and "native_id" not in self._sheet.own:
            failed = await self._find(find)
            if failed is not None:
                return failed
        new = "native_id" not in self._sheet.own
        done = False
        for step in self._operation.steps:
            if step.aside:
                await self._beside(step, unknown=unknown)
                continue
            if step.only == ("known" if new else "new") or not self._sheet.wanted(step):
                continue
            outcome = await self._step(step)
            if outcome is not None and self._lost(outcome, new=new):
                return await self.run(unknown=True)
            if outcome is not None:
                return outcome
            done = True
        if not done and not (new and self._withdraws):
            meant = any(self._sheet.wanted(step) for step in self._operation.steps)
            return APPLIED if meant else Outcome("REFUSED", "NOT_SUPPORTED", sent=False)
        return self._end

    async def _beside(self, step: Call, *, unknown: bool) -> None:
        """Once for each object, whatever comes of it; left out where an earlier try may have."""
        told = self._sheet.own.get(step.aside)
        if told or (told is None and unknown) or not self._sheet.wanted(step):
            return
        try:
            answer = await self._push.call(step, self._sheet, self._parcel, self._base)
        except Missing:
            return
        sent = not isinstance(answer, Outcome) or answer.sent
        self._sheet.learn({step.aside: "yes" if sent else ""})

    def _lost(self, outcome: Outcome, *, new: bool) -> bool:
        """Whether the ENT lost the group that it is told of: then it is made anew, once."""
        of_group = self._operation.name == "GROUP_PUT" and outcome.reason == "UNKNOWN_GROUP"
        lost = of_group and not new and not self._anew
        if lost:
            self._anew = True
            self._sheet.own.clear()
        return lost

    @property
    def _withdraws(self) -> bool:
        return self._operation.name.endswith("_REMOVE")

    async def _step(self, step: Call) -> Outcome | None:
        """One call, or one for each; what one account cannot have, the others have all the same."""
        if not step.each:
            return await self._one(step)
        if self._sheet.nobody(step):
            return Outcome(LATER, "PARENT_MISSING", sent=False)
        ends = []
        for turn in self._sheet.turns(step):
            self._sheet.take(turn)
            ends.append(await self._one(step))
            if (end := ends[-1]) is not None and end.state == LATER:
                return end
        return None if None in ends or not ends else ends[-1]

    async def _one(self, step: Call) -> Outcome | None:
        try:
            answer = await self._push.call(step, self._sheet, self._parcel, self._base)
        except Missing as missing:
            return self._missing(missing)
        if isinstance(answer, Outcome):
            return answer
        outcome = self._push.judged(self._operation, step, answer)
        if outcome is None:
            found = kept(step, answer)
            self._sheet.learn(self._sheet.kept_for(found) if step.each else found)
            if answer.status == _TAKEN:
                self._end = Outcome("ACCEPTED")
        return outcome

    async def _find(self, find: Call) -> Outcome | None:
        answer = await self._push.call(find, self._sheet, self._parcel, self._base)
        if isinstance(answer, Outcome):
            return answer
        outcome = self._push.judged(self._operation, find, answer)
        if outcome is not None and outcome.state == LATER:
            return outcome
        found = kept(find, answer) if outcome is None else {}
        if len(found) == len(find.keep):
            self._sheet.learn(found)
        return None

    def _missing(self, missing: Missing) -> Outcome:
        if self._withdraws:  # what never came to this ENT has left it
            return APPLIED
        if missing.entity == self._parcel.entity:
            return Outcome(LATER, "ENT_ERROR")
        return Outcome(LATER, "PARENT_MISSING", sent=False)


def _lesser(operation: Operation, sheet: Sheet) -> str:
    """The reason of what was done in a lesser form than asked; empty when it was not."""
    by_link = operation.links or (operation.copies and sheet.own.get(BY_LINK))
    return AS_TEXT if operation.texts else AS_LINK if by_link else ""


def traces(parcel: Parcel) -> dict[str, str]:
    """The headers that let an ENT (and our fictional ones) account for a call; ids only.

    A member's cause is the same in every ENT of the project: two could tell by it that they speak
    of one child, so it is not said.
    """
    of_member = parcel.operation.startswith("MEMBER_")
    return {
        "X-Preau-Event": parcel.event_id,
        "X-Preau-Entity": parcel.entity,
        "X-Preau-Version": str(parcel.version),
        "X-Preau-Cause": "" if of_member else parcel.cause,
    }
