"""Writes AAF, first degree: the écoles' structures, pupils, relatives and staff.

No public sample exists: attribute names are those that entcore's feeder reads; what it leaves
unread (fields 2 and 3 of a class, the fields of a relative after the first) is assumed [A].
"""

from __future__ import annotations

from collections.abc import Sequence

from preau.sandbox.territory import aaf_people, numbers
from preau.sandbox.territory.aaf_set import AafSet, add_request, attribute
from preau.sandbox.territory.desk import Desk
from preau.sandbox.territory.people import Guardian, Pupil, Staff
from preau.sandbox.territory.schools import Class, School

_PERSON, _STRUCTURE = "categoriePersonne", "categorieStructure"


class FirstDegree:
    """The set `aaf-1d` of one year."""

    def __init__(self, out: AafSet, desk: Desk, academy: tuple[str, str]) -> None:
        self._out = out
        self._desk = desk
        self._academy = academy

    def circonscription(self, school: School) -> None:
        """The circonscription of an école: a structure too."""
        sector = school.sector - school.sector % 4
        rows = [
            attribute("ENTStructureJointure", school.circonscription),
            attribute("ENTStructureUAI", numbers.uai(sector, numbers.SLOTS - 1)),
            attribute("ENTStructureNomCourant", f"IEN$CIRCONSCRIPTION {sector // 4}${school.town}"),
            attribute("ENTStructureTypeStruct", "CIRCONSCRIPTION"),
            *self._services(),
        ]
        self._add(_STRUCTURE, "EtabEducNat", school.circonscription, rows)
        self._desk.objects("establishment")

    def structure(self, school: School, college_uai: str) -> None:
        """An école; the classes are told by its pupils."""
        if school.wrong_uai:
            self._desk.flaw("uai_letter", "EtabEducNat", school.number)
        rows = [
            attribute("ENTStructureJointure", school.number),
            attribute("ENTStructureUAI", school.said_uai),
            attribute("ENTStructureSIREN", f"990{school.number:011d}"),
            attribute("ENTStructureNomCourant", f"ECOLE${school.name}${school.town}"),
            attribute("ENTStructureTypeStruct", "ECOLE"),
            attribute("ENTStructureCodeTypeStruct", _nature(school)),
            attribute("ENTEcoleMinistereTutelle", "MINISTERE DE L'EDUCATION NATIONALE"),
            attribute("ENTEcoleCodeMinistereTutelle", "06"),
            attribute("ENTEtablissementContrat", "PU"),
            attribute("ENTStructureAdresse", "1 RUE DES ECOLES"),
            attribute("ENTStructureCodePostal", "99000"),
            attribute("ENTStructureVille", school.town),
            attribute("ENTStructureTelephone", aaf_people.phone(school.number)),
            attribute("ENTStructureFax"),
            attribute("ENTStructureEmail", f"ce.{school.uai.lower()}@academie.example"),
            attribute("ENTEcoleSecteur", college_uai),
            attribute("ENTEcoleCirconscription", school.circonscription),
            attribute("ENTEcoleCommune", school.town),
            attribute("ENTEcoleRPI", school.rpi),
            *self._services(),
        ]
        self._add(_STRUCTURE, "EtabEducNat", school.number, rows)
        self._desk.objects("establishment")
        self._tell_classes(school)

    def pupil(self, pupil: Pupil, school: School) -> None:
        """A pupil of an école, with its guardians' numbers."""
        numbers_ = self._desk.numbers
        key = numbers_.pupil(pupil.number, first_degree=True)
        legal = [
            f"{numbers_.guardian(one.number, first_degree=True)}${one.legal}"
            for one in pupil.family.guardians
            if one.legal != "0"
        ]
        rows = [
            *aaf_people.pupil(pupil, key, numbers_.ine(pupil.number), first_degree=True),
            *_schooling(pupil, school, self._desk.year.entry),
            attribute("ENTEleveAutoriteParentale", *legal),
            *[attribute(f"ENTEleve{name}", "N") for name in _DAILY],
            *aaf_people.home(pupil.family),
        ]
        self._add(_PERSON, "Eleve", key, rows)
        aaf_people.tell_flaws(self._desk, pupil, key, first_degree=True)
        if "arity" not in pupil.flaws:
            self._desk.objects("membership", int("class_missing" not in pupil.flaws))
            self._desk.objects("guardianship", len(legal))

    def guardian(self, one: Guardian, children: Sequence[Pupil]) -> None:
        """A legal guardian of pupils of écoles."""
        key = self._desk.numbers.guardian(one.number, first_degree=True)
        back = [self._desk.numbers.pupil(child.number, first_degree=True) for child in children]
        rows = [
            *aaf_people.names(key, one.birth_name, one.name, one.given, first_degree=True),
            attribute("ENTPersonCivilite", one.title),
            attribute("ENTPersonTelPerso", aaf_people.phone(children[0].family.number)),
            attribute("ENTPersRelEleveTelPro"),
            attribute("ENTPersRelEleveTelMobile", aaf_people.phone(one.number)),
            attribute("ENTPersonMail", f"r{one.number}@famille.example"),
            *aaf_people.home(children[0].family),
            attribute("ENTPersonAdresseDiffusion", "N"),
            attribute("ENTPersRelEleveEleve", *back),
        ]
        self._add(_PERSON, "PersRelEleve", key, rows)
        self._desk.objects("person")

    def staff(self, who: Staff, school: School) -> None:
        """A member of staff of an école; this format gives it no class."""
        key = self._desk.numbers.staff(who.number)
        directs = [post.school.number for post in who.posts if post.code == "DIR"]
        rows = [
            *aaf_people.staff(who, key, school, first_degree=True),
            attribute("ENTEnsSpecialites", "G0000$SANS SPECIALITE" if who.teaches else ""),
            attribute("ENTEnsFonctionDir", *directs),
            aaf_people.functions(who, first_degree=True),
            aaf_people.presence(who)[1],
        ]
        self._add(_PERSON, "PersEducNat", key, rows)
        aaf_people.count_staff(self._desk, who, key, first_degree=True)
        self._desk.objects("affiliation", len(directs))

    def classes_seen(self, school: School, pupils: Sequence[Pupil]) -> None:
        """Counts the classes of an école that some pupil's record tells."""
        hidden = ("arity", "class_missing")
        seen = {p.group.code for p in pupils if p.group and not p.flaws.intersection(hidden)}
        self._desk.objects("class", len(seen & {each.code for each in school.classes}))

    def _tell_classes(self, school: School) -> None:
        for group in school.classes:
            if group.without_level:
                self._desk.flaw("level_missing", "Eleve", f"{school.number}${group.code}")

    def _services(self) -> list[str]:
        return [
            attribute("ENTServAcAcademie", self._academy[1]),
            attribute("ENTServAcCodeAcademie", f"0{self._academy[0]}"),
        ]

    def _add(self, kind: str, category: str, number: object, rows: list[str]) -> None:
        self._out.write(category, add_request(kind, category, number, rows))
        self._desk.record(category)


