"""The acts of the story once the hub runs; each plays its part, waits, and looks into both ENTs."""

from __future__ import annotations

from preau.demo.limoux import aaf_files
from preau.demo.limoux.checks import (
    COLLEGE_CLASS,
    document_in_college,
    everybody_known,
    group_in_college,
    group_in_ecoles,
    in_the_state_files,
)
from preau.demo.limoux.seeds import LATECOMER, accounts, edifice_seed
from preau.demo.limoux.town import BENEYLU, COLLEGE, ECOLES, EDIFICE, STATE, School
from preau.demo.playbill import Heading
from preau.demo.script import Act
from preau.demo.stage import Stage, asked
from preau.demo.story import Story
from preau.demo.summer import days
from preau.demo.waiting import StoryBroken
from preau.inlets.filedrop import REFUSED
from preau.store import projects
from preau.web import french

TITLE, PURPOSE = "Défi lecture", "PROJET_PEDAGOGIQUE"
DESCRIPTION = "Lire ensemble trois romans, du CM2 à la 6e."
DOCUMENT = "Règles du défi"
TEXT = (
    "Règles du défi lecture\n\n"
    "1. Chaque classe lit les trois romans avant les vacances de Noël.\n"
    "2. Chaque équipe réunit des élèves de CM2 et de 6e : à cœur vaillant, rien d'impossible.\n"
    "3. On répond aux questions des autres, jamais aux siennes.\n"
)
_CLASSES = sum(len(school.classes) for school in ECOLES)


def directories(story: Story) -> None:
    """Two ENTs say who is there, the académie drops its files: everybody is known, recognised."""
    stage, people = story.stage, accounts(complete=False)
    files = aaf_files.write_files(COLLEGE, stage.deposits / STATE)
    story.screen.note(f"l'académie dépose {len(files)} fichiers AAF du collège")
    said = stage.say(BENEYLU, {"what": "directory"})
    story.screen.note(f"l'ENT des écoles dit {len(ECOLES)} écoles, leurs classes, leurs comptes")
    said += stage.say(EDIFICE, {"what": "directory"})
    story.screen.note(f"l'ENT du collège dit sa classe et ses {len(people)} comptes")
    said += 1 + len(list(COLLEGE.people()))  # the files: one structure, then one entry per person

    def missing() -> str:
        return (
            story.unaccounted(said)
            or _refused_files(stage)
            or everybody_known(stage.control)
            or in_the_state_files(stage.control, people)
        )

    story.until(missing)
    made = story.counted()
    if made.aside:
        raise StoryBroken(f"{made.aside} événements mis de côté, aucun n'était attendu")
    story.screen.note(f"{made.records} enregistrements canoniques en sont sortis")
    story.screen.note(f"{len(people)} comptes sont reconnus dans les fichiers de l'État")


def project(story: Story) -> None:
    """The project is created; directors transmit, the DASEN and the principal authorise."""
    operator, before = story.stage.operator, story.counted().heard
    operator.sector(COLLEGE.uai, [each.uai for each in ECOLES])
    story.project = operator.create(_project(story.stage))
    story.screen.note(f"{french.quoted(TITLE)} : {_CLASSES} classes d'écoles et une 6e")
    for each in ECOLES:
        operator.decide(story.project, each.uai, "TRANSMITTED", "DIRECTOR")
        operator.decide(story.project, each.uai, "AUTHORISED", "DASEN")
        story.screen.note(f"{each.name} : transmis par la direction, autorisé par le DASEN")
    operator.decide(story.project, COLLEGE.uai, "AUTHORISED", "PRINCIPAL")
    story.screen.note(f"{COLLEGE.name} : autorisé par la principale")
    commands = 3 + 2 * len(ECOLES)  # the sector, the project, two decisions of each école, one
    story.until_through(before + commands)
    state = story.page()["state"]
    if state != "OPEN":
        raise StoryBroken(f"le projet devrait être ouvert, il est {french.state(state).word}")


