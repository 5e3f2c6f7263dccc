"""A school's table is dropped: records of the canon come out of it, and a report in French."""

from __future__ import annotations

from pathlib import Path

import pytest

from preau.catalogue.catalogue import Connector, open_connector
from preau.clock import SetClock
from preau.inlets.filedrop import STABLE_MS, FileDrop
from preau.inlets.filework import Tools
from preau.inlets.intake import Intake, Speaker
from preau.inlets.publishing import Publishing
from preau.keys.digest import Digests
from preau.mapping.normaliser import Context
from preau.mapping.said import Said
from preau.shelf import connectors

NOW, INSTANCE = 1_790_000_000_000, "netecole-cantal"
HEAD = "UAI;Identifiant;Nom;Prénom;Classe;Sexe"
ROWS = (
    "0150001A;ne-1;DELPRAT;Maëlys;ne-C3;F",
    "0150009Z;ne-2;MONTLAUR;Rose;ne-C3;F",
    "0150001A;ne-3",
)


@pytest.fixture(scope="module")
def netecole() -> Connector:
    return open_connector(connectors() / "netecole")


@pytest.fixture(scope="module")
def beneylu() -> Connector:
    return open_connector(connectors() / "beneylu")


def drop(depot: Path, product: Connector, name: str, *lines: str) -> list[Intake]:
    """What is written when one more file is dropped; its mandate is for one school."""
    records = ("establishment", "group", "person", "affiliation", "membership", "calendar_event")
    may = Publishing(dict.fromkeys(records, frozenset({"0150001A"})), product.says)
    order, dropped = product.card.order, product.dropped
    speaker = Speaker(INSTANCE, product.name, order=order, may=may, dropped=dropped)
    written: list[Intake] = []
    clock, digests = SetClock(NOW), Digests(b"a secret")
    tools = Tools(written.extend, lambda _n, _v: b"aside", clock, digests.mask, digests.hidden)
    (depot / INSTANCE).mkdir(exist_ok=True)
    (depot / INSTANCE / name).write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    watched = FileDrop(depot, lambda: [speaker], tools)
    watched.round()
    clock.advance(STABLE_MS)
    assert watched.round() == 1
    return written


def records(product: Connector, spoken: list[Intake]) -> list[tuple[str, str]]:
    """(record, key) of the canon, of what came in."""
    normaliser = product.normaliser(Context(secret=b"a secret"))
    found = []
    for offset, each in enumerate(spoken):
        event = dict(each.headers)["event"].decode()
        said = Said(INSTANCE, event, None, each.value, NOW, each.topic, 0, offset, "")
        drafts, refusals = normaliser.normalise(said)
        assert refusals == []
        found += [(draft.record, draft.key.decode()) for draft in drafts]
    return found


def test_a_dropped_table_becomes_records_and_its_report_says_what_was_not_taken(
    tmp_path: Path, netecole: Connector
) -> None:
    written = drop(tmp_path, netecole, "Eleves-2026-09-15.csv", HEAD, *ROWS)
    spoken = [each for each in written if each.topic == "preau.intake.netecole"]
    assert records(netecole, spoken) == [
        ("person", f"{INSTANCE}/ne-1"),
        ("membership", f"{INSTANCE}/ne-C3:ne-1"),
    ]
    [report] = (tmp_path / INSTANCE / "traites").glob("*.txt")
    told = report.read_text("utf-8")
    assert "Fiches prises en compte : 1" in told
    assert "Colonnes non lues, car Préau n'en a pas besoin : 1" in told
    assert "ligne 3 : MANDATE_ELSEWHERE" in told
    assert "ligne 4 : CSV_COLUMNS" in told
    assert not any(name in told for name in ("DELPRAT", "MONTLAUR", "ne-3"))


def test_the_same_table_again_says_the_same_bytes(tmp_path: Path, netecole: Connector) -> None:
    first, again = (
        drop(tmp_path, netecole, "eleves-2026-09-15.csv", HEAD, ROWS[0]) for _ in range(2)
    )
    assert [each.value for each in first] == [each.value for each in again]


