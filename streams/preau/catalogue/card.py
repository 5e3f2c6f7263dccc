"""The identity card of a connector, `connector.yaml`: every key and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path as File
from typing import Any, NoReturn

from preau.catalogue.card_values import (
    flag_list,
    needs,
    one_of,
    path_list,
    reasons,
    short_text,
    words,
)
from preau.errors import FixTheFolder, Place
from preau.mapping.language import at, guess
from preau.mapping.paths import Path, parse_path
from preau.mapping.strict_yaml import read_yaml
from preau.mapping.voice import Voice
from preau.readers import READERS

FILE = "connector.yaml"
ADULTS = "ADULTS"
TIERS = ("seen", "checked", "live", "trusted")
DEGREES = {"first": "FIRST", "second": "SECOND", "both": ""}


@dataclass(frozen=True)
class Card:
    """What a product is and what it can do.

    product       the folder's name
    title         the product's name, for people
    degree        first, second or both (school degrees)
    reader        how its bytes are read: json, aaf …
    event         path of the event's name
    event_id      path of the vendor's own event id, if it has one
    occurred_at   path of the event's moment (else the moment of receipt)
    version       path of what orders two states of one object (else occurred_at, in µs)
    order         paths of the key that must stay in order at intake (else the whole instance)
    place         paths of the establishment that an object belongs to (imports count by it)
    files         words in the names of a set's files, in the order in which they are read
    authority     STATE or ENT: whose word wins
    ways_in       http, file, poll: how its events come; none: it says nothing
    ways_out      push, webhook, file, none: how it is written to
    share         COPY, ACL, LINK, NONE: how a document can be shared in it
    members       GROUP, PERSON, NONE: what a group of it may contain; PSEUDONYM: people under the
                  hub's pseudonym, in a directory service that has no accounts of its own
    people        EVERYBODY, or ADULTS: no pupil and no family ever becomes a member of it
    needs         operation → the only fields that may leave for it
    freshness     how late its events may be, in words
    contact       who answers; empty until somebody does
    tier          seen, checked, live or trusted
    ignored       event → why it is dropped on purpose
    edition       changes when the folder's meaning does; stands in every record
    invented_people  where the list of invented people is, from the folder
    """

    product: str
    title: str
    degree: str
    reader: str
    event: str
    authority: str
    tier: str
    event_id: str = ""
    occurred_at: str = ""
    version: str = ""
    order: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    ways_in: tuple[str, ...] = ()
    ways_out: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    people: str = "EVERYBODY"
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    freshness: str = ""
    contact: str = ""
    ignored: Mapping[str, str] = field(default_factory=dict)
    edition: str = "1"
    invented_people: str = ""

    @property
    def adults_only(self) -> bool:
        """Whether nobody but adults of establishments may be a member there."""
        return self.people == ADULTS

    @property
    def silent(self) -> bool:
        """Whether it says nothing: then nobody tells which accounts it has."""
        return self.ways_in == ("none",)

    @property
    def voice(self) -> Voice:
        """What the mapping engine needs of it."""
        return Voice(
            connector=self.product,
            edition=self.edition,
            degree=DEGREES[self.degree],
            authority=self.authority,
            event=parse_path(self.event),
            event_id=_path(self.event_id),
            occurred_at=_path(self.occurred_at),
            version=_path(self.version),
            ignored=self.ignored,
        )


_REQUIRED = ("product", "title", "degree", "reader", "event", "authority", "tier")
KEYS = tuple(f.name for f in fields(Card))


def read_card(folder: File) -> Card:
    """The card of a folder; raises `FixTheFolder` with the key, what is known and the fix."""
    place = Place(folder.name, FILE)
    return parse_card(read_yaml(folder / FILE, place), place)


def parse_card(raw: object, place: Place) -> Card:
    """The card that plain values say; raises `FixTheFolder`."""
    if not isinstance(raw, dict):
        _refuse("CARD", "the card is names and values", place, KEYS, "product: …")
    for key in raw:
        if key not in KEYS:
            fix = guess(str(key), KEYS) or "use the known keys only"
            _refuse("UNKNOWN_KEY", "the card has no such key", at(place, str(key)), KEYS, fix)
    for key in _REQUIRED:
        if not raw.get(key):
            _refuse("CARD_INCOMPLETE", f"`{key}` is missing", at(place, key), (), f"add {key}")
    given: dict[str, Any] = {
        key: _value(key, raw[key], at(place, key)) for key in raw if raw[key] is not None
    }
    card = Card(**given)
    if place.connector is not None and card.product != place.connector:
        fix = "name the product as its folder"
        _refuse("CARD_NAME", "the product is not the folder's name", at(place, "product"), (), fix)
    if card.adults_only:
        _check_adults(card, place)
    return card


def _check_adults(card: Card, place: Place) -> None:
    """A product for adults takes accounts one by one, each with the role that tells an adult."""
    if "GROUP" in card.members:
        what = "a class would join whole, its pupils with it"
        _refuse("CARD_ADULTS", what, at(place, "members"), ("PERSON", "NONE"), "members: [PERSON]")
    if "MEMBER_PUT" in card.needs and "role" not in card.needs["MEMBER_PUT"]:
        what = "without its role, nobody can tell an adult from a pupil"
        where = at(place, "needs.MEMBER_PUT")
        _refuse("CARD_ADULTS", what, where, (), "list role under needs.MEMBER_PUT")


def _value(key: str, raw: object, place: Place) -> object:
    if key in _CHOICES:
        return one_of(raw, _CHOICES[key], place)
    if key in _FLAGS:
        return flag_list(raw, _FLAGS[key], place)
    if key in _PATHS:
        return path_list([raw], place)[0] if raw else ""
    readers = {"needs": needs, "ignored": reasons, "order": path_list}
    readers |= {"place": path_list, "files": words}
    return readers.get(key, short_text)(raw, place)


_PATHS = ("event", "event_id", "occurred_at", "version")
_CHOICES = {
    "degree": tuple(DEGREES),
    "reader": tuple(READERS),
    "authority": ("STATE", "ENT"),
    "tier": TIERS,
    "people": ("EVERYBODY", ADULTS),
}
_FLAGS = {
    "ways_in": ("http", "file", "poll", "none"),
    "ways_out": ("push", "webhook", "file", "none"),
    "share": ("COPY", "ACL", "LINK", "NONE"),
    "members": ("GROUP", "PERSON", "PSEUDONYM", "NONE"),
}


def _path(text: str) -> Path | None:
    return parse_path(text) if text else None


def _refuse(code: str, what: str, place: Place, known: tuple[str, ...], fix: str) -> NoReturn:
    raise FixTheFolder(code, what, where=place, known=known, fix=fix)
