"""`preau key`: shown once, listed without being shown, useless once revoked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from preau.app.control import open_control
from preau.errors import PreauError
from preau.settings import read_settings
from preau.store.api_keys import ApiKey, key_id


def opens(clear: str) -> ApiKey | None:
    with open_control(read_settings()) as control:
        return control.api_keys.check(clear)


@pytest.fixture
def ent(preau: Any) -> str:
    preau("instance", "add", "ent-ecole", "--connector", "beneylu")
    return "ent-ecole"


def test_a_key_is_shown_once_and_alone_on_standard_output(preau: Any, ent: str) -> None:
    result = preau("key", "new", "--instance", ent)
    clear = result.stdout.strip()
    assert re.fullmatch(r"preau_[A-Za-z0-9_-]{43}", clear)
    assert "shown this once" in result.stderr
    assert clear not in preau("key", "list").output
    assert opens(clear) == ApiKey(ent, frozenset({"publish"}), key_id(clear))


def test_an_operators_key_speaks_for_no_instance(preau: Any) -> None:
    clear = preau("key", "new", "--operator").stdout.strip()
    assert opens(clear) == ApiKey(None, frozenset({"operate"}), key_id(clear))


def test_the_scopes_that_are_said_are_the_ones_it_has(preau: Any, ent: str) -> None:
    two = ("--scope", "publish", "--scope", "receive")
    clear = preau("key", "new", "--instance", ent, *two).stdout.strip()
    assert opens(clear) == ApiKey(ent, frozenset({"publish", "receive"}), key_id(clear))


def test_a_revoked_key_opens_nothing(preau: Any, ent: str) -> None:
    clear = preau("key", "new", "--instance", ent).stdout.strip()
    name = preau("key", "list").stdout.split("\n")[1].split()[0]
    assert preau("key", "revoke", name).exit_code == 0
    assert opens(clear) is None
    assert len(preau("key", "list").stdout.split("\n")[1].split()) > 6  # the day of its end


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("new",), "KEY_OWNER"),
        (("new", "--operator", "--instance", "ent-ecole"), "KEY_OWNER"),
        (("new", "--instance", "elsewhere"), "INSTANCE_UNKNOWN"),
        (("new", "--operator", "--scope", "everything"), "KEY_SCOPE"),
        (("revoke", "0123456789abcdef"), "KEY_UNKNOWN"),
    ],
)
def test_a_key_that_cannot_be_made_or_revoked_says_why(
    preau: Any, ent: str, arguments: tuple[str, ...], code: str
) -> None:
    assert ent
    result = preau("key", *arguments)
    assert isinstance(result.exception, PreauError)
    assert result.exception.code == code
