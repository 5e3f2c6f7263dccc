"""The ids that ONDE does not give: stable, opaque, and never two persons' at once."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from preau.readers.onde_ids import keys, plain, repeated
from tests.readers.onde_files import (
    COME,
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

NAMESAKE = COME.replace("09/03/2016", "05/12/2017").replace("120890177FA", "120890179FC")


def test_an_id_is_opaque_and_says_no_name() -> None:
    for one in ids(read(file(PUPILS, COME, ROSE))):
        assert re.fullmatch("[0-9a-f]{64}", one)


def test_another_school_or_another_secret_gives_other_ids() -> None:
    body = file(PUPILS, COME)
    elsewhere = read(body, told=TOLD._replace(uai="0110001A"))
    unlike = read(body, told=TOLD._replace(hide=lambda text: text[::-1].encode().hex()))
    assert len({*ids(read(body)), *ids(elsewhere), *ids(unlike)}) == 3


def test_a_guardian_names_the_child_of_the_pupils_file_however_it_is_written() -> None:
    row = guardian("CATHALA", "Lapeyre;COME", "PECH BRUSQUE;Anne Laure")
    pupils = read(file(PUPILS, COME, "Pech-Brusque;;Anne-Laure;;;;;"))
    (cathala,) = said(read(file(GUARDIANS, row)), "Responsable")
    assert cathala["children"] == sorted(ids(pupils))


def test_two_pupils_of_the_same_names_are_linked_to_nobody_and_it_is_said() -> None:
    pieces = read(file(PUPILS, COME, NAMESAKE, ROSE))
    (cathala,) = said(read(file(GUARDIANS, guardian("CATHALA", "LAPEYRE;Côme"))), "Responsable")
    first, second, rose = ids(pieces)
    assert len({first, second, rose}) == 3
    assert not {*cathala["children"]} & {first, second}
    assert problems(pieces) == [("line 2", "ONDE_NAMESAKE"), ("line 3", "ONDE_NAMESAKE")]
    assert [rose] == ids(read(file(PUPILS, ROSE)))


def test_namesakes_keep_their_ids_in_any_order_of_the_file() -> None:
    one, other = ids(read(file(PUPILS, COME, NAMESAKE)))
    assert ids(read(file(PUPILS, NAMESAKE, ROSE, COME)))[::2] == [other, one]


def test_what_is_told_of_rows_that_were_read_is_of_no_category() -> None:
    pieces = read(file(PUPILS, COME, COME, NAMESAKE))
    assert {p.event for p in pieces if p.problem is not None} == {"Remarque"}


def test_namesakes_are_told_apart_by_birth_and_class_when_there_is_no_ine() -> None:
    born = [COME.replace("120890177FA", ""), NAMESAKE.replace("120890179FC", "")]
    unborn = [f"LAPEYRE;;Côme;;;;CM1;{label}" for label in "AB"]
    twins = [COME.replace("120890177FA", ""), COME.replace("120890177FA;CM1", ";CM2")]
    twins[1] = twins[1].replace("Garonne", "Tarn")
    for rows in (born, unborn, twins):
        assert len({*ids(read(file(PUPILS, *rows)))}) == 2


def test_a_pupil_who_stands_twice_is_one_pupil() -> None:
    pieces = read(file(PUPILS, COME, COME.replace("CM1 Garonne", "ULIS")))
    assert ids(pieces) == ids(read(file(PUPILS, COME)))
    assert problems(pieces) == [("line 3", "ONDE_TWICE")]


def test_two_guardians_of_the_same_names_stay_two() -> None:
    rows = [
        guardian("CATHALA", "LAPEYRE;Côme", mail="a@example.org"),
        guardian("CATHALA", "MONTLAUR;Rose", mail="b@example.org"),
    ]
    unmailed = [guardian("CATHALA", "LAPEYRE;Côme"), guardian("CATHALA", "MONTLAUR;Rose")]
    for pair in (rows, unmailed):
        found = said(read(file(GUARDIANS, *pair)), "Responsable")
        assert [len(one["children"]) for one in found] == [1, 1]
        assert found[0]["children"] != found[1]["children"]


def test_a_guardian_of_two_rows_with_one_address_of_mail_is_one_person() -> None:
    rows = [
        guardian("CATHALA", "LAPEYRE;Côme", mail="a@example.org"),
        guardian("CATHALA", "MONTLAUR;Rose", mail="A@example.org"),
    ]
    (one,) = said(read(file(GUARDIANS, *rows)), "Responsable")
    assert len(one["children"]) == 2
    assert "example.org" not in repr(read(file(GUARDIANS, *rows)))


def test_teachers_of_the_same_names_are_two_when_their_mail_says_so() -> None:
    rows = [f"M.;;PECH;Malo;{mail};;A" for mail in ("a@example.org", "b@example.org")]
    assert len({*ids(read(file(TEACHERS, *rows)), "Enseignant")}) == 2


def test_two_classes_of_one_label_are_two_and_no_teacher_is_linked_to_them() -> None:
    head = f"{PUPILS};Identifiant classe"
    rows = (COME + ";41", ROSE.replace("CM2 Tarn", "CM1 Garonne") + ";42")
    pieces = read(file(head, *rows))
    (teacher,) = said(read(file(TEACHERS, "M.;;PECH;Malo;;;CM1 Garonne")), "Enseignant")
    assert len({*ids(pieces, "Classe"), *teacher["classes"]}) == 3
    assert [code for _, code in problems(pieces)] == ["ONDE_CLASS_LABEL"] * 2


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_plain_text_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.lists(st.text(alphabet="ab\0 ", max_size=3), min_size=2, max_size=2), st.data())
@settings(max_examples=200, deadline=None)
def test_parts_never_run_into_each_other(parts: list[str], data: st.DataObject) -> None:
    others = data.draw(st.permutations(parts))
    key = keys(lambda text: text, "0990002P", "pupil")
    assert (key(*parts) == key(*others)) == ([*map(plain, parts)] == [*map(plain, others)])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"))))
def test_what_is_repeated_does_not_depend_on_the_order(pairs: list[tuple[str, str]]) -> None:
    many = {one for one, _ in pairs if len({mark for other, mark in pairs if other == one}) > 1}
    assert repeated(pairs) == repeated(pairs[::-1]) == many
