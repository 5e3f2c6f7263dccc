"""What is in a project's group as dates of a calendar and entries of a feed, in French."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from preau.agents.group_contents import Content
from preau.outlets.atom import Item, Label
from preau.outlets.icalendar import Date
from preau.outlets.printable import one_line
from preau.store.said import SaidState
from preau.web.french import kind, permission

_DAY_MS = 86_400_000
HOMEWORK = "À rendre\u00a0: "
UNTITLED = {"homework": "Devoir", "calendar_event": "Date du projet"}


def dates(content: Content, fields: Collection[str]) -> Iterator[Date]:
    """The date of one thing, with only these fields; nothing for what has no day."""
    said = {name: value for name, value in content.said.fields.items() if name in fields}
    record, version, at = content.said.record, content.said.version, said_at(content.said)
    title = one_line(str(said.get("title") or ""))
    if record == "homework":
        if (due := said.get("due")) is not None:
            title = HOMEWORK + title if title else UNTITLED[record]
            day = Date(content.id, title, version, at, due * _DAY_MS, days=True, busy=False)
            yield day._replace(category="Devoirs")
    elif (start := said.get("start")) is not None:
        when = start, said.get("end"), bool(said.get("all_day"))
        rule = str(said.get("recurrence") or "")
        yield Date(content.id, title or UNTITLED[record], version, at, *when, rule, "Projet")


def items(share: Content, document: SaidState, fields: Collection[str], since: int) -> Item:
    """The entry of one document; `since` is its moment where nobody said one."""
    what, may = document.fields["kind"], share.said.fields["permission"]
    known = Label(what, kind(what)) if "kind" in fields else Label("", "")
    allowed = Label(may, permission(may)) if "permission" in fields else Label("", "")
    source = share.source if "source_instance" in fields else "ENT du projet"
    shared = said_at(share.said) or since
    title = str(document.fields["title"] or "") if "title" in fields else ""
    words = f"Un {known.label or 'document'} déposé dans {source}."
    words += f" Droit du groupe\u00a0: {allowed.label}." if allowed.label else ""
    changed = max(shared, said_at(document))
    return Item(share.id, title, source, known, allowed, shared, changed, words)


def said_at(state: SaidState) -> int:
    """When it was said last; 0 for what an earlier Préau kept without that."""
    return int(state.fields.get("at", 0))
