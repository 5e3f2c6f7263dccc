"""What an ENT received in a window: only what it answered then, people by pseudonym, no value."""

from __future__ import annotations

from typing import Any

import pytest

from preau.errors import SetAside
from preau.rights.breach import Window, received
from preau.rights.moments import moment_ms

NOW = 1_790_000_000_000


def told(id_: str, local: str | None, operation: str = "MEMBER_PUT") -> dict[str, Any]:
    member = {"local_id": local, "member_kind": "PERSON"} if local else {"title": "Conte"}
    return {"event_id": id_, "operation": operation, "body": {"group": "g", **member}}


def answer(id_: str, at: int, outcome: str = "APPLIED") -> dict[str, Any]:
    return {"delivery": id_, "at": at, "outcome": outcome}


def scope(deliveries: list[dict[str, Any]], receipts: list[dict[str, Any]]) -> dict[str, Any]:
    return received(deliveries, receipts, Window(NOW, NOW + 10), lambda local: f"p-{local}")


def test_each_person_is_told_once_with_its_operations_and_fields() -> None:
    sent = [told("1", "ana"), told("2", "ana", "MEMBER_REMOVE"), told("3", "bea")]
    found = scope(sent, [answer("1", NOW), answer("2", NOW + 5), answer("3", NOW + 10)])
    assert (found["remises"], found["personnes_concernées"]) == (3, 2)
    ana, bea = found["personnes"]
    assert ana["pseudonyme"] == "p-ana"
    assert ana["opérations"] == {"MEMBER_PUT": 1, "MEMBER_REMOVE": 1}
    assert ana["champs"] == ["group", "local_id", "member_kind"]
    assert (ana["premier"], ana["dernier"]) == (NOW, NOW + 5)
    assert bea["pseudonyme"] == "p-bea"
    assert "ana" not in str(found).replace("p-ana", "")


def test_what_was_not_received_in_the_window_is_not_told() -> None:
    sent = [told("1", "ana"), told("2", "bea"), told("3", "cleo"), told("4", "dora")]
    receipts = [answer("1", NOW - 1), answer("2", NOW + 11), answer("3", NOW, "REFUSED")]
    assert scope(sent, receipts)["personnes"] == []


def test_documents_and_whole_classes_are_no_person() -> None:
    whole = told("2", "class-1")
    whole["body"]["member_kind"] = "GROUP"
    found = scope(
        [told("1", None, "SHARE_PUT"), whole], [answer("1", NOW, "ACCEPTED"), answer("2", NOW)]
    )
    assert found["personnes"] == []
    assert found["autres"]["SHARE_PUT"]["champs"] == ["group", "title"]
    assert "MEMBER_PUT" in found["autres"]


def test_a_moment_is_that_of_paris_unless_it_says_otherwise() -> None:
    assert moment_ms("2026-11-25") == moment_ms("2026-11-25T00:00+01:00")
    assert moment_ms("2026-07-01T12:00") == moment_ms("2026-07-01T10:00Z")
    with pytest.raises(SetAside) as wrong:
        moment_ms("hier")
    assert wrong.value.code == "MOMENT"
    assert "hier" not in str(wrong.value)
