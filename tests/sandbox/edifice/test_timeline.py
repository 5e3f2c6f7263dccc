"""The fictional Edifice notifies its users for an administrator, by the documented fields only."""

from __future__ import annotations

from typing import Any

import pytest

from preau.sandbox.process import EntProcess

ROUTE = "POST /timeline/external/notification/elea"


def body(teacher: str, **more: object) -> dict[str, object]:
    return {"recipients": [teacher], "body": "Défi : un document est partagé.", **more}


def test_a_notification_is_shown_on_the_page(edifice: Any, teacher: str) -> None:
    said = edifice.call(ROUTE, body(teacher, resource="/workspace/document/1"))
    assert (said.status, said.body) == (200, {"notified": 1})
    shown = bytes(edifice.call("GET /").body).decode()
    assert "Défi : un document est partagé. Comptes prévenus : 1" in shown


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"title": "x"}, 400, "property.not.allowed"),
        ({"recipients": []}, 400, "recipients.required"),
        ({"recipients": "tous"}, 400, "list.of.texts.required"),
        ({"recipients": ["inconnu"]}, 404, "user.not.found"),
        ({"body": " "}, 400, "body.required"),
    ],
)
def test_what_is_missing_or_unknown_is_refused(
    edifice: Any, teacher: str, change: dict[str, object], status: int, error: str
) -> None:
    said = edifice.call(ROUTE, body(teacher) | change)
    assert (said.status, said.body["error"]) == (status, error)
    assert edifice.effects() == []


def test_a_template_must_exist_and_the_caller_be_an_administrator(
    edifice: EntProcess, teacher: str
) -> None:
    route = ROUTE.replace("elea", "preau")
    assert edifice.call(route, body(teacher)).status == 404
    edifice.call("POST /_sandbox/seed", {"templates": ["preau"]})
    assert edifice.call(route, body(teacher)).status == 200
    edifice.call("POST /_sandbox/seed", {"templates": ["preau"], "admin": False})
    assert edifice.call(route, body(teacher)).status == 401
