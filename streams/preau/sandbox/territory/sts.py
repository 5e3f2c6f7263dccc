"""Writes the downward file of STSWEB for one collège: its staff, classes, groups and services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from preau.sandbox.territory.aaf_set import escaped
from preau.sandbox.territory.desk import Desk
from preau.sandbox.territory.levels import COLLEGE, LEVELS, SEGPA, SUBJECTS
from preau.sandbox.territory.numbers import sts_id
from preau.sandbox.territory.people import Staff
from preau.sandbox.territory.schools import Class, School


class Sts:
    """The files `sts/sts_emp_<UAI>_<YEAR>.xml` of one year."""

    def __init__(self, folder: Path, desk: Desk, academy: tuple[str, str]) -> None:
        self._folder = folder
        self._desk = desk
        self._academy = academy

    def school(self, school: School, staff: Iterable[Staff]) -> None:
        """The file of one collège."""
        begins = self._desk.year.begins
        here = [who for who in staff if any(post.school is school for post in who.posts)]
        divisions = "".join(self._division(group, here) for group in school.classes)
        groups = "".join(self._group(group, here) for group in school.groups)
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<STS_EDT>\n<PARAMETRES>'
            f'<UAJ CODE="{school.uai}"><ACADEMIE><CODE>{self._academy[0]}</CODE>'
            f"<LIBELLE>{self._academy[1]}</LIBELLE></ACADEMIE>"
            f"<DENOM_PRINC>CLG</DENOM_PRINC><DENOM_COMPL>{escaped(school.name)}</DENOM_COMPL></UAJ>"
            f'<ANNEE_SCOLAIRE ANNEE="{begins}"><DATE_DEBUT>{begins}-09-01</DATE_DEBUT>'
            f"<DATE_FIN>{begins + 1}-08-31</DATE_FIN></ANNEE_SCOLAIRE></PARAMETRES>\n"
            f"{_nomenclatures()}<DONNEES>\n<INDIVIDUS>\n"
            f"{''.join(self._person(who) for who in here)}</INDIVIDUS>\n<STRUCTURE>\n"
            f"<DIVISIONS>\n{divisions}</DIVISIONS>\n<GROUPES>\n{groups}</GROUPES>\n"
            "</STRUCTURE>\n</DONNEES>\n</STS_EDT>\n"
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"sts_emp_{school.uai}_{begins}.xml"
        file.write_bytes(text.encode())

    def _person(self, who: Staff) -> str:
        """Whoever is not the State's (`local`) has no sex, birth name or birth date."""
        self._desk.record("INDIVIDU")
        local = who.work in ("aed", "aesh")
        heads = "".join(
            f"<PROF_PRINC><CODE_STRUCTURE>{group.code}</CODE_STRUCTURE></PROF_PRINC>"
            for group in who.heads
        )
        own = (
            ""
            if local
            else (
                f"<SEXE>{2 if who.woman else 1}</SEXE>"
                f"<NOM_PATRONYMIQUE>{escaped(who.birth_name)}</NOM_PATRONYMIQUE>"
                f"<DATE_NAISSANCE>{who.birth.isoformat()}</DATE_NAISSANCE>"
            )
        )
        post = who.posts[0]
        return (
            f'<INDIVIDU ID="{sts_id(who.number)}" TYPE="{"local" if local else "epp"}">'
            f"<CIVILITE>{2 if who.woman else 1}</CIVILITE>"
            f"<NOM_USAGE>{escaped(who.name)}</NOM_USAGE>"
            f"<PRENOM>{who.given}</PRENOM>{own}<FONCTION>{post.code}</FONCTION>"
            f"<PROFS_PRINC>{heads}</PROFS_PRINC><DISCIPLINES>"
            f'<DISCIPLINE CODE="{post.discipline}"><LIBELLE_COURT>{escaped(post.trade)}'
            "</LIBELLE_COURT></DISCIPLINE></DISCIPLINES></INDIVIDU>\n"
        )

    def _division(self, group: Class, staff: Sequence[Staff]) -> str:
        self._desk.record("DIVISION")
        levels = [] if group.without_level else group.levels
        mefs = "".join(f'<MEF_APPARTENANCE CODE="{level.mef}"/>' for level in levels)
        return (
            f'<DIVISION CODE="{group.code}"><MEFS_APPARTENANCE>{mefs}</MEFS_APPARTENANCE>'
            f"{self._services(group, staff)}</DIVISION>\n"
        )

    def _group(self, group: Class, staff: Sequence[Staff]) -> str:
        self._desk.record("GROUPE")
        drawn = "".join(f'<DIVISION_APPARTENANCE CODE="{x.code}"/>' for x in group.draws_from)
        return (
            f'<GROUPE CODE="{group.code}"><LIBELLE_LONG>{group.label}</LIBELLE_LONG>'
            f"<DIVISIONS_APPARTENANCE>{drawn}</DIVISIONS_APPARTENANCE>"
            f"{self._services(group, staff)}</GROUPE>\n"
        )

    def _services(self, group: Class, staff: Sequence[Staff]) -> str:
        found = [
            f'<SERVICE CODE_MATIERE="{subject}" CODE_MOD_COURS="CG"><ENSEIGNANTS>'
            f'<ENSEIGNANT ID="{sts_id(who.number)}" TYPE="epp"/></ENSEIGNANTS></SERVICE>'
            for who in staff
            for each, subject in who.lessons
            if each is group
        ]
        for _ in found:
            self._desk.record("SERVICE")
        return f"<SERVICES>{''.join(found)}</SERVICES>"


def _nomenclatures() -> str:
    subjects = "".join(
        f'<MATIERE CODE="{s.code}"><CODE_GESTION>{s.label[:5].strip()}</CODE_GESTION>'
        f"<LIBELLE_LONG>{escaped(s.label)}</LIBELLE_LONG></MATIERE>\n"
        for s in SUBJECTS
    )
    mefs = "".join(
        f'<MEF CODE="{level.mef}"><FORMATION>{level.label}</FORMATION>'
        f"<LIBELLE_LONG>{level.long}</LIBELLE_LONG></MEF>\n"
        for level in (*LEVELS[COLLEGE:], *SEGPA)
    )
    return (
        f"<NOMENCLATURES>\n<MATIERES>\n{subjects}</MATIERES>\n<MEFS>\n{mefs}</MEFS>\n"
        "</NOMENCLATURES>\n"
    )
