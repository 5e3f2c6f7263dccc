"""What one ENT says, record by record: a folder's own samples, completed where they show no whole.

A sample shows one event at a time: a share without its document, a class without a pupil. What is
missing is made up in the same instance's name, and marked so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from preau.agents.happenings import HAPPENINGS, happening_entity
from preau.agents.wanted import share_entity
from preau.broker.records import Arrival
from preau.broker.topics import CANON
from preau.canon.codec import decode, encode
from preau.canon.purposes import purposes
from preau.ids import event_id
from preau.kit.small_hub import GROUP, NOW, PURPOSE

MADE_UP = "kit"
"""Stands in the id of everything that no sample shows."""
PARENTS = ("establishment", "group", "resource", "person")
"""Records that others point to."""
Expected = frozenset[tuple[str, str, str]]
"""(operation, the member's account or the entity, the title) of all that an ENT is to hold."""


class Word(NamedTuple):
    """One record as a step reads it; `key` is `<instance>/<source id>`."""

    record: str
    key: str
    value: Mapping[str, Any]
    arrival: Arrival

    @property
    def version(self) -> int:
        """What orders two words on one object."""
        return int(self.value["meta"]["version"])

    @property
    def deleted(self) -> bool:
        """Whether the object is gone."""
        return bool(self.value["meta"]["deleted"])


def heard(arrival: Arrival) -> Word:
    """A canonical record, read."""
    decoded = decode(arrival.value or b"")
    return Word(decoded.record, (arrival.key or b"").decode(), decoded.value, arrival)


def made(record: str, key: str, version: int = 1, **fields: Any) -> Word:
    """A record of an instance; `key` says which."""
    instance, _, local = key.partition("/")
    meta = {
        "event_id": event_id(instance, f"{record}:{local}", str(version)),
        "instance": instance,
        "connector": instance,
        "source_id": local,
        "version": version,
        "occurred_at": NOW,
        "received_at": NOW,
        "lineage": {"topic": "preau.intake.kit", "partition": 0, "offset": 0, "path": ""},
    }
    return _word(record, key, {"meta": meta, **fields})


def again(word: Word, later: int, *, deleted: bool = False) -> Word:
    """The same object said by a later event: gone, or there.

    What is sealed is not said again: its seal is that of the first event.
    """
    meta, version = word.value["meta"], word.version + later
    told = event_id(meta["instance"], f"{word.record}:{word.key}", f"{version}:{deleted}")
    value = {**word.value, "meta": {**meta, "event_id": told, "version": version}}
    value["meta"]["deleted"] = deleted
    if "pii" in value:
        value["pii"] = None
    return _word(word.record, word.key, value)


def _word(record: str, key: str, value: Mapping[str, Any]) -> Word:
    raw = encode(record, dict(value))
    arrival = Arrival(CANON + record, 0, 0, key.encode(), raw, {})
    return Word(record, key, decode(raw).value, arrival)


def last(words: Iterable[Word]) -> dict[tuple[str, str], Word]:
    """The word that counts on each object: the one with the highest version."""
    found: dict[tuple[str, str], Word] = {}
    for word in words:
        place = word.record, word.key
        if place not in found or word.version > found[place].version:
            found[place] = word
    return found


def living(words: Iterable[Word]) -> list[Word]:
    """The objects that are there at the end."""
    return [word for word in last(words).values() if not word.deleted]


def completed(instance: str, said: Sequence[Word]) -> list[Word]:
    """The words with what they lack: a class for a pupil, a pupil for a class, a document…"""
    words = [*said, *_revived(said)]
    words += _classes(words)
    words += _pupils(instance, words)
    words += _documents(words)
    return [*words, *_people(words)]


def _classes(words: Sequence[Word]) -> Iterator[Word]:
    known = last(words)
    for key in sorted({group for word in living(words) for group, _, _ in members(word)}):
        if ("group", key) not in known:
            yield made("group", key, kind="CLASS")


def _pupils(instance: str, words: Sequence[Word]) -> Iterator[Word]:
    inhabited = {group for word in living(words) for group, _, _ in members(word)}
    pupil = f"{instance}/{MADE_UP}-pupil"
    for key in classes(words):
        if key not in inhabited:
            said = {"group": key, "member": pupil, "role": "PUPIL"}
            yield made("membership", f"{key}-{MADE_UP}", 1, **said)


def _documents(words: Sequence[Word]) -> Iterator[Word]:
    known = last(words)
    for key in sorted({w.value["resource"] for w in living(words) if w.record == "share"}):
        if ("resource", key) not in known:
            yield _document(key)


def _people(words: Sequence[Word]) -> Iterator[Word]:
    known = last(words)
    for source in sorted({member for word in words for _, member, _ in members(word)}):
        if ("person", source) not in known:
            yield made("person", source, profile="PUPIL")


def _revived(words: Sequence[Word]) -> Iterator[Word]:
    """What the samples end by deleting, said once more by a later event."""
    ended = last(words)
    for place, before in last(word for word in words if not word.deleted).items():
        if ended[place].deleted:
            yield again(before, ended[place].version - before.version + 1)


def _document(key: str) -> Word:
    instance, _, local = key.partition("/")
    where = {"instance": instance, "media_id": local}
    return made("resource", key, kind="DOCUMENT", title=f"Document {local}", resolver=where)


def members(word: Word) -> Iterator[tuple[str, str, str]]:
    """(class, account, role) of each person whom a word says to be in a class."""
    value = word.value
    each = [value] if word.record == "membership" else value.get("members", ())
    for member in each if word.record in ("membership", "roster") else ():
        if member["member_kind"] == "PERSON":
            yield value["group"], member["member"], member["role"]


def classes(words: Iterable[Word]) -> list[str]:
    """The groups that can take part in a project."""
    return sorted({word.key for word in living(words) if word.record == "group"})


def spaces(instance: str, words: Iterable[Word]) -> list[str]:
    """The groups of the instance with which documents and texts are shared."""
    named = [group for word in words for group in shared_with(word)]
    mine = f"{instance}/"
    return sorted({each for each in named if each.startswith(mine)}) or [f"{mine}{MADE_UP}-group"]


def shared_with(word: Word) -> Sequence[str]:
    """The groups that something is given to."""
    if word.record == "share":
        return [word.value["group"]]
    return list(word.value["groups"]) if word.record in HAPPENINGS else []


def due(words: Sequence[Word], given: Iterable[str], accounts: Mapping[str, str]) -> Expected:
    """What another ENT is to hold after these words: worked out from the words alone.

    `given` are the groups that are the project's, `accounts` the account of each member there.
    """
    there, ours = {(w.record, w.key): w for w in living(words)}, set(given)
    roles, found = purposes()[PURPOSE].roles, set[tuple[str, str, str]]()
    for word in there.values():
        for group, member, role in members(word):
            known = ("group", group) in there and ("person", member) in there
            if known and role in roles and member in accounts:
                found.add(("MEMBER_PUT", accounts[member], ""))
        if ours.isdisjoint(shared_with(word)):
            continue
        if word.record == "share" and (paper := there.get(("resource", word.value["resource"]))):
            found.add(("SHARE_PUT", share_entity(word.key, GROUP), paper.value["title"] or ""))
        if word.record in HAPPENINGS and not _for_nobody(word, roles):
            entity = happening_entity(word.record, word.key, GROUP)
            found.add((f"{word.record.upper()}_PUT", entity, word.value["title"] or ""))
    return frozenset(found)


def _for_nobody(word: Word, roles: frozenset[str]) -> bool:
    audience = word.value.get("audience") or ()
    return bool(audience) and roles.isdisjoint(audience)
