"""SIECLE's exports become one piece per object, whatever their root, dialect and encoding."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.readers.piece import Piece
from preau.readers.siecle import SiecleReader
from preau.readers.siecle_shapes import SHAPES
from preau.readers.told import Told

UAI = "0990001N"
TOLD = Told(academy="11", mask=lambda ine: f"ine:{len(ine)}", version=7)
PARAMETERS = (
    f"<PARAMETRES><UAJ>{UAI}</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE>"
    "<DATE_EXPORT>03/09/2026</DATE_EXPORT>"
    "<HORODATAGE>03/09/2026 08:15:00</HORODATAGE></PARAMETRES>"
)
Values = Callable[[Piece], dict[str, Any]]


def file(
    data: str, root: str = "BEE_ELEVES", parameters: str = PARAMETERS, version: str = "3.0"
) -> str:
    return f'<{root} VERSION="{version}">{parameters}<DONNEES>{data}</DONNEES></{root}>'


def pupil(rows: str, number: str = "11") -> str:
    return f'<ELEVES><ELEVE ELEVE_ID="{number}" ELENOET="21">{rows}</ELEVE></ELEVES>'


def tie(rows: str, tag: str = "RESPONSABLE_ELEVE") -> str:
    return (
        f"<RESPONSABLES><{tag}><ELEVE_ID>11</ELEVE_ID><PERSONNE_ID>31</PERSONNE_ID>"
        f"{rows}</{tag}></RESPONSABLES>"
    )


def read(text: str | bytes, told: Told = TOLD) -> list[Piece]:
    body = text.encode() if isinstance(text, str) else text
    return list(SiecleReader(told).split(io.BytesIO(body), "f.xml"))


def records(text: str, told: Told = TOLD) -> list[Piece]:
    """What stands after the school."""
    school, *rest = read(text, told)
    assert school.event == "UAJ"
    return rest


def code(piece: Piece) -> str:
    assert piece.problem is not None
    assert piece.body == b""
    return piece.problem.code


def test_a_pupil_is_read_with_its_own_words(values: Values) -> None:
    rows = (
        "<ID_NATIONAL>123456789AA</ID_NATIONAL><ELENOET>21</ELENOET>"
        "<NOM_DE_FAMILLE>CARAYON   </NOM_DE_FAMILLE><NOM_USAGE/>"
        "<PRENOM>Noé</PRENOM><PRENOM2>Elio</PRENOM2><PRENOM3> </PRENOM3>"
        "<DATE_NAISS>11/04/2015</DATE_NAISS><CODE_MEF>10010012110</CODE_MEF>"
        "<CODE_STATUT>ST</CODE_STATUT><DATE_ENTREE>01/09/2026</DATE_ENTREE>"
    )
    [piece] = records(file(pupil(rows)))
    assert (piece.event, piece.path) == ("ELEVE", "record 2")
    said = values(piece)
    assert (said["id"], said["unknown"]) == (f"{UAI}$ELEVE$11", [])
    assert said["data"] == {
        "ELEVE_ID": "11",
        "ID_NATIONAL": "ine:11",
        "NOM_DE_FAMILLE": "CARAYON",
        "PRENOMS": ["Noé", "Elio"],
        "DATE_NAISS": "11/04/2015",
        "CODE_MEF": "10010012110",
        "CODE_STATUT": "ST",
        "DATE_ENTREE": "01/09/2026",
    }


@pytest.mark.parametrize("name", ["ID_NATIONAL", "INE_RNIE", "INE_BEA"])
def test_no_ine_leaves_the_reader(name: str, values: Values) -> None:
    text = file(pupil(f"<{name}>123456789AA</{name}>"))
    [piece] = records(text)
    assert values(piece)["data"][name] == "ine:11"
    [without] = records(text, Told())
    assert name not in values(without)["data"]
    assert b"123456789AA" not in piece.body + without.body


def test_of_last_years_school_only_the_uai_is_read(values: Values) -> None:
    rows = (
        "<SCOLARITE_AN_DERNIER><CODE_STRUCTURE>CM2</CODE_STRUCTURE><CODE_RNE>0990002P</CODE_RNE>"
        "<DENOM_PRINC>ECOLE</DENOM_PRINC><MEL>a@example.org</MEL></SCOLARITE_AN_DERNIER>"
    )
    [piece] = records(file(pupil(rows)))
    assert values(piece)["data"]["SCOLARITE_AN_DERNIER"] == {"CODE_RNE": "0990002P"}


def test_the_older_dialect_of_names_is_kept_as_it_is(values: Values) -> None:
    [piece] = records(file(pupil("<NOM>CARAYON</NOM><PRENOM>Noé</PRENOM>"), version="1.8"))
    assert values(piece)["data"]["NOM"] == "CARAYON"
    assert values(piece)["header"]["VERSION"] == "1.8"


def test_classes_and_groups_of_a_pupil_are_an_event_of_their_own(values: Values) -> None:
    rows = "".join(
        f"<STRUCTURE><CODE_STRUCTURE>{said}</CODE_STRUCTURE>"
        f"<TYPE_STRUCTURE>{kind}</TYPE_STRUCTURE></STRUCTURE>"
        for said, kind in [("LATIN ", "G"), ("6 A", "D"), ("6 A", "D")]
    )
    data = f'<STRUCTURES><STRUCTURES_ELEVE ELEVE_ID="11">{rows}</STRUCTURES_ELEVE></STRUCTURES>'
    [piece] = records(file(data))
    assert values(piece)["id"] == f"{UAI}$ELEVE$11"
    assert values(piece)["data"]["STRUCTURE"] == [
        {"CODE_STRUCTURE": "6 A", "TYPE_STRUCTURE": "D"},
        {"CODE_STRUCTURE": "LATIN", "TYPE_STRUCTURE": "G"},
    ]


def test_the_pseudo_class_of_pupils_in_none_is_no_class(values: Values) -> None:
    row = (
        "<STRUCTURE><CODE_STRUCTURE>Inactifs</CODE_STRUCTURE>"
        "<TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE>"
    )
    data = f'<STRUCTURES><STRUCTURES_ELEVE ELEVE_ID="11">{row}</STRUCTURES_ELEVE></STRUCTURES>'
    [piece] = records(file(data))
    assert values(piece)["data"]["STRUCTURE"] == []


def test_a_person_is_read_without_address_telephone_or_profession(values: Values) -> None:
    rows = (
        "<NOM_DE_FAMILLE>PRADAL</NOM_DE_FAMILLE><NOM_USAGE>VIDALENQ</NOM_USAGE>"
        "<PRENOM>Ambre</PRENOM><LL_CIVILITE>MADAME</LL_CIVILITE>"
        "<MEL>ambre.pradal@example.org</MEL><TEL_PORTABLE>0600000000</TEL_PORTABLE>"
        "<CODE_PROFESSION>42</CODE_PROFESSION><ADRESSE_ID>9</ADRESSE_ID>"
    )
    data = f'<PERSONNES><PERSONNE PERSONNE_ID="31">{rows}</PERSONNE></PERSONNES>'
    [piece] = records(file(data, root="BEE_RESPONSABLES"))
    assert values(piece)["id"] == f"{UAI}$PERSONNE$31"
    assert values(piece)["unknown"] == []
    kept = {"PERSONNE_ID", "NOM_DE_FAMILLE", "NOM_USAGE", "PRENOM", "MEL"}
    assert set(values(piece)["data"]) == kept


@pytest.mark.parametrize("tag", ["RESPONSABLE_ELEVE", "RESPONSABLE"])
@pytest.mark.parametrize("level", ["NIVEAU_RESPONSABILITE", "RESP_LEGAL"])
def test_a_legal_guardian_is_tied_in_every_dialect(tag: str, level: str, values: Values) -> None:
    rows = (
        f"<CODE_PARENTE>10</CODE_PARENTE><{level}>1</{level}>"
        "<PAIE_FRAIS_SCOLAIRES>1</PAIE_FRAIS_SCOLAIRES>"
    )
    [piece] = records(file(tie(rows, tag), root="BEE_RESPONSABLES"))
    assert piece.event == "RESPONSABLE_ELEVE"
    assert values(piece)["id"] == f"{UAI}$31$11"
    assert values(piece)["data"] == {
        "ELEVE_ID": "11",
        "PERSONNE_ID": "31",
        "CODE_PARENTE": "10",
        level: "1",
    }


@pytest.mark.parametrize(("level", "said"), [("NIVEAU_RESPONSABILITE", "3"), ("RESP_LEGAL", "0")])
def test_a_person_to_call_is_no_guardian_and_is_not_said(level: str, said: str) -> None:
    rows = f"<CODE_PARENTE>38</CODE_PARENTE><{level}>{said}</{level}>"
    assert records(file(tie(rows))) == []


@pytest.mark.parametrize("rows", ["", "<RESP_LEGAL>9</RESP_LEGAL>", "<RESP_LEGAL/>"])
def test_a_tie_without_a_known_responsibility_is_set_aside(rows: str) -> None:
    [piece] = records(file(tie(rows)))
    assert (code(piece), piece.event) == ("SCHOOL_VALUE", "RESPONSABLE_ELEVE")


def test_classes_and_groups_have_their_mef(values: Values) -> None:
    mefs = "".join(
        f"<MEF_APPARTENANCE><CODE_MEF>{mef}</CODE_MEF></MEF_APPARTENANCE>"
        for mef in ("16410002110", "10010012110")
    )
    mefs = f"<MEFS_APPARTENANCE>{mefs}</MEFS_APPARTENANCE>"
    belongs = "<DIVISION_APPARTENANCE><CODE_STRUCTURE>6A</CODE_STRUCTURE></DIVISION_APPARTENANCE>"
    data = (
        f'<DIVISIONS><DIVISION CODE_STRUCTURE="6A"><LIBELLE_LONG>SIXIEME A       </LIBELLE_LONG>'
        f"<CODE_RNE>{UAI}</CODE_RNE>{mefs}</DIVISION></DIVISIONS>"
        '<GROUPES><GROUPE CODE_STRUCTURE="6 LATIN">'
        f"<DIVISIONS_APPARTENANCE>{belongs}</DIVISIONS_APPARTENANCE></GROUPE></GROUPES>"
    )
    school_class, group = map(values, records(file(data, root="BEE_STRUCTURES")))
    assert (school_class["category"], school_class["id"]) == ("DIVISION", f"{UAI}$6A")
    assert school_class["data"] == {
        "CODE_STRUCTURE": "6A",
        "LIBELLE_LONG": "SIXIEME A",
        "MEFS_APPARTENANCE": ["10010012110", "16410002110"],
    }
    assert (group["category"], group["id"]) == ("GROUPE", f"{UAI}$G$6 LATIN")
    assert group["data"]["DIVISIONS_APPARTENANCE"] == ["6A"]


def test_the_two_nomenclatures_are_read(values: Values) -> None:
    data = (
        '<MEFS><MEF CODE_MEF="10010012110"><FORMATION>6EME</FORMATION>'
        "<MEF_RATTACHEMENT>10010012110</MEF_RATTACHEMENT>"
        "<CODE_MEFSTAT>21110010012</CODE_MEFSTAT></MEF></MEFS>"
        '<MATIERES><MATIERE CODE_MATIERE="020700"><LIBELLE_LONG>FRANCAIS</LIBELLE_LONG></MATIERE>'
        "</MATIERES><REGIMES><REGIME><LIBELLE>x</LIBELLE></REGIME></REGIMES>"
    )
    level, subject = map(values, records(file(data, root="BEE_NOMENCLATURES")))
    assert (level["id"], subject["id"]) == (f"{UAI}$MEF$10010012110", f"{UAI}$MATIERE$020700")
    assert level["data"]["CODE_MEFSTAT"] == "21110010012"
    assert subject["data"]["LIBELLE_LONG"] == "FRANCAIS"


@pytest.mark.parametrize("path", sorted(SHAPES), ids="/".join)
def test_what_is_blocked_never_enters(path: tuple[str, ...]) -> None:
    shape = SHAPES[path]
    rows = "".join(f"<{name}>BLANQUETTE</{name}>" for name in sorted(shape.blocked))
    rows += "<RESP_LEGAL>1</RESP_LEGAL>" if shape.event == "RESPONSABLE_ELEVE" else ""
    keys = " ".join(f'{name}="7"' for name in shape.key)
    inside = f"<{path[2]} {keys}>{rows}</{path[2]}>"
    [piece] = records(file(f"<{path[1]}>{inside}</{path[1]}>"))
    assert piece.problem is None
    assert b"BLANQUETTE" not in piece.body
    assert not [name for name in shape.blocked if f'"{name}"'.encode() in piece.body]
    known = shape.texts | shape.hidden | {*shape.parts, *shape.several}
    assert not shape.blocked & known


def test_an_unknown_element_is_named_and_its_text_left_out(values: Values) -> None:
    [piece] = records(file(pupil("<NEUF_EN_2027>BLANQUETTE</NEUF_EN_2027><NOM>PRADAL</NOM>")))
    assert values(piece)["unknown"] == ["NEUF_EN_2027"]
    assert b"BLANQUETTE" not in piece.body


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("<NOM>PRADAL</NOM><NOM>VIDALENQ</NOM>", "SCHOOL_TWICE"),
        ("<NOM><a/></NOM>", "SCHOOL_SHAPE"),
        ("<NOM>L\u0092HERS</NOM>", "SCHOOL_CHARACTER"),
    ],
)
def test_a_record_that_is_not_understood_is_set_aside_alone(rows: str, problem: str) -> None:
    data = pupil("<NOM>A</NOM>", "1") + pupil(rows, "2") + pupil("<NOM>C</NOM>", "3")
    before, wrong, after = records(file(data))
    assert (before.problem, after.problem) == (None, None)
    assert code(wrong) == problem
    assert wrong.problem is not None
    assert str(wrong.problem.complaint.where) == "f.xml, record 3, NOM"
    assert "PRADAL" not in str(wrong.problem)
    assert wrong.problem.complaint.fix


@pytest.mark.parametrize("number", ["", "7 7", "../7", "7" * 65, "7$8"])
def test_a_record_without_a_sound_number_is_set_aside(number: str) -> None:
    [piece] = records(file(pupil("<NOM>PRADAL</NOM>", number)))
    assert code(piece) == "SCHOOL_ID"


@pytest.mark.parametrize("said", ["", "6$A", "6" * 65])
def test_a_class_without_a_sound_code_is_set_aside(said: str) -> None:
    data = f'<DIVISIONS><DIVISION CODE_STRUCTURE="{said}"/></DIVISIONS>'
    [piece] = records(file(data))
    assert code(piece) == "SCHOOL_ID"


def test_a_structure_of_an_unknown_type_is_set_aside() -> None:
    row = "<STRUCTURE><CODE_STRUCTURE>6A</CODE_STRUCTURE></STRUCTURE>"
    data = f'<STRUCTURES><STRUCTURES_ELEVE ELEVE_ID="11">{row}</STRUCTURES_ELEVE></STRUCTURES>'
    [piece] = records(file(data))
    assert code(piece) == "SCHOOL_VALUE"


def test_the_sections_may_come_in_any_order() -> None:
    parts = [pupil("<NOM>PRADAL</NOM>"), tie("<RESP_LEGAL>1</RESP_LEGAL>"), "<OPTIONS/>"]
    one = {piece.body for piece in records(file("".join(parts)))}
    assert {piece.body for piece in records(file("".join(reversed(parts))))} == one


@given(chance=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(chance: random.Random) -> None:
    rows = [
        "<NOM_DE_FAMILLE>PRADAL</NOM_DE_FAMILLE>",
        "<PRENOM>Ambre</PRENOM>",
        "<PRENOM2>Rose</PRENOM2>",
        "<CODE_MEF>10010012110</CODE_MEF>",
        "<NEUF/>",
        "<AUTRE/>",
    ]
    expected = records(file(pupil("".join(rows))))
    chance.shuffle(rows)
    assert records(file(pupil("".join(rows)))) == expected
