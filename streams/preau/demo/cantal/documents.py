"""The documents of the story: who shares one, in whose ENT it must be then, and in which form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from preau.demo.cantal.checks import group, shows
from preau.demo.cantal.project import TITLE
from preau.demo.cantal.territory import BENEYLU, NETCIRCO, NETCOLLEGE, NETECOLE, Room
from preau.demo.story import Story
from preau.demo.waiting import StoryBroken
from preau.web import french

AS_LINK = "APPLIED_AS_LINK"


class Document(NamedTuple):
    """What a teacher shares with the group of the project."""

    title: str
    text: str


RULES = Document(
    "Règle du jeu d'écriture",
    "Règle du jeu d'écriture\n\nChaque classe écrit une page et la confie à la suivante.\n",
)
WORDS = Document("Mots de la planèze", "buron, estive, gentiane, écir, couderc\n")
PAGE = Document("Notre première page", "Il neigeait depuis trois jours sur la planèze.\n")
Shown = Mapping[str, Sequence[Document]]
"""ENT → the documents of others that its group shows."""
BEFORE_MOVE: Shown = {
    NETECOLE: (RULES,),
    BENEYLU: (WORDS,),
    NETCIRCO: (RULES, WORDS),
    NETCOLLEGE: (RULES, WORDS),
}
AFTER_MOVE: Shown = {
    NETECOLE: (RULES, PAGE),
    BENEYLU: (WORDS,),
    NETCIRCO: (RULES, WORDS, PAGE),
    NETCOLLEGE: (RULES, WORDS, PAGE),
}


def share(story: Story, room: Room, what: Document) -> None:
    """The teacher of this class shares it, from the ENT of the class: three others answer."""
    before, heard, here = story.receipts(), story.counted().heard, room.instance
    who = room.people[0]
    order = {"what": "share", "teacher": who.beneylu if here == BENEYLU else room.account(who)}
    order |= {"group": story.native[here], "title": what.title, "text": what.text}
    said = story.stage.say(here, order)
    story.screen.note(f"{room.name} partage {french.quoted(what.title)}")
    story.until_through(heard + said)
    story.until_answered(before.applied + len(story.native) - 1, before.pending)


def check_shown(story: Story, shown: Shown) -> None:
    """Each group shows these documents and no other; every receipt says that it is a link."""
    for name, documents in shown.items():
        shows(group(story.stage.ents, name, TITLE), [each.title for each in documents])
    told = {each["reason"] for each in story.page()["answers"] if each["what"] == "SHARE"}
    if told != {AS_LINK}:
        raise StoryBroken(f"les accusés disent {sorted(told)}, attendu : appliqué en lien")
