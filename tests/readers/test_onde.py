"""What ONDE's three files say, in each of their dialects."""

from __future__ import annotations

import pytest

from preau.errors import SetAside
from preau.readers.told import Told
from tests.readers.onde_files import (
    CHILD,
    COME,
    DIGESTS,
    GUARDIANS,
    PUPILS,
    ROSE,
    TEACHERS,
    TOLD,
    file,
    guardian,
    ids,
    problems,
    read,
    said,
)

OF_2015 = (
    "Nom Elève;Nom d'usage Elève;Prénom Elève;Date naissance;Sexe;Adresse1;Cp1;Commune1;Pays1;"
    "Adresse2;Cp2;Commune2;Pays2; Cycle;Niveau;Classe;Attestation fournie;"
    "Autorisations associations;Autorisations photos;Décision de passage"
)


def test_a_pupils_file_says_the_school_its_classes_and_its_pupils() -> None:
    pieces = read(file(PUPILS, COME, ROSE))
    assert [piece.event for piece in pieces] == ["Ecole", "Classe", "Classe", "Eleve", "Eleve"]
    assert [piece.path for piece in pieces[3:]] == ["line 2", "line 3"]
    come = said(pieces, "Eleve")[0]
    assert come == {
        "id": come["id"],
        "operation": "add",
        "family_name": "LAPEYRE",
        "given_names": ["Côme"],
        "birth_date": "2016-03-09",
        "gender": "M",
        "ine": f"ine:{DIGESTS.ine('120890177FA')}",
        "level": "CM1",
        "class": said(pieces, "Classe")[0]["id"],
        "header": {"uai": "0990002P"},
    }


def test_the_level_is_niveau_and_never_the_cycle_of_2015() -> None:
    row = '"VIDALENQ";;"Marc";"2007-05-13";"H";;;;;;;;;"CYCLE III";"CE2";"CE2 Lot";;;;'
    pieces = read(file(OF_2015, row, charset="latin-1", end="\r\n"))
    assert said(pieces, "Classe")[0]["levels"] == ["CE2"]
    assert said(pieces, "Eleve")[0]["birth_date"] == "2007-05-13"
    assert "III" not in repr(pieces)


def test_a_class_has_the_levels_of_all_its_pupils_in_whatever_order() -> None:
    rows = [f"PRADAL;;{name};;;;{level};Bleus" for name, level in (("Zoé", "CM2"), ("Luc", "CM1"))]
    (one,) = said(read(file(PUPILS, *rows)), "Classe")
    (other,) = said(read(file(PUPILS, *rows[::-1])), "Classe")
    assert one == other
    assert one["levels"] == ["CM1", "CM2"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_every_dialect_says_the_same(charset: str, end: str, separator: str) -> None:
    lines = [line.replace(";", separator) for line in (PUPILS, COME, ROSE)]
    quoted = [separator.join(f'"{cell}"' for cell in lines[1].split(separator)), lines[2]]
    plain = [piece.body for piece in read(file(PUPILS, COME, ROSE))]
    body = file(lines[0], *quoted, charset=charset, end=end)
    assert [piece.body for piece in read(body)] == plain
    # some importers write the headers with stars, in capitals, with a curly apostrophe
    starred = lines[0].replace("Nom élève", "*NOM  ÉLÈVE*").replace("'", "’" * (charset[0] != "l"))
    assert [p.body for p in read(file(starred, *quoted, charset=charset, end=end))] == plain


def test_what_only_windows_1252_has_is_read() -> None:
    (pupil,) = said(read(file(PUPILS, "D’ARQUES;;Œdipe;;;;;", charset="cp1252")), "Eleve")
    assert (pupil["family_name"], pupil["given_names"]) == ("D’ARQUES", ["Œdipe"])


def test_the_file_that_the_reader_gets_last_may_lack_its_last_line_end() -> None:
    assert read(file(PUPILS, COME)[:-1])[-1] == read(file(PUPILS, COME))[-1]


def test_an_extraction_personnalisee_needs_names_only() -> None:
    pieces = read(file("Groupe de judo;Prénom élève;Nom élève", "mardi;Sacha;LOUBATIERE"))
    (pupil,) = said(pieces, "Eleve")
    assert pupil["given_names"] == ["Sacha"]
    assert pupil["header"]["unknown"] == ["groupedejudo"]
    assert "mardi" not in repr(pieces)


def test_addresses_telephones_and_birth_places_go_no_further() -> None:
    head = f"{PUPILS};Adresse1;Commune1;Commune de naissance;PCS"
    row = f"{COME};1 rue Basse;AURILLAC;RODEZ;ouvrier"
    shown = repr(read(file(head, row))) + repr(read(file(GUARDIANS, guardian("CATHALA"))))
    assert not any(word in shown for word in ("Basse", "AURILLAC", "RODEZ", "ouvrier", "+33"))
    assert "unknown" not in shown


def test_no_ine_leaves_the_reader_right_or_wrong() -> None:
    rows = (COME, ROSE.replace("120890178FB", "12089017"))
    for told in (TOLD, TOLD._replace(mask=None)):
        shown = repr(read(file(PUPILS, *rows), told=told))
        assert "12089017" not in shown


@pytest.mark.parametrize("count", [17, 21, 25, 29, 33])
def test_a_ragged_row_loses_no_child(count: int) -> None:
    names = ["Côme", "Rose", "Zoé", "Luc", "Paul"][: (count - 13) // 4]
    row = guardian("CATHALA", *(f"LAPEYRE;{name}" for name in names))
    assert row.count(";") == count - 1
    (cathala,) = said(read(file(GUARDIANS, row)), "Responsable")
    pupils = read(file(PUPILS, *(f"LAPEYRE;;{name};;;;CM1;A" for name in names)))
    assert cathala["children"] == sorted(ids(pupils))


def test_a_guardian_has_no_more_children_than_the_file_says() -> None:
    (cathala,) = said(read(file(GUARDIANS, guardian("CATHALA") + ";" * 12)), "Responsable")
    assert "children" not in cathala


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (guardian("CATHALA", "LAPEYRE;Côme") + ";;MONTLAUR", "ONDE_NAME"),
        (
            guardian("CATHALA", *["LAPEYRE;Côme"] * 3) + ";;x;y;z;M.;;BONNAFOUS;Luc;1 rue",
            "ONDE_NAME",
        ),
        (guardian("CATHALA", "LAPEYRE;=Côme"), "ONDE_FORMULA"),
        (";MONTLAUR;Rose;CM", "ONDE_COLUMNS"),  # a line end before a child's block
    ],
)
def test_a_child_that_is_no_child_sets_its_row_aside(row: str, code: str) -> None:
    pieces = read(file(GUARDIANS, row, guardian("PRADAL")))
    assert problems(pieces) == [("line 2", code)]
    assert len(said(pieces, "Responsable")) == 1


