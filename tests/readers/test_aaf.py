"""An AAF file becomes one piece per request, whatever its dialect, its encoding and its order."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.readers.aaf import AafReader
from preau.readers.aaf_arity import ARITIES, BLOCKED, KNOWN, Arity
from preau.readers.piece import Piece

Read = Callable[..., list[Piece]]
Values = Callable[[Piece], dict[str, Any]]


def test_a_request_becomes_a_piece_named_by_its_category(
    aaf: Any, read_aaf: Read, values: Values
) -> None:
    (piece,) = read_aaf(aaf.file(aaf.pupil("700001", aaf.attribute("sn", "LAPEYRE"))))
    assert (piece.event, piece.path) == ("Eleve", "record 1")
    assert values(piece) == {
        "operation": "add",
        "category": "Eleve",
        "id": "700001",
        "attributes": {"ENTPersonJointure": ["700001"], "sn": ["LAPEYRE"]},
        "unknown": [],
        "header": {},
    }
    assert AafReader().parse(piece.body) == values(piece)


def test_the_three_requests_become_pieces(aaf: Any, read_aaf: Read, values: Values) -> None:
    about = aaf.attribute("categoriePersonne", "Eleve")
    tail = (
        f"<operationalAttributes>{about}</operationalAttributes><identifier><id>7</id></identifier>"
    )
    change = (
        '<modifications><modification name="ENTEleveClasses" operation="replace">'
        "<value>43$6B</value></modification></modifications>"
    )
    file = aaf.file(
        aaf.pupil("7"),
        f"<modifyRequest>{tail}{change}</modifyRequest>",
        f"<deleteRequest>{tail}</deleteRequest>",
    )
    added, modified, deleted = map(values, read_aaf(file))
    assert [v["operation"] for v in (added, modified, deleted)] == ["add", "modify", "delete"]
    assert modified["attributes"] == {"ENTEleveClasses": [["43", "6B"]]}
    assert deleted["attributes"] == {}


def _one(arity: Arity) -> bool:
    """Whether a value of one field alone is right too."""
    return arity.least == 1 or arity.short is not None


CUTS = {
    "ENTEleveClasses": ("43$6 A", ["43", "6 A"]),
    "ENTAuxEnsClassesMatieres": ("43$6A$020700", ["43", "6A", "020700"]),
    "ENTEleveDateEntreeClasses": ("43$01/09/2026$6A", ["43", "01/09/2026", "6A"]),
    "ENTPersonFonctions": (
        "43$ENS$ENSEIGNEMENT$L0202$LETTRES",
        ["43", "ENS", "ENSEIGNEMENT", "L0202", "LETTRES"],
    ),
    "ENTElevePersRelEleve": ("9$2$1$1$0$0", ["9", "2", "1", "1", "0", "0"]),
    "ENTStructureClasses": (
        "6A$6e A$10010012110$10010012111",
        ["6A", "6e A", ["10010012110", "10010012111"]],
    ),
    "ENTStructureGroupes": ("LATIN$Latin 6e$6A$6B", ["LATIN", "Latin 6e", ["6A", "6B"]]),
    "ENTStructureNomCourant": ("CLG$DES TROIS-PONTS$LIMOUX", ["CLG", "DES TROIS-PONTS", "LIMOUX"]),
    "ENTPersonClasses": ("43$$$812$CM2 A", ["43", "", "", "812", "CM2 A"]),
    "ENTPersonGroupes": ("43$x$y$15$CHORALE", ["43", "x", "y", "15", "CHORALE"]),
    "ENTEleveAutoriteParentale": ("900001$1$PERE", ["900001"]),
    "ENTPersonAdresse": ("", None),
    "ENTAuxEnsCategoDiscipline": ("02$LETTRES", "02$LETTRES"),
}


@pytest.mark.parametrize(("name", "value", "cut"), [(n, *c) for n, c in CUTS.items()], ids=CUTS)
def test_each_attribute_is_cut_by_its_own_arity(
    name: str, value: str, cut: object, aaf: Any, read_aaf: Read, values: Values
) -> None:
    (piece,) = read_aaf(aaf.file(aaf.pupil("7", aaf.attribute(name, value))))
    assert values(piece)["attributes"].get(name) == (None if cut is None else [cut])


@pytest.mark.parametrize(
    ("name", "value", "cut"),
    [
        ("ENTStructureNomCourant", "COLLEGE DES TROIS-PONTS", ["", "COLLEGE DES TROIS-PONTS", ""]),
        ("ENTStructureGroupes", "LATIN$Latin 6e", ["LATIN", "Latin 6e", []]),
        ("ENTStructureClasses", "6A$6e A$", ["6A", "6e A", []]),
        ("ENTEleveAutoriteParentale", "900001", ["900001"]),
    ],
)
def test_the_older_and_shorter_dialects_are_read_too(
    name: str, value: str, cut: object, aaf: Any, read_aaf: Read, values: Values
) -> None:
    (piece,) = read_aaf(aaf.file(aaf.pupil("7", aaf.attribute(name, value))))
    assert values(piece)["attributes"][name] == [cut]


@pytest.mark.parametrize("name", [name for name, arity in ARITIES.items() if not _one(arity)])
def test_a_wrong_arity_sets_only_this_record_aside(name: str, aaf: Any, read_aaf: Read) -> None:
    file = aaf.file(aaf.pupil("6"), aaf.pupil("7", aaf.attribute(name, "LAPEYRE")), aaf.pupil("8"))
    before, wrong, after = read_aaf(file, name="f.xml")
    assert before.problem is None
    assert after.problem is None
    assert wrong.problem is not None
    told = wrong.problem.complaint
    assert (told.code, wrong.event, wrong.body) == ("AAF_ARITY", "Eleve", b"")
    assert str(told.where) == f"f.xml, record 2, {name}"
    assert told.known
    assert "LAPEYRE" not in str(told)


def test_an_empty_value_is_an_empty_list(aaf: Any, read_aaf: Read, values: Values) -> None:
    rows = '<attr name="mail"><value/></attr><attr name="sn"><value> \r\n </value></attr>'
    (piece,) = read_aaf(aaf.file(aaf.pupil("7", rows, aaf.attribute("ENTEleveGroupes", ""))))
    found = values(piece)["attributes"]
    assert found["mail"] == found["sn"] == found["ENTEleveGroupes"] == []


def test_of_an_unknown_attribute_only_the_name_is_kept(
    aaf: Any, read_aaf: Read, values: Values
) -> None:
    (piece,) = read_aaf(aaf.file(aaf.pupil("7", aaf.attribute("ENTNouveauteDe2027", "ALLERGIE"))))
    assert values(piece)["unknown"] == ["ENTNouveauteDe2027"]
    assert b"ALLERGIE" not in piece.body
    assert set(values(piece)["attributes"]) == {"ENTPersonJointure"}


@pytest.mark.parametrize("name", sorted(BLOCKED))
def test_daily_life_addresses_and_telephones_never_enter(
    name: str, aaf: Any, read_aaf: Read
) -> None:
    (piece,) = read_aaf(aaf.file(aaf.pupil("7", aaf.attribute(name, "1 RUE DE LA BLANQUETTE"))))
    assert f'"{name}"'.encode() not in piece.body
    assert b"BLANQUETTE" not in piece.body
    assert name not in KNOWN


def test_the_second_level_of_escaping_is_undone(aaf: Any, read_aaf: Read, values: Values) -> None:
    rows = aaf.attribute("sn", "D&amp;apos;ARQUES", "L&apos;HERS", "A &amp;amp; B", "&amp;eacute;")
    (piece,) = read_aaf(aaf.file(aaf.pupil("7", rows)))
    assert values(piece)["attributes"]["sn"] == ["D'ARQUES", "L'HERS", "A & B", "&eacute;"]


@given(chance=st.randoms(use_true_random=False))
def test_the_order_and_the_split_of_attributes_change_nothing(
    aaf: Any, read_aaf: Read, chance: random.Random
) -> None:
    said = {
        "sn": ["LAPEYRE"],
        "givenName": ["Côme"],
        "ENTEleveClasses": ["43$6A"],
        "ENTEleveGroupes": ["43$G1", "43$G2", "43$G3"],
        "ENTPersonAutresPrenoms": [],
    }
    plain = [aaf.attribute(name, *values) for name, values in said.items()]
    rows = []
    for name, values in said.items():
        cut = chance.randint(0, len(values))  # one attr of n values, or two of k and n - k
        parts = [aaf.attribute(name, *values[:cut]), aaf.attribute(name, *values[cut:])]
        rows.append((name, parts if values else parts[:1]))
    chance.shuffle(rows)
    mixed = [part for _, parts in rows for part in parts]
    (expected,) = read_aaf(aaf.file(aaf.pupil("7", *plain)))
    assert read_aaf(aaf.file(aaf.pupil("7", *mixed))) == [expected]


@given(chance=st.randoms(use_true_random=False))
def test_the_order_of_the_values_of_one_attribute_changes_nothing(
    aaf: Any, read_aaf: Read, chance: random.Random
) -> None:
    said = {
        "ENTPersonFonctions": ["43$ENS$E$L0202$L", "44$DIR$D$D0010$D", "43$DOC$D$L0080$D"],
        "ENTEnsFonctionDir": ["43", "44", "9"],
        "ENTElevePersRelEleve": ["9$2$1$1$0$0", "8$1$0$2$0$0"],
    }
    plain = aaf.file(aaf.pupil("7", *(aaf.attribute(name, *said[name]) for name in said)))
    mixed = {name: chance.sample(values, len(values)) for name, values in said.items()}
    again = aaf.file(aaf.pupil("7", *(aaf.attribute(name, *mixed[name]) for name in mixed)))
    assert read_aaf(again) == read_aaf(plain)


def test_given_names_stay_in_their_order(aaf: Any, read_aaf: Read, values: Values) -> None:
    (piece,) = read_aaf(aaf.file(aaf.pupil("7", aaf.attribute("givenName", "Zoé", "Anouk"))))
    assert values(piece)["attributes"]["givenName"] == ["Zoé", "Anouk"]


class _Slow(io.BytesIO):
    def __init__(self, body: bytes, chunk: int) -> None:
        super().__init__(body)
        self._chunk = chunk

    def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
        return super().read(self._chunk)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64, 511, 512, 513])
@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15"])
@pytest.mark.parametrize("declared", [True, False])
def test_the_size_of_the_chunks_changes_nothing(
    chunk: int, encoding: str, *, declared: bool, aaf: Any, read_aaf: Read, doctype: str
) -> None:
    head = (
        (f'<?xml version="1.0" encoding="{encoding}"?>\r\n' if declared else "") + doctype + "\r\n"
    )
    rows = [aaf.pupil(str(n), aaf.attribute("givenName", "Zoé", "Maëlys")) for n in range(20)]
    body = aaf.file(*rows, head=head, comments='<!-- degre="2D" -->').encode(encoding)
    whole = read_aaf(body)
    assert len(whole) == 20
    assert "Maëlys".encode() in whole[0].body
    slow = _Slow(body, chunk)
    assert list(AafReader().split(slow, "Eleve_0000.xml")) == whole


def test_values_in_cdata_or_around_comments_are_whole(
    aaf: Any, read_aaf: Read, values: Values
) -> None:
    rows = "<attr name='sn'><value>LA<![CDATA[PEY]]><!-- x -->R<?y z?>E</value></attr>"
    (piece,) = read_aaf(aaf.file(aaf.pupil("7", rows)))
    assert values(piece)["attributes"]["sn"] == ["LAPEYRE"]


def test_the_parsed_body_must_be_sound(read_aaf: Read) -> None:
    with pytest.raises(SetAside, match="JSON_DUPLICATE"):
        AafReader().parse(b'{"id": 1, "id": 2}')
    assert read_aaf("<ficAlimMENESR/>") == []
