"""A declared table: its rows are events, whatever the order of its columns and its charset."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.keys.digest import Digests
from preau.readers import open_reader
from preau.readers.dropped_file import DroppedFile
from preau.readers.piece import Piece
from preau.readers.told import Told

DIGESTS = Digests(b"a secret")
TOLD = Told(mask=DIGESTS.mask, hide=DIGESTS.hidden)
PUPILS = DroppedFile(
    "eleves-{date}.csv",
    "eleve.inscrit",
    {"Identifiant": "eleve.id", "Nom": "eleve.nom", "INE": "eleve.ine", "Numéro": "numero"},
    optional=frozenset({"INE", "Numéro"}),
    stamp=("numero",),
    ine=frozenset({"INE"}),
)
NAME = "Élèves-2026-09-15.CSV"
#: A text as a cell may hold it: no line end, no control, no blank that is folded.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\ufffd"),
    min_size=1,
    max_size=30,
)


def pieces(body: bytes, name: str = NAME, form: DroppedFile = PUPILS) -> list[Piece]:
    return list(open_reader("json", TOLD, [form]).split(io.BytesIO(body), name))


def events(body: bytes, form: DroppedFile = PUPILS) -> list[dict[str, Any]]:
    return [orjson.loads(each.body) for each in pieces(body, form=form) if each.body]


def flaws(body: bytes, form: DroppedFile = PUPILS) -> list[tuple[str, str, str | None]]:
    found = ((each.path, each.problem) for each in pieces(body, form=form))
    return [(path, why.code, why.complaint.where.field) for path, why in found if why is not None]


def test_each_row_is_one_event_and_what_is_not_declared_is_not_kept() -> None:
    body = "NOM;Téléphone; identifiant\nDELPRAT;0600000000;e1\n".encode("cp1252")
    [piece] = pieces(body)
    assert (piece.event, piece.path, piece.problem) == ("eleve.inscrit", "line 2", None)
    said = {"numero": "2026-09-15T00:00:00", "eleve": {"nom": "DELPRAT", "id": "e1"}}
    assert orjson.loads(piece.body) == said


def test_a_number_of_the_row_goes_before_the_date_of_the_file() -> None:
    body = b"Identifiant;Nom;Numero\ne1;A;12\ne2;B;\n"
    assert [each["numero"] for each in events(body)] == ["12", "2026-09-15T00:00:00"]


def test_an_ine_leaves_the_reader_as_its_keyed_hash_only() -> None:
    [event] = events(b"Identifiant;Nom;INE\ne1;A;120890177FA\n")
    assert event["eleve"]["ine"] == DIGESTS.mask("120890177FA")


def test_a_broken_row_is_told_by_its_line_and_the_others_go_on() -> None:
    body = b'Identifiant;Nom\ne1;A\ne2\ne3;"B\ne4;C\x01\ne5;D;x\ne6;E;;\n'
    assert [each["eleve"]["id"] for each in events(body)] == ["e1", "e6"]
    assert flaws(body) == [
        ("line 3", "CSV_COLUMNS", "line 3"),
        ("line 4", "CSV_ROW", "line 4"),
        ("line 5", "CSV_CHARACTER", "line 5"),
        ("line 6", "CSV_COLUMNS", "line 6"),
    ]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"Identifiant;Prenom\ne1;A\n", "missing: Nom"),
        (b"Identifiant,Nom\ne1,A\n", "missing: Identifiant, Nom"),
        (b"Identifiant;Nom;NOM\ne1;A;B\n", "stands twice: Nom"),
    ],
)
def test_a_file_without_its_columns_is_refused(body: bytes, what: str) -> None:
    with pytest.raises(SetAside, match=what) as told:
        pieces(body)
    assert told.value.code == "CSV_HEADERS"


@pytest.mark.parametrize(
    ("name", "code"),
    [("eleves.csv", "FILE_NAME"), ("x.CSV", "FILE_NAME"), ("eleves-2026-02-30.csv", "FILE_DATE")],
)
def test_a_table_of_another_name_is_refused_with_the_known_ones(name: str, code: str) -> None:
    with pytest.raises(SetAside) as told:
        pieces(b"Identifiant;Nom\n", name)
    assert told.value.code == code


def test_a_file_of_another_kind_is_read_as_the_card_says() -> None:
    assert [each.body for each in pieces(b'{"id":1}', "eleves.json")] == [b'{"id":1}']


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("eleves-20260915.csv", "2026-09-15T00:00:00"),
        ("eleves-2026-09-15-0912.csv", "2026-09-15T09:12:00"),
        ("eleves-2026-09-15_09h12.csv", "2026-09-15T09:12:00"),
        ("eleves-partis-20260915.csv", None),
    ],
)
def test_the_date_in_the_name_is_read_in_the_usual_ways(name: str, stamp: str | None) -> None:
    held = PUPILS.held(name)
    assert (held and held.stamp) == stamp


def test_a_number_in_the_name_is_a_number() -> None:
    assert replace(PUPILS, name="*-{number}.csv").held("Élèves 3e-0042.csv") == (42, "")


KEYED = replace(
    PUPILS,
    columns={"Nom": "nom"},
    keyed={"id": ("UAI", "Nom")},
    optional=frozenset(),
    ine=frozenset(),
)


def test_an_id_made_of_columns_holds_no_name_and_does_not_depend_on_accents() -> None:
    one, other, third = events(
        "UAI;Nom\n0150001A;Hélène\n0150001A;HELENE\n0150002B;Hélène\n".encode(), KEYED
    )
    assert one["id"] == other["id"] != third["id"]
    assert len(one["id"]) == 64


def test_a_row_without_what_makes_its_id_is_set_aside_with_the_column() -> None:
    assert flaws(b"UAI;Nom\n;A\n", KEYED) == [("line 2", "CSV_KEY", "UAI")]


def test_without_a_key_no_id_is_made() -> None:
    with pytest.raises(SetAside) as told:
        list(open_reader("json", Told(), [KEYED]).split(io.BytesIO(b"UAI;Nom\n"), NAME))
    assert told.value.code == "CSV_HASH"


@given(st.lists(st.tuples(texts, texts), max_size=8), st.permutations(["Identifiant", "Nom", "X"]))
def test_what_was_written_is_read_whatever_the_order_of_columns(
    rows: list[tuple[str, str]], headers: list[str]
) -> None:
    quoted = [[each.replace('"', '""') for each in row] for row in rows]
    cells = [{"Identifiant": id_, "Nom": nom, "X": "-"} for id_, nom in quoted]
    lines = [";".join(f'"{cell[head]}"' for head in headers) for cell in cells]
    body = "\r\n".join([";".join(headers), *lines, ""]).encode("utf-8-sig")
    found = [(each["eleve"]["id"], each["eleve"]["nom"]) for each in events(body)]
    assert found == rows


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise_than_with_a_reason(junk: bytes) -> None:
    try:
        found = pieces(b"Identifiant;Nom\n" + junk)
    except SetAside:
        return
    assert all((each.problem is None) == bool(each.body) for each in found)


@given(texts, texts)
def test_a_refusal_never_holds_a_value(id_: str, nom: str) -> None:
    for piece in pieces(f"Identifiant;Nom\n{id_}·é;{nom}·é;{nom}·é\n".encode()):
        assert piece.problem is None or "·é" not in str(piece.problem.complaint)


BEYOND = replace(PUPILS, beyond=("eleve.naissance", "eleve.ville"), split={"Nom": ","})


def test_values_after_the_last_header_go_where_the_folder_says() -> None:
    body = b"Identifiant;Nom\ne1;A;09/03/2016\ne2;B\ne3;C;;Aurillac\ne4;D;;;x\n"
    first, second, third = (each["eleve"] for each in events(body, BEYOND))
    assert first["naissance"] == "09/03/2016"
    assert second.keys() == {"id", "nom"}
    assert third.get("ville") == "Aurillac"
    assert flaws(body, BEYOND) == [("line 5", "CSV_COLUMNS", "line 5")]


def test_a_column_goes_before_what_stands_after_the_headers() -> None:
    columns = {**PUPILS.columns, "Naissance": "eleve.naissance"}
    form = replace(BEYOND, columns=columns, optional=PUPILS.optional | {"Naissance"})
    [event] = events(b"Identifiant;Nom;Naissance\ne1;A;09/03/2016;10/03/2016\n", form)
    assert event["eleve"]["naissance"] == "09/03/2016"


@pytest.mark.parametrize(("cell", "parts"), [("A", ["A"]), ("A , B,,", ["A", "B"]), (",", [])])
def test_several_values_in_a_cell_are_a_list(cell: str, parts: list[str]) -> None:
    [event] = events(f"Identifiant;Nom\ne1;{cell}\n".encode(), BEYOND)
    assert event["eleve"]["nom"] == parts
