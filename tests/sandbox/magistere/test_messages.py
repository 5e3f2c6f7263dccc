"""The fictional Moodle's messages: one entry each, an error inside it, deleted for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SEND, DELETE = "core_message_send_instant_messages", "core_message_delete_message_for_all_users"


def one(user: int, **more: object) -> dict[str, object]:
    said = {"touserid": user, "text": "Stage : un document\nConte", **more}
    return {f"messages[0][{name}]": value for name, value in said.items()}


def test_a_message_has_an_id_and_its_own_mark(ws: Callable[..., Any]) -> None:
    (sent,) = ws(SEND, one(41, clientmsgid="s-1"))
    assert (sent["msgid"], sent["clientmsgid"]) == (1, "s-1")
    assert ws(DELETE, {"messageid": 1, "userid": 2}) == {"warnings": []}
    assert ws(DELETE, {"messageid": 1, "userid": 2})["errorcode"] == "invalidrecord"


def test_a_message_to_nobody_is_an_error_inside_an_answer(ws: Callable[..., Any]) -> None:
    (sent,) = ws(SEND, one(99))
    assert sent["msgid"] == -1
    assert sent["errormessage"]


@pytest.mark.parametrize(
    "form", [{}, {"messages[0][text]": "a"}, one(41, subject="a"), one(41, clientmsgid="a b")]
)
def test_what_is_missing_or_unknown_is_refused(
    ws: Callable[..., Any], form: dict[str, object]
) -> None:
    assert ws(SEND, form)["errorcode"] == "invalidparameter"


def test_it_says_who_the_technical_account_is(ws: Callable[..., Any]) -> None:
    assert ws("core_webservice_get_site_info")["userid"] == 2
