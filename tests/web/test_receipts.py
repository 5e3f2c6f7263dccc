"""`/v1/receipts`: operators read, the ENT that was told answers later, with its own key."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.kafka
KEY = "Bearer operator-key"
DONE = {"delivery": "d-1", "outcome": "APPLIED"}


def test_an_operator_reads_what_was_answered(running: Any) -> None:
    [line] = running.call("GET", "/v1/receipts?project=p-1", Authorization=KEY).json["receipts"]
    assert (line["transport"], line["late"]) == ("PENDING", "TRANSPORT")
    assert line["words"].endswith(".")
    late = running.call("GET", "/v1/receipts?late=true", Authorization=KEY)
    assert len(late.json["receipts"]) == 1
    nothing = running.call("GET", "/v1/receipts", Authorization=KEY)
    assert (nothing.status, nothing.json["code"]) == (422, "RECEIPT_CHOICE")


def test_an_ent_answers_later_in_its_own_name(running: Any) -> None:
    done = running.post("/v1/receipts", DONE, key="reader-key")
    assert (done.status, done.json) == (202, DONE)
    refused = running.post("/v1/receipts", {**DONE, "outcome": "REFUSED"}, key="reader-key")
    assert refused.status == 202
    values = [message.value() for message in running.read(2)]
    assert values == [b"ent-ecole APPLIED ", b"ent-ecole REFUSED REFUSED"]


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({**DONE, "delivery": "other"}, 404, "DELIVERY_UNKNOWN"),
        ({**DONE, "delivery": "ended"}, 409, "RECEIPT_ENDED"),
        ({**DONE, "delivery": "early"}, 503, "RECEIPT_EARLY"),
        ({**DONE, "outcome": "EXPIRED"}, 422, "RECEIPT_FORM"),
        ({**DONE, "outcome": "REFUSED", "reason": "BECAUSE"}, 422, "RECEIPT_FORM"),
        ({"outcome": "APPLIED"}, 422, "RECEIPT_FORM"),
        ({**DONE, "who": "me"}, 422, "RECEIPT_FORM"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(
    running: Any, said: dict[str, str], status: int, code: str
) -> None:
    answer = running.post("/v1/receipts", said, key="reader-key")
    assert (answer.status, answer.json["code"]) == (status, code)


def test_each_side_has_its_own_right(running: Any) -> None:
    school = running.call("GET", "/v1/receipts?project=p-1", Authorization="Bearer reader-key")
    assert school.status == 403
    for key, status in (("school-key", 403), ("operator-key", 403), ("unknown", 401)):
        assert running.post("/v1/receipts", DONE, key=key).status == status
