"""What an operator says of an instance that its folder cannot know, and takes back."""

from __future__ import annotations

from typing import Any

import pytest

from preau.app.control import open_control
from preau.settings import read_settings
from preau.store import instance_settings
from tests.cli.test_instance import refusal


@pytest.fixture
def college(preau: Any) -> str:
    """An instance whose folder reads the setting `notification`."""
    assert preau("instance", "add", "mon-ent", "--connector", "edifice").exit_code == 0
    return "mon-ent"


def said(instance: str) -> dict[str, str]:
    with open_control(read_settings()) as control, control.engine.connect() as connection:
        return instance_settings.of(connection, instance)


def test_a_setting_is_said_replaced_and_taken_back(preau: Any, college: str) -> None:
    for value in ("elea", "preau"):
        assert preau("instance", "setting", college, "notification", value).exit_code == 0
        assert said(college) == {"notification": value}
    assert preau("instance", "setting", college, "notification").exit_code == 0
    assert said(college) == {}


@pytest.mark.parametrize(
    ("instance", "name", "value", "code"),
    [
        ("ailleurs", "notification", "elea", "INSTANCE_UNKNOWN"),
        ("mon-ent", "couleur", "elea", "INSTANCE_SETTING"),
        ("mon-ent", "notification", "../elea", "INSTANCE_SETTING"),
        ("mon-ent", "notification", "e" * 65, "INSTANCE_SETTING"),
    ],
)
def test_what_the_folder_does_not_read_and_what_is_no_short_value_is_refused(
    preau: Any, college: str, instance: str, name: str, value: str, code: str
) -> None:
    assert refusal(preau("instance", "setting", instance, name, value)) == code
    assert said(college) == {}
