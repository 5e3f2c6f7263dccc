"""A rehearsal in French: for a terminal, and as a page that each school can print and sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from preau.imports.paper import PAPER
from preau.imports.quality_page import number
from preau.imports.rehearsed import (
    CERTAIN,
    CONTINUED,
    CREATED,
    ENDED,
    REUSED,
    UNKNOWN,
    Classroom,
    Passage,
    ProjectTouched,
    Rehearsed,
    SchoolYear,
)
from preau.store.likely import POSSIBLE, PROBABLE

_ALIKE = "mêmes nom, prénom et date de naissance"
RULES = {
    "national_ref": "même numéro dans les fichiers de l'État",
    "ine_digest": "même INE",
    "cm2_to_6e": f"{_ALIKE}, CM2 puis 6e",
    "ecole_to_college": f"{_ALIKE}, école puis collège (un niveau n'est pas dit)",
    "sector": f"{_ALIKE}, école puis collège de son secteur",
    "same_school": f"{_ALIKE}, même établissement",
    "name_birth": f"{_ALIKE} seulement, ou plusieurs élèves possibles",
    "": "aucune",
}
ASSURANCES = {
    CERTAIN: "certain",
    PROBABLE: "probable, à confirmer",
    POSSIBLE: "possible, à vérifier",
    UNKNOWN: "non reconnu",
}
FATES = {
    CONTINUED: "continue",
    REUSED: "même code, autres élèves",
    CREATED: "nouvelle",
    ENDED: "n'existe plus",
}
_FATES_OF_ALL = {
    CONTINUED: ("continue", "continuent"),
    REUSED: ("garde son code avec d'autres élèves", "gardent leur code avec d'autres élèves"),
    CREATED: ("nouvelle", "nouvelles"),
    ENDED: ("n'existe plus", "n'existent plus"),
}
_STATES = {"DRAFT": "en préparation", "OPEN": "ouvert"}
_LEVELS = {
    "SIXIEME": "6e",
    "CINQUIEME": "5e",
    "QUATRIEME": "4e",
    "TROISIEME": "3e",
    "SECONDE": "2de",
    "PREMIERE": "1re",
    "TERMINALE": "Tle",
    "OTHER": "autre",
}


def render_text(found: Rehearsed) -> str:
    """The rehearsal as lines of text."""
    lines = ["Répétition de la rentrée : rien n'a été changé ni envoyé"]
    if found.refused:
        lines += ["Les fichiers sont refusés :", f"  {found.refused}"]
        return "\n".join(lines) + "\n"
    lines += [*summary(found), ""]
    lines += [f"Seuil franchi : {uai or 'source'}, {alarm.told()}" for uai, alarm in found.alarms]
    for project in found.projects:
        lines.append(f"Projet touché : {project.title} ({state(project)}) : {members(project)}")
        lines += [f"  classe {room.name} : {became(room)}" for room in project.classes]
    for school in found.schools:
        lines += _school(school)
    return "\n".join(lines) + "\n"


def _school(school: SchoolYear) -> Iterator[str]:
    yield f"{title(school)} : {counted(school)}"
    told = Counter(room.fate for room in school.classes)
    if told:
        fates = ", ".join(number(told[fate], *_FATES_OF_ALL[fate]) for fate in sorted(told))
        yield f"  classes : {fates}"
    for each in school.arrivals:
        yield f"  arrivent de {each.other or 'provenance inconnue'} : {recognised(each)}"
    for each in school.departures:
        yield f"  partent vers {each.other or 'destination inconnue'} : {recognised(each)}"


def render_html(found: Rehearsed) -> str:
    """The rehearsal as an HTML page in UTF-8: no script, nothing fetched, readable in black."""
    page = PAPER.get_template("rehearsal.html")
    return page.render(
        found=found,
        summary=summary(found),
        passages=passages(found.schools),
        rules=RULES,
        assurances=ASSURANCES,
        fates=FATES,
        title=title,
        counted=counted,
        became=became,
        members=members,
        state=state,
        levels=levels,
        number=number,
        after=after,
    )


def summary(found: Rehearsed) -> list[str]:
    """A few sentences about the whole."""
    rooms = Counter(room.fate for school in found.schools for room in school.classes)
    up = Counter[bool]()
    for each in passages(found.schools):
        up[each.assurance == CERTAIN] += each.pupils
    day = f" du {_day(found.day)}" if found.day else ""
    schools = number(len(found.schools), "établissement", "établissements")
    fates = ", ".join(number(rooms[fate], *words) for fate, words in _FATES_OF_ALL.items())
    certain = number(up[True], "élève reconnu", "élèves reconnus")
    alarms = number(len(found.alarms), "seuil franchi", "seuils franchis")
    touched = number(len(found.projects), "projet touché", "projets touchés")
    confirm = number(up[False], "élève", "élèves")
    return [
        f"Fichiers de la source {found.instance} ({found.connector}){day}.",
        f"{schools}. Classes : {fates}.",
        f"De l'école au collège : {certain} avec certitude, {confirm} à confirmer.",
        f"{alarms}, {touched}.",
    ]


def passages(schools: Iterable[SchoolYear]) -> list[Passage]:
    """Pupils who go from école to collège, all schools together, by rule."""
    told: Counter[tuple[str, str]] = Counter()
    for school in schools:
        for each in (*school.arrivals, *school.departures):
            if each.degrees:
                told[each.assurance, each.rule] += each.pupils
    order = list(ASSURANCES)
    rows = sorted(told.items(), key=lambda row: (order.index(row[0][0]), row[0][1]))
    return [Passage("", *how, pupils, degrees=True) for how, pupils in rows]


def title(school: SchoolYear) -> str:
    """The school's UAI and name."""
    name = school.name or "établissement sans nom dans les fichiers"
    return f"{school.uai or 'UAI inconnu'}, {name}"


def counted(school: SchoolYear) -> str:
    """Its pupils today, and after."""
    today = number(school.pupils, "élève aujourd'hui", "élèves aujourd'hui")
    return f"{today}, {after(school)} à la rentrée"


def after(school: SchoolYear) -> int:
    """How many pupils it will have."""
    return school.pupils + school.come - school.leave + school.moved_in - school.moved_out


def became(room: Classroom) -> str:
    """What becomes of a class, in words."""
    beside = f" (même nom : {room.like})" if room.like else ""
    people = number(room.pupils, "élève", "élèves")
    people += f", {number(room.come, 'arrive', 'arrivent')}"
    people += f", {number(room.leave, 'part', 'partent')}"
    return f"{FATES[room.fate]}{beside}, {people}"


def members(project: ProjectTouched) -> str:
    """Who comes into a project and who leaves it."""
    told = f"{number(project.come, 'membre arrive', 'membres arrivent')}, "
    told += f"{number(project.leave, 'part', 'partent')}"
    if project.away:
        gone = number(project.away, "membre quitte", "membres quittent")
        told += f" ; {gone} son établissement selon l'État et reste membre selon son ENT"
    return told


def state(project: ProjectTouched) -> str:
    """The project's state, in words."""
    return _STATES.get(project.state, project.state)


def recognised(each: Passage) -> str:
    """How many, and how they are recognised."""
    rule = f" : {RULES.get(each.rule, each.rule)}" if each.rule else ""
    return f"{each.pupils} ({ASSURANCES[each.assurance]}{rule})"


def levels(said: Sequence[str]) -> str:
    """Levels as a school writes them."""
    return ", ".join(_LEVELS.get(level, level) for level in said) or "non dit"


def _day(day: str) -> str:
    return "/".join(reversed(day.split("-")))
