"""What the pages of the tests show: the project of the story, half way, and imports."""

from __future__ import annotations

from preau.web.reading import (
    Advice,
    Answer,
    Category,
    Classroom,
    Document,
    Establishment,
    ImportShown,
    ProjectPage,
)

PROJECT = "0199c0de-0000-7000-8000-000000000001"
AT = 1_791_793_800_000


def an_import(id_: str, state: str, *reasons: str) -> ImportShown:
    """An import of 20 pupils, of whom some are no more."""
    return ImportShown(
        *(id_, "rectorat-2d", "aaf", state),
        under_way=False,
        trouble="",
        began=AT,
        ended=None,
        day="2026-10-12",
        read=18,
        letters=3,
        aside=(("AAF_ID", 1),),
        categories=(Category("Eleve", 17, 0, 0, 3), Category("EtabEducNat", 1, 0, 1, 0)),
        reasons=reasons,
    )


def a_page() -> ProjectPage:
    """The project of the story, half way."""
    return ProjectPage(
        PROJECT,
        "Défi lecture",
        "Lire ensemble trois romans, du CM2 à la 6e.",
        "OPEN",
        "2026-10-12",
        "2027-07-02",
        "Défi lecture",
        _establishments(),
        (Document("Règles du défi", "DOCUMENT", "ent-ecole", "École de la Blanquette", AT),),
        _answers(),
    )


def _establishments() -> tuple[Establishment, ...]:
    room = (Classroom("CM2 A", 5),)
    school, college = "ent-ecole", "mon-ent"
    return (
        Establishment(
            *("0119001Z", "École de la Blanquette", school, "AUTHORISED", "DASEN"),
            AT,
            room,
            advice=(Advice("class", "ent-ecole/3", "group.levels", "CM2", "CM1", 2, "CM2 A"),),
        ),
        Establishment("0119002A", "École du Pont-Neuf", school, "PROPOSED", "", None, ()),
        Establishment("0119003B", "École des Corbières", school, "TRANSMITTED", "DIRECTOR", AT, ()),
        Establishment(
            *("0119010J", "Collège des Trois-Ponts", college, "AUTHORISED", "PRINCIPAL"),
            AT,
            (Classroom("6A", 0),),
        ),
    )


def _answers() -> tuple[Answer, ...]:
    return (
        Answer("ent-ecole", "GROUP", "Défi lecture", "APPLIED", "", 1, AT),
        Answer("ent-ecole", "MEMBER", "", "APPLIED", "", 1, AT),
        Answer("mon-ent", "GROUP", "Défi lecture", "APPLIED", "", 1, AT),
        Answer("mon-ent", "MEMBER", "", "APPLIED", "", 4, AT),
        Answer("mon-ent", "MEMBER", "", "PENDING", "NO_ACCOUNT", 2, AT),
        Answer("mon-ent", "SHARE", "Règles du défi", "REFUSED", "MEDIA_GONE", 1, AT),
        Answer("mon-ent", "HOMEWORK", "Lire le chapitre 1", "ACCEPTED", "", 1, AT),
        Answer("mon-ent", "RESOURCE", "Affiche", "", "", 1, None),
    )