def group(story: Story) -> None:
    """The group is in both ENTs, in each one's own way; one pupil's account is waited for."""
    people = accounts(complete=False)
    story.until_answered(2 + _CLASSES + len(people), 1)
    with story.stage.control.engine.connect() as connection:
        found = projects.get(connection, story.project)
    story.group = found.group if found is not None else ""
    ents = story.stage.ents
    story.native[BENEYLU] = group_in_ecoles(ents, story.group)
    story.screen.note(f"ENT des écoles : un partenariat de {_CLASSES} classes")
    story.native[EDIFICE] = group_in_college(ents, story.group, people)
    story.screen.note(f"ENT du collège : un groupe de {len(people)} membres")
    waiting = next(a for a in story.page()["answers"] if a["outcome"] == "PENDING")
    told = french.reason("PENDING", waiting["reason"])
    story.screen.note(f"{waiting['things']} en attente : {told}")


def document(story: Story) -> None:
    """A teacher of an école shares a document with the group; the collège receives the same."""
    before, heard = story.receipts(), story.counted().heard
    teacher = next(person for person in ECOLES[0].people() if person.teacher)
    order = {"what": "share", "teacher": teacher.account, "title": DOCUMENT, "text": TEXT}
    order["group"] = story.native[BENEYLU]
    said = story.stage.say(BENEYLU, order)
    story.screen.note(f"une enseignante de CM2 partage {french.quoted(DOCUMENT)} avec le groupe")
    story.until_through(heard + said)
    story.until_answered(before.applied + 1, before.pending)
    document_in_college(story.stage.ents, story.native[EDIFICE], TEXT.encode())
    size = len(TEXT.encode())
    story.screen.note(f"il est dans le groupe du collège, les mêmes {size} octets")
    titles = [each["title"] for each in story.page()["documents"]]
    if titles != [DOCUMENT]:
        raise StoryBroken(f"la page montre {len(titles)} documents, elle devrait en montrer un")


def latecomer(story: Story) -> None:
    """The missing account appears in the collège's ENT: that pupil joins, nothing waits."""
    before, heard, stage = story.receipts(), story.counted().heard, story.stage
    asked(stage.ents[EDIFICE], "POST /_sandbox/seed", edifice_seed(complete=True))
    said = stage.say(EDIFICE, {"what": "directory"})
    story.screen.note("l'élève sans compte en a un ; son ENT dit de nouveau la classe")
    story.until_through(heard + said)
    story.until(lambda: in_the_state_files(story.stage.control, [LATECOMER]))
    story.until_answered(before.applied + 1, 0)
    group_in_college(story.stage.ents, story.group, accounts(complete=True))
    story.screen.note("l'élève est entré dans le groupe sans que personne ne fasse rien")


ACTS = (
    Act(Heading("directories", "Les annuaires arrivent", "annuaires"), directories),
    Act(Heading("project", "Le projet est créé, chaque établissement décide", "projet"), project),
    Act(Heading("group", "Le groupe apparaît dans les deux ENT", "groupe", answers=True), group),
    Act(
        Heading("document", "Un document passe de l'école au collège", "document", answers=True),
        document,
    ),
    Act(Heading("latecomer", "Un compte manquait : il arrive", "compte", answers=True), latecomer),
)


def _refused_files(stage: Stage) -> str:
    folder = stage.deposits / STATE / REFUSED
    refused = list(folder.glob("*.xml")) if folder.is_dir() else []
    if refused:
        raise StoryBroken(f"{len(refused)} fichiers refusés ; la raison est dans {folder}")
    return ""


def _project(stage: Stage) -> dict[str, object]:
    return {
        "title": TITLE,
        "purpose": PURPOSE,
        "description": DESCRIPTION,
        **days(stage),
        "participants": [
            *(_invited(school, BENEYLU) for school in ECOLES),
            {"uai": COLLEGE.uai, "instance": EDIFICE, "classes": [COLLEGE_CLASS]},
        ],
    }


def _invited(school: School, instance: str) -> dict[str, object]:
    classes = [str(each.number) for each in school.classes]
    return {"uai": school.uai, "instance": instance, "classes": classes}
