"""In the first degree the pupils say the classes; each class is given once, as an object."""

from __future__ import annotations

import io
import random
from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.readers import aaf_first_degree, open_reader
from preau.readers.aaf_first_degree import FirstDegreeReader
from preau.readers.piece import Piece
from preau.readers.told import Told

FIRST = '<!-- degre="1D" --><!-- codeAcademieExport="11" -->'


def read(file: str | bytes) -> list[Piece]:
    body = file.encode() if isinstance(file, str) else file
    told = Told(mask=lambda ine: f"ine:{len(ine)}", version=7)
    return list(FirstDegreeReader(told).split(io.BytesIO(body), "x_Eleve_0000.xml"))


def pupil(aaf: Any, number: str, *classes: str, groups: tuple[str, ...] = ()) -> str:
    rows = (
        aaf.attribute("ENTPersonNom", "LAPEYRE"),
        aaf.attribute("ENTPersonClasses", *classes),
        aaf.attribute("ENTPersonGroupes", *groups),
    )
    text: str = aaf.pupil(number, *rows)
    return text


def test_a_class_stands_before_the_first_pupil_who_says_it(aaf: Any) -> None:
    pupils = [pupil(aaf, number, "510$2026$x$812$CM2 A") for number in ("1", "2")]
    found = read(aaf.file(*pupils, comments=FIRST))

    assert [(piece.event, piece.path) for piece in found] == [
        ("Classe", "record 1"),
        ("Eleve", "record 1"),
        ("Eleve", "record 2"),
    ]
    assert orjson.loads(found[0].body) == {
        "operation": "add",
        "category": "Classe",
        "id": "510$812",
        "structure": "510",
        "label": "CM2 A",
        "header": {"degre": "1D", "degree": "FIRST", "codeAcademieExport": "11", "academy": "11"}
        | {"version": "7"},
    }


def test_a_class_says_nothing_of_a_pupil(aaf: Any) -> None:
    one, two = pupil(aaf, "1", "510$$$812$CM2 A"), pupil(aaf, "2", "510$2025$CM1$812$CM2 A")

    assert read(aaf.file(one, two))[0] == read(aaf.file(two, one))[0]


def test_a_group_is_told_apart_from_a_class_with_its_number(aaf: Any) -> None:
    said = pupil(aaf, "1", "510$$$77$CM2", groups=("510$$$77$CHORALE",))

    assert [orjson.loads(piece.body)["id"] for piece in read(aaf.file(said))] == [
        "510$77",
        "510$G$77",
        "1",
    ]


def test_a_class_with_two_labels_is_given_twice_so_that_both_are_seen(aaf: Any) -> None:
    found = read(aaf.file(pupil(aaf, "1", "510$$$8$CM2"), pupil(aaf, "2", "510$$$8$CM2 B")))

    assert [piece.event for piece in found] == ["Classe", "Eleve", "Classe", "Eleve"]


@pytest.mark.parametrize("said", ["510$$$$CM2", "$$$8$CM2"])
def test_a_class_without_its_number_is_none(said: str, aaf: Any) -> None:
    assert [piece.event for piece in read(aaf.file(pupil(aaf, "1", said)))] == ["Eleve"]


def test_a_broken_pupil_says_no_class_and_the_next_one_does(aaf: Any) -> None:
    file = aaf.file(pupil(aaf, "1", "510$8$CM2"), pupil(aaf, "2", "510$$$8$CM2"))
    broken, class_, after = read(file)

    assert broken.problem is not None
    assert broken.problem.code == "AAF_ARITY"
    assert (class_.event, after.event) == ("Classe", "Eleve")


def test_deletions_and_other_categories_pass_as_they_are(aaf: Any) -> None:
    about = aaf.attribute("categoriePersonne", "Eleve")
    gone = (
        f"<deleteRequest><operationalAttributes>{about}</operationalAttributes>"
        "<identifier><id>9</id></identifier></deleteRequest>"
    )
    staff = aaf.add("PersEducNat", "3", aaf.attribute("ENTPersonNom", "CATHALA"))

    assert [piece.event for piece in read(aaf.file(gone, staff))] == ["Eleve", "PersEducNat"]


def test_memory_is_bounded_though_classes_be_without_end(
    aaf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aaf_first_degree, "MAX_REMEMBERED", 2)
    pupils = [pupil(aaf, str(n), f"510$$$c{n % 3}$CM2") for n in range(6)]

    counts = Counter(piece.event for piece in read(aaf.file(*pupils)))
    assert counts == {"Eleve": 6, "Classe": 6}


@given(chance=st.randoms(use_true_random=False))
def test_the_order_of_the_pupils_changes_no_class(aaf: Any, chance: random.Random) -> None:
    pupils = [pupil(aaf, str(n), f"510$$$c{n % 4}$CM{n % 4}") for n in range(12)]
    mixed = chance.sample(pupils, len(pupils))

    def classes(records: list[str]) -> set[bytes]:
        pieces = read(aaf.file(*records, comments=FIRST))
        return {piece.body for piece in pieces if piece.event == "Classe"}

    assert classes(mixed) == classes(pupils)
    assert len(classes(pupils)) == 4


@settings(max_examples=200)
@given(data=st.data())
def test_one_byte_changed_is_read_or_refused_in_words(aaf: Any, data: st.DataObject) -> None:
    said = pupil(aaf, "1", "510$$$8$CM2", groups=("510$$$9$CHORALE",))
    body = bytearray(aaf.file(said, comments=FIRST).encode())
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(body))
    except SetAside:
        return
    assert all(piece.body or piece.problem for piece in found)


def test_a_card_may_name_it() -> None:
    reader = open_reader("aaf-1d")

    assert isinstance(reader, FirstDegreeReader)
    assert reader.parse(b'{"id": "1"}') == {"id": "1"}
    with pytest.raises(SetAside, match="JSON_DUPLICATE"):
        reader.parse(b'{"id": 1, "id": 2}')
