"""A groupement changes its ENT in the middle of the year: its group and its rights survive."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from preau.demo.cantal.agenda import check_agendas
from preau.demo.cantal.checks import Holding, class_key, group, group_holds
from preau.demo.cantal.documents import AFTER_MOVE, BEFORE_MOVE, PAGE, check_shown, share
from preau.demo.cantal.project import MEETING, TITLE
from preau.demo.cantal.seeds import beneylu_seed
from preau.demo.cantal.territory import (
    AFTER,
    BENEYLU,
    MOVED,
    NETECOLE,
    PLANEZE,
    PUPIL,
)
from preau.demo.known import people_known, recognised
from preau.demo.stage import Stage, asked
from preau.demo.story import Story
from preau.demo.waiting import StoryBroken
from preau.store import mandates
from preau.store.mandates import Mandate
from preau.store.projects import AUTHORISED


def move(story: Story) -> None:
    """Its accounts come in the new ENT, an operator says so, and everything goes on."""
    stage = story.stage
    before = _groups(story)
    given = _rights(stage, story.project)
    _arrive(story)
    stage.operator.move(story.project, _place())
    story.screen.note("l'opérateur note le nouvel ENT ; personne ne décide de nouveau")
    story.until(lambda: _lacking(story))
    now = _groups(story)
    check_groups(before, now)
    _note_groups(story, now)
    check_rights(given, _rights(stage, story.project))
    if not _authorised(story):
        raise StoryBroken("l'autorisation n'a pas survécu au changement d'ENT")
    story.screen.note("ses droits sont les mêmes, jusqu'au même jour, dans le nouvel ENT")
    check_shown(story, BEFORE_MOVE)
    check_agendas(stage, story.secrets, [MEETING])
    story.screen.note("documents, dates et agenda du réseau : tout y est encore")
    share(story, MOVED, PAGE)
    check_shown(story, AFTER_MOVE)
    story.screen.note("ce document, partagé depuis le nouvel ENT, est chez les trois autres")


def _groups(story: Story) -> dict[str, Holding]:
    return {name: group(story.stage.ents, name, TITLE) for name in story.native}


def _arrive(story: Story) -> None:
    """The new ENT has the school and its accounts, and says so; pupils are recognised."""
    stage, heard = story.stage, story.counted().heard
    asked(stage.ents[BENEYLU], "POST /_sandbox/seed", beneylu_seed([MOVED]))
    said = stage.say(BENEYLU, {"what": "directory"})
    story.screen.note(f"{MOVED.name} passe de Net'École à Beneylu, avec de nouveaux comptes")
    pupils = [each for each in MOVED.people if each.profile == PUPIL]
    pairs = [
        (f"{NETECOLE}/{PLANEZE.account(each)}", f"{BENEYLU}/{MOVED.account(each)}")
        for each in pupils
    ]
    story.until(
        lambda: (
            story.unaccounted(heard + said)
            or people_known(stage.control, [class_key(MOVED)], len(MOVED.people))
            or recognised(stage.control, pairs)
        )
    )
    story.screen.note(f"{len(pairs)} élèves y sont reconnus par leur INE")


def _place() -> dict[str, object]:
    return {"uai": MOVED.uai, "instance": BENEYLU, "classes": [class_key(MOVED)]}


def _lacking(story: Story) -> str:
    """What the two ENTs do not show yet: the class in the new one, its pupils in the old one."""
    try:
        for name in (BENEYLU, NETECOLE):
            group_holds(story.stage.ents, name, TITLE, AFTER)
    except StoryBroken as late:
        return str(late)
    found = story.receipts()
    return f"{found.pending} réponses en attente" if found.pending else ""


def _note_groups(story: Story, now: Mapping[str, Holding]) -> None:
    classes, pupils = (len(now[name]["members"]) for name in (BENEYLU, NETECOLE))
    story.screen.note(f"Beneylu : {classes} classes dans le même partenariat")
    story.screen.note(f"Net'École : {pupils} élèves, ceux de l'autre groupement")
    story.screen.note("rien n'a changé dans Net'circo et NetCollège")


def check_groups(before: Mapping[str, Holding], now: Mapping[str, Holding]) -> None:
    """The two ENTs have other members and nothing else, the others all that they had."""
    for name, held in before.items():
        free = {"members"} if name in (BENEYLU, NETECOLE) else set()
        changed = sorted(each for each in held if held[each] != now[name].get(each))
        if not free.issuperset(changed):
            raise StoryBroken(f"le groupe de {name} a changé : {', '.join(changed)}")


def check_rights(given: Collection[Mandate], now: Collection[Mandate]) -> None:
    """The same rights, until the same day, in the new ENT; and no other anywhere."""
    before, after = ([_right(each) for each in held] for held in (given, now))
    if not before or sorted(before) != sorted(after):
        raise StoryBroken(f"{len(after)} mandats après le changement d'ENT, attendu {len(before)}")
    if {each.instance for each in now} != {BENEYLU}:
        raise StoryBroken("un mandat vaut encore pour l'ancien ENT")


def _right(mandate: Mandate) -> tuple[str, ...]:
    kept = (mandate.direction, mandate.granted_by, mandate.legal_basis)
    return (*kept, mandate.starts, mandate.until)


def _rights(stage: Stage, project: str) -> list[Mandate]:
    """The mandates that this school's authorisation gave, and that nobody has revoked."""
    with stage.control.engine.connect() as connection:
        given = mandates.of_project(connection, project)
    return [e for e in given if e.establishment == MOVED.uai and e.revoked_at is None]


def _authorised(story: Story) -> bool:
    decisions = {each["uai"]: each["decision"] for each in story.page()["establishments"]}
    return bool(decisions[MOVED.uai] == AUTHORISED)