@pytest.mark.parametrize(
    ("name", "head", "code", "advice"),
    [
        ("eleves-2026-09-15.csv", "UAI;Nom", "CSV_HEADERS", "missing: Identifiant, Prénom, Classe"),
        ("notes.csv", HEAD, "FILE_NAME", "noms convenus"),
        ("eleves-2026-13-15.csv", HEAD, "FILE_DATE", "La date dans le nom"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_french(
    tmp_path: Path, netecole: Connector, name: str, head: str, code: str, advice: str
) -> None:
    assert drop(tmp_path, netecole, name, head, ROWS[0]) == []
    [reason] = (tmp_path / INSTANCE / "refuses").glob("*.motif.txt")
    told = reason.read_text("utf-8")
    assert code in told
    assert advice in told


PUPILS = "CODE STRUCTURE;UAI;NOM;PRENOM;SEXE"


def test_a_pupil_without_a_number_is_known_by_a_hash_in_which_nobody_reads_a_name(
    tmp_path: Path, beneylu: Connector
) -> None:
    row = "CM2A;0150001A;DELPRAT;Maëlys;F;09/03/2016"
    written = drop(tmp_path, beneylu, "Élèves-2026-09-15.csv", PUPILS, row)
    person, affiliation, membership = records(beneylu, written)
    assert person[0] == "person"
    source = person[1]
    assert affiliation == ("affiliation", f"{source}:0150001A")
    assert membership[1].startswith(f"{INSTANCE}/CM2A:")
    assert not any(word in source.lower() for word in ("delprat", "maelys", "2016"))
    headers = b" ".join(value for each in written for _, value in each.headers)
    assert b"DELPRAT" not in headers


def test_a_row_of_a_school_that_gave_no_mandate_is_not_taken(
    tmp_path: Path, beneylu: Connector
) -> None:
    rows = ("CM2A;0150009Z;MONTLAUR;Rose;F", "CM2A;0150001A,0150009Z;FABRESSE;Zoé;F")
    written = drop(tmp_path, beneylu, "eleves-2026-09-15.csv", PUPILS, *rows)
    classes = ("CODE STRUCTURE;UAI;NOM", "CM2A;0150001A,0150009Z;CM2 A")
    written += drop(tmp_path, beneylu, "classes-2026-09-15.csv", *classes)
    told = " ".join(each.read_text("utf-8") for each in (tmp_path / INSTANCE).rglob("*.txt"))
    assert told.count(": MANDATE_ELSEWHERE") == 3
    assert not [each for each in written if each.topic == "preau.intake.beneylu"]


@pytest.mark.parametrize(
    "row", [";0150001A;RIEUNIER;Claire;;2;F", ";0150001A;RIEUNIER;Claire;;F;2"]
)
def test_the_role_of_an_adult_is_found_where_the_importer_or_the_template_has_it(
    tmp_path: Path, beneylu: Connector, row: str
) -> None:
    head = "CODE STRUCTURE;UAI;NOM;PRENOM;MAIL;ROLE;SEXE"
    written = drop(tmp_path, beneylu, "adultes-2026-09-15.csv", head, row)
    assert [record for record, _ in records(beneylu, written)] == ["person", "affiliation"]


def test_a_dropped_calendar_becomes_dates_of_its_group_and_what_the_hub_wrote_stays_out(
    tmp_path: Path, beneylu: Connector
) -> None:
    sample = "CALENDAR_CREATE_EVENT--agenda-9001-2026-10-06.ics"
    lines = beneylu.samples[sample.removesuffix(".ics")].read_text("utf-8").splitlines()
    lines = [line.encode().decode("cp1252", "replace") for line in lines if line.isascii()]
    written = drop(tmp_path, beneylu, "Agenda-9001-2026-10-06.ics", *lines)
    spoken = [each for each in written if each.topic == "preau.intake.beneylu"]
    assert records(beneylu, spoken) == [
        ("calendar_event", f"{INSTANCE}/{number}") for number in (7100, 7103, 7104, 7105)
    ]
    [report] = (tmp_path / INSTANCE / "traites").glob("*.txt")
    told = report.read_text("utf-8")
    assert "Fiches prises en compte : 4" in told
    assert told.count(" : FILE_ID") == 1
    assert "5a1f3c1e" not in told
