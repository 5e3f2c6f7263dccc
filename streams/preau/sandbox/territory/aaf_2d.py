"""Writes AAF, second degree: the collège's structures, pupils, relatives and staff."""

from __future__ import annotations

from collections.abc import Sequence

from preau.sandbox.territory import aaf_people
from preau.sandbox.territory.aaf_set import AafSet, add_request, attribute
from preau.sandbox.territory.desk import Desk
from preau.sandbox.territory.flaws import OLD_KINSHIP
from preau.sandbox.territory.levels import COLLEGE, LEVELS, LOCAL, SEGPA, SUBJECTS
from preau.sandbox.territory.numbers import eleve_id, sts_id
from preau.sandbox.territory.people import Guardian, Pupil, Staff
from preau.sandbox.territory.schools import Class, School

_PERSON = "categoriePersonne"
_LABELS = [subject.label for subject in SUBJECTS]
_CODES = [subject.code for subject in SUBJECTS]
_REGIMES = ("EXTERNE LIBRE", "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT", "INTERNE 5 JOURS")


class SecondDegree:
    """The set `aaf-2d` of one year."""

    def __init__(self, out: AafSet, desk: Desk, academy: tuple[str, str]) -> None:
        self._out = out
        self._desk = desk
        self._academy = academy

    def nomenclatures(self) -> None:
        """The formations and the subjects."""
        for level in (*LEVELS, *SEGPA, LOCAL):
            parent = LEVELS[COLLEGE].mef if level is LOCAL else level.mef
            rows = [
                attribute("ENTMefJointure", level.mef),
                attribute("ENTLibelleMef", level.long),
                attribute("ENTMEFRattach", parent),
                attribute("ENTMEFSTAT11", level.mefstat11),
                attribute("ENTNivFormation", level.label),
            ]
            self._add("categorieMef", "MefEducNat", level.mef, rows)
        for subject in SUBJECTS:
            rows = [
                attribute("ENTMatJointure", subject.code),
                attribute("ENTLibelleMatiere", subject.label),
                attribute("ENTMatiereRattach", subject.code),
            ]
            self._add("categorieMatiere", "MatEducNat", subject.code, rows)
        self._desk.objects("nomenclature", len(LEVELS) + len(SEGPA) + 1 + len(SUBJECTS))

    def structure(self, school: School) -> None:
        """A collège with its classes and groups."""
        if school.wrong_uai:
            self._desk.flaw("uai_letter", "EtabEducNat", school.number)
        rows = [
            attribute("ENTStructureJointure", school.number),
            attribute("ENTStructureUAI", school.said_uai),
            attribute("ENTEtablissementUAI", school.said_uai),
            attribute("ENTStructureSIREN", f"990{school.number:011d}"),
            attribute("ENTStructureNomCourant", f"CLG${school.name}${school.town}"),
            attribute("ENTStructureTypeStruct", "COLLEGE"),
            attribute("ENTStructureCodeTypeStruct", "340"),
            attribute("ENTEtablissementMinistereTutelle", "MINISTERE DE L'EDUCATION NATIONALE"),
            attribute("ENTEtablissementCodeMinistereTutelle", "06"),
            attribute("ENTEtablissementContrat", "PU"),
            attribute("postOfficeBox"),
            attribute("street", "1 RUE DES ECOLES"),
            attribute("postalCode", "99000"),
            attribute("l", school.town),
            attribute("telephoneNumber", "+33 400000000"),
            attribute("facsimileTelephoneNumber"),
            attribute("ENTStructureMailSI", f"ce.{school.uai.lower()}@academie.example"),
            attribute("ENTEtablissementStructRattachFctl"),
            attribute("ENTEtablissementBassin", f"{school.sector // 10:02d}$BASSIN"),
            attribute("ENTServAcAcademie", self._academy[1]),
            attribute("ENTServAcCodeAcademie", f"0{self._academy[0]}"),
            attribute("ENTStructureClasses", *[self._class(school, c) for c in school.classes]),
            attribute("ENTStructureGroupes", *[_group(group) for group in school.groups]),
        ]
        self._add("categorieStructure", "EtabEducNat", school.number, rows)
        self._desk.objects("establishment")
        self._desk.objects("class", len(school.classes))
        self._desk.objects("teaching_group", len(school.groups))

    def pupil(self, pupil: Pupil, school: School) -> None:
        """A pupil of a collège, with its relatives' numbers."""
        numbers, kin = self._desk.numbers, []
        old = "kinship_old" in pupil.flaws
        for one in pupil.family.guardians:
            link = OLD_KINSHIP.get(one.kinship, one.kinship) if old else one.kinship
            number = numbers.guardian(one.number, first_degree=False)
            kin.append(f"{number}${link}$1${one.legal}$1$0")
        key = numbers.pupil(pupil.number, first_degree=False)
        rows = [
            *aaf_people.pupil(pupil, key, numbers.ine(pupil.number)),
            *_schooling(pupil, school, self._desk.year.entry),
            attribute("ENTElevePersRelEleve", *kin),
            attribute("ENTEleveAdresseRel", kin[0].partition("$")[0]),
            *aaf_people.home(pupil.family),
            attribute("mail"),
            attribute("homePhone", aaf_people.phone(pupil.family.number)),
        ]
        self._add(_PERSON, "Eleve", key, rows)
        self._count(pupil, key)

    def guardian(self, one: Guardian, children: Sequence[Pupil]) -> None:
        """A relative of pupils of collèges."""
        numbers = self._desk.numbers
        key = numbers.guardian(one.number, first_degree=False)
        back = [numbers.pupil(child.number, first_degree=False) for child in children]
        rows = [
            *aaf_people.names(key, one.birth_name, one.name, one.given),
            attribute("ENTPersonDateNaissance"),
            attribute("ENTPersonAutresPrenoms", one.given),
            attribute("personalTitle", one.title),
            attribute("homePhone", aaf_people.phone(children[0].family.number)),
            attribute("mobile", aaf_people.phone(one.number)),
            attribute("ENTPersonAdresseDiffusion", "N"),
            attribute("mail", f"r{one.number}@famille.example"),
            *aaf_people.home(children[0].family),
            attribute("ENTAuxPersRelEleveEleve", *back),
        ]
        self._add(_PERSON, "PersRelEleve", key, rows)
        self._desk.objects("person")

    def staff(self, who: Staff, school: School) -> None:
        """A member of staff of a collège, with classes, groups and subjects."""
        key = self._desk.numbers.staff(who.number)
        here = f"{school.number}$"
        lessons = [lesson for lesson in who.lessons if lesson[1]]
        classes = [each for each in lessons if each[0] in school.classes]
        groups = [each for each in lessons if each[0] in school.groups]
        subject = next((s for s in SUBJECTS if s.code == who.work), None)
        rows = [
            *aaf_people.staff(who, key, school),
            attribute("ENTAuxEnsCategoDiscipline", subject.category if subject else ""),
            attribute(
                "ENTAuxEnsDisciplinesPoste",
                f"{subject.trade}${subject.discipline}" if subject else "",
            ),
            attribute("ENTAuxEnsMatiereEnseignEtab", here + subject.label if subject else ""),
            attribute("ENTPersonSTSId", sts_id(who.number)),
            aaf_people.functions(who, first_degree=False),
            attribute("ENTAuxEnsClasses", *[here + c.code for c, _ in classes]),
            attribute("ENTAuxEnsGroupes", *[here + c.code for c, _ in groups]),
            attribute("ENTAuxEnsClassesMatieres", *[f"{here}{c.code}${s}" for c, s in classes]),
            attribute("ENTAuxEnsGroupesMatieres", *[f"{here}{c.code}${s}" for c, s in groups]),
            attribute("ENTAuxEnsClassesPrincipal", *[here + c.code for c in who.heads]),
            *aaf_people.presence(who),
        ]
        self._add(_PERSON, "PersEducNat", key, rows)
        taught = {each[0].code for each in classes}, {each[0].code for each in groups}
        self._desk.objects("membership", len(taught[0]) + len(taught[1]) + len(who.heads))
        aaf_people.count_staff(self._desk, who, key, first_degree=False)

    def _class(self, school: School, group: Class) -> str:
        if group.without_level:
            self._desk.flaw("level_missing", "EtabEducNat", f"{school.number}${group.code}")
        codes = "" if group.without_level else "$".join(level.mef for level in group.levels)
        return f"{group.code}${group.label}${codes}"

    def _count(self, pupil: Pupil, key: int) -> None:
        aaf_people.tell_flaws(self._desk, pupil, key, first_degree=False)
        if "arity" in pupil.flaws:
            return
        self._desk.objects("membership", len(pupil.groups) + ("class_missing" not in pupil.flaws))
        legal = sum(one.legal != "0" for one in pupil.family.guardians)
        self._desk.objects("guardianship", legal)

    def _add(self, kind: str, category: str, number: object, rows: list[str]) -> None:
        file = "MatiereEducNat" if category == "MatEducNat" else category
        self._out.write(file, add_request(kind, category, number, rows))
        self._desk.record(category)


