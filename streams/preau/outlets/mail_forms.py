"""Reads `outlet/mail.yaml`, strictly: which mails go to a group's distribution list, in what words.

    list: "{group}"               # before the @; what stands after it is the host of the instance
    mails:
      SHARE_PUT:                  # one mail for the first time that this operation is done
        subject: Un document dans « {group.name} »
        text: |
          « {title} » vient d'être partagé avec le groupe. {link}

A hole is a field of the delivery, which the card's `needs` must list; or `group.name`, the name
that its group was given; or `link`, the address of the document in the ENT that has it. Where an
operation has no line in `files.yaml`, its mail is all that there is of it: each version is sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from preau.errors import FixTheFolder, Place
from preau.outlets.operation import MAIL
from preau.outlets.spelling import keyed, one_of, wrong
from preau.outlets.value import LINK, LINKED

MAIL_KEYS = frozenset({"list", "mails"})
LETTER_KEYS = frozenset({"subject", "text"})
GROUP_NAME = "group.name"
_LIST = re.compile(r"[a-z0-9._-]{0,20}\{group\}[a-z0-9._-]{0,20}")
_HOLE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-z_]+")
_MOST = {"subject": 200, "text": 4_000}
_OF = tuple(
    f"{what}_{how}"
    for what in ("SHARE", "HOMEWORK", "NOTICE", "CALENDAR_EVENT")
    for how in ("PUT", "REMOVE")
)


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of one mail, with their holes."""

    subject: str
    text: str

    def holes(self) -> set[str]:
        """What is read."""
        return {*_HOLE.findall(self.subject), *_HOLE.findall(self.text)}

    def fields(self) -> Iterator[str]:
        """The fields of the delivery that are read; the group's id finds the list."""
        yield "group"
        for hole in sorted(self.holes() - {GROUP_NAME}):
            yield from LINKED if hole == LINK else (hole,)


@dataclass(frozen=True, slots=True)
class MailForms:
    """The mails of one product; `list` is the local part of the list's address."""

    list: str = ""
    letters: Mapping[str, Letter] = field(default_factory=dict)


NO_MAIL = MailForms()
"""Of a product that is sent none."""


def read_mails(connector: str, folder: Path, needs: Mapping[str, Collection[str]]) -> MailForms:
    """What `mail.yaml` of an `outlet/` folder says; raises `FixTheFolder`."""
    file = folder / MAIL
    if not file.is_file():
        return NO_MAIL
    place = Place(connector, f"outlet/{MAIL}")
    return parse_mails(yaml.safe_load(file.read_text("utf-8")), needs, place)


def parse_mails(raw: object, needs: Mapping[str, Collection[str]], place: Place) -> MailForms:
    """The mails from plain values; `needs` are the fields that each operation may read."""
    said = keyed(raw, MAIL_KEYS, place, "the file")
    lists, mails = str(said.get("list", "")), said.get("mails")
    if not _LIST.fullmatch(lists):
        raise wrong(place, "list", "the part before the @, with {group} in it, as in gie-{group}")
    if not isinstance(mails, dict) or not mails:
        raise wrong(place, "mails", "at least one operation and its words are needed")
    letters = {one_of(name, _OF, place): _letter(each, place) for name, each in mails.items()}
    for operation, letter in letters.items():
        _check(operation, letter, needs.get(operation, ()), place)
    return MailForms(lists, letters)


def _letter(raw: object, place: Place) -> Letter:
    said = keyed(raw, LETTER_KEYS, place, "a mail")
    words = {name: _words(said, name, place) for name in ("subject", "text")}
    if "\n" in words["subject"].strip():
        raise wrong(place, "subject", "a subject is one line")
    letter = Letter(words["subject"].strip(), words["text"])
    for hole in letter.holes():
        if hole != GROUP_NAME and not _NAME.fullmatch(hole):
            raise wrong(place, hole, "a hole is a field, group.name or link")
    return letter


def _words(said: Mapping[str, Any], name: str, place: Place) -> str:
    found = said.get(name)
    if not isinstance(found, str) or not 1 <= len(found.strip()) <= _MOST[name]:
        raise wrong(place, name, f"words are needed, {_MOST[name]} characters at most")
    return found


def _check(operation: str, letter: Letter, needs: Collection[str], place: Place) -> None:
    if LINK in letter.holes() and operation != "SHARE_PUT":
        raise wrong(place, LINK, "only SHARE_PUT gives the address of a document")
    for name in letter.fields():
        if name not in needs:
            raise FixTheFolder(
                "OUTLET_FIELD",
                f"the mail of {operation} reads {name}, which the card does not list",
                where=Place(place.connector, place.file, name),
                known=tuple(sorted(needs)),
                fix=f"list it in connector.yaml under needs.{operation}, or stop reading it",
            )