#: The State's codes of natures: école maternelle, école élémentaire or primaire.
_MATERNELLE, _ELEMENTAIRE = "101", "151"
_GRANDE_SECTION = 2
#: Daily life, which the hub must never keep.
_DAILY = ("RestaurantScolaire", "GarderieMatin", "GarderieSoir", "EtudesSurveillees", "Transport")


def _nature(school: School) -> str:
    return _MATERNELLE if school.levels[1] == _GRANDE_SECTION else _ELEMENTAIRE


def _schooling(pupil: Pupil, school: School, entry: str) -> list[str]:
    group, level = pupil.group, pupil.formation
    classes = "" if group is None or "class_missing" in pupil.flaws else _class(school, group)
    since = f"{school.number}${entry}${group.code}" if group and classes else ""
    if "arity" in pupil.flaws:
        classes = classes.replace("$$$", "$") or "?"
    hidden = group is not None and group.without_level
    return [
        attribute("ENTPersonStructRattach", school.number),
        attribute("ENTPersonClasses", classes),
        attribute("ENTEleveDateEntreeClasses", since),
        attribute("ENTPersonGroupes"),
        attribute("ENTEleveNiveau", "" if hidden else f"{level.mefstat4}${level.label}"),
        attribute("ENTEleveCycle", f"CYCLE {level.cycle}"),
        attribute("ENTEleveTypeClasse", "ULIS" if pupil.ulis else "ORDINAIRE"),
    ]


def _class(school: School, group: Class) -> str:
    return f"{school.number}$$${group.code}${group.label}"