def _group(group: Class) -> str:
    return "$".join([group.code, group.label, *[each.code for each in group.draws_from]])


def _schooling(pupil: Pupil, school: School, entry: str) -> list[str]:
    level, code = pupil.formation, pupil.group.code if pupil.group else ""
    classes = "" if "class_missing" in pupil.flaws else f"{school.number}${code}"
    since = f"{school.number}${entry}${code}" if classes else ""
    if "arity" in pupil.flaws:
        classes = code
    return [
        attribute("ENTEleveStructRattachId", eleve_id(pupil.number)),
        attribute("ENTEleveBoursier", "N"),
        attribute("ENTEleveTransport", "N"),
        attribute("ENTEleveRegime", _REGIMES[pupil.number % len(_REGIMES)]),
        attribute("ENTEleveStatutEleve", "SCOLAIRE"),
        attribute("ENTEleveMEF", level.mef),
        attribute("ENTEleveLibelleMEF", level.long),
        attribute("ENTEleveNivFormation", level.label),
        attribute("ENTEleveFiliere", level.long),
        attribute("ENTEleveEnseignements", *_LABELS),
        attribute("ENTEleveCodeEnseignements", *_CODES),
        attribute("ENTPersonStructRattach", school.number),
        attribute("ENTEleveClasses", classes),
        attribute("ENTEleveDateEntreeClasses", since),
        attribute("ENTEleveGroupes", *[f"{school.number}${each.code}" for each in pupil.groups]),
    ]
