"""Settings: read once, each with a meaning, and none misspelt in silence."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from preau.errors import Stop
from preau.settings import Settings, described, read_settings


def test_a_hub_without_settings_listens_on_loopback_and_keeps_its_own_kafka() -> None:
    settings = read_settings({"HOME": "/somewhere"})
    assert (settings.host, settings.port_number, settings.kafka) == ("127.0.0.1", 8640, "")
    assert settings.database_url == f"sqlite:///{Path('.preau').absolute()}/preau.db"
    assert settings.master_key_file == Path(".preau").absolute() / "keys" / "master.key"
    assert settings.normaliser_count == 1


def test_what_the_operator_gives_is_used() -> None:
    given = {"PREAU_DATA": "/srv/preau", "PREAU_PORT": "0", "PREAU_DATABASE": "postgresql://h/p"}
    settings = read_settings(given)
    assert settings.folder == Path("/srv/preau")
    assert settings.port_number == 0
    assert settings.database_url == "postgresql://h/p"


def test_a_misspelt_setting_stops_the_hub_and_the_known_ones_are_told() -> None:
    with pytest.raises(Stop, match=r"UNKNOWN_SETTING.*PREAU_PROT.*PREAU_PORT"):
        read_settings({"PREAU_PROT": "80"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PREAU_PORT", "http"),
        ("PREAU_PORT", "65536"),
        ("PREAU_PORT", "-1"),
        ("PREAU_PORT", "٨٠"),
        ("PREAU_NORMALISERS", "0"),
        ("PREAU_LOG_LEVEL", "debug"),
        ("PREAU_CONNECTORS", "/no/such/folder"),
    ],
)
def test_an_impossible_value_stops_the_hub_and_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(Stop, match=f"BAD_SETTING.*{name}"):
        read_settings({name: value})


@pytest.mark.parametrize(("given", "copies"), [("", 3), ("1", 1), ("3", 3), ("5", 5)])
def test_records_are_kept_three_times_on_the_operators_kafka(given: str, copies: int) -> None:
    settings = read_settings({"PREAU_KAFKA": "kafka-1:9092", "PREAU_REPLICAS": given})
    assert settings.replica_count == copies


def test_two_copies_are_refused_because_one_alone_may_acknowledge() -> None:
    with pytest.raises(Stop, match=r"BAD_SETTING.*PREAU_REPLICAS"):
        read_settings({"PREAU_KAFKA": "kafka-1:9092", "PREAU_REPLICAS": "2"})


def test_a_child_process_has_the_same_settings() -> None:
    settings = Settings(data="/srv/preau", port="0", kafka="kafka-1:9092", log_level="DEBUG")
    assert read_settings(settings.environment()) == settings


def test_every_setting_has_a_meaning() -> None:
    told = described(Settings())
    assert [name for name, _, _ in told] == [f"PREAU_{f.name.upper()}" for f in fields(Settings)]
    assert all(len(meaning) > 10 for _, _, meaning in told)


def test_the_password_of_a_database_is_never_shown() -> None:
    settings = Settings(database="postgresql://preau:s3cr@t@db/preau")
    shown = {name: value for name, value, _ in described(settings)}
    assert shown["PREAU_DATABASE"] == "postgresql://preau:***@db/preau"
