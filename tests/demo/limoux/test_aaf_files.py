"""The State's files of the story are what the connector of the State's files reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from preau.canon.codec import decode
from preau.canon.wire import frame
from preau.catalogue.catalogue import open_connector
from preau.contract.evidence import CONTEXT
from preau.contract.rehearsal import Heard, Speaker, listen
from preau.demo.limoux.aaf_files import write_files
from preau.demo.limoux.checks import COLLEGE_CLASS
from preau.demo.limoux.town import ACADEMY, COLLEGE, STATE
from preau.shelf import shelf


@pytest.fixture
def heard(tmp_path: Path) -> list[Heard]:
    """Every record of every file, as the connector understands it."""
    return list(_heard(write_files(COLLEGE, tmp_path)))


def _heard(files: list[Path]) -> Iterator[Heard]:
    connector = open_connector(shelf("connectors") / "aaf")
    normaliser = connector.normaliser(CONTEXT)
    for file in files:
        with file.open("rb") as stream:
            yield from listen(connector, normaliser, stream, file.name, Speaker(STATE))


def keys(heard: list[Heard], record: str) -> set[str]:
    return {d.key.decode() for each in heard for d in each.drafts if d.record == record}


def test_nothing_of_them_is_refused_and_each_entry_is_one_event(heard: list[Heard]) -> None:
    assert [refusal for each in heard for refusal in each.refusals] == []
    assert len(heard) == 1 + len(list(COLLEGE.people()))


def test_the_college_its_class_and_its_people_are_in_them(heard: list[Heard]) -> None:
    assert keys(heard, "establishment") == {f"{STATE}/{COLLEGE.number}"}
    assert keys(heard, "group") == {COLLEGE_CLASS}
    assert keys(heard, "person") == {f"{STATE}/{each.number}" for each in COLLEGE.people()}
    assert len(keys(heard, "membership")) == len(list(COLLEGE.people()))


def test_everybody_has_the_reference_by_which_an_ent_knows_them(heard: list[Heard]) -> None:
    found = set()
    for each in heard:
        for draft in each.drafts:
            if draft.record == "person":
                value = decode(frame(draft.schema_id, draft.head + b"\x00")).value
                found.add(tuple(sorted(value["national_ref"].items())))
    assert found == {
        (("academy", ACADEMY), ("degree", "SECOND"), ("jointure", str(each.number)))
        for each in COLLEGE.people()
    }


def test_a_file_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    write_files(COLLEGE, tmp_path)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert len(names) == 3
    assert all(name.startswith("ENTPREAU_Complet_2026") and ".part" not in name for name in names)
