"""STSWEB's downward file becomes one piece per object; the upward one is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from preau.errors import SetAside
from preau.readers import open_reader
from preau.readers.piece import Piece
from preau.readers.sts import StsReader
from preau.readers.sts_shapes import SHAPES
from preau.readers.told import Told

UAI = "0990001N"
TOLD = Told(academy="13", version=7)
PARAMETERS = (
    f'<PARAMETRES><UAJ CODE="{UAI}"><SIGLE>CLG</SIGLE><DENOM_PRINC>COLLEGE</DENOM_PRINC>'
    "<DENOM_COMPL>DES TROIS-PONTS</DENOM_COMPL><CODE_NATURE>340</CODE_NATURE>"
    "<ACADEMIE><CODE>011</CODE><LIBELLE>MONTPELLIER</LIBELLE></ACADEMIE>"
    "<ADRESSE>1 RUE DES PONTS</ADRESSE><TELEPHONE>0400000000</TELEPHONE></UAJ>"
    '<ANNEE_SCOLAIRE ANNEE="2026"><DATE_DEBUT>2026-09-01</DATE_DEBUT></ANNEE_SCOLAIRE>'
    "</PARAMETRES>"
)
Values = Callable[[Piece], dict[str, Any]]


def file(inside: str, root: str = "STS_EDT", parameters: str = PARAMETERS) -> str:
    return f"<{root}>{parameters}{inside}</{root}>"


def person(rows: str, keys: str = 'ID="4189" TYPE="epp"') -> str:
    return f"<DONNEES><INDIVIDUS><INDIVIDU {keys}>{rows}</INDIVIDU></INDIVIDUS></DONNEES>"


def service(subject: str, *teachers: tuple[str, str]) -> str:
    rows = "".join(f'<ENSEIGNANT ID="{n}" TYPE="{kind}"/>' for kind, n in teachers)
    return (
        f'<SERVICE CODE_MATIERE="{subject}" CODE_MOD_COURS="CG">'
        f"<ENSEIGNANTS>{rows}</ENSEIGNANTS></SERVICE>"
    )


def read(text: str, told: Told = TOLD) -> list[Piece]:
    return list(StsReader(told).split(io.BytesIO(text.encode()), "sts_emp.xml"))


def records(text: str) -> list[Piece]:
    """What stands after the school."""
    school, *rest = read(text)
    assert school.event == "UAJ"
    return rest


def code(piece: Piece) -> str:
    assert piece.problem is not None
    assert piece.body == b""
    return piece.problem.code


def test_the_school_is_said_with_its_name_and_nature(values: Values) -> None:
    [school] = read(file(""))
    said = values(school)
    assert (said["category"], said["id"]) == ("UAJ", UAI)
    assert said["data"] == {
        "UAJ": UAI,
        "SIGLE": "CLG",
        "DENOM_PRINC": "COLLEGE",
        "DENOM_COMPL": "DES TROIS-PONTS",
        "DENOMINATION": "COLLEGE DES TROIS-PONTS",
        "CODE_NATURE": "340",
    }
    assert said["header"] == {"uai": UAI, "year": "2026", "academy": "11", "version": "7"}
    assert StsReader().parse(school.body) == said


def test_the_registry_opens_it() -> None:
    assert isinstance(open_reader("sts"), StsReader)


def test_the_instance_says_the_academie_when_the_file_does_not(values: Values) -> None:
    [school] = read(file("", parameters=f'<PARAMETRES><UAJ CODE="{UAI}"/></PARAMETRES>'))
    assert values(school)["header"] == {"uai": UAI, "academy": "13", "version": "7"}
    assert values(school)["data"] == {"UAJ": UAI}


def test_a_day_of_export_is_read_where_there_is_one(values: Values) -> None:
    moment = "<HORODATAGE>03/09/2026 08:15:00</HORODATAGE>"
    [school] = read(file("", parameters=PARAMETERS.replace("<UAJ", f"{moment}<UAJ")))
    assert values(school)["header"]["day"] == "2026-09-03T00:00:00Z"


def test_a_person_is_known_by_type_and_number(values: Values) -> None:
    rows = (
        "<SEXE>2</SEXE><CIVILITE>2</CIVILITE><NOM_USAGE>VIDALENQ</NOM_USAGE>"
        "<NOM_PATRONYMIQUE>PRADAL</NOM_PATRONYMIQUE><PRENOM>Ambre</PRENOM>"
        "<DATE_NAISSANCE>1980-01-02</DATE_NAISSANCE><GRADE>PROF. CERTIFIE</GRADE>"
        "<FONCTION>ENS</FONCTION>"
        "<PROFS_PRINC><PROF_PRINC><CODE_STRUCTURE>6A</CODE_STRUCTURE>"
        "<DATE_DEBUT>2026-09-01</DATE_DEBUT></PROF_PRINC></PROFS_PRINC>"
        '<DISCIPLINES><DISCIPLINE CODE="L0202"><NB_HEURES>18</NB_HEURES></DISCIPLINE>'
        "</DISCIPLINES>"
    )
    epp, local = records(file(person(rows) + person("<FONCTION/>", 'ID="4189" TYPE="local"')))
    assert values(epp)["id"] == f"{UAI}$epp$4189"
    assert values(local)["id"] == f"{UAI}$local$4189"
    assert values(epp)["unknown"] == []
    assert values(epp)["data"] == {
        "TYPE": "epp",
        "ID": "4189",
        "NOM_USAGE": "VIDALENQ",
        "NOM_PATRONYMIQUE": "PRADAL",
        "PRENOM": "Ambre",
        "DATE_NAISSANCE": "1980-01-02",
        "FONCTION": "ENS",
        "PROFS_PRINC": [{"CODE_STRUCTURE": "6A", "DATE_DEBUT": "2026-09-01"}],
        "DISCIPLINES": ["L0202"],
    }
    assert values(local)["data"] == {"TYPE": "local", "ID": "4189"}


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ('ID="4189"', "SCHOOL_ID"),
        ('TYPE="epp"', "SCHOOL_ID"),
        ('ID="4 189" TYPE="epp"', "SCHOOL_ID"),
        ('ID="4189" TYPE="autre"', "SCHOOL_VALUE"),
    ],
)
def test_a_person_without_type_or_number_is_set_aside(keys: str, problem: str) -> None:
    wrong, after = records(file(person("<PRENOM>Ambre</PRENOM>", keys) + person("")))
    assert code(wrong) == problem
    assert after.problem is None


def test_all_services_of_a_class_make_its_teachers_each_once(values: Values) -> None:
    services = service("020700", ("epp", "7"), ("local", "7")) + service("061300", ("epp", "7"))
    inside = (
        "<DONNEES><STRUCTURE><DIVISIONS>"
        f'<DIVISION CODE="6A"><LIBELLE_LONG>SIXIEME A</LIBELLE_LONG><SERVICES>{services}</SERVICES>'
        '<MEFS_APPARTENANCE><MEF_APPARTENANCE CODE="10010012110"/></MEFS_APPARTENANCE>'
        "</DIVISION></DIVISIONS></STRUCTURE></DONNEES>"
    )
    [piece] = records(file(inside))
    assert (piece.event, values(piece)["id"]) == ("DIVISION", f"{UAI}$6A")
    assert values(piece)["data"] == {
        "CODE": "6A",
        "LIBELLE_LONG": "SIXIEME A",
        "MEFS_APPARTENANCE": ["10010012110"],
        "SERVICES": [{"ID": "7", "TYPE": "epp"}, {"ID": "7", "TYPE": "local"}],
    }


def test_a_group_names_the_classes_it_draws_from(values: Values) -> None:
    inside = (
        '<DONNEES><STRUCTURE><GROUPES><GROUPE CODE="6 LATIN">'
        "<LIBELLE_LONG>LATIN 6E</LIBELLE_LONG><EFFECTIF_PREVU>12</EFFECTIF_PREVU>"
        '<DIVISIONS_APPARTENANCE><DIVISION_APPARTENANCE CODE="6 B"/>'
        '<DIVISION_APPARTENANCE CODE="6 A"/></DIVISIONS_APPARTENANCE>'
        f"<SERVICES>{service('020100', ('epp', '9'))}</SERVICES>"
        "</GROUPE></GROUPES></STRUCTURE></DONNEES>"
    )
    [piece] = records(file(inside))
    assert (piece.event, values(piece)["id"]) == ("GROUPE", f"{UAI}$G$6 LATIN")
    assert values(piece)["data"]["DIVISIONS_APPARTENANCE"] == ["6 A", "6 B"]
    assert values(piece)["data"]["SERVICES"] == [{"ID": "9", "TYPE": "epp"}]
    assert values(piece)["unknown"] == []


@pytest.mark.parametrize(
    ("teacher", "problem"),
    [(("", "7"), "SCHOOL_VALUE"), (("epp", ""), "SCHOOL_ID"), (("epp", "7$8"), "SCHOOL_ID")],
)
def test_a_class_whose_teacher_is_nobody_is_set_aside(
    teacher: tuple[str, str], problem: str
) -> None:
    services = f"<SERVICES>{service('020700', teacher)}</SERVICES>"
    inside = (
        f'<DONNEES><STRUCTURE><DIVISIONS><DIVISION CODE="6A">{services}</DIVISION>'
        '<DIVISION CODE="6B"/></DIVISIONS></STRUCTURE></DONNEES>'
    )
    wrong, after = records(file(inside))
    assert code(wrong) == problem
    assert after.problem is None


def test_the_two_nomenclatures_are_read(values: Values) -> None:
    inside = (
        '<NOMENCLATURES><MATIERES><MATIERE CODE="020700"><CODE_GESTION>FRANC</CODE_GESTION>'
        "<LIBELLE_LONG>FRANCAIS</LIBELLE_LONG></MATIERE></MATIERES>"
        '<MEFS><MEF CODE="10010012110"><FORMATION>6EME</FORMATION></MEF></MEFS></NOMENCLATURES>'
    )
    subject, level = map(values, records(file(inside)))
    assert (subject["id"], level["id"]) == (f"{UAI}$MATIERE$020700", f"{UAI}$MEF$10010012110")
    assert subject["data"] == {
        "CODE": "020700",
        "CODE_GESTION": "FRANC",
        "LIBELLE_LONG": "FRANCAIS",
    }


@pytest.mark.parametrize("path", sorted(SHAPES), ids="/".join)
def test_what_is_blocked_never_enters(path: tuple[str, ...]) -> None:
    shape = SHAPES[path]
    rows = "".join(f"<{name}>BLANQUETTE</{name}>" for name in sorted(shape.blocked))
    inside = f'<{path[-1]} CODE="7" ID="7" TYPE="epp">{rows}</{path[-1]}>'
    for name in reversed(path[:-1]):
        inside = f"<{name}>{inside}</{name}>"
    [piece] = records(file(inside))
    assert piece.problem is None
    assert b"BLANQUETTE" not in piece.body
    assert not shape.blocked & (shape.texts | shape.hidden | {*shape.parts, *shape.several})


def test_the_file_that_goes_up_is_refused_by_name() -> None:
    with pytest.raises(SetAside, match="STS_UPWARD") as told:
        read(file("", root="EDT_STS"))
    assert told.value.complaint.known == ("STS_EDT",)
    assert "sts_emp_" in told.value.complaint.fix


@pytest.mark.parametrize("root", ["BEE_ELEVES", "sts_edt", "ficAlimMENESR"])
def test_another_root_is_refused_with_the_known_one(root: str) -> None:
    with pytest.raises(SetAside, match="SCHOOL_FILE") as told:
        read(file("", root=root))
    assert told.value.complaint.known == ("STS_EDT",)


def test_a_file_that_says_no_school_takes_the_one_it_is_told(values: Values) -> None:
    told = Told(uai="0990002P")
    text = file(person(""), parameters="<PARAMETRES/>")
    assert [values(piece)["id"] for piece in read(text, told)] == [
        "0990002P",
        "0990002P$epp$4189",
    ]
    with pytest.raises(SetAside, match="SCHOOL_UAI"):
        read(text)