def test_columns_of_children_in_two_parts_refuse_the_file() -> None:
    with pytest.raises(SetAside, match="ONDE_HEADERS"):
        read(file(GUARDIANS.replace(CHILD, CHILD.replace("Prénom enfant", "Prenum enfant"), 1)))


def test_a_teacher_may_head_the_school_and_teach_two_classes() -> None:
    rows = ("Mme;;PUJOLET;Rose;;Oui;A", "M.;;PECH-BRUSQUE;Malo;;non;A", "M.;;Pech Brusque;Malo;;;B")
    head, teacher = said(read(file(TEACHERS, *rows)), "Enseignant")
    assert (head["head"], teacher["head"]) == ("oui", "non")
    assert len(teacher["classes"]) == 2
    assert head["classes"][0] in teacher["classes"]


def test_the_teachers_file_names_the_classes_of_the_pupils_file() -> None:
    (row,) = said(read(file(TEACHERS, "M.;;PECH;Malo;;non;cm1  GARONNE")), "Enseignant")
    assert row["classes"] == [said(read(file(PUPILS, COME)), "Classe")[0]["id"]]


@pytest.mark.parametrize(
    ("name", "uai"),
    [
        ("CSVExtraction-eleves-0110001A.csv", "0110001A"),
        ("0110001a_eleves.csv", "0110001A"),
        ("0110001A 0110001a.csv", "0110001A"),
    ],
)
def test_the_school_is_in_the_files_name_when_nobody_tells(name: str, uai: str) -> None:
    (school,) = said(read(file(PUPILS), name, TOLD._replace(uai=None)), "Ecole")
    assert school == {"id": uai, "operation": "add", "header": {"uai": uai}}
    assert said(read(file(PUPILS), name), "Ecole")[0]["id"] == "0990002P"


@pytest.mark.parametrize("name", ["eleves.csv", "x0110001A.csv", "0110001A-0120001J.csv"])
def test_a_file_of_no_known_school_is_refused_with_the_way_to_say_it(name: str) -> None:
    with pytest.raises(SetAside, match=r"ONDE_UAI.*--uai 0110001A.*file's name"):
        read(file(PUPILS, COME), name, TOLD._replace(uai=None))


def test_without_a_keyed_hash_no_name_becomes_an_id() -> None:
    with pytest.raises(SetAside, match="ONDE_HASH"):
        read(file(PUPILS, COME), told=TOLD._replace(hide=None))


def test_what_the_reader_is_told_stands_in_the_header() -> None:
    told = Told("11", "0990002P", TOLD.mask, 1_788_220_800_000_000, TOLD.hide)
    assert said(read(file(PUPILS, COME), told=told), "Eleve")[0]["header"] == {
        "academy": "11",
        "uai": "0990002P",
        "version": "1788220800000000",
    }


@pytest.mark.parametrize("head", ["Nom;Prénom", "a;b", "Nom élève", f"{PUPILS};{GUARDIANS}", "x"])
def test_headers_of_no_kind_or_two_are_refused_with_the_known_ones(head: str) -> None:
    with pytest.raises(SetAside, match="ONDE_HEADERS") as told:
        read(file(head, COME))
    assert "LAPEYRE" not in str(told.value)
    if ";" not in head or head == "Nom;Prénom":
        assert "Nom d'usage élève" in str(told.value)


def test_a_header_that_counts_twice_is_refused() -> None:
    with pytest.raises(SetAside, match=r"ONDE_HEADERS.*ine stands 2 times"):
        read(file(f"{PUPILS};INE"))
